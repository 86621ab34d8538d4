#include "agent/app/config.h"

#include "agent/app/config_units.h"
#include "net/http.h"
#include "tests/fuzz/target.h"

namespace fieldsync::fuzz {

void fuzz_one(std::string_view input) {
  const app::ConfigReading reading = app::read_config(input, "fieldsync.toml");
  // A little more than is shown at most.
  expect(reading.faults.size() <= 60, "faults are shown up to a limit");
  for (const std::string& fault : reading.faults) {
    expect(fault.starts_with("fieldsync.toml:"), "a fault names its file", fault);
    expect(base::printable(fault) == fault, "a fault can be shown", fault);
  }
  const app::Config& config = reading.config;
  for (const app::RemoteConfig& remote : config.remotes) {
    expect(!remote.name.raw().empty() && remote.company > 0, "a remote can be used");
    expect(net::parse_url(remote.api_url).has_value(), "a remote has an address", remote.api_url);
  }
  for (const storage::Follow& follow : config.follows) {
    expect(!follow.project.raw().empty(), "what is followed has an id");
  }
  expect(config.poll_interval >= base::Millis{10'000}, "no poll without a pause");
  expect(config.data_plan.always.send_bytes_per_second >= 0 && config.free_space_reserve >= 0,
         "no negative bytes");

  const auto whole = app::parse_config(input, "fieldsync.toml");
  expect(whole.ok() == reading.faults.empty(), "any fault refuses the config");
  if (!whole.ok()) {
    expect(whole.failure().cause == base::Cause::bad_input, "a bad config is bad input");
    expect(base::is_utf8(whole.failure().what), "a refusal is readable text");
  }
  if (const auto span = app::parse_span(input)) expect(span->count() >= 0, "no negative span");
  if (const auto size = app::parse_size(input)) expect(*size >= 0, "no negative size");
  if (const auto rate = app::parse_rate(input)) expect(*rate >= 0, "no negative rate");
}

}  // namespace fieldsync::fuzz
