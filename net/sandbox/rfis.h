#pragma once

#include "net/sandbox/call.h"

/// RFIs (facts/procore-api.md 8). The body of an `rfi` record holds its fields as a list shows
/// them; assignees and the like are kept as ids and shown as users. A reply is an `rfi_reply`
/// record whose parent is the RFI. Attachments of the question hang on the RFI itself.
namespace fieldsync::net::sandbox {

enum class RfiView { list, detail };
Value show_rfi(World& world, const Record& rfi, RfiView view);
Value show_reply(World& world, const Record& reply);

/// The RFI if it exists in that project and the caller sees it; else the refusal, 404.
struct FoundRfi {
  std::optional<Reply> refused;
  Record rfi;
  Access level = Access::none;
};
FoundRfi find_rfi(Call& call, Access at_least);

/// Opens a draft: gives it its number.
void number_rfi(World& world, Record& rfi);

}  // namespace fieldsync::net::sandbox
