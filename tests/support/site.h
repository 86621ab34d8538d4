#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/try/score.h"
#include "agent/try/workplace.h"
#include "tests/support/temp_folder.h"

namespace fieldsync::tests {

using base::ByteCount;
using base::Document;
using base::List;
using base::Millis;
using base::Value;
using trial::Capture;
using trial::Said;
using trial::SandboxControl;

/// The value, or the end of the test with the failure's words.
template <class T>
T need(base::Result<T> result) {
  if (!result) FAIL(result.failure().what);
  return std::move(result).value();
}
inline void need(const base::Result<>& result) {
  if (!result) FAIL(result.failure().what);
}

struct SiteOptions {
  /// Limits that are announced and never reached: 200 in ten seconds is the widest a client
  /// believes.
  std::vector<std::string> sandbox_arguments = {"--rate", "1000000", "--spike", "200"};
  std::string tools;   ///< of `follow`, with commas; empty: all
  std::string limits;  ///< more lines of the config's [limits]
  std::string state;   ///< the agent's folder; empty: in the site's own
};

/// A site machine and a service as real processes on real loopback HTTP, in a folder of the test's
/// own. What cannot be had ends the test. Nothing sleeps: `until` looks, within a limit.
class Site {
 public:
  explicit Site(const SiteOptions& options = {});

  trial::Workplace& place() { return *place_; }
  SandboxControl& service() { return place_->sandbox(); }
  std::string folder() const { return folder_.path(); }
  std::string operator/(const std::string& name) const { return folder_ / name; }

  /// Login, follow, agent up, first mirror complete.
  void begin();
  void log_in_and_follow();
  void wait_mirrored();
  /// Every intent delivered or held, and nothing under way.
  void drain(Millis limit = Millis{60'000});
  /// Waits within the limit; what is waited for names the failure.
  void until(const std::string& what, const std::function<bool()>& is_so,
             Millis limit = Millis{30'000});
  /// The same without ending the test.
  bool is_within(Millis limit, const std::function<bool()>& is_so);

  void link(SandboxControl::Link link) { need(place_->sandbox().set_link(link)); }
  Said say(const std::vector<std::string>& words) { return place_->command(words); }
  /// Must end with 0 or 3.
  Said must(const std::vector<std::string>& words) { return need(place_->must(words)); }
  Document status() { return need(place_->status()); }
  Document queue_counts();
  /// The program itself, as a person starts it: exit code, and both outputs in `out`.
  Said program(const std::vector<std::string>& words);

  /// A synthetic picture in the site's folder.
  struct Picture {
    std::string path;
    std::string sha256;
    ByteCount size = 0;
  };
  Picture picture(const std::string& name, ByteCount size, std::uint64_t seed);
  Capture add_note(const std::string& text);
  Capture add_photo(const Picture& picture, const std::string& description);

  trial::Truth truth() { return need(trial::read_truth(place_->sandbox())); }
  /// The calls counted at the API so far.
  std::int64_t api_calls();

 private:
  const SiteOptions options_;
  TempFolder folder_;
  std::unique_ptr<platform::Clock> clock_;
  std::unique_ptr<trial::Waiting> waiting_;
  std::unique_ptr<trial::Workplace> place_;
  int programs_ = 0;
};

/// The document under `name`; an empty one when there is none.
const Document& part(const Document& of, std::string_view name);
const List& list_in(const Document& of, std::string_view name);
/// Whole number in the environment, or `otherwise`.
std::int64_t number_from_environment(const char* name, std::int64_t otherwise);

}  // namespace fieldsync::tests
