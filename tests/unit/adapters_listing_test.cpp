#include <map>

#include "net/adapters/tuning.h"
#include "tests/unit/adapters_support.h"

namespace fieldsync::net {
namespace {

using base::Cause;

const WallTime kFrom = WallTime{base::Millis(1'790'000'000'000)};  // 2026-09-21T14:13:20Z
const WallTime kTo = kFrom + base::Millis(3'600'500);

std::string requests_of(const Procore& service, std::string_view tool, Sweep sweep) {
  std::string all;
  for (const ListQuery& query : service.listings(kProject, tool, sweep, kFrom, kTo)) {
    const HttpRequest request = service.list(query);
    CHECK(request.method == Method::get);
    CHECK(request.auth == Auth::bearer);
    CHECK(request.headers.text("Procore-Company-Id") == "1001");
    CHECK(request.headers.text("Accept") == "application/json");
    CHECK(request.url.starts_with(kApi));
    all += request.url.substr(kApi.size()) + "\n";
  }
  return all;
}

std::string readable(std::string url) {
  const std::map<std::string, std::string> kEscapes = {
      {"%5B", "["}, {"%5D", "]"}, {"%3A", ":"}, {"%22", "\""}};
  for (const auto& [escaped, plain] : kEscapes) {
    for (auto i = url.find(escaped); i != std::string::npos; i = url.find(escaped)) {
      url.replace(i, escaped.size(), plain);
    }
  }
  return url;
}

TEST_CASE("the changes of a tool cost one call") {
  const Procore service(options());
  const auto changes = [&](std::string_view tool) {
    return readable(requests_of(service, tool, Sweep::changes));
  };
  const std::string range = "filters[updated_at]=2026-09-21T14:13:20Z...2026-09-21T15:13:21Z\n";
  CHECK(changes("rfis") ==
        "/rest/v1.0/projects/2002/rfis?page=1&per_page=1000&sort[attribute]=date_created&"
        "sort[direction]=asc&" +
            range);
  CHECK(changes("photos") ==
        "/rest/v1.0/images?project_id=2002&page=1&per_page=1000&sort=created_at&" + range);
  CHECK(changes("drawings") ==
        "/rest/v1.0/projects/2002/drawing_revisions?page=1&per_page=1000&with_obsolete=true&"
        "sort=id&" +
            range);
  CHECK(changes("notes") ==
        "/rest/v1.0/projects/2002/notes_logs?page=1&per_page=1000&filters[status]=all&"
        "start_date=2026-09-20&end_date=2026-09-22\n");
  CHECK(changes("no such tool").empty());
}

TEST_CASE("a full sweep includes the reference lists") {
  const Procore service(options());
  const std::string drawings = requests_of(service, "drawings", Sweep::everything);
  CHECK(drawings ==
        "/rest/v1.1/projects/2002/drawing_areas?page=1&per_page=1000\n"
        "/rest/v1.1/projects/2002/drawing_disciplines?page=1&per_page=1000\n"
        "/rest/v1.0/projects/2002/drawing_sets?page=1&per_page=1000\n"
        "/rest/v1.0/projects/2002/drawing_revisions?page=1&per_page=1000&with_obsolete=true&"
        "sort=id\n");
  const std::string photos = requests_of(service, "photos", Sweep::everything);
  CHECK(photos ==
        "/rest/v1.0/image_categories?project_id=2002&page=1&per_page=1000\n"
        "/rest/v1.0/images?project_id=2002&page=1&per_page=1000&sort=created_at\n");
}

TEST_CASE("ids are asked for by the cheap view where there is one") {
  const Procore service(options());
  CHECK(requests_of(service, "rfis", Sweep::ids).find("&serializer_view=ids_only") !=
        std::string::npos);
  const std::string photos = requests_of(service, "photos", Sweep::ids);
  CHECK(photos.find("images?project_id=2002&page=1&per_page=2000&sort=created_at&"
                    "serializer_view=ids_only\n") != std::string::npos);
  const std::string drawings = requests_of(service, "drawings", Sweep::ids);
  CHECK(drawings.find("drawing_areas?page=1&per_page=2000&view=only_ids\n") != std::string::npos);
  CHECK(drawings.find("drawing_sets?page=1&per_page=1000\n") != std::string::npos);
  CHECK(drawings.find("sort=id&view=only_ids\n") != std::string::npos);
  const std::string notes = readable(requests_of(service, "notes", Sweep::ids));
  CHECK(notes.find("start_date=2026-09-21&end_date=2026-09-21\n") != std::string::npos);
}

TEST_CASE("ranges are quoted when the switch says so") {
  ProcoreOptions quoted = options();
  quoted.range_quotes = ProcoreOptions::RangeQuotes::quoted;
  CHECK(readable(requests_of(Procore(quoted), "rfis", Sweep::changes))
            .find("=\"2026-09-21T14:13:20Z...2026-09-21T15:13:21Z\"") != std::string::npos);
}

ListQuery rfis(Sweep sweep, int position = 1) {
  ListQuery query;
  query.kind = KindId("rfi");
  query.project = kProject;
  query.sweep = sweep;
  query.position = position;
  return query;
}

std::string items(int count) {
  std::string list = "[";
  for (int i = 1; i <= count; ++i) list += (i > 1 ? "," : "") + std::to_string(i);
  return list + "]";
}

TEST_CASE("the next page is found by Link, by counts, or by fullness") {
  ProcoreOptions small = options();
  small.ids_per_page = 10;
  const Procore service(small);
  const std::string next = R"(<https://api.procore.com/r?page=2&per_page=10>; rel="next")";
  const std::string last = R"(<https://api.procore.com/r?page=1>; rel="first")";
  struct Row {
    const char* description;
    int position;
    int count;
    Headers headers;
    bool more;
  };
  const Row rows[] = {
      {"Link names a next page", 1, 10, {{"Link", next}}, true},
      {"Link names one though the page is short", 1, 3, {{"link", next}}, true},
      {"Link without next", 2, 10, {{"Link", last}}, false},
      {"an empty Link and a short page", 1, 3, {{"Link", ""}}, false},
      {"a damaged Link and a full page", 1, 10, {{"Link", "<https://x"}}, true},
      {"counts say more", 1, 10, {{"Total", "25"}, {"Per-Page", "10"}}, true},
      {"counts say the end", 3, 5, {{"Total", "25"}, {"Per-Page", "10"}}, false},
      {"counts say the end on a full page", 2, 10, {{"Total", "20"}, {"Per-Page", "10"}}, false},
      {"the service pages smaller than asked", 1, 4, {{"Total", "9"}, {"Per-Page", "4"}}, true},
      {"smaller pages without Per-Page", 1, 4, {{"Total", "9"}}, true},
      {"the end without Per-Page", 3, 5, {{"Total", "25"}}, false},
      {"a Link without next but a larger count", 1, 10, {{"Link", last}, {"Total", "11"}}, true},
      {"no headers, full", 1, 10, {}, true},
      {"no headers, short", 1, 9, {}, false},
      {"no headers, more than asked: does not page", 1, 11, {}, false},
      {"an empty page ends whatever the count", 4, 0, {{"Total", "99"}}, false},
      {"a count that is none", 1, 3, {{"Total", "many"}}, false},
  };
  for (const Row& row : rows) {
    INFO(row.description);
    const auto page = service.read_list(rfis(Sweep::ids, row.position),
                                        answer(200, items(row.count), row.headers));
    REQUIRE(page.ok());
    CHECK(page->ids.size() == static_cast<std::size_t>(row.count));
    CHECK(page->next.has_value() == row.more);
    if (page->next) CHECK(page->next->position == row.position + 1);
  }
}

TEST_CASE("a next page that is this one or an earlier one is refused") {
  const Procore service(options());
  const std::string link = R"(<https://api.procore.com/r?per_page=10&page=2>; rel="next")";
  const auto page = service.read_list(rfis(Sweep::ids, 2), answer(200, "[1]", {{"Link", link}}));
  REQUIRE_FALSE(page.ok());
  CHECK(page.failure().cause == Cause::unexpected_answer);
}

TEST_CASE("a listing without end is cut off") {
  const Procore service(options());
  const auto page =
      service.read_list(rfis(Sweep::ids, tuning::kPagesMax),
                        answer(200, "[1]", {{"Link", R"(<https://a/?page=9999>; rel="next")"}}));
  REQUIRE_FALSE(page.ok());
  CHECK(page.failure().cause == Cause::limit_reached);
}

TEST_CASE("a bad record does not poison its page") {
  const Procore service(options());
  const auto page = service.read_list(
      rfis(Sweep::everything),
      answer(200, R"([{"id":1,"subject":"a"},{"id":2,"subject":7},"junk!",{"subject":"no id"},
                      {"id":3,"subject":"c"}])",
             {{"Total", "5"}}));
  REQUIRE(page.ok());
  REQUIRE(page->records.size() == 2);
  CHECK(page->records[0].id.raw() == "1");
  CHECK(page->records[1].id.raw() == "3");
  CHECK(page->ids == std::vector<ServiceId>{ServiceId("1"), ServiceId("2"), ServiceId("3")});
  REQUIRE(page->unreadable.size() == 3);
  CHECK(page->unreadable[0].what.find("RFI 2") != std::string::npos);
  CHECK(page->total == 5);
}

TEST_CASE("ids come from bare ids and from records alike") {
  const Procore service(options());
  const auto page = service.read_list(rfis(Sweep::ids), answer(200, R"([1,{"id":2},"x1",null])"));
  REQUIRE(page.ok());
  CHECK(page->records.empty());
  CHECK(page->ids == std::vector<ServiceId>{ServiceId("1"), ServiceId("2"), ServiceId("x1")});
  CHECK(page->unreadable.size() == 1);
}

TEST_CASE("an envelope is opened and anything but a list refused") {
  const Procore service(options());
  CHECK(service.read_list(rfis(Sweep::ids), answer(200, R"({"data":[4]})"))->ids.size() == 1);
  for (const char* body : {"{}", "null", "3", "\"x\"", R"({"data":{}})", ""}) {
    INFO(body);
    CHECK(service.read_list(rfis(Sweep::ids), answer(200, body)).failure().cause ==
          Cause::unexpected_answer);
  }
  CHECK(service.read_list(rfis(Sweep::ids), answer(404, "{}")).failure().cause ==
        Cause::project_gone);
}

TEST_CASE("records are shown under their project with ids escaped") {
  const Procore service(options());
  const auto url = [&](const char* kind) {
    return service.show(KindId(kind), kProject, ServiceId("5/6")).url.substr(kApi.size());
  };
  CHECK(url("rfi") == "/rest/v1.0/projects/2002/rfis/5%2F6");
  CHECK(url("drawing") == "/rest/v1.0/projects/2002/drawing_revisions/5%2F6");
  CHECK(url("photo") == "/rest/v1.0/images/5%2F6?project_id=2002");
  CHECK(url("note") == "/rest/v1.0/projects/2002/notes_logs/5%2F6");
}

}  // namespace
}  // namespace fieldsync::net
