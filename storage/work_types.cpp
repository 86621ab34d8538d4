#include "storage/work_types.h"

#include "storage/work_names.h"

namespace fieldsync::storage {

std::string_view name(Act act) {
  switch (act) {
    case Act::create:
      return "create";
    case Act::edit:
      return "edit";
    case Act::reply:
      return "reply";
    case Act::attach:
      return "attach";
    case Act::remove:
      return "remove";
    case Act::restore:
      return "restore";
  }
  return "";
}

std::string_view name(IntentState state) {
  switch (state) {
    case IntentState::queued:
      return "queued";
    case IntentState::waiting:
      return "waiting";
    case IntentState::sending:
      return "sending";
    case IntentState::in_doubt:
      return "in_doubt";
    case IntentState::sent:
      return "sent";
    case IntentState::delivered:
      return "delivered";
    case IntentState::held:
      return "held";
    case IntentState::cancelled:
      return "cancelled";
  }
  return "";
}

IntentState resumed_state(const Intent& intent) {
  if (!intent.result.raw().empty()) return IntentState::sent;
  return intent.sending_since ? IntentState::in_doubt : IntentState::queued;
}

bool is_open(IntentState state) {
  return state != IntentState::delivered && state != IntentState::cancelled;
}

bool blocks_later_ones(IntentState state, Act act) {
  if (state == IntentState::held) return act == Act::create;
  return is_open(state) && state != IntentState::sent;
}

std::string_view name(UploadState state) {
  switch (state) {
    case UploadState::planned:
      return "planned";
    case UploadState::creating:
      return "creating";
    case UploadState::receiving:
      return "receiving";
    case UploadState::completing:
      return "completing";
    case UploadState::ready:
      return "ready";
  }
  return "";
}

std::string_view name(UploadStyleStored style) {
  switch (style) {
    case UploadStyleStored::segmented:
      return "segmented";
    case UploadStyleStored::plain:
      return "plain";
  }
  return "";
}

namespace {
/// The enumerator called `text`, trying each up to `last`.
template <class Enum>
std::optional<Enum> by_name(std::string_view text, Enum last) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (name(static_cast<Enum>(i)) == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}
}  // namespace

std::optional<Act> act_from(std::string_view text) { return by_name(text, Act::restore); }
std::optional<IntentState> intent_state_from(std::string_view text) {
  return by_name(text, IntentState::cancelled);
}
std::optional<UploadState> upload_state_from(std::string_view text) {
  return by_name(text, UploadState::ready);
}
std::optional<UploadStyleStored> upload_style_from(std::string_view text) {
  return by_name(text, UploadStyleStored::plain);
}

ActSnapshot snapshot_of(const Intent& intent) {
  return {intent.id, intent.state, intent.cause, intent.evidence, intent.fields, intent.base};
}

ByteCount Upload::bytes_confirmed() const {
  ByteCount sum = 0;
  for (const UploadPart& part : parts) {
    if (!part.etag.empty()) sum += part.size;
  }
  return sum;
}

}  // namespace fieldsync::storage
