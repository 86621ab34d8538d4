#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/cli/output.h"
#include "agent/cli/surroundings.h"

namespace CLI {
class App;
}

namespace fieldsync::cli {

enum class Exit { done = 0, failed = 1, usage = 2, needs_person = 3 };

/// Options that every command takes.
struct Globals {
  std::string config_file;
  std::string state;
  bool json = false;
};

/// What a command works with. Opens its session when it is first asked for one.
class Context {
 public:
  Context(Surroundings& around, const Globals& globals) : around_(around), globals_(globals) {}

  Surroundings& around() { return around_; }
  bool json() const { return globals_.json; }
  Colour colour() const;

  /// local: capture and looking; a faulty config is a warning. remote: speaks to a service through
  /// the config's remotes; a faulty config ends it.
  enum class Need { local, remote };
  Result<Place*> place(Need need);
  /// What the config file says now; bad_input with its faults.
  Result<Place> place_again() const;
  Result<Session*> session(Need need);
  /// `session(need)->call(…)`.
  Result<Document> call(Need need, std::string_view verb, const Document& arguments);

  /// A line of text on stdout; from outside or not, it is made printable.
  void say(std::string_view text, Tone tone = Tone::plain);
  void say(const Table& table);
  /// A line on stderr.
  void warn(std::string_view text);
  void print_json(const Value& value);
  /// Says what failed on stderr, and as {"error":…} on stdout with --json. bad_input: usage.
  Exit fail(const Failure& failure);
  Exit usage(const std::string& what);

 private:
  Surroundings& around_;
  const Globals& globals_;
  std::optional<Place> place_;
  std::unique_ptr<Session> session_;
};

/// What a parsed command line asks for. Families of commands set it; run_cli performs it.
using Action = std::function<Exit(Context&)>;
struct Chosen {
  Action action;
};

// One function per family, each in its own file: adds its commands to `app`.
void add_capture_commands(CLI::App& app, Chosen& chosen);
void add_change_commands(CLI::App& app, Chosen& chosen);
void add_look_commands(CLI::App& app, Chosen& chosen);
void add_queue_commands(CLI::App& app, Chosen& chosen);
void add_plan_commands(CLI::App& app, Chosen& chosen);
void add_conflict_commands(CLI::App& app, Chosen& chosen);
void add_keep_commands(CLI::App& app, Chosen& chosen);
void add_sync_commands(CLI::App& app, Chosen& chosen);
void add_account_commands(CLI::App& app, Chosen& chosen);
void add_service_commands(CLI::App& app, Chosen& chosen);
void add_bundle_command(CLI::App& app, Chosen& chosen);
void add_try_command(CLI::App& app, Chosen& chosen);
void add_causes_command(CLI::App& app, Chosen& chosen);
void add_completion_command(CLI::App& app, Chosen& chosen);

// --- Helpers of the families ---------------------------------------------------------------------

/// The text itself, or all of stdin when it is "-". Refuses bad UTF-8 and blank text.
Result<std::string> text_argument(Surroundings& around, const std::string& given,
                                  std::string_view what);
/// An id or a name in one line: not blank, UTF-8, no control characters, at most 200 bytes.
Result<> check_word(const std::string& word, std::string_view what);
/// The members of the list under `name`; empty when it is absent or no list.
const base::List& list_of(const Document& document, std::string_view name);
/// The documents of that list.
std::vector<const Document*> documents_of(const Document& document, std::string_view name);
/// A field as short text: text, numbers, yes/no; "" when unset.
std::string shown(const Document& document, std::string_view name);
/// The first of the fields that is not "".
std::string shown_first(const Document& document, std::initializer_list<std::string_view> names);
/// An ISO time in the field as "4 min ago", "now" or "in 40 s"; "" when unset or no time.
std::string shown_age(const Document& document, std::string_view name, base::WallTime now);

}  // namespace fieldsync::cli
