#include "agent/verbs/verbs.h"

namespace fieldsync::verbs {

using base::Cause;
using base::Failure;

namespace {

Document fields_of(const Document& arguments) {
  const base::Value* given = arguments.find("fields");
  const Document* fields = given ? given->as_document() : nullptr;
  return fields ? *fields : Document{};
}

/// Refuses at once what the record's service has no way to take: better than a queue that holds it.
Result<> check_possible(Parts& parts, const base::RecordId& item, net::Action action) {
  TRY_ASSIGN(const auto record, parts.view->record(item));
  const app::RemoteParts* remote = parts.find_remote(record.remote);
  if (remote == nullptr || remote->service->can_push(record.kind, action)) return base::Done{};
  return Failure{Cause::bad_input, std::string(remote->service->service()) + " has no way to " +
                                       std::string(net::name(action)) + " a " + record.kind.raw()};
}

/// Tells the engines that there is something to do.
void nudge(Parts& parts) {
  for (const auto& remote : parts.remotes) remote->engine->nudge();
}

/// What the person should know of how the capture goes out.
base::List notices_of(const Parts& parts, const sync::Intake::Capture& capture) {
  base::List notices;
  const auto policy = parts.config.photos.policy_of(capture.remote, capture.project);
  if (capture.kind.raw() != "photo" || policy != sync::PicturePolicy::reduced) return notices;
  for (const storage::Attachment& photo : capture.files) {
    if (photo.content_type != "image/jpeg") continue;
    notices.push_back(photo.name + ": goes out reduced to " +
                      std::to_string(parts.config.photos.longest_side) +
                      " pixels, as the config says; the original stays on this machine only");
  }
  return notices;
}

Document taken(Parts& parts, const storage::Intent& intent) {
  nudge(parts);
  return Document{{"id", intent.item.raw()},
                  {"intent", intent.id.raw()},
                  {"state", storage::name(intent.state)}};
}

}  // namespace

Result<Document> add(Parts& parts, const Document& arguments) {
  sync::Intake::Capture capture;
  TRY_ASSIGN(const std::string kind, required_text(arguments, "kind"));
  TRY_ASSIGN(const storage::Follow follow, project_of(parts, arguments));
  capture.kind = base::KindId(kind);
  capture.remote = follow.remote;
  capture.project = follow.project;
  capture.fields = fields_of(arguments);
  capture.author = author_of(parts, arguments);
  TRY_ASSIGN(capture.files, files_of(arguments));
  TRY_ASSIGN(const auto intents, parts.intake->create(capture));
  base::List items;
  for (const storage::Intent& intent : intents) {
    items.push_back(Document{{"id", intent.item.raw()},
                             {"intent", intent.id.raw()},
                             {"kind", kind},
                             {"project", follow.project.raw()}});
  }
  nudge(parts);
  Document answer{{"items", std::move(items)}};
  base::List notices = notices_of(parts, capture);
  if (!notices.empty()) answer.set("notices", std::move(notices));
  return answer;
}

Result<Document> edit(Parts& parts, const Document& arguments) {
  TRY_ASSIGN(const base::RecordId item, item_of(arguments));
  TRY(check_possible(parts, item, net::Action::edit));
  const Document fields = fields_of(arguments);
  if (fields.empty()) return Failure{Cause::bad_input, "edit: no FIELD=VALUE given"};
  TRY_ASSIGN(const auto intent, parts.intake->edit(item, fields, author_of(parts, arguments)));
  if (!intent) {
    return Document{{"id", item.raw()}, {"intent", base::Value()}, {"state", "unchanged"}};
  }
  return taken(parts, *intent);
}

Result<Document> reply(Parts& parts, const Document& arguments) {
  TRY_ASSIGN(const base::RecordId item, item_of(arguments));
  TRY(check_possible(parts, item, net::Action::reply));
  TRY_ASSIGN(auto files, files_of(arguments));
  TRY_ASSIGN(const auto intent, parts.intake->reply(item, arguments.text("body"), std::move(files),
                                                    author_of(parts, arguments)));
  return taken(parts, intent);
}

Result<Document> attach(Parts& parts, const Document& arguments) {
  TRY_ASSIGN(const base::RecordId item, item_of(arguments));
  TRY(check_possible(parts, item, net::Action::attach));
  TRY_ASSIGN(auto files, files_of(arguments));
  TRY_ASSIGN(const auto intent,
             parts.intake->attach(item, std::move(files), author_of(parts, arguments)));
  return taken(parts, intent);
}

Result<Document> remove(Parts& parts, const Document& arguments) {
  TRY_ASSIGN(const base::RecordId item, item_of(arguments));
  TRY(check_possible(parts, item, net::Action::remove));
  TRY_ASSIGN(const auto intent, parts.intake->remove(item, author_of(parts, arguments)));
  return taken(parts, intent);
}

Result<Document> make_room(Parts& parts, const Document& arguments) {
  const std::int64_t bytes = arguments.integer("bytes");
  if (bytes < 0) return Failure{Cause::bad_input, "make_room: bytes below zero"};
  TRY(parts.room->for_capture(bytes));
  return Document{};
}

}  // namespace fieldsync::verbs
