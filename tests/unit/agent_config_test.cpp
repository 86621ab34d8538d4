#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "agent/app/config.h"
#include "agent/app/config_units.h"

namespace fieldsync::app {
namespace {

const std::string kRemote =
    "[remote.procore]\n"
    "api_url = \"https://api.procore.com\"\n"
    "login_url = \"https://login.procore.com\"\n"
    "company = 1001\n"
    "client_id = \"abc\"\n";

TEST_CASE("a whole file becomes values") {
  const auto config = parse_config(kRemote +
                                       "grant = \"authorization_code\"\n"
                                       "rfi_manager = 123\n"
                                       "upload_style = \"plain\"\n"
                                       "author_names = \"left_out\"\n"
                                       "[[follow]]\n"
                                       "project = 2002\n"
                                       "tools = [\"photos\", \"notes\", \"photos\"]\n"
                                       "[[follow]]\n"
                                       "remote = \"procore\"\n"
                                       "project = \"P-7\"\n"
                                       "[agent]\n"
                                       "poll_interval = \"90s\"\n"
                                       "state = \"/srv/fs\"\n"
                                       "log_level = \"debug\"\n"
                                       "ca_file = \"/etc/ca.pem\"\n"
                                       "[limits]\n"
                                       "send_rate = \"500 kB/s\"\n"
                                       "free_space_reserve = \"1.5 GB\"\n",
                                   "x.toml");
  REQUIRE(config.ok());
  REQUIRE(config->remotes.size() == 1);
  const RemoteConfig& remote = config->remotes[0];
  CHECK(remote.name.raw() == "procore");
  CHECK(remote.service == "procore");
  CHECK(remote.api_url == "https://api.procore.com");
  CHECK(remote.login_url == "https://login.procore.com");
  CHECK(remote.company == 1001);
  CHECK(remote.client_id == "abc");
  CHECK(remote.grant == net::Grant::authorization_code);
  CHECK(remote.rfi_manager.raw() == "123");
  CHECK(remote.upload_shape == app::UploadShape::plain);
  CHECK(remote.author_names == app::AuthorNames::left_out);
  REQUIRE(config->follows.size() == 2);
  CHECK(config->follows[0].remote.raw() == "procore");
  CHECK(config->follows[0].project.raw() == "2002");
  CHECK(config->follows[0].tools == std::vector<std::string>{"photos", "notes"});
  CHECK(config->follows[1].project.raw() == "P-7");
  CHECK(config->follows[1].tools.size() == 4);
  CHECK(config->poll_interval == base::Millis{90'000});
  CHECK(config->state_folder == "/srv/fs");
  CHECK(config->log_level == "debug");
  CHECK(config->ca_file == "/etc/ca.pem");
  CHECK(config->data_plan.always.send_bytes_per_second == 500'000);
  CHECK(config->free_space_reserve == 1'500'000'000);
}

TEST_CASE("a data plan becomes values, network by network") {
  const auto config = parse_config(
      "[data_plan]\nmetered = [\"usb*\"]\nunmetered = [\"wwan1\"]\n"
      "files_at = [\"18:00-06:00\", \"sat-sun\"]\nbytes_a_day = \"5 GB\"\n"
      "[data_plan.on_metered]\nbytes_a_day = \"200 MB\"\nsend_rate = \"100 kB/s\"\n"
      "[data_plan.on_roaming]\nbytes_a_day = \"0 B\"\n",
      "x.toml");
  REQUIRE(config.ok());
  const sync::DataPlan& plan = config->data_plan;
  CHECK(plan.metered_interfaces == std::vector<std::string>{"usb*"});
  CHECK(plan.unmetered_interfaces == std::vector<std::string>{"wwan1"});
  REQUIRE(plan.always.files_at.size() == 2);
  CHECK(plan.always.files_at[0] == sync::WeekSpan{0x7F, 18 * 60, 6 * 60});
  CHECK(plan.always.bytes_a_day == 5'000'000'000);
  CHECK(plan.metered.bytes_a_day == 200'000'000);
  CHECK(plan.metered.send_bytes_per_second == 100'000);
  CHECK(plan.metered.files_at.empty());
  CHECK(plan.roaming.bytes_a_day == 0);
}

TEST_CASE("how photos go out is read, and each project may have its own way") {
  const auto config = parse_config(kRemote +
                                       "[photos]\npolicy = \"proof_first\"\nlongest_side = 1200\n"
                                       "good_link = \"1 MB/s\"\n[[follow]]\nproject = 7\n"
                                       "photos = \"reduced\"\n[[follow]]\nproject = 8\n"
                                       "[limits]\ndownloads_max = \"20 GB\"\n",
                                   "x.toml");
  REQUIRE_MESSAGE(config.ok(), (config.ok() ? "" : config.failure().what));
  CHECK(config->photos.longest_side == 1'200);
  CHECK(config->photos.good_rate == 1'000'000);
  CHECK(config->downloads_max == 20'000'000'000);
  const base::RemoteName remote("procore");
  CHECK(config->photos.policy_of(remote, base::ProjectId("7")) == sync::PicturePolicy::reduced);
  CHECK(config->photos.policy_of(remote, base::ProjectId("8")) == sync::PicturePolicy::proof_first);
}

TEST_CASE("an empty file is a good one") {
  const auto config = parse_config("", "x.toml");
  REQUIRE(config.ok());
  CHECK(config->remotes.empty());
  CHECK(config->poll_interval == base::Millis{300'000});
}

struct Row {
  std::string what;
  std::string text;
  std::string fault;
};
// The remote's section has five lines: what follows begins at line 6.
const std::vector<Row> kFaultyFiles{
    {"hours nobody understands", "[data_plan]\nfiles_at = [\"evenings\"]\n",
     "x.toml:2: [data_plan] files_at: \"evenings\": expected times such as"},
    {"a plan that is no list", "[data_plan.on_metered]\nfiles_at = \"sat\"\n",
     "x.toml:2: [data_plan.on_metered] files_at: expected a list of times"},
    {"a network class there is not", "[data_plan.on_wifi]\n",
     "x.toml:1: [data_plan] on_wifi: unknown key"},
    {"unknown key in a remote", kRemote + "colour = 1\n",
     "x.toml:6: [remote.procore] colour: unknown key"},
    {"unknown section", "[agnet]\n", "x.toml:1: top level: agnet: unknown key"},
    {"unknown key in agent", "[agent]\npol = \"5m\"\n", "x.toml:2: [agent] pol: unknown key"},
    {"unknown key in limits", "[limits]\nx = 1\n", "x.toml:2: [limits] x: unknown key"},
    {"unknown way of photos", "[photos]\npolicy = \"tiny\"\n",
     "x.toml:2: [photos] policy: expected one of"},
    {"small pictures that are none", "[photos]\nlongest_side = 10\n",
     "x.toml:2: [photos] longest_side: expected pixels, from 320 to 8000"},
    {"secret in the file", kRemote + "client_secret = \"s\"\n",
     "x.toml:6: [remote.procore] client_secret: secrets do not belong"},
    {"company as text",
     "[remote.a]\napi_url=\"https://a\"\nlogin_url=\"https://"
     "a\"\ncompany=\"1\"\nclient_id=\"c\"\n",
     "x.toml:4: [remote.a] company: expected a whole number"},
    {"company zero",
     "[remote.a]\napi_url=\"https://a\"\nlogin_url=\"https://a\"\ncompany=0\nclient_id=\"c\"\n",
     "x.toml:4: [remote.a] company: expected a whole number"},
    {"company missing",
     "[remote.a]\napi_url=\"https://a\"\nlogin_url=\"https://a\"\nclient_id=\"c\"\n",
     "x.toml:1: [remote.a] company: missing"},
    {"client id missing", "[remote.a]\napi_url=\"https://a\"\nlogin_url=\"https://a\"\ncompany=1\n",
     "x.toml:1: [remote.a] client_id: missing"},
    {"plain http to another machine",
     "[remote.a]\napi_url=\"http://a.example\"\nlogin_url=\"https://"
     "a\"\ncompany=1\nclient_id=\"c\"\n",
     "x.toml:2: [remote.a] api_url: must begin with https://"},
    {"another scheme",
     "[remote.a]\napi_url=\"ftp://a\"\nlogin_url=\"https://a\"\ncompany=1\nclient_id=\"c\"\n",
     "x.toml:2: [remote.a] api_url: expected an address"},
    {"address with a query",
     "[remote.a]\napi_url=\"https://a/?x=1\"\nlogin_url=\"https://"
     "a\"\ncompany=1\nclient_id=\"c\"\n",
     "x.toml:2: [remote.a] api_url: must be an address alone"},
    {"unknown grant", kRemote + "grant = \"password\"\n",
     "x.toml:6: [remote.procore] grant: expected one of \"client_credentials\""},
    {"unknown service", kRemote + "service = \"sap\"\n",
     "x.toml:6: [remote.procore] service: expected one of"},
    {"negative manager", kRemote + "rfi_manager = -1\n",
     "x.toml:6: [remote.procore] rfi_manager: expected an id"},
    {"remote that is no section", "remote = 3\n", "x.toml:1: remote: expected a section"},
    {"follow that is no list", "[follow]\nproject = 1\n",
     "x.toml:1: follow: expected sections of the form [[follow]]"},
    {"follow of nothing", kRemote + "[[follow]]\ntools = [\"rfis\"]\n",
     "x.toml:6: [[follow]] project: missing"},
    {"follow of an unknown remote", kRemote + "[[follow]]\nremote = \"b\"\nproject = 1\n",
     "x.toml:7: [[follow]] remote: there is no [remote.b]"},
    {"follow without any remote", "[[follow]]\nproject = 1\n",
     "x.toml:1: [[follow]] remote: missing"},
    {"follow twice", kRemote + "[[follow]]\nproject = 1\n[[follow]]\nproject = \"1\"\n",
     "x.toml:8: [[follow]] project: is followed twice"},
    {"unknown tool", kRemote + "[[follow]]\nproject = 1\ntools = [\"fotos\"]\n",
     "x.toml:8: [[follow]] tools: unknown tool \"fotos\""},
    {"no tools at all", kRemote + "[[follow]]\nproject = 1\ntools = []\n",
     "x.toml:8: [[follow]] tools: expected a list"},
    {"interval without unit", "[agent]\npoll_interval = \"5\"\n",
     "x.toml:2: [agent] poll_interval: expected an amount"},
    {"interval as a number", "[agent]\npoll_interval = 5\n",
     "x.toml:2: [agent] poll_interval: expected text"},
    {"interval too short", "[agent]\npoll_interval = \"1s\"\n",
     "x.toml:2: [agent] poll_interval: must be from 10s"},
    {"interval too long", "[agent]\npoll_interval = \"2d\"\n",
     "x.toml:2: [agent] poll_interval: must be from 10s"},
    {"empty state", "[agent]\nstate = \"\"\n", "x.toml:2: [agent] state: is empty"},
    {"unknown level", "[agent]\nlog_level = \"loud\"\n",
     "x.toml:2: [agent] log_level: expected one of"},
    {"agent that is no section", "agent = 1\n", "x.toml:1: agent: expected a section [agent]"},
    {"rate without per second", "[limits]\nsend_rate = \"500 kB\"\n",
     "x.toml:2: [limits] send_rate: expected an amount"},
    {"rate of a typing error", "[limits]\nsend_rate = \"5 B/s\"\n",
     "x.toml:2: [limits] send_rate: must be at least"},
    {"no TOML", "[agent\n", "x.toml:1: "},
    {"key twice", "[agent]\nstate = \"a\"\nstate = \"b\"\n", "x.toml:3: "},
    {"no UTF-8", "a = \"\xFF\"\n", "x.toml: not a text file"},
};

TEST_CASE("every single fault is told with its line and its key") {
  for (const Row& row : kFaultyFiles) {
    CAPTURE(row.what);
    const ConfigReading reading = read_config(row.text, "x.toml");
    REQUIRE(reading.faults.size() == 1);
    CHECK_MESSAGE(reading.faults[0].starts_with(row.fault), reading.faults[0]);
  }
}

TEST_CASE("all faults are told at once, in the order of the lines") {
  const auto config = parse_config(
      "[agent]\npol = 1\nlog_level = 3\n[remote.a]\napi_url = \"http://x.example\"\n[limits]\ny = "
      "1\n",
      "x.toml");
  REQUIRE(!config.ok());
  CHECK(config.failure().cause == base::Cause::bad_input);
  std::vector<std::size_t> at;
  for (const char* part :
       {"x.toml:2: [agent] pol", "x.toml:3: [agent] log_level", "x.toml:4: [remote.a] login_url",
        "x.toml:5: [remote.a] api_url", "x.toml:7: [limits] y"}) {
    CAPTURE(part);
    at.push_back(config.failure().what.find(part));
    CHECK(at.back() != std::string::npos);
  }
  CHECK(std::is_sorted(at.begin(), at.end()));
}

TEST_CASE("what is not faulty is kept when something else is") {
  const ConfigReading reading = read_config(
      kRemote + "[[follow]]\nproject = 1\n[remote.bad]\ncompany = 1\n[agent]\nx = 1\n", "x");
  CHECK(reading.faults.size() >= 2);
  REQUIRE(reading.config.remotes.size() == 1);
  CHECK(reading.config.remotes[0].name.raw() == "procore");
  // Two remotes are named, so the follow does not say which it means.
  CHECK(reading.config.follows.empty());
}

TEST_CASE("a follow of a faulty remote is left out without a fault of its own") {
  const ConfigReading reading =
      read_config("[remote.a]\ncompany = 1\n[[follow]]\nremote = \"a\"\nproject = 1\n", "x");
  for (const std::string& fault : reading.faults) CHECK(fault.find("follow") == std::string::npos);
  CHECK(reading.config.follows.empty());
}

TEST_CASE("plain http is accepted for this machine alone") {
  const auto config = parse_config(
      "[remote.a]\napi_url=\"http://127.0.0.1:8080/\"\nlogin_url=\"http://localhost:8080\"\n"
      "company=1\nclient_id=\"c\"\n",
      "x");
  REQUIRE(config.ok());
  CHECK(config->remotes[0].api_url == "http://127.0.0.1:8080");
}

TEST_CASE("a file of a thousand faults shows fifty and counts the rest") {
  std::string text = "[agent]\n";
  for (int i = 0; i < 1'000; ++i) text += "k" + std::to_string(i) + " = 1\n";
  const ConfigReading reading = read_config(text, "x");
  REQUIRE(reading.faults.size() == 51);
  CHECK(reading.faults.back() == "x: 950 more faults are not shown");
}

TEST_CASE("a key that nests without end is a fault and no crash") {
  std::string key = "a";
  for (int i = 0; i < 50'000; ++i) key += ".a";
  const auto reading = read_config("\n" + key + " = 1\n", "x.toml");
  CHECK(reading.faults == std::vector<std::string>{"x.toml:2: more than 64 dots"});
}

TEST_CASE("amounts are read exactly or not at all") {
  CHECK(parse_span("5m") == base::Millis{300'000});
  CHECK(parse_span(" 2 h ") == base::Millis{7'200'000});
  CHECK(parse_span("1.5s") == base::Millis{1'500});
  CHECK(parse_size("200 MB") == 200'000'000);
  CHECK(parse_size("1.5 GB") == 1'500'000'000);
  CHECK(parse_size("4096 B") == 4'096);
  CHECK(parse_rate("500 kB/s") == 500'000);
  for (const char* bad : {"", "m", "5", "5 min", "-5m", "5.m", ".5m", "5mm", "1.2345s", "400d",
                          "99999999999999999999s", "999999999999999d", "5m x"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_span(bad));
  }
  for (const char* bad : {"1 mb", "1 KB", "1 XB", "1001 TB", "999999999999999 TB", "1 MB/s"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_size(bad));
  }
  CHECK_FALSE(parse_rate("500 kB"));
  CHECK_FALSE(parse_rate("/s"));
}

}  // namespace
}  // namespace fieldsync::app
