#include "net/sandbox/seed.h"

#include <array>
#include <cstdio>

#include "net/sandbox/drawings.h"
#include "net/sandbox/jpeg.h"
#include "net/sandbox/pdf.h"
#include "net/sandbox/photos.h"
#include "net/sandbox/seed_people.h"
#include "platform/base/time_text.h"
#include "platform/random.h"

namespace fieldsync::net::sandbox {
namespace {

constexpr Seconds kDay = 86'400;

/// Names that break what was only tried with "IMG_0001".
constexpr std::string_view kAwkward[] = {"Größe & Länge geprüft",
                                         "\"Quoted\" 'both' ways",
                                         "50% done #3 & more?",
                                         "🚧 crane <north> side 🏗️",
                                         "..hidden and trailing dot.",
                                         "a/b\\c:d|e*f",
                                         "日本語の図面",
                                         "CON",
                                         "   spaces   around   "};

constexpr std::string_view kSubjects[] = {"Slab edge at grid",     "Door hardware set",
                                          "Rebar spacing in wall", "Duct clash above corridor",
                                          "Fire stop at shaft",    "Window sill detail"};

struct Counts {
  int rfis, drawings, revisions_each, photos, notes;
};

struct Filler {
  World& world;
  platform::Random random;
  Counts counts;
  Seconds now;
  std::int64_t people[3] = {kField, kManager, kArchitect};

  std::int64_t somebody() { return people[random.below(3)]; }
  /// A moment in the last `days`, never in the future.
  Seconds before(std::int64_t days) { return now - random.between(60, days * kDay); }
};

std::string subject_of(Filler& fill, int n) {
  if (n < static_cast<int>(std::size(kAwkward))) return std::string(kAwkward[n]);
  if (n == static_cast<int>(std::size(kAwkward))) return std::string(200, 'L');
  return std::string(kSubjects[fill.random.below(std::size(kSubjects))]) + " " +
         static_cast<char>('A' + fill.random.below(12)) + "-" +
         std::to_string(fill.random.between(1, 40));
}

void add_replies(Filler& fill, const Record& rfi) {
  const auto count = fill.random.below(3);
  for (std::uint64_t i = 0; i < count; ++i) {
    Record reply{.kind = "rfi_reply", .project = kProject, .parent = rfi.id, .author = kArchitect};
    reply.created_at = rfi.created_at + 3'600 * (static_cast<Seconds>(i) + 1);
    reply.body = {{"body", "<p>See detail 5/S-301 &amp; sketch.</p>"},
                  {"official", i + 1 == count}};
    fill.world.insert(reply);
  }
}

void add_rfi(Filler& fill, int n) {
  World& world = fill.world;
  Record rfi{.kind = "rfi", .project = kProject, .author = fill.somebody()};
  rfi.created_at = fill.before(60);
  rfi.updated_at = std::min(fill.now - 30, rfi.created_at + fill.random.between(0, 3 * kDay));
  rfi.status = n % 7 == 3 ? "draft" : n % 5 == 2 ? "closed" : "open";
  const bool draft = rfi.status == "draft";
  const bool is_private = n % 13 == 4;
  rfi.restricted = draft || is_private;
  rfi.body = {
      {"number", draft ? std::string() : std::to_string(n + 1)},
      {"subject", subject_of(fill, n)},
      {"reference", "Sheet A-" + std::to_string(201 + n % 12)},
      {"drawing_number", "A-" + std::to_string(201 + n % 12)},
      {"due_date",
       base::to_iso_date(base::WallTime{std::chrono::seconds(rfi.created_at + 14 * kDay)})},
      {"initiated_at", draft ? Value(nullptr) : Value(iso_text(rfi.created_at))},
      {"time_resolved", rfi.status == "closed" ? Value(iso_text(rfi.updated_at)) : Value(nullptr)},
      {"location", nullptr},
      {"is_private", is_private},
      {"rfi_manager_id", kManager},
      {"assignee_ids", List{kArchitect}},
      {"distribution_ids", List{kField}},
      {"question_id", world.next_id()},
      {"question_body",
       "<p>Which detail applies at <b>item " + std::to_string(n + 1) + "</b>?</p>"},
      // One value is none a client has heard of.
      {"cost_impact",
       Document{{"status", n == 11 ? "to_be_negotiated" : "tbd"}, {"value", nullptr}}},
      {"schedule_impact", Document{{"status", "yes_known"}, {"value", n % 9}}}};
  world.insert(rfi);
  for (const std::int64_t user : {kArchitect, kManager, kField}) {
    if (!draft) world.watch(rfi.id, user);
  }
  if (n < 200 && !draft) add_replies(fill, rfi);
}

std::int64_t add_named(Filler& fill, std::string_view kind, Document body) {
  Record record{.kind = std::string(kind), .project = kProject, .author = kManager};
  record.created_at = fill.now - 90 * kDay;
  record.body = std::move(body);
  fill.world.insert(record);
  return record.id;
}

void add_drawings(Filler& fill) {
  World& world = fill.world;
  const std::int64_t areas[] = {
      add_named(fill, "drawing_area", {{"name", "Tower"}, {"description", ""}}),
      add_named(fill, "drawing_area", {{"name", "Annex & Garage"}, {"description", ""}})};
  const std::string_view names[] = {"Architectural", "Structural", "HVAC / LVI"};
  std::int64_t disciplines[3];
  for (int i = 0; i < 3; ++i) {
    disciplines[i] = add_named(fill, "drawing_discipline", {{"name", names[i]}, {"position", i}});
  }
  const std::int64_t sets[] = {
      add_named(fill, "drawing_set", {{"name", "IFC"}, {"date", "2026-01-15"}, {"position", 1}}),
      add_named(fill, "drawing_set",
                {{"name", "Addendum #1"}, {"date", "2026-03-02"}, {"position", 2}})};
  for (int n = 0; n < fill.counts.drawings; ++n) {
    Record drawing{
        .kind = "drawing", .project = kProject, .parent = areas[n % 2], .author = kManager};
    const std::string number = std::string(1, "ASM"[n % 3]) + "-" + std::to_string(201 + n);
    const std::string title =
        n < 9 ? "Level " + std::to_string(n) + " – " + std::string(kAwkward[n]) : "Section";
    drawing.body = {{"number", number},
                    {"title", title},
                    {"discipline", disciplines[n % 3]},
                    {"obsolete", n == 7}};
    world.insert(drawing);
    for (int revision = 0; revision < fill.counts.revisions_each; ++revision) {
      const auto size = static_cast<std::size_t>(fill.random.between(2'000, 40'000));
      const std::string pdf =
          make_pdf({number, title, "Revision " + std::to_string(revision)}, size);
      publish_revision(world, drawing, std::to_string(revision), pdf, sets[revision % 2], 0);
    }
  }
}

std::string exif_time(Seconds at) {
  std::string text = iso_text(at).substr(0, 19);
  text[4] = text[7] = ':';
  text[10] = ' ';
  return text;
}

void add_photo(Filler& fill, int n, const std::vector<std::int64_t>& albums,
               std::vector<std::int64_t>& files) {
  World& world = fill.world;
  constexpr std::size_t kDistinct = 60;
  const Seconds taken = fill.before(30);
  if (files.size() < kDistinct) {
    const JpegSpec spec{.width = 64 + n % 8 * 16,
                        .height = 48 + n % 5 * 16,
                        .color = static_cast<std::uint32_t>(fill.random.below(1 << 24)),
                        .taken_at = exif_time(taken),
                        .latitude = 60.16 + n * 0.0001,
                        .longitude = 24.92 - n * 0.0001};
    files.push_back(world.add_file(make_jpeg(spec), "photo.jpg", "image/jpeg"));
  }
  const std::int64_t file = files[static_cast<std::size_t>(n) % files.size()];
  Record photo{.kind = "photo",
               .project = kProject,
               .parent = albums[static_cast<std::size_t>(n) % albums.size()],
               .author = fill.somebody()};
  photo.created_at = std::min(fill.now - 20, taken + 900);
  photo.restricted = n % 17 == 5;
  const std::string name =
      n < 8 ? std::string(kAwkward[n]) + ".jpg" : "IMG_" + std::to_string(1'000 + n) + ".jpg";
  photo.body = {{"filename", name},
                {"size", world.file(file)->size},
                {"file", file},
                {"description", n % 3 == 0 ? Value(nullptr) : Value("North wall, level 2")},
                {"starred", n % 10 == 0},
                {"log_date", iso_text(taken).substr(0, 10)}};
  describe_photo(world, photo, file);
  world.insert(photo);
}

void add_photos(Filler& fill) {
  std::vector<std::int64_t> albums;
  int position = 0;
  for (const std::string_view name : {"Unclassified", "Progress", "Safety / Turvallisuus"}) {
    albums.push_back(add_named(fill, "album", {{"name", name}, {"position", ++position}}));
  }
  std::vector<std::int64_t> files;
  for (int n = 0; n < fill.counts.photos; ++n) add_photo(fill, n, albums, files);
}

void add_notes(Filler& fill) {
  for (int n = 0; n < fill.counts.notes; ++n) {
    Record note{
        .kind = "note", .project = kProject, .author = n % 9 == 4 ? kGuest : fill.somebody()};
    note.created_at = fill.now - 60 - (n % 20) * kDay;
    note.day = base::to_iso_date(base::WallTime{std::chrono::seconds(note.created_at)}, 120);
    note.status = n % 9 == 4 ? "pending" : "approved";
    note.body = {{"comment", n % 4 == 1 ? std::string(kAwkward[n % 9]) + "\nsecond line"
                                        : "Pour at grid " + std::to_string(n % 30) + " finished."},
                 {"is_issue_day", n % 6 == 0},
                 {"location", nullptr},
                 {"vendor", nullptr},
                 {"daily_log_header_id", fill.world.next_id()},
                 {"position", n + 1}};
    fill.world.insert(note);
  }
}

/// Two RFIs with a picture and a sheet.
void add_attachments(Filler& fill) {
  World& world = fill.world;
  const auto rfis = world.ids({.kind = "rfi", .project = kProject, .statuses = {"open"}}, 2, 0);
  for (const std::int64_t rfi : rfis) {
    const std::string photo =
        make_jpeg({.color = 0x3366aa, .taken_at = exif_time(fill.now - kDay)});
    world.attach(rfi, "IMG #1 & 50%.jpg", "image/jpeg",
                 world.add_file(photo, "IMG #1 & 50%.jpg", "image/jpeg"));
    world.attach(rfi, "sketch.pdf", "application/pdf",
                 world.add_file(make_pdf({"Sketch"}, 0), "sketch.pdf", "application/pdf"));
  }
}

Counts counts_of(Size size) {
  switch (size) {
    case Size::tiny:
      return {7, 2, 2, 4, 4};
    case Size::small:
      return {60, 12, 2, 40, 30};
    case Size::large:
      return {50'000, 500, 4, 5'000, 3'000};
  }
  FS_CHECK(false);
}

}  // namespace

void fill(World& world, Size size, std::uint64_t seed) {
  if (world.db().integer("SELECT count(*) FROM projects").value_or(0) != 0) return;
  fill_people(world);
  Filler fill{world, platform::Random(seed), counts_of(size), world.now()};
  const Counts& counts = fill.counts;
  for (int n = 0; n < counts.rfis; ++n) add_rfi(fill, n);
  world.db().run("UPDATE projects SET next_rfi=? WHERE id=?", counts.rfis + 1, kProject);
  add_drawings(fill);
  add_photos(fill);
  add_notes(fill);
  add_attachments(fill);
}

}  // namespace fieldsync::net::sandbox
