#pragma once

#include <map>

#include "platform/base/types.h"

namespace fieldsync::sync {

/// Which parts of files are too long for the link: some end every connection after so many bytes,
/// or before so much of a file can cross. Services have a smallest part (facts/procore-api.md 7.1),
/// so that such a file cannot be sent there, and each attempt costs the person's data plan. Loop
/// thread only.
class LinkReach {
 public:
  enum class Verdict { try_again, too_long };
  /// A part of `size` bytes of that act was cut off after `sent`. Cuts before the link carried much
  /// say nothing. `suspected`: it was too long once before, and one cut more confirms it.
  enum class Known { nothing, suspected };
  Verdict cut(base::IntentId intent, base::ByteCount size, base::ByteCount sent, Known known);
  /// A part of `size` bytes of that act arrived.
  void arrived(base::IntentId intent, base::ByteCount size);

  /// The most that crossed before a cut, of what was too long; zero while nothing was.
  base::ByteCount reach() const { return reach_; }
  /// How long to leave the act alone after a verdict of too_long: longer each time.
  base::Millis wait(base::IntentId intent);

 private:
  struct Cuts {
    int in_a_row = 0;
    base::ByteCount furthest = 0;
    int waits = 0;
  };
  /// Of acts with a part that was cut; bounded by tuning::kCutActsMax, past it the memory starts
  /// anew.
  std::map<base::IntentId, Cuts> cuts_;
  base::ByteCount reach_ = 0;
};

/// How long a file that was sent in vain again and again is left alone, after `waits` such waits.
base::Millis vain_wait(int waits);

}  // namespace fieldsync::sync
