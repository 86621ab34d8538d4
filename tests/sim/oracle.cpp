#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "platform/base/cause.h"
#include "storage/database.h"
#include "tests/sim/outbox.h"
#include "tests/sim/sim_world.h"
#include "tests/sim/tuning.h"

/// What must be true whatever befell the world. Knows the book of promises, the service and the
/// agent's own words; knows nothing of the faults.
namespace fieldsync::sim {

using base::Document;
using base::List;
using base::Value;

namespace {

const List& list_in(const Document& document, std::string_view name) {
  static const List empty;
  const Value* value = document.find(name);
  const List* list = value ? value->as_list() : nullptr;
  return list ? *list : empty;
}

const Document& fields_in(const Document& record) {
  static const Document empty;
  const Value* value = record.find("fields");
  const Document* fields = value ? value->as_document() : nullptr;
  return fields ? *fields : empty;
}

/// Waiting for a person is a place an act may stay at: everything else must move on.
bool is_for_a_person(const std::string& cause) {
  constexpr std::string_view kCauses[] = {"conflict", "record_gone", "transition_refused",
                                          "locked_by_workflow", "field_invalid"};
  return std::find(std::begin(kCauses), std::end(kCauses), cause) != std::end(kCauses);
}

/// Refusals that were true when they were said: the project's RFI manager was out of the project;
/// the office deleted what had been made of the capture before its lost answer was looked for, and
/// only its upload tells; the office wrote over it in the second it came, which stamps of whole
/// seconds cannot tell.
bool is_true_refusal(const Document& act) {
  if (act.text("cause") != "refused_by_service") return false;
  const std::string evidence = act.text("evidence");
  return evidence.find("is not in the project") != std::string::npos ||
         (evidence.starts_with("sent and accepted") &&
          evidence.find("is \"Office") != std::string::npos) ||
         evidence.find("upload: has already been used") != std::string::npos;
}

/// What the service holds, asked once for all promises.
class Holdings {
 public:
  explicit Holdings(SimWorld& world) : world_(world) {}
  const List& of(const std::string& kind) {
    const auto found = lists_.find(kind);
    if (found != lists_.end()) return found->second;
    return lists_.emplace(kind, world_.records(kind)).first->second;
  }

 private:
  SimWorld& world_;
  std::map<std::string, List> lists_;
};

/// How often one record of the service holds what was promised.
int times_in(const Document& record, const Promise& promise) {
  switch (promise.what) {
    case Promise::What::reply:
      return fields_in(record).text("body").find(promise.text) != std::string::npos ? 1 : 0;
    case Promise::What::file: {
      const List& files = list_in(record, "attachments");
      return static_cast<int>(std::count_if(files.begin(), files.end(), [&](const Value& file) {
        return file.as_document()->text("sha256") == promise.sha256;
      }));
    }
    case Promise::What::create:
    case Promise::What::edit:
      break;
  }
  if (!promise.sha256.empty()) return record.text("sha256") == promise.sha256 ? 1 : 0;
  return fields_in(record).text(promise.field) == promise.text ? 1 : 0;
}

/// A note that counts for another day than it was written on, in the field's own time.
std::string check_day(Holdings& service, const Promise& promise) {
  if (promise.days.empty()) return "";
  for (const Value& entry : service.of(promise.kind)) {
    const Document& record = *entry.as_document();
    if (times_in(record, promise) == 0 || promise.days.contains(record.text("day"))) continue;
    return "wrong day: " + promise.text + " was written on " + *promise.days.begin() +
           " and counts for " + record.text("day");
  }
  return "";
}

/// `deleted`: what the office deleted since. It may have done so before the agent could look, which
/// then makes it anew. `at_a_time`: the most there ever were beside each other, to the second.
struct Count {
  int alive = 0, deleted = 0, at_a_time = 0;
};

bool is_deleted(const Document& record) {
  const Value* deleted = record.find("deleted_at");
  return deleted && !deleted->is_null();
}

Count count_at_service(Holdings& service, const Promise& promise) {
  Count count;
  std::vector<const Document*> holding;
  const bool is_reply = promise.what == Promise::What::reply;
  for (const Value& entry : service.of(is_reply ? "rfi_reply" : promise.kind)) {
    const Document& record = *entry.as_document();
    const int times = times_in(record, promise);
    (is_deleted(record) ? count.deleted : count.alive) += times;
    if (times > 0) holding.push_back(&record);
  }
  count.at_a_time = count.alive;
  if (promise.what == Promise::What::file) return count;
  for (const Document* last : holding) {
    const std::string then = last->text("created_at");
    const auto beside = std::count_if(holding.begin(), holding.end(), [&](const Document* one) {
      return one->text("created_at") <= then &&
             (one == last || !is_deleted(*one) || one->text("deleted_at") > then);
    });
    count.at_a_time = std::max(count.at_a_time, static_cast<int>(beside));
  }
  return count;
}

/// How many changes with its text the service has accepted.
int times_accepted(SimWorld& world, const Promise& promise) {
  return static_cast<int>(std::count_if(
      world.accepted().begin(), world.accepted().end(),
      [&](const std::string& body) { return body.find(promise.text) != std::string::npos; }));
}

std::string text_of(const Promise& promise) {
  constexpr const char* kWhat[] = {"create", "edit", "reply", "file"};
  return std::string(kWhat[static_cast<int>(promise.what)]) + " of device " +
         std::to_string(promise.device) + ", " + promise.kind + " " + promise.item + " " +
         promise.field + " \"" + (promise.text.empty() ? promise.sha256 : promise.text) + "\"";
}

/// One device at the end of its world, in its own words; its disk is read when it is asked for.
class Left {
 public:
  Left(const SimDisk& disk, List acts, List receipts)
      : disk_(disk), acts_(std::move(acts)), receipts_(std::move(receipts)) {}
  const List& acts() const { return acts_; }
  const List& receipts() const { return receipts_; }
  const Outbox& outbox() {
    if (!outbox_) outbox_.emplace(disk_);
    return *outbox_;
  }

 private:
  const SimDisk& disk_;
  List acts_, receipts_;
  std::optional<Outbox> outbox_;
};

bool is_open_about(const List& acts, const std::string& item) {
  return std::any_of(acts.begin(), acts.end(),
                     [&](const Value& row) { return row.as_document()->text("item") == item; });
}

std::string check_one(SimWorld& world, Holdings& service, const Promise& promise, Left& left) {
  if (promise.what == Promise::What::edit) {
    if (promise.word != Promise::Word::kept) return "";
    if (times_accepted(world, promise) > 0) return "";
    const std::string lacks = left.outbox().why_lacks(promise);
    return lacks.empty() ? "" : "lost: " + text_of(promise) + ", " + lacks;
  }
  const Count found = count_at_service(service, promise);
  if (found.at_a_time > promise.copies) {
    return "doubled: " + text_of(promise) + " was there " + std::to_string(found.at_a_time) +
           " times";
  }
  if (const std::string other = check_day(service, promise); !other.empty()) return other;
  if (promise.word == Promise::Word::let_go) return "";
  if (promise.word == Promise::Word::taken_back) {
    // RFIs the office may restore.
    const bool may_be_there = promise.what != Promise::What::create || promise.copies > 1 ||
                              promise.kind == "rfi" || is_open_about(left.acts(), promise.item);
    return found.alive == 0 || may_be_there ? "" : "not taken back: " + text_of(promise);
  }
  const int count = std::min(found.alive + found.deleted, promise.copies);
  if (count == promise.copies) return "";
  const std::string lacks = left.outbox().why_lacks(promise);
  if (lacks.empty()) return "";
  // The office may have written over what it got.
  const bool has_text = promise.what == Promise::What::create && !promise.text.empty();
  if (has_text && times_accepted(world, promise) >= promise.copies) return "";
  return "lost: " + text_of(promise) + " is there " + std::to_string(count) + " times of " +
         std::to_string(promise.copies) + ", " + lacks;
}

/// Each receipt names a record that the service has or had, and one of a removal a record that is
/// deleted; but RFIs the office may restore.
std::string check_receipts(Holdings& service, int device, const List& receipts) {
  for (const Value& entry : receipts) {
    const Document& receipt = *entry.as_document();
    const std::string action = receipt.text("action"), kind = receipt.text("kind");
    const std::string id = receipt.text("service_id");
    const List& records = service.of(action == "reply" ? "rfi_reply" : kind);
    const auto found = std::find_if(records.begin(), records.end(), [&](const Value& one) {
      return std::to_string(one.as_document()->integer("id")) == id;
    });
    const std::string what = "untrue receipt: " + action + " of " + kind + " \"" + id +
                             "\" by device " + std::to_string(device);
    if (found == records.end()) return what + ", which the service never had";
    const bool stands = !is_deleted(*found->as_document());
    if (action == "remove" && kind != "rfi" && stands) return what + ", which is not deleted";
  }
  return "";
}

/// What is compared of each record, by kind: our field and the service's.
struct Compared {
  const char* kind;
  const char* tool;
  std::vector<std::pair<const char*, const char*>> fields;
};

std::string check_kind(SimWorld& world, Device& device, const Compared& compared,
                       const List& at_service) {
  const auto shown = world.call(device, "list", {{"kind", compared.kind}});
  if (!shown) return "list: " + shown.failure().what;
  std::map<std::string, const Document*> ours;
  for (const Value& entry : list_in(*shown, "records")) {
    const Document& record = *entry.as_document();
    if (record.text("state") == "gone") continue;
    ours[record.text("service_id")] = &record;
  }
  const std::string who = "device " + std::to_string(device.number) + " ";
  for (const Value& entry : at_service) {
    const Document& theirs = *entry.as_document();
    if (!theirs.find("deleted_at")->is_null()) continue;
    const std::string id = std::to_string(theirs.integer("id"));
    const auto found = ours.find(id);
    if (found == ours.end()) return who + "does not show " + compared.kind + " " + id;
    const Document& mine = *found->second;
    const std::string state = mine.text("state");
    if (state == "missing") return who + "calls " + compared.kind + " " + id + " missing";
    ours.erase(found);
    if (state != "synced") continue;
    for (const auto& [here, there] : compared.fields) {
      const std::string a = mine.text(here), b = fields_in(theirs).text(there);
      if (a != b) {
        return who + compared.kind + " " + id + " " + here + ": shows \"" + a + "\", it is \"" + b +
               "\"";
      }
    }
  }
  for (const auto& [id, record] : ours) {
    if (!id.empty() && record->text("state") == "synced") {
      return who + "still shows " + compared.kind + " " + id;
    }
  }
  return "";
}

std::string check_all_kinds(SimWorld& world) {
  static const Compared kCompared[] = {
      {"rfi",
       "rfis",
       {{"subject", "subject"}, {"reference", "reference"}, {"drawing_number", "drawing_number"}}},
      {"note", "notes", {{"comment", "comment"}}},
      {"photo", "photos", {{"description", "description"}}}};
  for (const Compared& compared : kCompared) {
    if (!world.plan().follows(compared.tool)) continue;
    const List at_service = world.records(compared.kind);
    for (const auto& device : world.devices()) {
      const std::string wrong = check_kind(world, *device, compared, at_service);
      if (!wrong.empty()) return wrong;
    }
  }
  return "";
}

}  // namespace

std::string stuck_acts(SimWorld& world, Device& device) {
  const auto queue = world.call(device, "queue");
  if (!queue) return "queue: " + queue.failure().what;
  std::set<std::string> held;  // items with an act that a person must look at
  for (const Value& row : list_in(*queue, "intents")) {
    const Document& act = *row.as_document();
    // A record that was private and is deleted looks like one that is no longer shown.
    const bool hidden = act.text("cause") == "permission_missing" &&
                        act.text("evidence").find("private") != std::string::npos;
    const bool asks = hidden || is_true_refusal(act) || is_for_a_person(act.text("cause"));
    if (act.text("state") == "held" && asks) {
      held.insert(act.text("item"));
      continue;
    }
    const bool waits = act.text("state") == "waiting" || act.text("cause") == "waiting_for_other";
    if (waits && held.contains(act.text("item"))) continue;
    return "device " + std::to_string(device.number) + " " + act.text("action") + " " +
           act.text("item") + " is " + act.text("state") + ", " + act.text("cause") + ": " +
           act.text("evidence");
  }
  return "";
}

static std::string integrity_of(storage::Database& database) try {
  return database.integrity();
} catch (const storage::SqlError& error) {
  return error.what();
}

std::string check_databases(const SimDisk& disk) {
  // On a copy, so that the agent still meets the disk as the crash left it.
  SimDisk copy(disk.clock(), platform::Random(1));
  const SimDisk::Image image = disk.image();
  copy.load(image);
  storage::DatabaseOptions options;
  options.vfs = copy.vfs_name();
  for (const char* name : {"/state/work.db", "/state/mirror.db"}) {
    const auto found = image.find(name);
    if (found == image.end() || found->second.empty()) continue;
    auto opened = storage::Database::open(name, options);
    if (!opened) return std::string(name) + " after a crash: " + opened.failure().what;
    const std::string integrity = integrity_of(**opened);
    if (integrity != "ok") return std::string(name) + " after a crash: " + integrity;
  }
  return "";
}

std::string check_explained(SimWorld& world, Device& device) {
  const auto queue = world.call(device, "queue");
  if (!queue) return "";  // a disk that fails says so in status
  for (const Value& row : list_in(*queue, "intents")) {
    const Document& act = *row.as_document();
    const std::string cause = act.text("cause");
    if (cause.empty() || cause == "none" || act.text("sentence").empty()) {
      return "no reason: " + act.text("action") + " " + act.text("item") + " is " +
             act.text("state");
    }
    // Nobody in these worlds asks for an act to be held.
    if (cause == "held_by_person") {
      return "no true reason: " + act.text("action") + " " + act.text("item") +
             " is said to be held by a person";
    }
  }
  return "";
}

std::string check_in_sight(SimWorld& world, Device& device) {
  for (const std::string kind : {"rfi", "photo"}) {
    if (!world.plan().follows(kind + "s")) continue;
    const auto shown = world.call(device, "list", {{"kind", kind}});
    if (!shown) return "";  // a disk that fails says so in status
    std::set<std::string> now, out_of_sight;
    for (const Value& entry : list_in(*shown, "records")) {
      const Document& record = *entry.as_document();
      if (record.text("state") != "gone") now.insert(kind + " " + record.text("service_id"));
    }
    for (const Value& entry : world.records(kind)) {
      const Document& theirs = *entry.as_document();
      const std::string id = kind + " " + std::to_string(theirs.integer("id"));
      const Value* restricted = fields_in(theirs).find("is_private");
      const bool is_private = restricted && restricted->as_bool() && *restricted->as_bool();
      // Drafts and private records are shown to some levels only.
      const std::string status = theirs.text("status");
      const bool hidden = is_private || status == "draft" || status == "closed_draft";
      const bool is_there = theirs.find("deleted_at")->is_null() && !hidden;
      // What was out of sight for a while has to be listed again before it can be missed.
      if (hidden) out_of_sight.insert(id);
      if (is_there && device.seen.contains(id) && !now.contains(id)) {
        return "vanished: device " + std::to_string(device.number) + " shows " + id + " no more";
      }
    }
    device.seen.insert(now.begin(), now.end());
    for (const std::string& id : out_of_sight) device.seen.erase(id);
  }
  return "";
}

std::string check_moderation(SimWorld& world, Device& device) {
  const std::string who = "device " + std::to_string(device.number);
  const auto hours = static_cast<std::uint64_t>(
      1 + world.now().since_start.count() / base::Millis(std::chrono::hours(1)).count());
  if (device.loop.ran() > hours * tuning::kTasksPerHourMax) {
    return "spin: " + who + " ran " + std::to_string(device.loop.ran()) + " tasks";
  }
  if (device.sent_while_silenced > 0) {
    return "impolite: " + who + " sent " + std::to_string(device.sent_while_silenced) +
           " requests in a time it was told to wait out";
  }
  // Several devices share a login's limit without knowing of each other.
  const bool alone = world.devices().size() == 1;
  if (alone && device.refusals > device.starts * tuning::kRefusalsPerStartMax) {
    return "impolite: " + who + " was refused " + std::to_string(device.refusals) + " times";
  }
  return "";
}

std::string check_promises(SimWorld& world) {
  std::map<int, Left> left;
  for (const auto& device : world.devices()) {
    const auto queue = world.call(*device, "queue");
    if (!queue) return "queue: " + queue.failure().what;
    if (device->link.logins_most > 1) return "several logins at a time";
    const auto receipts = world.call(*device, "receipts", {{"verify", Value(true)}});
    if (!receipts) return "receipts: " + receipts.failure().what;
    const Value* check = receipts->find("check");
    if (!check->as_document()->text("problem").empty()) {
      return "receipts: " + check->as_document()->text("problem");
    }
    left.try_emplace(device->number, device->disk, list_in(*queue, "intents"),
                     list_in(*receipts, "receipts"));
  }
  Holdings service(world);
  for (const auto& [number, one] : left) {
    if (const std::string untrue = check_receipts(service, number, one.receipts()); !untrue.empty())
      return untrue;
  }
  for (const Promise& promise : world.book()) {
    const std::string wrong = check_one(world, service, promise, left.at(promise.device));
    if (!wrong.empty()) return wrong;
  }
  return "";
}

std::string check_views(SimWorld& world) {
  // Two complete looks, apart from each other, are what believing a deletion takes; a third shows
  // what the second found changed. When an hour's calls are spent, a polite agent waits for the
  // next hour.
  const int looks = world.plan().has(Trouble::budget) ? 6 : 3;
  std::string wrong;
  for (int look = 0; look < looks; ++look) {
    if (look == 3) world.run_for(std::chrono::minutes(65));
    for (const auto& device : world.devices()) {
      if (auto asked = world.call(*device, "sync", {{"full", Value(true)}}); !asked) {
        return "sync: " + asked.failure().what;
      }
    }
    world.run_for(std::chrono::minutes(2));
    wrong = check_all_kinds(world);
    if (wrong.empty()) return "";
  }
  return wrong;
}

}  // namespace fieldsync::sim
