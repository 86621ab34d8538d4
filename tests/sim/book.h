#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "platform/base/digest.h"
#include "platform/base/types.h"

namespace fieldsync::sim {

/// One thing a person did and the agent acknowledged: what the oracle holds the agent to. Written
/// by the people of the world alone, never from what the agent says later.
struct Promise {
  enum class What { create, edit, reply, file };
  /// kept: it must get there. replaced: a later act of the same person on the same field may have
  /// taken its place before it left. let_go: a person decided against it, or a removal had no
  /// answer: it may be there or not. taken_back: a removal of its record was acknowledged.
  enum class Word { kept, replaced, let_go, taken_back };

  What what = What::create;
  Word word = Word::kept;
  int device = 0;
  std::string item;      ///< the record's id on the device
  std::int64_t act = 0;  ///< the act's number on the device
  std::string kind;
  std::string field;           ///< of a create or edit
  std::string text;            ///< unique to it, or shared by `copies` captures
  std::string sha256;          ///< of a file
  std::set<std::string> days;  ///< of a note: the day it was captured on, there and then
  int copies = 1;
  base::Instant at{};  ///< of an edit: when it was acknowledged
};

using Book = std::vector<Promise>;

/// What the office wrote into a field of an RFI.
struct OfficeText {
  /// stands: nothing is known to have taken its place. shown: a person decided over it, in a
  /// conflict that showed it. replaced: the office wrote there again.
  enum class Fate { stands, shown, replaced };

  std::int64_t record = 0;
  std::string field;  ///< as the service calls it
  std::string text;   ///< unique to it
  base::Instant at{};
  Fate fate = Fate::stands;
};

}  // namespace fieldsync::sim
