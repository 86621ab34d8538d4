#include <doctest/doctest.h>

#include "platform/base/time_text.h"
#include "tests/unit/agent_cli_rig.h"

namespace fieldsync::tests {
namespace {

using base::Document;

bool says(const CliRig& rig, const std::string& words) {
  return rig.text().find(words) != std::string::npos;
}

TEST_CASE("plan shows what goes, what waits and why, by when, and how far forecasts were off") {
  CliRig rig;
  rig.commands.answer("plan", R"({"remotes":[{"remote":"procore","left_out":7,
    "forecast":{"words":"2 photos (8.0 MB) by 16:40 if the link stays","median_error_percent":12,
                "forecasts_measured":40},
    "calls":{"limit":600,"remaining":340,"kept_for_edits":41,"resets_at":"2026-09-24T15:00:00Z"},
    "steps":[
      {"order":1,"when":"under_way","action":"create","item":"photo-n1","bytes_total":4000000,
       "bytes_done":1000000,"cause":"queued","evidence":"since"},
      {"order":2,"when":"next","step":"pull","tool":"drawings","project":"7"},
      {"order":3,"when":"waits","action":"create","item":"photo-n2","bytes_total":4000000,
       "bytes_done":0,"cause":"data_plan","evidence":"200.0 MB of the day's 200.0 MB are used"}]}],
    "data_plan":{"interface":"wwan0","cost":"metered","files":"wait","why":"the day is used",
                 "files_go_at":null,"bytes_today":{"all":210000000}}})");
  CHECK(rig.run({"plan"}) == 0);
  CHECK(says(rig, "procore: 2 photos (8.0 MB) by 16:40 if the link stays"));
  CHECK(says(rig, "of the last 40 forecasts half were off by 12 % or less"));
  CHECK(says(rig, "340 of 600 requests left this hour, 41 of them kept for edits"));
  CHECK(says(rig, "create photo-n1"));
  CHECK(says(rig, "3.0 MB"));
  CHECK(says(rig, "pull drawings"));
  CHECK(says(rig, std::string(base::info(base::Cause::data_plan).sentence)));
  CHECK(says(rig, "and 7 more"));
  CHECK(says(rig,
             "Network: wwan0, metered; today 210.0 MB; files wait (the day is used), until "
             "another network is there"));
  CHECK(rig.run({"plan", "--json"}) == 0);
  CHECK(rig.json().as_document()->has("data_plan"));
}

TEST_CASE("send passes on what is wanted now, and says what a person must do first") {
  CliRig rig;
  rig.commands.answer("send", R"({"item":"photo-n1","count":1,"held":0})");
  CHECK(rig.run({"send", "photo-n1"}) == 0);
  CHECK(rig.commands.calls.back().arguments.text("item") == "photo-n1");
  CHECK(rig.text() == "photo-n1: 1 to be sent now, whatever the data plan says.\n");
  rig.commands.answer("send", R"({"item":"photo-n1","count":0,"held":2})");
  CHECK(rig.run({"send", "12"}) == 3);
  CHECK(says(rig, "2 need a person first: `fieldsync why 12`"));
  CHECK(rig.run({"send"}) == 2);
}

}  // namespace
}  // namespace fieldsync::tests
