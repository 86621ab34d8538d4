#pragma once

#include <map>
#include <utility>

#include "platform/base/types.h"

namespace fieldsync::sync {

/// How photos go out. original: as captured. proof_first: on a link that is poor or costs money a
/// small picture now, and the original once it is good, as photos of their own (the service cannot
/// exchange the bytes of one, facts/procore-api.md 11). reduced: the small picture alone; what it
/// lacks stays on this machine.
enum class PicturePolicy { original, proof_first, reduced };

struct PictureRules {
  PicturePolicy policy = PicturePolicy::original;
  std::map<std::pair<base::RemoteName, base::ProjectId>, PicturePolicy> of_project = {};
  int longest_side = 1600;  ///< of a small picture, in pixels
  /// A link is good that carries so many bytes a second: a photo of 4 MB in seven seconds.
  base::ByteCount good_rate = 625'000;

  PicturePolicy policy_of(const base::RemoteName& remote, const base::ProjectId& project) const {
    const auto own = of_project.find({remote, project});
    return own == of_project.end() ? policy : own->second;
  }
};

}  // namespace fieldsync::sync
