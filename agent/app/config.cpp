#include "agent/app/config.h"

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <map>

#include "agent/app/config_units.h"
#include "net/http.h"
#include "platform/base/text.h"
#include "platform/kinds/kind.h"

namespace fieldsync::app {
namespace {

using base::Millis;

/// A poll more often than this spends the service's request budget on looking
/// (facts/procore-api.md 1: 600 to 3,600 calls an hour); rarer than a day is no sync.
constexpr Millis kPollMin{10'000};
constexpr Millis kPollMax{24 * 3'600'000};
/// Slower than this, one photo takes an hour: a typing error, not a wish.
constexpr base::ByteCount kRateMin = 1'000;
/// Spans of a week, or interfaces of a machine: a handful.
constexpr std::size_t kListMax = 50;
/// Below this nobody reads a label on it; above it is no smaller picture any more.
constexpr int kLongestSideMin = 320;
constexpr int kLongestSideMax = 8'000;
/// Faults past this many are not shown: the file is something else altogether.
constexpr std::size_t kFaultsMax = 50;
/// A dotted key nests a table for each dot, and the parser takes them apart by recursion: 50,000 in
/// a line end the program. Addresses have at most a dozen.
constexpr std::ptrdiff_t kDotsPerLineMax = 64;

/// Collects faults with their lines and sorts them at the end: TOML tables keep no order.
class Faults {
 public:
  explicit Faults(base::Path file) : file_(std::move(file)) {}

  void add(const toml::source_region& where, const std::string& what) {
    add_line(where.begin.line, what);
  }
  void add_line(std::uint32_t line, const std::string& what) {
    by_line_.emplace(line, file_ + ":" + std::to_string(line) + ": " + base::printable(what));
  }
  std::vector<std::string> take() {
    std::vector<std::string> all;
    for (const auto& [line, text] : by_line_) {
      if (all.size() == kFaultsMax) {
        all.push_back(file_ + ": " + std::to_string(by_line_.size() - kFaultsMax) +
                      " more faults are not shown");
        break;
      }
      all.push_back(text);
    }
    return all;
  }
  std::size_t count() const { return by_line_.size(); }

 private:
  base::Path file_;
  std::multimap<std::uint32_t, std::string> by_line_;
};

/// One TOML table being read: every key asked for is known, all others are faults at the end.
class Section {
 public:
  Section(const toml::table& table, std::string title, Faults& faults)
      : table_(table), title_(std::move(title)), faults_(faults) {}
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;

  const toml::table& table() const { return table_; }

  const toml::node* find(std::string_view key) {
    known_.push_back(key);
    return table_.get(key);
  }
  void fault(const toml::node& node, std::string_view key, const std::string& what) {
    faults_.add(node.source(), title_ + " " + std::string(key) + ": " + what);
  }
  void missing(std::string_view key, const std::string& what) {
    faults_.add(table_.source(), title_ + " " + std::string(key) + ": missing; " + what);
  }

  std::optional<std::string> text(std::string_view key) {
    const toml::node* node = find(key);
    if (!node) return std::nullopt;
    const auto* value = node->as_string();
    if (!value) {
      fault(*node, key, "expected text in quotes");
      return std::nullopt;
    }
    if (value->get().empty()) {
      fault(*node, key, "is empty");
      return std::nullopt;
    }
    return value->get();
  }

  /// An id: a whole number above zero, or text.
  std::optional<std::string> id(std::string_view key) {
    const toml::node* node = find(key);
    if (!node) return std::nullopt;
    if (const auto* number = node->as_integer(); number && number->get() > 0) {
      return std::to_string(number->get());
    }
    if (const auto* value = node->as_string(); value && !value->get().empty()) {
      return value->get();
    }
    fault(*node, key, "expected an id: a whole number above zero, or text in quotes");
    return std::nullopt;
  }

  /// Text that `parse` understands; `example` is shown when it does not.
  template <class Parse>
  auto amount(std::string_view key, Parse parse, const std::string& example)
      -> decltype(parse(std::string_view{})) {
    const auto written = text(key);
    if (!written) return std::nullopt;
    auto value = parse(*written);
    if (!value) fault(*table_.get(key), key, "expected an amount such as \"" + example + "\"");
    return value;
  }

  /// The index of the text in `choices`.
  template <std::size_t N>
  std::optional<std::size_t> choice(std::string_view key,
                                    const std::array<std::string_view, N>& choices) {
    const auto written = text(key);
    if (!written) return std::nullopt;
    const auto found = std::find(choices.begin(), choices.end(), *written);
    if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
    std::string accepted;
    for (const auto choice : choices) {
      accepted += (accepted.empty() ? "\"" : ", \"") + std::string(choice) + "\"";
    }
    fault(*table_.get(key), key, "expected one of " + accepted);
    return std::nullopt;
  }

  void finish() {
    for (const auto& [key, node] : table_) {
      if (std::find(known_.begin(), known_.end(), key.str()) != known_.end()) continue;
      faults_.add(key.source(), title_ + " " + std::string(key.str()) + ": unknown key");
    }
  }

 private:
  const toml::table& table_;
  std::string title_;
  Faults& faults_;
  std::vector<std::string_view> known_;
};

std::optional<std::string> url(Section& section, std::string_view key) {
  auto written = section.text(key);
  if (!written) {
    if (!section.table().contains(key)) section.missing(key, "the service's address");
    return std::nullopt;
  }
  const toml::node& node = *section.table().get(key);
  const auto parsed = net::parse_url(*written);
  if (!parsed) {
    section.fault(node, key, "expected an address such as \"https://api.procore.com\"");
    return std::nullopt;
  }
  if (parsed->scheme != "https" && !net::is_loopback(parsed->host)) {
    section.fault(node, key, "must begin with https:// (plain http only to this machine)");
    return std::nullopt;
  }
  if (!parsed->query.empty() || written->find_first_of("?#@ ") != std::string::npos) {
    section.fault(node, key, "must be an address alone: no user, query or fragment");
    return std::nullopt;
  }
  while (written->ends_with('/')) written->pop_back();
  return written;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

constexpr std::array<std::string_view, 1> kServices{"procore"};
constexpr std::array<std::string_view, 2> kAuthorNames{"in_text", "left_out"};
constexpr std::array<std::string_view, 2> kGrants{"client_credentials", "authorization_code"};
constexpr std::array<std::string_view, 3> kUploadStyles{"segmented", "plain", "unified"};
constexpr std::array<std::string_view, 4> kLogLevels{"debug", "info", "warning", "error"};

constexpr std::array<std::string_view, 3> kPolicies{"original", "proof_first", "reduced"};

std::optional<sync::PicturePolicy> policy(Section& section, std::string_view key) {
  const auto chosen = section.choice(key, kPolicies);
  if (!chosen) return std::nullopt;
  constexpr std::array kInOrder{sync::PicturePolicy::original, sync::PicturePolicy::proof_first,
                                sync::PicturePolicy::reduced};
  return kInOrder[*chosen];
}

void read_remote(const std::string& name, const toml::table& table, Faults& faults,
                 Config& config) {
  const std::size_t faults_before = faults.count();
  Section section(table, "[remote." + name + "]", faults);
  RemoteConfig remote;
  remote.name = base::RemoteName(name);
  if (!is_name(name)) {
    faults.add(table.source(),
               "[remote." + name + "]: a remote's name has 1 to 40 letters, digits, - or _");
  }
  if (const auto service = section.choice("service", kServices)) {
    remote.service = kServices[*service];
  }
  remote.api_url = url(section, "api_url").value_or("");
  remote.login_url = url(section, "login_url").value_or("");
  if (const toml::node* node = section.find("company")) {
    const auto* number = node->as_integer();
    if (number && number->get() > 0) {
      remote.company = number->get();
    } else {
      section.fault(*node, "company", "expected a whole number above zero");
    }
  } else {
    section.missing("company", "the company's number at the service");
  }
  if (const auto client_id = section.text("client_id")) {
    remote.client_id = *client_id;
  } else if (!table.contains("client_id")) {
    section.missing("client_id", "the id of the app registered at the service");
  }
  if (const auto grant = section.choice("grant", kGrants)) {
    remote.grant = *grant == 0 ? net::Grant::client_credentials : net::Grant::authorization_code;
  }
  if (const auto manager = section.id("rfi_manager")) {
    remote.rfi_manager = base::ServiceId(*manager);
  }
  if (const auto style = section.choice("upload_style", kUploadStyles)) {
    constexpr std::array kShapes{UploadShape::segmented, UploadShape::plain, UploadShape::unified};
    remote.upload_shape = kShapes[static_cast<std::size_t>(*style)];
  }
  if (const auto names = section.choice("author_names", kAuthorNames)) {
    remote.author_names = *names == 0 ? AuthorNames::in_text : AuthorNames::left_out;
  }
  // The commonest mistake gets its own words: the file is readable by others, the prompt is not.
  if (const toml::node* secret = section.find("client_secret")) {
    section.fault(*secret, "client_secret",
                  "secrets do not belong into this file; use `fieldsync login`");
  }
  section.finish();
  if (faults.count() == faults_before) config.remotes.push_back(std::move(remote));
}

void read_remotes(Section& root, Faults& faults, Config& config) {
  const toml::node* node = root.find("remote");
  if (!node) return;
  const toml::table* remotes = node->as_table();
  if (!remotes) {
    faults.add(node->source(), "remote: expected a section such as [remote.procore]");
    return;
  }
  for (const auto& [name, value] : *remotes) {
    if (const toml::table* table = value.as_table()) {
      read_remote(std::string(name.str()), *table, faults, config);
    } else {
      faults.add(value.source(), "[remote] " + std::string(name.str()) +
                                     ": expected a section such as [remote.procore]");
    }
  }
}

/// The remotes the file names, faulty ones included: a follow of one is not a second fault.
std::vector<std::string> remote_names(const toml::table& root) {
  std::vector<std::string> names;
  if (const auto* remotes = root["remote"].as_table()) {
    for (const auto& [name, value] : *remotes) names.emplace_back(name.str());
  }
  return names;
}

void read_tools(Section& section, storage::Follow& follow) {
  const toml::node* node = section.find("tools");
  if (!node) {
    for (const auto tool : kinds::all_tools()) follow.tools.emplace_back(tool);
    return;
  }
  std::string known;
  for (const auto tool : kinds::all_tools()) {
    known += (known.empty() ? "\"" : ", \"") + std::string(tool) + "\"";
  }
  const toml::array* list = node->as_array();
  if (!list || list->empty()) {
    section.fault(*node, "tools", "expected a list of " + known);
    return;
  }
  for (const toml::node& entry : *list) {
    const auto* text = entry.as_string();
    const auto& tools = kinds::all_tools();
    if (!text || std::find(tools.begin(), tools.end(), text->get()) == tools.end()) {
      section.fault(entry, "tools",
                    (text ? "unknown tool \"" + text->get() + "\"; expected " : "expected ") +
                        "a list of " + known);
      continue;
    }
    if (std::find(follow.tools.begin(), follow.tools.end(), text->get()) == follow.tools.end()) {
      follow.tools.push_back(text->get());
    }
  }
}

void read_follow(const toml::table& table, const std::vector<std::string>& remotes, Faults& faults,
                 Config& config) {
  const std::size_t faults_before = faults.count();
  Section section(table, "[[follow]]", faults);
  storage::Follow follow;
  if (const auto remote = section.text("remote")) {
    follow.remote = base::RemoteName(*remote);
    if (std::find(remotes.begin(), remotes.end(), *remote) == remotes.end()) {
      section.fault(*table.get("remote"), "remote", "there is no [remote." + *remote + "]");
    }
  } else if (!table.contains("remote")) {
    if (remotes.size() == 1) {
      follow.remote = base::RemoteName(remotes.front());
    } else {
      section.missing("remote", remotes.empty() ? "and there is no [remote.…] section"
                                                : "there are several remotes");
    }
  }
  if (const auto project = section.id("project")) {
    follow.project = base::ProjectId(*project);
  } else if (!table.contains("project")) {
    section.missing("project", "the project's id at the service");
  }
  read_tools(section, follow);
  const auto photos = policy(section, "photos");
  section.finish();
  const auto same = [&](const storage::Follow& other) {
    return other.remote == follow.remote && other.project == follow.project;
  };
  if (faults.count() != faults_before) return;
  if (std::any_of(config.follows.begin(), config.follows.end(), same)) {
    section.fault(table, "project", "is followed twice");
    return;
  }
  if (photos) config.photos.of_project[{follow.remote, follow.project}] = *photos;
  config.follows.push_back(std::move(follow));
}

void read_follows(Section& root, const std::vector<std::string>& remotes, Faults& faults,
                  Config& config) {
  const toml::node* node = root.find("follow");
  if (!node) return;
  const toml::array* list = node->as_array();
  if (!list) {
    faults.add(node->source(), "follow: expected sections of the form [[follow]]");
    return;
  }
  for (const toml::node& entry : *list) {
    if (const toml::table* table = entry.as_table()) {
      read_follow(*table, remotes, faults, config);
    } else {
      faults.add(entry.source(), "follow: expected sections of the form [[follow]]");
    }
  }
}

void read_agent(const toml::table& table, Faults& faults, Config& config) {
  Section section(table, "[agent]", faults);
  if (const auto span = section.amount("poll_interval", parse_span, "5m")) {
    if (*span < kPollMin || *span > kPollMax) {
      section.fault(*table.get("poll_interval"), "poll_interval", "must be from 10s to 1d");
    } else {
      config.poll_interval = *span;
    }
  }
  if (const auto state = section.text("state")) config.state_folder = *state;
  if (const auto file = section.text("ca_file")) config.ca_file = *file;
  if (const auto level = section.choice("log_level", kLogLevels)) {
    config.log_level = kLogLevels[*level];
  }
  section.finish();
}

void read_send_rate(Section& section, sync::DataLimits& limits) {
  const auto rate = section.amount("send_rate", parse_rate, "500 kB/s");
  if (!rate) return;
  if (*rate < kRateMin) {
    section.fault(*section.table().get("send_rate"), "send_rate", "must be at least 1 kB/s");
  } else {
    limits.send_bytes_per_second = *rate;
  }
}

void read_photos(const toml::table& table, Faults& faults, Config& config) {
  Section section(table, "[photos]", faults);
  if (const auto chosen = policy(section, "policy")) config.photos.policy = *chosen;
  if (const toml::node* node = section.find("longest_side")) {
    const auto* pixels = node->as_integer();
    if (pixels && pixels->get() >= kLongestSideMin && pixels->get() <= kLongestSideMax) {
      config.photos.longest_side = static_cast<int>(pixels->get());
    } else {
      section.fault(*node, "longest_side",
                    "expected pixels, from " + std::to_string(kLongestSideMin) + " to " +
                        std::to_string(kLongestSideMax));
    }
  }
  if (const auto rate = section.amount("good_link", parse_rate, "600 kB/s")) {
    config.photos.good_rate = *rate;
  }
  section.finish();
}

void read_limits(const toml::table& table, Faults& faults, Config& config) {
  Section section(table, "[limits]", faults);
  read_send_rate(section, config.data_plan.always);
  if (const auto size = section.amount("free_space_reserve", parse_size, "200 MB")) {
    config.free_space_reserve = *size;
  }
  if (const auto size = section.amount("downloads_max", parse_size, "20 GB")) {
    config.downloads_max = *size;
  }
  section.finish();
}

/// The texts of a short list; faulty entries are left out.
std::vector<std::string> read_texts(Section& section, std::string_view key,
                                    const std::string& expected) {
  std::vector<std::string> texts;
  const toml::node* node = section.find(key);
  if (!node) return texts;
  const toml::array* list = node->as_array();
  if (!list || list->empty() || list->size() > kListMax) {
    section.fault(*node, key, "expected a list of " + expected);
    return texts;
  }
  for (const toml::node& entry : *list) {
    const auto* text = entry.as_string();
    if (text && !text->get().empty()) {
      texts.push_back(text->get());
    } else {
      section.fault(entry, key, "expected a list of " + expected);
    }
  }
  return texts;
}

/// What may stand in each of the three sections of the data plan.
void read_data_limits(Section& section, sync::DataLimits& limits) {
  const std::string expected =
      "times such as \"18:00-06:00\", \"sat-sun\" or \"mon-fri 18:00-06:00\"";
  for (const std::string& text : read_texts(section, "files_at", expected)) {
    if (const auto span = parse_week_span(text)) {
      limits.files_at.push_back(*span);
    } else {
      section.fault(*section.table().get("files_at"), "files_at",
                    "\"" + text + "\": expected " + expected);
    }
  }
  if (const auto most = section.amount("bytes_a_day", parse_size, "200 MB")) {
    limits.bytes_a_day = *most;
  }
}

void read_data_class(Section& plan, std::string_view key, Faults& faults,
                     sync::DataLimits& limits) {
  const toml::node* node = plan.find(key);
  if (!node) return;
  const std::string title = "[data_plan." + std::string(key) + "]";
  const toml::table* table = node->as_table();
  if (!table) return faults.add(node->source(), title + ": expected a section");
  Section section(*table, title, faults);
  read_data_limits(section, limits);
  read_send_rate(section, limits);
  section.finish();
}

void read_data_plan(const toml::table& table, Faults& faults, Config& config) {
  Section section(table, "[data_plan]", faults);
  const std::string interfaces = "interfaces such as \"wwan0\" or \"usb*\"";
  config.data_plan.metered_interfaces = read_texts(section, "metered", interfaces);
  config.data_plan.unmetered_interfaces = read_texts(section, "unmetered", interfaces);
  read_data_limits(section, config.data_plan.always);
  read_data_class(section, "on_metered", faults, config.data_plan.metered);
  read_data_class(section, "on_roaming", faults, config.data_plan.roaming);
  section.finish();
}

using ReadSection = void (*)(const toml::table&, Faults&, Config&);

void read_section(Section& root, std::string_view key, Faults& faults, Config& config,
                  ReadSection read) {
  const toml::node* node = root.find(key);
  if (!node) return;
  if (const toml::table* table = node->as_table()) {
    read(*table, faults, config);
  } else {
    faults.add(node->source(),
               std::string(key) + ": expected a section [" + std::string(key) + "]");
  }
}

/// The number of the first line with more dots than any key or address has; 0 when there is none.
std::uint32_t line_of_endless_key(std::string_view text) {
  std::uint32_t number = 0;
  for (const std::string& line : base::split(text, '\n')) {
    ++number;
    if (std::count(line.begin(), line.end(), '.') > kDotsPerLineMax) return number;
  }
  return 0;
}

}  // namespace

ConfigReading read_config(std::string_view text, const base::Path& file) {
  ConfigReading reading;
  Faults faults(file);
  if (!base::is_utf8(text)) {
    reading.faults.push_back(file + ": not a text file in UTF-8");
    return reading;
  }
  if (const std::uint32_t line = line_of_endless_key(text)) {
    faults.add_line(line, "more than " + std::to_string(kDotsPerLineMax) + " dots");
    reading.faults = faults.take();
    return reading;
  }
  toml::table table;
  try {
    table = toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    faults.add(error.source(), std::string(error.description()));
    reading.faults = faults.take();
    return reading;
  }
  Section root(table, "top level:", faults);
  read_remotes(root, faults, reading.config);
  read_follows(root, remote_names(table), faults, reading.config);
  read_section(root, "agent", faults, reading.config, read_agent);
  read_section(root, "limits", faults, reading.config, read_limits);
  read_section(root, "data_plan", faults, reading.config, read_data_plan);
  read_section(root, "photos", faults, reading.config, read_photos);
  root.finish();
  // A follow of a remote that was left out has nowhere to go.
  std::erase_if(reading.config.follows, [&](const storage::Follow& follow) {
    return std::none_of(reading.config.remotes.begin(), reading.config.remotes.end(),
                        [&](const RemoteConfig& remote) { return remote.name == follow.remote; });
  });
  reading.faults = faults.take();
  return reading;
}

base::Result<Config> parse_config(std::string_view text, const base::Path& file) {
  ConfigReading reading = read_config(text, file);
  if (reading.faults.empty()) return std::move(reading.config);
  std::string all;
  for (const std::string& fault : reading.faults) all += (all.empty() ? "" : "\n") + fault;
  return base::Failure{base::Cause::bad_input, all};
}

}  // namespace fieldsync::app
