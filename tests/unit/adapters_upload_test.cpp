#include "tests/unit/adapters_support.h"

namespace fieldsync::net {
namespace {

using base::Cause;

UploadSpec spec_of(UploadStyle style) {
  UploadSpec spec;
  spec.project = kProject;
  spec.name = "wall.jpg";
  spec.content_type = "image/jpeg";
  spec.size = 6'000'010;
  spec.style = style;
  if (style == UploadStyle::segmented) {
    spec.parts = {{0, 6'000'000, base::digest_of("one")}, {6'000'000, 10, base::digest_of("two")}};
  }
  return spec;
}

const UploadSpec kSegmented = spec_of(UploadStyle::segmented);
const UploadSpec kPlain = spec_of(UploadStyle::plain);
const std::string kSha1 = base::digest_of("one").hex();
const std::string kSha2 = base::digest_of("two").hex();

const Procore& service() {
  static const Procore kService(options());
  return kService;
}

/// An answer with two segments, the first as given.
std::string created(std::string first) {
  return R"({"uuid":"01UUU","status":"ready","segments":[)" + first +
         R"(,{"size":10,"url":"https://s3.example/2","headers":{}}]})";
}

TEST_CASE("a segmented upload is created with size and digest of every part") {
  const HttpRequest request = service().upload_create(kSegmented);
  CHECK(request.url == "https://api.procore.com/rest/v1.1/projects/2002/uploads");
  CHECK(request.method == Method::post);
  CHECK(request.auth == Auth::bearer);
  check_json(json(body_of(request)), R"({"response_filename":"wall.jpg",
    "response_content_type":"image/jpeg","size":6000010,"segments":[
    {"size":6000000,"sha256":")" + kSha1 +
                                         R"("},{"size":10,"sha256":")" + kSha2 + R"("}]})");
}

TEST_CASE("the tickets say where each part goes and with which headers") {
  const auto ticket = service().read_upload_create(
      kSegmented, answer(201, created(R"({"size":6000000,"sha256":")" + kSha1 +
                                      R"(","url":"https://s3.example/1?sig=a",
      "headers":{"x-amz-content-sha256":"aa","content-length":"6000000",
                 "Host":"s3.example:443","content-md5":"bb"}})")));
  REQUIRE(ticket.ok());
  CHECK(ticket->upload_id == "01UUU");
  CHECK(ticket->status == UploadStatus::receiving);
  REQUIRE(ticket->parts.size() == 2);
  const HttpRequest put = service().upload_part(kSegmented, ticket->parts[0], 0, "/o/1");
  CHECK(put.method == Method::put);
  CHECK(put.url == "https://s3.example/1?sig=a");
  CHECK(put.auth == Auth::none);
  CHECK(put.headers.all().size() == 3);
  CHECK(put.headers.text("x-amz-content-sha256") == "aa");
  CHECK(put.headers.text("content-md5") == "bb");
  CHECK(put.headers.text("Content-Type") == "application/octet-stream");
  CHECK(put.headers.find("Procore-Company-Id") == nullptr);
  const auto* slice = std::get_if<FileSlice>(&put.body);
  REQUIRE(slice != nullptr);
  CHECK(slice->size == 6'000'000);
  const auto second = service().upload_part(kSegmented, ticket->parts[1], 1, "/o/1");
  CHECK(std::get<FileSlice>(second.body).offset == 6'000'000);
}

TEST_CASE("a content type that the service gives is kept") {
  PartTicket ticket;
  ticket.url = "https://s3.example/1";
  ticket.headers = {{"content-type", "image/jpeg"}};
  const HttpRequest put = service().upload_part(kSegmented, ticket, 0, "/o/1");
  CHECK(put.headers.all().size() == 1);
}

TEST_CASE("tickets that could harm are refused") {
  struct Row {
    const char* description;
    std::string segment;
  };
  const auto with_headers = [](const char* headers) {
    return R"({"size":6000000,"url":"https://s3.example/1","headers":)" + std::string(headers) +
           "}";
  };
  const auto with_url = [](const char* url) {
    return R"({"size":6000000,"url":)" + std::string(url) + "}";
  };
  const Row rows[] = {
      {"plain http", with_url(R"("http://s3.example/1")")},
      {"a file", with_url(R"("file:///etc/passwd")")},
      {"no url", R"({"size":6000000})"},
      {"a null url", with_url("null")},
      {"a url that is a number", with_url("3")},
      {"a line break in the url", with_url(R"("https://s3.example/1\r\nX: y")")},
      {"a line break in a header", with_headers(R"({"x-a":"b\r\nAuthorization: c"})")},
      {"a line break in a name", with_headers(R"({"x-a\r\nb":"c"})")},
      {"a space in a name", with_headers(R"({"x a":"c"})")},
      {"an empty name", with_headers(R"({"":"c"})")},
      {"another length", with_headers(R"({"Content-Length":"7"})")},
      {"another host", with_headers(R"({"Host":"api.procore.com"})")},
      {"chunks", with_headers(R"({"Transfer-Encoding":"chunked"})")},
      {"headers as a list", with_headers("[1]")},
      {"a header that is an object", with_headers(R"({"a":{}})")},
      {"another size", R"({"size":5,"url":"https://s3.example/1"})"},
      {"another digest",
       R"({"size":6000000,"sha256":")" + kSha2 + R"(","url":"https://s3.example/1"})"},
      {"no object", "7"},
  };
  for (const Row& row : rows) {
    INFO(row.description);
    const auto ticket = service().read_upload_create(kSegmented, answer(201, created(row.segment)));
    REQUIRE_FALSE(ticket.ok());
    CHECK(ticket.failure().cause == Cause::unexpected_answer);
  }
  std::string many = R"({"size":6000000,"url":"https://s3.example/1","headers":{"a0":"b")";
  for (int i = 1; i < 200; ++i) many += ",\"a" + std::to_string(i) + "\":\"b\"";
  CHECK_FALSE(service().read_upload_create(kSegmented, answer(201, created(many + "}}"))).ok());
}

TEST_CASE("an answer without id or with other parts is refused") {
  for (const char* body : {"{}", "[]", "null", "", R"({"uuid":7.5})", R"({"uuid":"01UUU"})",
                           R"({"uuid":"01UUU","segments":[]})", R"({"uuid":"01UUU","segments":{}})",
                           R"({"uuid":"../x","segments":[]})"}) {
    INFO(body);
    CHECK_FALSE(service().read_upload_create(kSegmented, answer(201, body)).ok());
  }
  const std::string whole = created(R"({"size":6000000,"url":"https://s3.example/1"})");
  CHECK(service().read_upload_create(kSegmented, answer(201, whole)).ok());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const bool taken =
        service().read_upload_create(kSegmented, answer(201, whole.substr(0, length))).ok();
    if (taken) FAIL("cut at ", length);
  }
}

TEST_CASE("a loopback storage may use plain http") {
  const auto ticket = service().read_upload_create(
      kSegmented, answer(201, created(R"({"size":6000000,"url":"http://127.0.0.1:9/1"})")));
  CHECK(ticket.ok());
}

TEST_CASE("the etag comes back bare") {
  const auto etag = [](Headers headers) {
    return service().read_upload_part(answer(200, "", std::move(headers)));
  };
  CHECK(*etag({{"ETag", "\"65fa\""}}) == "65fa");
  CHECK(*etag({{"etag", "65fa"}}) == "65fa");
  CHECK(*etag({{"ETag", "W/\"65fa\""}}) == "65fa");
  CHECK(etag({}).failure().cause == Cause::unexpected_answer);
  CHECK(etag({{"ETag", "\"\""}}).failure().cause == Cause::unexpected_answer);
  CHECK(service().read_upload_part(answer(200, "<html>hi")).failure().cause ==
        Cause::captive_portal);
  CHECK(service().read_upload_part(answer(403, "<Error/>")).failure().cause ==
        Cause::upload_expired);
}

TEST_CASE("completion sends the etags in order, with or without proof of each part") {
  const HttpRequest full = service().upload_complete(kSegmented, "01UUU", {"e1", "e2"});
  CHECK(full.method == Method::patch);
  CHECK(full.url == "https://api.procore.com/rest/v1.1/projects/2002/uploads/01UUU");
  check_json(json(body_of(full)), R"({"segments":[
    {"etag":"e1","size":6000000,"sha256":")" +
                                      kSha1 + R"("},
    {"etag":"e2","size":10,"sha256":")" +
                                      kSha2 + R"("}]})");
  ProcoreOptions bare = options();
  bare.part_proof = ProcoreOptions::PartProof::etag_only;
  bare.uploads_version = ProcoreOptions::UploadsVersion::v1_0;
  const HttpRequest etags = Procore(bare).upload_complete(kSegmented, "01UUU", {"e1", "e2"});
  check_json(json(body_of(etags)), R"({"segments":[{"etag":"e1"},{"etag":"e2"}]})");
  CHECK(etags.url == "https://api.procore.com/rest/v1.0/projects/2002/uploads/01UUU");
}

TEST_CASE("v2.1 has its own path, names and envelope, and the same parts") {
  ProcoreOptions unified = options();
  unified.uploads_version = ProcoreOptions::UploadsVersion::v2_1;
  const Procore newer(unified);
  const std::string company = std::to_string(unified.company);
  const std::string path =
      "https://api.procore.com/rest/v2.1/companies/" + company + "/projects/2002/uploads";
  const HttpRequest create = newer.upload_create(kSegmented);
  CHECK(create.url == path);
  check_json(json(body_of(create)), R"({"file_name":"wall.jpg","file_size":6000010,
    "content_type":"image/jpeg","uploader_tool_name":"document_management","segments":[
    {"size":6000000,"sha256":")" + kSha1 +
                                        R"("},{"size":10,"sha256":")" + kSha2 + R"("}]})");
  const auto ticket = newer.read_upload_create(kSegmented, answer(201, R"({"data":{
    "upload_id":"01VVV","status":"ready","segments":[
    {"url":"https://s3.example/1","url_expires_at":1790000000,"headers":{}},
    {"url":"https://s3.example/2","url_expires_at":1790000000,"headers":{}}]}})"));
  REQUIRE(ticket.ok());
  CHECK(ticket->upload_id == "01VVV");
  CHECK(ticket->parts.at(1).url == "https://s3.example/2");
  const HttpRequest complete = newer.upload_complete(kSegmented, "01VVV", {"e1", "e2"});
  CHECK(complete.url == path + "/01VVV");
  CHECK(complete.method == Method::patch);
  check_json(json(body_of(complete)), R"({"part_etags":["e1","e2"]})");
  CHECK(newer.capabilities().attach_within < service().capabilities().attach_within);
  // What was begun as one form post stays with v1.1, which alone has it.
  CHECK(newer.upload_create(kPlain).url ==
        "https://api.procore.com/rest/v1.1/projects/2002/uploads");
}

TEST_CASE("the status of an upload is read tolerantly") {
  const auto status = [](const char* body) {
    return service().read_upload_complete(answer(200, body));
  };
  CHECK(*status(R"({"status":"complete"})") == UploadStatus::complete);
  CHECK(*status(R"({"status":"available"})") == UploadStatus::complete);
  CHECK(*status(R"({"status":"non_segmented"})") == UploadStatus::complete);
  CHECK(*status(R"({"status":"scanning"})") == UploadStatus::processing);
  CHECK(*status(R"({"data":{"status":"complete"}})") == UploadStatus::processing);
  CHECK(*status(R"({"data":{"status":"available"}})") == UploadStatus::complete);
  CHECK_FALSE(status(R"({"data":[]})").ok());
  CHECK(*status(R"({"status":"failed"})") == UploadStatus::failed);
  CHECK_FALSE(status("{}").ok());
  CHECK_FALSE(status("[]").ok());
  CHECK(service().read_upload_complete(answer(410, "")).failure().cause == Cause::upload_expired);
}

TEST_CASE("a shown upload tells which parts are there and where the others go") {
  const auto shown = service().read_upload_show(
      kSegmented, answer(200, R"({"uuid":"01UUU","status":"receiving","segments":[
        {"size":6000000,"etag":"\"e1\""},
       {"size":10,"url":"https://s3.example/2b","etag":null}]})"));
  REQUIRE(shown.ok());
  CHECK(shown->parts[0].etag == "e1");
  CHECK(shown->parts[0].url == "");
  CHECK(shown->parts[1].etag == "");
  CHECK(shown->parts[1].url == "https://s3.example/2b");
  const auto complete =
      service().read_upload_show(kSegmented, answer(200, R"({"uuid":"U","status":"complete"})"));
  REQUIRE(complete.ok());
  CHECK(complete->status == UploadStatus::complete);
  CHECK(service().read_upload_show(kSegmented, answer(404, "{}")).failure().cause ==
        Cause::upload_expired);
}

TEST_CASE("a plain upload is one form with every field unaltered and the file last") {
  ProcoreOptions plain = options();
  plain.upload_style = UploadStyle::plain;
  const Procore posting(plain);
  check_json(json(body_of(posting.upload_create(kPlain))),
             R"({"response_filename":"wall.jpg","response_content_type":"image/jpeg",
                 "size":6000010})");
  const auto ticket = posting.read_upload_create(
      kPlain, answer(201, R"({"uuid":"01UUU","status":"non_segmented","url":"https://s3.example/",
        "fields":{"key":"k/1","policy":"abc==","x-amz-date":20261001}})"));
  REQUIRE(ticket.ok());
  REQUIRE(ticket->parts.size() == 1);
  const HttpRequest post = posting.upload_part(kPlain, ticket->parts[0], 0, "/o/1");
  CHECK(post.method == Method::post);
  CHECK(post.auth == Auth::none);
  const auto* form = std::get_if<FormUpload>(&post.body);
  REQUIRE(form != nullptr);
  CHECK(form->fields.size() == 3);
  CHECK(form->fields[2] == std::pair<std::string, std::string>("x-amz-date", "20261001"));
  CHECK(form->file.size == 6'000'010);
  CHECK(form->file_name == "wall.jpg");
  CHECK(*posting.read_upload_part(answer(204, "")) == "posted");
  CHECK(posting.upload_complete(kPlain, "01UUU", {"posted"}).method == Method::get);
  CHECK(posting.capabilities().parts_max == 1);
  CHECK_FALSE(posting
                  .read_upload_create(kPlain, answer(201, R"({"uuid":"U",
                    "url":"https://s3.example/","fields":{"a\"b":"c"}})"))
                  .ok());
}

TEST_CASE("parts lie between what both upload generations take") {
  const Capabilities can = service().capabilities();
  CHECK(can.upload_style == UploadStyle::segmented);
  CHECK(can.part_bytes_min == 5'242'881);
  CHECK(can.part_bytes_max == 104'857'600);
  CHECK(can.parts_max == 10'000);
  CHECK(can.attach_within == base::Millis(604'800'000));
}

}  // namespace
}  // namespace fieldsync::net
