#include "tests/support/sandbox_rig.h"

namespace fieldsync::net::sandbox {
namespace {

const Document& segment_of(const Answer& created, std::size_t index) {
  return item(children(created.object(), "segments"), index);
}

Document etags(std::initializer_list<std::string> values) {
  List list;
  for (const std::string& value : values) list.push_back(Document{{"etag", value}});
  return {{"segments", list}};
}

Answer attach_note(SandboxRig& rig, const std::string& uuid) {
  return rig.post(SandboxRig::project("/notes_logs"),
                  {{"notes_log", Document{{"comment", "see file"}, {"upload_ids", List{uuid}}}}});
}

/// A rig that takes small segments, and a created upload of two.
struct TwoParts {
  TwoParts() {
    rig.set({{"segment_bytes_min", 4}});
    created = rig.create_upload("plan.pdf", {first, second});
    REQUIRE_MESSAGE(created.status == 201, created.raw);
    path = rig.uploads() + "/" + created.object().text("uuid");
  }
  SandboxRig rig;
  std::string first = "first part", second = "second";
  Answer created;
  std::string path;
};

}  // namespace

TEST_CASE_FIXTURE(TwoParts, "etags complete an upload in the order of creation only") {
  const std::string b = SandboxRig::bare_etag(rig.put(segment_of(created, 1), second));
  const std::string a = SandboxRig::bare_etag(rig.put(segment_of(created, 0), first));
  CHECK(rig.get(path).object().text("status") == "receiving");
  CHECK(rig.patch(path, etags({b, a})).status == 422);
  CHECK(rig.patch(path, etags({a})).status == 422);
  CHECK(rig.patch(path, etags({"\"" + a + "\"", b})).status == 422);
  const Answer done = rig.patch(path, etags({a, b}));
  CHECK(done.status == 200);
  CHECK(done.object().text("status") == "complete");
  CHECK(rig.patch(path, etags({a, b})).status == 200);
  const Answer note = attach_note(rig, created.object().text("uuid"));
  REQUIRE(note.status == 201);
  const Answer ledger = rig.control(Method::get, "/ledger");
  CHECK(children(ledger.row(0), "blobs") == List{base::digest_of(first + second).hex()});
}

TEST_CASE_FIXTURE(TwoParts, "a missing part keeps an upload from completing") {
  const std::string a = SandboxRig::bare_etag(rig.put(segment_of(created, 0), first));
  CHECK(rig.patch(path, etags({a, a})).status == 422);
  CHECK(attach_note(rig, created.object().text("uuid")).status == 422);
}

TEST_CASE_FIXTURE(TwoParts, "the storage refuses a token, other bytes and other headers") {
  const Document& segment = segment_of(created, 0);
  const auto put = [&](Headers headers, const std::string& bytes) {
    return rig.store(Method::put, segment.text("url"), std::move(headers), bytes);
  };
  Headers with_token = SandboxRig::segment_headers(segment);
  with_token.add("Authorization", "Bearer " + rig.token);
  CHECK(put(with_token, first).status == 400);
  const Answer other = rig.put(segment, "FIRST part");
  CHECK(other.status == 400);
  CHECK(other.raw.find("XAmzContentSHA256Mismatch") != std::string::npos);
  CHECK(rig.put(segment, "first").raw.find("IncompleteBody") != std::string::npos);
  CHECK(rig.put(segment, first + "more").status == 400);
  CHECK(put({{"Content-Type", "application/octet-stream"}}, first).status == 403);
  Headers other_type;
  for (const base::Field& field : child(segment, "headers")) {
    other_type.add(field.name, base::plain_text(field.value));
  }
  CHECK(put(other_type, first).status == 403);
  CHECK(children(rig.get(path).object(), "segments").size() == 2);
  CHECK_FALSE(item(children(rig.get(path).object(), "segments"), 0).has("etag"));
}

TEST_CASE_FIXTURE(TwoParts, "a storage URL runs out, and GET renews it unless the switch is off") {
  rig.clock.pass(3'600);
  CHECK(rig.put(segment_of(created, 0), first).status == 403);
  rig.set({{"upload_get_fresh_urls", false}});
  CHECK(rig.put(segment_of(rig.get(path), 0), first).status == 403);
  rig.set({{"upload_get_fresh_urls", true}});
  CHECK(rig.put(segment_of(rig.get(path), 0), first).status == 200);
}

TEST_CASE_FIXTURE(TwoParts, "a URL with a changed signature or part is refused") {
  Document segment = segment_of(created, 0);
  std::string url = segment.text("url");
  url.back() = url.back() == '0' ? '1' : '0';
  segment.set("url", url);
  CHECK(rig.put(segment, first).status == 403);
}

TEST_CASE("what may not be created") {
  SandboxRig rig;
  const std::string sha(64, 'a');
  const auto create = [&](const List& segments, std::int64_t size) {
    return rig
        .post(rig.uploads(), {{"response_filename", "x"}, {"size", size}, {"segments", segments}})
        .status;
  };
  const std::int64_t min = 5'242'880;
  CHECK(create({Document{{"size", min}, {"sha256", sha}}, Document{{"size", 1}, {"sha256", sha}}},
               min + 1) == 201);
  CHECK_MESSAGE(
      create({Document{{"size", min - 1}, {"sha256", sha}}, Document{{"size", 1}, {"sha256", sha}}},
             min) == 400,
      "a segment below 5 MiB that is not the last");
  CHECK_MESSAGE(create({Document{{"size", 5}, {"sha256", "abc"}}}, 5) == 400, "a bad digest");
  CHECK_MESSAGE(create({Document{{"size", 5}, {"sha256", sha}}}, 6) == 400, "sizes that differ");
  CHECK_MESSAGE(create({Document{{"size", 0}, {"sha256", sha}}}, 0) == 400, "zero bytes");
  CHECK_MESSAGE(create({}, 0) == 400, "no segment");
  CHECK_MESSAGE(rig.post(rig.uploads(), {{"size", 5}}).status == 400, "no name");
}

TEST_CASE("attaching follows the owner, the project and the week") {
  SandboxRig rig;
  CHECK(attach_note(rig, "01UNKNOWN").status == 422);
  const std::string mine = rig.upload("a.txt", "content");
  const std::string service = rig.token;
  rig.become(kManager);
  CHECK_MESSAGE(attach_note(rig, mine).status == 422, "another user's upload");
  rig.token = service;
  CHECK_MESSAGE(rig.post(SandboxRig::project("/notes_logs", kSmallJob),
                         {{"notes_log", Document{{"comment", "x"}, {"upload_ids", List{mine}}}}})
                        .status == 422,
                "another project's upload");
  const std::string late = rig.upload("b.txt", "content");
  rig.control(Method::post, "/clock", {{"advance_seconds", 7 * 86'400}});
  rig.token = rig.login();
  CHECK_MESSAGE(attach_note(rig, late).status == 422, "after a week");
  CHECK(rig.get(rig.uploads() + "/" + late).status == 410);
}

TEST_CASE("a lost upload answers 410 and a busy service 503 with Retry-After") {
  SandboxRig rig;
  const std::string uuid = rig.upload("a.txt", "content");
  rig.set({{"patch_complete", "busy"}});
  const Answer busy = rig.patch(rig.uploads() + "/" + uuid, etags({"x"}));
  CHECK(busy.status == 503);
  CHECK(busy.headers.text("Retry-After") == "5");
  rig.office({{"do", "lose_upload"}, {"uuid", uuid}});
  CHECK(rig.patch(rig.uploads() + "/" + uuid, etags({"x"})).status == 410);
}

TEST_CASE("the second use of a uuid duplicates or is refused, by the switch") {
  SandboxRig rig;
  const std::string uuid = rig.upload("a.txt", "content");
  CHECK(attach_note(rig, uuid).status == 201);
  CHECK(attach_note(rig, uuid).status == 201);
  const Document verdict = rig.control(Method::get, "/verdict").object();
  CHECK(verdict.integer("creates") == 2);
  CHECK(verdict.integer("distinct") == 1);
  CHECK(item(children(verdict, "doubled"), 0).integer("times") == 2);
  rig.set({{"upload_reuse", "refuse"}});
  CHECK(attach_note(rig, uuid).status == 422);
}

namespace {

struct Form {
  explicit Form(SandboxRig& on) : rig(on) {
    created = rig.post(rig.uploads(),
                       {{"response_filename", "IMG.jpg"}, {"response_content_type", "image/jpeg"}});
    REQUIRE_MESSAGE(created.status == 201, created.raw);
    REQUIRE(created.object().text("status") == "non_segmented");
    for (const base::Field& field : child(created.object(), "fields")) {
      parts.emplace_back(field.name, base::plain_text(field.value));
    }
  }
  static std::string part(const std::string& name, const std::string& value) {
    return "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
  }
  std::string head() const {
    std::string text;
    for (const auto& [name, value] : parts) text += part(name, value);
    return text;
  }
  static std::string file(const std::string& bytes) {
    return "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a b.jpg\"\r\n"
           "Content-Type: image/jpeg\r\n\r\n" +
           bytes + "\r\n";
  }
  Answer send(const std::string& body) {
    return rig.store(Method::post, created.object().text("url"),
                     {{"Content-Type", "multipart/form-data; boundary=XX"}}, body);
  }
  SandboxRig& rig;
  Answer created;
  std::vector<std::pair<std::string, std::string>> parts;
};

}  // namespace

TEST_CASE("a form upload is ready once posted, with bytes that look like its boundary") {
  SandboxRig rig;
  Form form(rig);
  std::string bytes = "\r\n--X\r\n--XY..";
  bytes.append(300'000, '\r').append("\r\n--").push_back('\0');
  CHECK(form.send(form.head() + Form::file(bytes) + "--XX--\r\n").status == 204);
  const std::string uuid = form.created.object().text("uuid");
  REQUIRE(attach_note(rig, uuid).status == 201);
  CHECK(children(rig.control(Method::get, "/ledger").row(0), "blobs") ==
        List{base::digest_of(bytes).hex()});
  CHECK_MESSAGE(form.send(form.head() + Form::file("again") + "--XX--\r\n").status == 403,
                "a form is good once");
}

TEST_CASE("a form with the file not last, a field changed or cut short is refused") {
  SandboxRig rig;
  Form form(rig);
  const std::string end = "--XX--\r\n";
  CHECK(form.send(Form::file("x") + form.head() + end).status == 400);
  CHECK(form.send(form.head() + Form::file("x") + Form::part("more", "1") + end).status == 400);
  CHECK(form.send(form.head() + end).status == 400);
  CHECK(form.send(form.head() + Form::file("x")).status == 400);
  CHECK(form.send("not a form at all, but long enough to tell").status == 400);
  Form changed(rig);
  changed.parts.front().second += "x";
  CHECK(changed.send(changed.head() + Form::file("x") + end).status == 400);
  CHECK(attach_note(rig, form.created.object().text("uuid")).status == 422);
  rig.clock.pass(3'600);
  CHECK(form.send(form.head() + Form::file("x") + end).status == 403);
}

TEST_CASE("a large segment is kept in pieces and comes back whole") {
  SandboxRig rig;
  std::string bytes;
  for (int i = 0; i < 700'000; ++i) bytes += std::to_string(i);
  const std::string uuid = rig.upload("big.bin", bytes);
  const Answer note = attach_note(rig, uuid);
  const std::string url = item(children(note.object(), "attachments"), 0).text("url");
  const Answer redirect = rig.get(url.substr(std::string("http://api.sandbox.test").size()));
  REQUIRE(redirect.status == 302);
  const Answer fetched = rig.store(Method::get, redirect.headers.text("Location"), {}, "");
  CHECK(base::digest_of(fetched.raw) == base::digest_of(bytes));
}

}  // namespace fieldsync::net::sandbox
