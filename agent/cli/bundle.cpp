#include <CLI/CLI.hpp>

#include "agent/cli/context.h"
#include "agent/cli/redact.h"
#include "agent/cli/tuning.h"
#include "platform/atomic_file.h"
#include "platform/base/json.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"
#include "platform/host.h"

// `fieldsync bundle`: what somebody who helps needs to see, in a folder of plain files. Only what
// is named here goes in, so the secrets, the tokens and what people captured cannot; text goes
// through `without_secrets` besides.

namespace fieldsync::cli {
namespace {

using Need = Context::Need;

/// Files of the bundle and what could not be had.
class Bundle {
 public:
  Bundle(platform::FileSystem& files, Path folder) : files_(files), folder_(std::move(folder)) {}

  Result<> begin() {
    TRY(files_.make_folder(folder_));
    TRY_ASSIGN(const auto names, files_.list(folder_));
    if (names.empty()) return base::Done{};
    return Failure{base::Cause::bad_input, folder_ + ": is not empty; name a new folder"};
  }

  Result<> add(const std::string& name, std::string_view text) {
    std::string clean;
    for (const std::string& line : base::split(text, '\n')) clean += without_secrets(line) + "\n";
    TRY(platform::write_atomically(files_, platform::join(folder_, name), clean,
                                   platform::FileSystem::Access::owner_only));
    names_.push_back(name);
    return base::Done{};
  }

  /// A missing or unreadable one is noted: a bundle is made when things are broken.
  Result<> add_file(const std::string& name, const Path& path) {
    const auto text = platform::read_all(files_, path, tuning::kBundleFileMax);
    if (text.ok()) return add(name, *text);
    missing_.push_back(text.failure().what);
    return base::Done{};
  }

  Result<> add_answer(const std::string& name, const Result<Document>& answer) {
    if (answer.ok()) return add(name, base::to_pretty_json(*answer));
    missing_.push_back(name + ": " + base::sentence(answer.failure()));
    return base::Done{};
  }

  void miss(const std::string& what) { missing_.push_back(what); }
  const std::vector<std::string>& names() const { return names_; }
  const std::vector<std::string>& missing() const { return missing_; }

 private:
  platform::FileSystem& files_;
  Path folder_;
  std::vector<std::string> names_, missing_;
};

Result<> add_logs(Bundle& bundle, platform::FileSystem& files, const Path& folder) {
  const auto names = files.list(folder);
  if (!names.ok()) {
    bundle.miss(names.failure().what);
    return base::Done{};
  }
  int left = tuning::kBundleLogsMax;
  for (const std::string& name : *names) {
    if (left-- == 0) break;
    TRY(bundle.add_file(name, platform::join(folder, name)));
  }
  return base::Done{};
}

/// The rows of the queue without what people wrote.
Result<Document> bare_queue(Context& context) {
  TRY_ASSIGN(Document answer, context.call(Need::local, "queue", Document{}));
  base::List rows;
  for (const Document* row : documents_of(answer, "intents")) {
    Document bare;
    for (const char* name :
         {"id", "kind", "action", "item", "project", "state", "cause", "owner", "evidence",
          "attempts", "next_attempt", "bytes_done", "bytes_total", "captured_at"}) {
      if (const Value* value = row->find(name)) bare.set(name, *value);
    }
    rows.push_back(Value(bare));
  }
  answer.set("intents", Value(rows));
  return answer;
}

Result<> collect(Context& context, Bundle& bundle) {
  TRY(bundle.begin());
  TRY_ASSIGN(const Place* place, context.place(Need::local));
  std::string faults;
  for (const std::string& fault : place->faults) faults += fault + "\n";
  const Document about{{"version", FIELDSYNC_VERSION},
                       {"made_at", base::to_iso_seconds(context.around().clock.wall())},
                       {"machine", platform::machine_name()},
                       {"state", place->state},
                       {"config", place->config_file},
                       {"config_faults", faults}};
  TRY(bundle.add("about.json", base::to_pretty_json(about)));
  TRY(bundle.add_file("fieldsync.toml", place->config_file));
  TRY(bundle.add_answer("status.json", context.call(Need::local, "status", Document{})));
  TRY(bundle.add_answer("queue.json", bare_queue(context)));
  return add_logs(bundle, context.around().files, platform::join(place->state, "log"));
}

Exit make(Context& context, const Path& folder) {
  Bundle bundle(context.around().files, folder);
  if (const auto made = collect(context, bundle); !made.ok()) return context.fail(made.failure());
  base::List names, missing;
  for (const std::string& name : bundle.names()) names.push_back(name);
  for (const std::string& what : bundle.missing()) {
    missing.push_back(what);
    if (!context.json()) context.warn("not in the bundle: " + what);
  }
  if (context.json()) {
    context.print_json(Document{{"folder", folder}, {"files", names}, {"missing", missing}});
  } else {
    context.say(
        folder + ": " + std::to_string(bundle.names().size()) +
        " files. No login, no token and nothing that people wrote is in it; look through it "
        "before you send it.");
  }
  return Exit::done;
}

}  // namespace

void add_bundle_command(CLI::App& app, Chosen& chosen) {
  auto folder = std::make_shared<Path>();
  CLI::App* command =
      app.add_subcommand("bundle", "Collect what somebody who helps needs to see, without secrets");
  command->add_option("DIR", *folder, "A new or empty folder")->required();
  command->callback([folder, &chosen] {
    chosen.action = [folder](Context& context) { return make(context, *folder); };
  });
}

}  // namespace fieldsync::cli
