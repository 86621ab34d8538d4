#include <set>

#include "net/sandbox/jpeg.h"
#include "net/sandbox/pdf.h"
#include "tests/support/sandbox_rig.h"

namespace fieldsync::net::sandbox {
namespace {

const std::string kNotes = SandboxRig::project("/notes_logs");
const std::string kRevisions = SandboxRig::project("/drawing_revisions");

std::string path_of(const std::string& url) {
  const std::string origin = "http://api.sandbox.test";
  REQUIRE_MESSAGE(url.starts_with(origin), url);
  return url.substr(origin.size());
}

std::string photo_bytes() {
  return make_jpeg({.width = 80,
                    .height = 60,
                    .taken_at = "2026:09:24 13:58:02",
                    .latitude = -34.0522,
                    .longitude = 118.2437});
}

Answer make_photo(SandboxRig& rig, const std::string& uuid, Document image) {
  return rig.post(
      SandboxRig::photos(),
      {{"upload_uuid", uuid}, {"image_name", "North.jpg"}, {"image", std::move(image)}});
}

Answer make_note(SandboxRig& rig, Document fields) {
  if (!fields.has("comment")) fields.set("comment", "Rain.");
  return rig.post(kNotes, {{"notes_log", std::move(fields)}});
}

}  // namespace

TEST_CASE("notes without a window are today's, and half a window is refused") {
  SandboxRig rig;
  REQUIRE(make_note(rig, {{"date", "2026-09-21"}}).status == 201);
  REQUIRE(make_note(rig, {{"date", "2026-09-01"}, {"comment", "earlier"}}).status == 201);
  const Answer today = rig.get(kNotes);
  for (std::size_t i = 0; i < today.list().size(); ++i) {
    CHECK(today.row(i).text("date") == "2026-09-21");
  }
  CHECK(rig.get(kNotes + "?start_date=2026-09-01").status == 400);
  CHECK(rig.get(kNotes + "?start_date=2026-09-01&end_date=soon").status == 400);
  const Answer window = rig.get(kNotes + "?log_date=2026-09-01&filters[status]=all");
  bool found = false;
  for (std::size_t i = 0; i < window.list().size(); ++i) {
    found = found || window.row(i).text("comment") == "earlier";
  }
  CHECK(found);
}

TEST_CASE("today is the project's day, not that of Greenwich") {
  SandboxRig rig;
  rig.clock.pass(8 * 3'600);  // 22:13 UTC, past midnight in Helsinki
  rig.token = rig.login();
  CHECK(make_note(rig, {}).object().text("date") == "2026-09-22");
}

TEST_CASE("pending notes are for admins; a collaborator sees only their own") {
  SandboxRig rig;
  rig.set({{"note_status", "pending"}});
  const std::int64_t pending = make_note(rig, {}).id();
  const std::string one = kNotes + "/" + std::to_string(pending);
  const std::string all = kNotes + "?start_date=2026-08-01&end_date=2026-09-30&filters[status]=all";
  const auto count = [&] { return rig.get(all).list().size(); };
  CHECK(count() == 31);
  CHECK(rig.get(one).status == 200);
  rig.become(kField);
  CHECK(rig.get(one).status == 404);
  const auto approved = count();
  CHECK(approved < 30);
  rig.become(kGuest);
  CHECK(count() + approved == 30);
}

TEST_CASE("a malformed date leaves a note without a day, in no window at all") {
  SandboxRig rig;
  const Answer lost = make_note(rig, {{"date", "2026-13-40"}});
  CHECK(lost.status == 201);
  CHECK(lost.object().find("date")->is_null());
  CHECK(make_note(rig, {{"date", "2026-09-21"}, {"datetime", "2026-09-21T10:00:00Z"}}).status ==
        422);
}

TEST_CASE("only admins approve, only authors and admins change a note") {
  SandboxRig rig;
  rig.set({{"note_status", "approved"}});
  const std::int64_t theirs = make_note(rig, {}).id();
  const std::string one = kNotes + "/" + std::to_string(theirs);
  rig.become(kField);
  CHECK_FALSE(flag(child(rig.get(one).object(), "permissions"), "can_update"));
  CHECK(rig.patch(one, {{"notes_log", Document{{"comment", "x"}}}}).status == 403);
  CHECK(rig.del(one).status == 403);
  const std::string own = kNotes + "/" + std::to_string(make_note(rig, {}).id());
  CHECK(rig.patch(own, {{"notes_log", Document{{"comment", "y"}}}}).status == 200);
  CHECK(rig.patch(own, {{"notes_log", Document{{"status", "approved"}}}}).status == 403);
  CHECK(rig.del(own).status == 200);
  CHECK(rig.get(own).status == 404);
}

TEST_CASE("upload_ids of a PATCH add or replace, by the switch") {
  SandboxRig rig;
  const std::string one = kNotes + "/" + std::to_string(make_note(rig, {}).id());
  const auto attach = [&](const std::string& name) {
    const List ids{rig.upload(name, name)};
    return children(rig.patch(one, {{"notes_log", Document{{"upload_ids", ids}}}}).object(),
                    "attachments")
        .size();
  };
  CHECK(attach("a") == 1);
  CHECK(attach("b") == 2);
  rig.set({{"patch_uploads", "replace"}});
  CHECK(attach("c") == 1);
}

TEST_CASE("a photo's facts come from its bytes") {
  SandboxRig rig;
  const std::string bytes = photo_bytes();
  const Answer made =
      make_photo(rig, rig.upload("phone.jpg", bytes), {{"description", "North wall"}});
  REQUIRE_MESSAGE(made.status == 201, made.raw);
  const Document& photo = made.object();
  CHECK(photo.text("filename") == "North.jpg");
  CHECK(photo.integer("size") == static_cast<std::int64_t>(bytes.size()));
  CHECK(photo.integer("width") == 80);
  CHECK(photo.integer("height") == 60);
  CHECK(photo.text("taken_at") == "2026-09-24T13:58:02Z");
  CHECK(photo.text("gps_lat") == "-34.0522");
  CHECK(photo.text("gps_long") == "118.2437");
}

TEST_CASE("a photo needs an attribute, a picture and an album that exists") {
  SandboxRig rig;
  const std::string uuid = rig.upload("a.jpg", photo_bytes());
  CHECK(make_photo(rig, uuid, {}).status == 400);
  CHECK(make_photo(rig, uuid, {{"image_category_id", 5}}).status == 422);
  CHECK(make_photo(rig, uuid, {{"taken_at", "2026-01-01T00:00:00Z"}}).status == 406);
  CHECK(rig.post(SandboxRig::photos(), {{"upload_uuid", uuid},
                                        {"image_name", "movie.mov"},
                                        {"image", Document{{"description", ""}}}})
            .status == 422);
  CHECK(rig.post(SandboxRig::photos(),
                 {{"upload", Document{{"uuid", uuid}, {"image_name", "older.jpg"}}},
                  {"image", Document{{"description", ""}}}})
            .object()
            .text("filename") == "older.jpg");
}

TEST_CASE("deleting a photo is for admins, and a private one hides from others") {
  SandboxRig rig;
  const Answer made = make_photo(rig, rig.upload("a.jpg", photo_bytes()), {{"private", true}});
  const std::string one = SandboxRig::photos("/" + std::to_string(made.id()));
  const std::string admin = rig.token;
  rig.become(kField);
  CHECK(rig.get(one).status == 404);
  rig.token = admin;
  REQUIRE(rig.patch(one, {{"image", Document{{"private", false}}}}).status == 200);
  rig.become(kField);
  CHECK(rig.get(one).status == 200);
  CHECK(rig.del(one).status == 403);
  rig.token = admin;
  CHECK(rig.del(one).status == 200);
  CHECK(rig.get(one).status == 404);
}

TEST_CASE("a file's URL differs at each fetch, wants the token first and refuses it later") {
  SandboxRig rig;
  const Document photo = rig.get(SandboxRig::photos() + "&per_page=1").row(0);
  const std::string one = SandboxRig::photos("/" + std::to_string(photo.integer("id")));
  const std::string url = rig.get(one).object().text("url");
  CHECK(url != rig.get(one).object().text("url"));
  CHECK(rig.call(Method::get, path_of(url), "", {}).status == 401);
  const Answer redirect = rig.get(path_of(url));
  REQUIRE(redirect.status == 302);
  const std::string target = redirect.headers.text("Location");
  CHECK(rig.store(Method::get, target, {{"Authorization", "Bearer x"}}, "").status == 400);
  const Answer fetched = rig.store(Method::get, target, {}, "");
  CHECK(fetched.status == 200);
  CHECK(static_cast<std::int64_t>(fetched.raw.size()) == photo.integer("size"));
  rig.clock.pass(900);
  CHECK(rig.store(Method::get, target, {}, "").status == 403);
  CHECK(rig.get(path_of(url)).status == 403);
}

TEST_CASE("obsolete and deleted revisions are hidden unless asked for") {
  SandboxRig rig;
  const auto total = [&](const std::string& query) {
    return rig.get(kRevisions + "?per_page=1" + query).headers.text("Total");
  };
  CHECK(total("") == "22");
  CHECK(total("&with_obsolete=true") == "24");
  CHECK(total("&drawing_set_id=current_set") == "11");
  const Answer ids = rig.get(kRevisions + "?view=only_ids&with_obsolete=true");
  REQUIRE(ids.list().size() == 24);
  const std::int64_t first = *ids.list()[0].as_integer();
  rig.office({{"do", "delete"}, {"id", first}});
  CHECK(total("&with_obsolete=true") == "23");
  CHECK(total("&with_obsolete=true&filters[deleted]=with") == "24");
  CHECK(rig.get(kRevisions + "?filters[deleted]=only&with_obsolete=true").row(0).integer("id") ==
        first);
}

TEST_CASE("a new revision supersedes the older one and may still be processing") {
  SandboxRig rig;
  const Document before = rig.get(kRevisions + "?drawing_set_id=current_set&per_page=1").row(0);
  const std::string older = kRevisions + "/" + std::to_string(before.integer("id"));
  rig.clock.pass(50);
  const std::int64_t id = rig.office({{"do", "new_revision"},
                                      {"drawing", before.integer("drawing_id")},
                                      {"processing_seconds", 60}})
                              .id();
  CHECK_FALSE(flag(rig.get(older).object(), "current"));
  CHECK(rig.get(older).object().text("updated_at") != before.text("updated_at"));
  const std::string newer = kRevisions + "/" + std::to_string(id);
  CHECK(flag(rig.get(newer).object(), "current"));
  CHECK(rig.get(newer).object().text("revision_number") == "2");
  CHECK(rig.get(newer).object().find("pdf_url")->is_null());
  rig.clock.pass(60);
  CHECK_FALSE(rig.get(newer).object().find("pdf_url")->is_null());
}

TEST_CASE("a drawing upload is processed in its own time and honours its Idempotency-Token") {
  SandboxRig rig;
  const Document before = rig.get(kRevisions + "?drawing_set_id=current_set&per_page=1").row(0);
  const std::int64_t drawing = before.integer("drawing_id");
  const std::string path = "/rest/v1.1/projects/" + std::to_string(kProject) + "/drawing_uploads";
  const Document import{{"upload_uuid", rig.upload("sheet.pdf", make_pdf({"new"}, 0))},
                        {"drawing_id", drawing},
                        {"default_revision", "7"},
                        {"drawing_date", "2026-09-01T00:00:00Z"}};
  const std::string body =
      base::to_json(Document{{"drawing_upload", Document{{"drawing_log_imports", List{import}}}}});
  Headers headers = rig.headers();
  headers.add("Idempotency-Token", "sheet-7");
  const Answer first = rig.call(Method::post, path, body, headers);
  REQUIRE_MESSAGE(first.status == 201, first.raw);
  const Answer second = rig.call(Method::post, path, body, headers);
  CHECK(second.status == 200);
  CHECK(second.id() == first.id());
  const std::string one = path + "/" + std::to_string(first.id());
  CHECK(rig.get(one).object().text("status") == "in_queue");
  rig.clock.pass(70);
  CHECK(rig.get(one).object().text("status") == "in_progress");
  rig.clock.pass(60);
  CHECK(rig.get(one).object().text("status") == "reviewed");
  rig.set({{"default_order", "updated_desc"}});
  const Answer revisions = rig.get(kRevisions + "?drawing_id=" + std::to_string(drawing));
  CHECK(revisions.row(0).text("revision_number") == "7");
}

TEST_CASE("a refused call takes back what it had begun") {
  SandboxRig rig;
  rig.set({{"upload_reuse", "refuse"}});
  const std::string path = "/rest/v1.1/projects/" + std::to_string(kProject) + "/drawing_uploads";
  const Document good{{"upload_uuid", rig.upload("sheet.pdf", make_pdf({"new"}, 0))}};
  const Document bad{{"upload_uuid", "01UNKNOWN"}};
  const auto send = [&](const List& imports) {
    return rig.post(path, {{"drawing_upload", Document{{"drawing_log_imports", imports}}}}).status;
  };
  CHECK(send({good, bad}) == 422);
  CHECK_MESSAGE(send({good}) == 201, "the upload was not used up by the refused call");
}

TEST_CASE("reference lists name areas, disciplines, sets and albums") {
  SandboxRig rig;
  const std::string v11 = "/rest/v1.1/projects/" + std::to_string(kProject);
  const Answer areas = rig.get(v11 + "/drawing_areas");
  CHECK(areas.list().size() == 2);
  CHECK(areas.row(0).integer("drawings_count") == 6);
  CHECK(rig.get(v11 + "/drawing_areas?view=only_ids").list()[0].as_integer());
  CHECK(rig.get(v11 + "/drawing_disciplines").list().size() == 3);
  CHECK(rig.get(SandboxRig::project("/drawing_sets")).list().size() == 2);
  CHECK(
      rig.get("/rest/v1.0/image_categories?project_id=" + std::to_string(kProject)).list().size() ==
      3);
  const std::string area = std::to_string(areas.row(0).integer("id"));
  CHECK(rig.get("/rest/v1.1/drawing_areas/" + area +
                "/drawings?project_id=" + std::to_string(kProject))
            .list()
            .size() == 6);
}

TEST_CASE("a made PDF has a cross-reference table that points at its objects") {
  const std::string pdf = make_pdf({"A-201", "50% (draft)"}, 3'000);
  CHECK(pdf.size() >= 3'000);
  CHECK(pdf == make_pdf({"A-201", "50% (draft)"}, 3'000));
  const auto start = pdf.rfind("startxref\n") + 10;
  const auto table = static_cast<std::size_t>(std::stoul(pdf.substr(start)));
  REQUIRE(pdf.compare(table, 4, "xref") == 0);
  for (int object = 1; object <= 5; ++object) {
    const std::size_t line = table + 9 + 20 * static_cast<std::size_t>(object);
    const auto offset = static_cast<std::size_t>(std::stoul(pdf.substr(line, 10)));
    CHECK(pdf.compare(offset, 7, std::to_string(object) + " 0 obj") == 0);
  }
}

TEST_CASE("hostile bytes are no picture and no crash") {
  for (const std::string& bytes :
       {std::string(), std::string("\xff\xd8"), std::string("\xff\xd8\xff\xe1\xff\xff", 6),
        photo_bytes().substr(0, 60), std::string(5'000, '\xff')}) {
    CHECK(inspect_picture(bytes).width == 0);
  }
}

}  // namespace fieldsync::net::sandbox
