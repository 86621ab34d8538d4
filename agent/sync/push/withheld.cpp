#include "agent/sync/push/withheld.h"

#include <algorithm>

namespace fieldsync::sync {

using storage::Intent;

std::string withheld_text(const std::vector<std::string>& fields) {
  std::string names;
  for (const std::string& field : fields) names += (names.empty() ? "" : ", ") + field;
  return names + ": needs the level Admin in the tool";
}

bool is_taken_from(const Intent& create, const Intent& apart) {
  return create.act == storage::Act::create && apart.act == storage::Act::edit &&
         !apart.sending_since && apart.item == create.item && apart.token == create.token;
}

bool may_write(const Intent& intent, const std::vector<std::string>& withheld) {
  return std::none_of(withheld.begin(), withheld.end(),
                      [&](const std::string& field) { return intent.fields.has(field); });
}

std::optional<Intent> take_withheld(Intent& intent, const std::vector<std::string>& withheld) {
  if (intent.act != storage::Act::create && intent.act != storage::Act::edit) return std::nullopt;
  Intent apart = intent;
  apart.act = storage::Act::edit;
  apart.fields = apart.base = {};
  apart.attachments.clear();
  apart.sending_since.reset();  // the capture may have been under way, this never was
  std::vector<std::string> taken;
  for (const std::string& name : withheld) {
    const base::Value* value = intent.fields.find(name);
    if (value == nullptr) continue;
    const base::Value* before = intent.base.find(name);
    apart.fields.set(name, *value);
    apart.base.set(name, before ? *before : base::Value{});
    intent.fields.erase(name);
    intent.base.erase(name);
    taken.push_back(name);
  }
  if (taken.empty()) return std::nullopt;
  apart.state = storage::IntentState::held;
  apart.cause = base::Cause::permission_missing;
  apart.evidence = withheld_text(taken);
  return apart;
}

}  // namespace fieldsync::sync
