#include <algorithm>

#include "net/sandbox/seed_people.h"
#include "platform/base/time_text.h"
#include "storage/blob_store.h"
#include "tests/sim/sim_world.h"
#include "tests/sim/tuning.h"

/// What people, the office, administrators and machines do, one function a kind of act.
namespace fieldsync::sim {

using base::Document;
using base::List;
using base::Millis;
using base::Value;
using net::Method;
using platform::Random;

namespace {

std::string label(const Step& step) {
  return "d" + std::to_string(step.device) + "s" + std::to_string(step.number) + "x" +
         std::to_string(step.seed % 10'000);
}

void office(SimWorld& world, Document command) { world.control(Method::post, "/office", command); }

/// Bytes as a staged file; nothing when the disk refused them, as a person would be told.
std::optional<Document> stage(Device& device, const std::string& bytes, const std::string& name) {
  if (!device.agent) return std::nullopt;
  auto draft = device.agent->originals().begin();
  if (!draft) return std::nullopt;
  if (!draft->write(bytes)) return std::nullopt;
  const auto digest = draft->install();
  if (!digest) return std::nullopt;
  return Document{{"blob", digest->hex()},
                  {"size", static_cast<std::int64_t>(bytes.size())},
                  {"name", name},
                  {"type", "image/jpeg"}};
}

std::string bytes_for(const std::string& mark, Random& random) {
  return "bytes of " + mark + std::string(random.below(3'000), 'x');
}

/// Now and then a photo of several parts.
std::string photo_bytes(const std::string& mark, Random& random) {
  std::string bytes = bytes_for(mark, random);
  if (random.chance(tuning::kLargePhotoChance)) {
    bytes.resize(static_cast<std::size_t>(random.between(5'300'000, 6'000'000)), 'y');
  }
  return bytes;
}

/// Cameras count anew on each card: many files have one name, or nearly.
std::string file_name(SimWorld& world, const Step& step) {
  if (!world.plan().has(Trouble::same_names)) return label(step) + ".jpg";
  return step.number % 2 == 0 ? "IMG_0001.JPG" : "img_0001.jpg";
}

/// Notes what `add` acknowledged.
void promise_create(SimWorld& world, const Step& step, const Document& answer, Promise promise) {
  promise.device = step.device;
  const Document& item = *answer.find("items")->as_list()->front().as_document();
  promise.item = item.text("id");
  promise.act = item.integer("intent");
  world.book().push_back(std::move(promise));
}

/// As the calendar beside the device shows it.
std::string day_at(const Device& device) {
  const base::WallTime now = device.clock.wall();
  return base::to_iso_date(now, device.clock.utc_offset_minutes(now));
}

void add_notes(SimWorld& world, Device& device, const Step& step, int copies) {
  const std::string text = "note " + label(step);
  int kept = 0;
  std::optional<Document> last;
  std::set<std::string> days;
  for (int i = 0; i < copies; ++i) {
    days.insert(day_at(device));
    const auto answer =
        world.call(device, "add", {{"kind", "note"}, {"fields", Document{{"comment", text}}}});
    // A slow disk may take until the next day.
    days.insert(day_at(device));
    if (!answer) continue;
    ++kept;
    last = *answer;
  }
  if (!last) return;
  Promise promise;
  promise.kind = "note";
  promise.field = "comment";
  promise.text = text;
  promise.copies = kept;
  promise.days = std::move(days);
  promise_create(world, step, *last, promise);
}

void add_rfi(SimWorld& world, Device& device, const Step& step, bool with_file) {
  Random random(step.seed);
  const std::string mark = label(step);
  Document arguments{{"kind", "rfi"},
                     {"fields", Document{{"subject", "rfi " + mark},
                                         {"question", "Which?"},
                                         {"assignees", std::to_string(net::sandbox::kArchitect)}}}};
  std::string bytes;
  if (with_file) {
    bytes = bytes_for(mark, random);
    const auto file = stage(device, bytes, file_name(world, step));
    if (!file) return;
    arguments.set("files", List{*file});
  }
  const auto answer = world.call(device, "add", arguments);
  if (!answer) return;
  Promise promise;
  promise.kind = "rfi";
  promise.field = "subject";
  promise.text = "rfi " + mark;
  promise_create(world, step, *answer, promise);
  if (!with_file) return;
  promise.what = Promise::What::file;
  promise.sha256 = base::digest_of(bytes).hex();
  promise_create(world, step, *answer, promise);
}

void add_photo(SimWorld& world, Device& device, const Step& step) {
  Random random(step.seed);
  const std::string bytes = photo_bytes(label(step), random);
  const auto file = stage(device, bytes, file_name(world, step));
  if (!file) return;
  const auto answer = world.call(device, "add", {{"kind", "photo"}, {"files", List{*file}}});
  if (!answer) return;
  Promise promise;
  promise.kind = "photo";
  promise.sha256 = base::digest_of(bytes).hex();
  promise_create(world, step, *answer, promise);
}

/// Some RFI the person sees; empty when there is none.
std::string seen_rfi(SimWorld& world, Device& device, Random& random) {
  const auto answer = world.call(device, "list", {{"kind", "rfi"}});
  if (!answer) return "";
  const List& records = *answer->find("records")->as_list();
  if (records.empty()) return "";
  return records[random.below(records.size())].as_document()->text("id");
}

std::string own_item(SimWorld& world, const Step& step, std::string_view kind, Random& random) {
  std::vector<std::string> own;
  for (const Promise& one : world.book()) {
    if (one.device == step.device && one.what == Promise::What::create && one.copies == 1 &&
        (kind.empty() || one.kind == kind)) {
      own.push_back(one.item);
    }
  }
  return own.empty() ? "" : own[random.below(own.size())];
}

/// What the person edited last; empty when nothing was.
std::string last_edited(SimWorld& world, const Step& step) {
  std::string item;
  for (const Promise& one : world.book()) {
    if (one.device == step.device && one.what == Promise::What::edit) item = one.item;
  }
  return item;
}

void edit(SimWorld& world, Device& device, const Step& step, const std::string& item) {
  if (item.empty()) return;
  Random random(step.seed ^ 1);
  constexpr const char* kFields[] = {"reference", "drawing_number", "question"};
  const std::string field = kFields[random.below(3)];
  const std::string text = "edit " + label(step);
  const auto answer =
      world.call(device, "edit", {{"item", item}, {"fields", Document{{field, text}}}});
  if (!answer || answer->text("state") == "unchanged") return;
  for (Promise& earlier : world.book()) {
    if (earlier.what == Promise::What::edit && earlier.device == step.device &&
        earlier.item == item && earlier.field == field && earlier.word == Promise::Word::kept) {
      earlier.word = Promise::Word::replaced;
    }
  }
  Promise promise;
  promise.what = Promise::What::edit;
  promise.device = step.device;
  promise.item = item;
  promise.act = answer->integer("intent");
  promise.kind = "rfi";
  promise.field = field;
  promise.text = text;
  promise.at = world.now();
  world.book().push_back(std::move(promise));
}

void reply(SimWorld& world, Device& device, const Step& step) {
  Random random(step.seed);
  const std::string item = seen_rfi(world, device, random);
  if (item.empty()) return;
  const std::string text = "reply " + label(step);
  const auto answer = world.call(device, "reply", {{"item", item}, {"body", text}});
  if (!answer) return;
  Promise promise;
  promise.what = Promise::What::reply;
  promise.device = step.device;
  promise.item = item;
  promise.act = answer->integer("intent");
  promise.kind = "rfi";
  promise.text = text;
  world.book().push_back(std::move(promise));
}

void attach(SimWorld& world, Device& device, const Step& step) {
  Random random(step.seed);
  const std::string item = seen_rfi(world, device, random);
  if (item.empty()) return;
  const std::string bytes = bytes_for(label(step), random);
  const auto file = stage(device, bytes, file_name(world, step));
  if (!file) return;
  const auto answer = world.call(device, "attach", {{"item", item}, {"files", List{*file}}});
  if (!answer) return;
  Promise promise;
  promise.what = Promise::What::file;
  promise.device = step.device;
  promise.item = item;
  promise.act = answer->integer("intent");
  promise.kind = "rfi";
  promise.sha256 = base::digest_of(bytes).hex();
  world.book().push_back(std::move(promise));
}

void remove_own(SimWorld& world, Device& device, const Step& step) {
  Random random(step.seed);
  const std::string item = own_item(world, step, "", random);
  if (item.empty()) return;
  const auto answer = world.call(device, "remove", {{"item", item}});
  for (Promise& one : world.book()) {
    if (one.device != step.device || one.item != item) continue;
    // Without an answer it may have been taken all the same.
    one.word = answer ? Promise::Word::taken_back : Promise::Word::let_go;
  }
}

void note_shown(SimWorld& world, const List& fields) {
  for (OfficeText& one : world.office_texts()) {
    const bool shown = std::any_of(fields.begin(), fields.end(), [&](const Value& field) {
      return field.as_document()->text("theirs") == one.text;
    });
    if (shown) one.fate = OfficeText::Fate::shown;
  }
}

void resolve(SimWorld& world, Device& device, const Step& step) {
  Random random(step.seed);
  const auto answer = world.call(device, "conflicts");
  if (!answer) return;
  const List& conflicts = *answer->find("conflicts")->as_list();
  if (conflicts.empty()) return;
  const Document& one = *conflicts[random.below(conflicts.size())].as_document();
  const bool ours = random.chance(0.5);
  // Also without an answer the decision may stand.
  const List* fields = one.find("fields") ? one.find("fields")->as_list() : nullptr;
  if (fields) note_shown(world, *fields);
  (void)world.call(device, "resolve",
                   {{"conflict", one.integer("id")}, {"take", ours ? "ours" : "theirs"}});
  if (ours || !fields) return;
  for (const Value& entry : *fields) {
    for (Promise& promise : world.book()) {
      if (promise.device == step.device && promise.item == one.text("item") &&
          promise.what == Promise::What::edit &&
          promise.field == entry.as_document()->text("field")) {
        promise.word = Promise::Word::let_go;
      }
    }
  }
}

/// An id of some record of the kind at the service; 0 without one.
std::int64_t some_record(SimWorld& world, const std::string& kind, Random& random) {
  const List all = world.records(kind);
  return all.empty() ? 0 : all[random.below(all.size())].as_document()->integer("id");
}

/// No person writes over a record in the second in which it came. The service's stamps, of whole
/// seconds, could not tell.
bool is_brand_new(SimWorld& world, std::int64_t id) {
  const base::WallTime now = DeviceClock::kStart + world.now().since_start;
  for (const Value& row : world.records("rfi")) {
    const Document& record = *row.as_document();
    if (record.integer("id") != id) continue;
    const auto made = base::parse_iso(record.text("created_at"));
    return made && now - *made < std::chrono::seconds(1);
  }
  return false;
}

void office_clash(SimWorld& world, std::int64_t id, const std::string& mark, Random& random) {
  if (is_brand_new(world, id)) return;
  constexpr const char* kFields[] = {"reference", "drawing_number", "question_body"};
  const std::string field = kFields[random.below(3)];
  office(world, {{"do", "edit_record"}, {"id", id}, {"fields", Document{{field, mark}}}});
  for (OfficeText& earlier : world.office_texts()) {
    const bool is_there = earlier.record == id && earlier.field == field;
    if (is_there) earlier.fate = OfficeText::Fate::replaced;
  }
  world.office_texts().push_back({id, field, mark, world.now()});
}

/// An edit of the office somewhere in the project: in no RFI's field whose name it leaves alone.
void office_edit(SimWorld& world, Random& random) {
  office(world, {{"do", "edit"},
                 {"seed", static_cast<std::int64_t>(random.below(1'000'000))},
                 {"count", random.between(1, 4)}});
  for (OfficeText& earlier : world.office_texts()) {
    if (earlier.field == "reference") earlier.fate = OfficeText::Fate::replaced;
  }
}

void office_act(SimWorld& world, const Step& step) {
  Random random(step.seed);
  const std::string mark = "office " + label(step);
  switch (step.act) {
    case Act::office_edit:
      return office_edit(world, random);
    case Act::office_note:
      return office(world, {{"do", "new_note"}, {"comment", mark}});
    case Act::office_rfi:
      return office(world, {{"do", "new_rfi"}, {"subject", mark}});
    case Act::office_photo:
      return office(world, {{"do", "new_photo"}});
    default:
      break;
  }
  const bool of_drawing = step.act == Act::office_revision;
  const std::int64_t id = some_record(world, of_drawing ? "drawing" : "rfi", random);
  if (id == 0) return;
  switch (step.act) {
    case Act::office_clash:
      return office_clash(world, id, mark, random);
    case Act::office_reply:
      return office(world, {{"do", "reply"}, {"rfi", id}, {"body", mark}});
    case Act::office_revision:
      return office(world, {{"do", "new_revision"}, {"drawing", id}});
    case Act::office_close:
      return office(world, {{"do", "close_rfi"}, {"id", id}});
    case Act::office_delete:
      return office(world, {{"do", "delete"}, {"id", id}});
    case Act::office_restore:
      // What comes back is seen anew.
      for (const auto& device : world.devices()) device->seen.erase("rfi " + std::to_string(id));
      return office(world, {{"do", "restore"}, {"id", id}});
    case Act::office_private:
      return office(world, {{"do", "set_private"}, {"id", id}, {"private", Value(true)}});
    default:
      return;
  }
}

constexpr const char* kTools[] = {"rfi", "drawing_log", "images", "daily_log"};

void rights_act(SimWorld& world, const Device& device, const Step& step) {
  Random random(step.seed);
  const std::string tool = kTools[random.below(4)];
  const std::int64_t user = user_of(device);
  switch (step.act) {
    case Act::level_down:
    case Act::level_up: {
      const std::int64_t level = step.act == Act::level_up ? 3 : random.between(0, 2);
      return office(world, {{"do", "set_level"}, {"user", user}, {"tool", tool}, {"level", level}});
    }
    case Act::tool_off:
    case Act::tool_on:
      return office(
          world,
          {{"do", "set_tool"}, {"tool", tool}, {"enabled", Value(step.act == Act::tool_on)}});
    case Act::member_out:
    case Act::member_in:
      return office(
          world,
          {{"do", "set_member"}, {"user", user}, {"member", Value(step.act == Act::member_in)}});
    default:
      return;
  }
}

void machine_act(SimWorld& world, Device& device, const Step& step) {
  Random random(step.seed);
  switch (step.act) {
    case Act::kill:
      return world.crash(device, SimWorld::Loss::process);
    case Act::power_cut:
      // The power goes in the middle of some later write, mostly within the next capture or answer.
      device.calls_to_power_cut = random.below(60);
      return;
    case Act::suspend:
      return device.loop.sleep_until(device.clock.now() + Millis{random.between(1, 7'200'000)});
    case Act::clock_step:
      device.clock.ahead = Millis{random.between(-7'200'000, 7'200'000)};
      return;
    case Act::disk_full: {
      const auto free = device.disk.free_space("/");
      const auto used = SimDisk::kUnlimited - (free ? *free : 0);
      if (device.disk.capacity == SimDisk::kUnlimited) {
        device.disk.capacity = used + random.between(0, 40'000);
      }
      return;
    }
    case Act::disk_free:
      device.disk.capacity = SimDisk::kUnlimited;
      return;
    case Act::drop_mirror:
      world.crash(device, SimWorld::Loss::mirror);
      return;
    default:
      return;
  }
}

}  // namespace

std::int64_t user_of(const Device& device) {
  return device.login == Device::Login::person ? net::sandbox::kManager : net::sandbox::kService;
}

void restore_rights(SimWorld& world, const Device& device) {
  const std::int64_t user = user_of(device);
  office(world, {{"do", "set_member"}, {"user", user}, {"member", Value(true)}});
  for (const char* tool : kTools) {
    office(world, {{"do", "set_tool"}, {"tool", tool}, {"enabled", Value(true)}});
    office(world, {{"do", "set_level"}, {"user", user}, {"tool", tool}, {"level", 3}});
  }
}

void perform(SimWorld& world, const Step& step) {
  Device& device = *world.devices()[static_cast<std::size_t>(step.device)];
  Random random(step.seed);
  if (step.act <= Act::sync) device.loop.wake();  // someone picked it up
  switch (step.act) {
    case Act::note:
      return add_notes(world, device, step, 1);
    case Act::twin_notes:
      return add_notes(world, device, step, 2);
    case Act::rfi:
      return add_rfi(world, device, step, false);
    case Act::rfi_with_file:
      return add_rfi(world, device, step, true);
    case Act::photo:
      return add_photo(world, device, step);
    case Act::edit:
      return edit(world, device, step, seen_rfi(world, device, random));
    case Act::edit_own:
      return edit(world, device, step, own_item(world, step, "rfi", random));
    case Act::edit_again:
      return edit(world, device, step, last_edited(world, step));
    case Act::reply:
      return reply(world, device, step);
    case Act::attach:
      return attach(world, device, step);
    case Act::remove_own:
      return remove_own(world, device, step);
    case Act::resolve:
      return resolve(world, device, step);
    case Act::retry:
      return (void)world.call(device, "retry");
    case Act::sync:
      return (void)world.call(device, "sync", {{"full", Value(random.chance(0.5))}});
    case Act::office_edit:
    case Act::office_clash:
    case Act::office_reply:
    case Act::office_note:
    case Act::office_rfi:
    case Act::office_photo:
    case Act::office_revision:
    case Act::office_close:
    case Act::office_delete:
    case Act::office_restore:
    case Act::office_private:
      return office_act(world, step);
    case Act::level_down:
    case Act::level_up:
    case Act::tool_off:
    case Act::tool_on:
    case Act::member_out:
    case Act::member_in:
      return rights_act(world, device, step);
    case Act::expire_tokens:
      world.control(Method::post, "/expire_tokens");
      return;
    case Act::lose_upload:
      return office(world, {{"do", "lose_uploads"}});
    case Act::kill:
    case Act::power_cut:
    case Act::suspend:
    case Act::clock_step:
    case Act::disk_full:
    case Act::disk_free:
    case Act::drop_mirror:
      return machine_act(world, device, step);
  }
}

}  // namespace fieldsync::sim
