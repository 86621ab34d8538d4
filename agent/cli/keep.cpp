#include <CLI/CLI.hpp>

#include "agent/cli/context.h"
#include "agent/cli/tuning.h"
#include "platform/atomic_file.h"
#include "platform/base/json.h"
#include "platform/base/time_text.h"
#include "storage/blob_store.h"

// What people keep back, have done over, or carry away: hold, resync, export.

namespace fieldsync::cli {
namespace {

using Need = Context::Need;

struct KeepOptions {
  std::string what;
  Path folder;
  std::string project;
};

Exit hold(Context& context, const KeepOptions& options) {
  if (const auto good = check_word(options.what, "ITEM"); !good.ok()) {
    return context.fail(good.failure());
  }
  const auto answer = context.call(Need::local, "hold", Document{{"item", options.what}});
  if (!answer.ok()) return context.fail(answer.failure());
  if (context.json()) {
    context.print_json(*answer);
    return Exit::done;
  }
  context.say(shown(*answer, "item") + ": " + shown(*answer, "held") +
              " held back; `fieldsync retry " + shown(*answer, "item") + "` lets it go.");
  if (answer->integer("under_way") > 0) {
    context.warn(shown(*answer, "under_way") + " of its acts had left already");
  }
  return Exit::done;
}

Exit resync(Context& context, const KeepOptions& options) {
  if (const auto good = check_word(options.what, "ITEM, TOOL or PROJECT"); !good.ok()) {
    return context.fail(good.failure());
  }
  const auto answer = context.call(Need::local, "resync", Document{{"what", options.what}});
  if (!answer.ok()) return context.fail(answer.failure());
  if (context.json()) {
    context.print_json(*answer);
  } else {
    context.say(shown(*answer, "records") + " records are read again, " + shown(*answer, "acts") +
                " held acts are sent again.");
  }
  return Exit::done;
}

// --- Export --------------------------------------------------------------------------------------

struct Exported {
  std::int64_t acts = 0;
  std::int64_t files = 0;
  ByteCount bytes = 0;
  std::vector<std::string> problems;  ///< one line per file that could not be carried along
};

/// The path in the export of the file at `path`, whose digest is `hex`.
Result<Path> copy_file(storage::BlobStore& into, const Path& path, const std::string& hex,
                       Exported& exported) {
  TRY_ASSIGN(const auto added, into.add_file(path));
  const std::string found = added.digest.hex();
  if (found != hex) {
    return Failure{base::Cause::disk_error,
                   path + ": its content is not what was captured (it has " + found + " now)"};
  }
  ++exported.files;
  exported.bytes += added.size;
  return "files/" + hex.substr(0, 2) + "/" + hex.substr(2);
}

/// Copies the files of the page's acts. One that cannot be read is named and the others go on: from
/// a dying disk as much as possible is carried away. No room to write ends it.
Result<> copy_files(storage::BlobStore& into, base::List& acts, Exported& exported) {
  for (Value& act : acts) {
    Value* files = act.as_document() ? act.as_document()->find("files") : nullptr;
    if (files == nullptr || files->as_list() == nullptr) continue;
    for (Value& entry : *files->as_list()) {
      Document* file = entry.as_document();
      if (file == nullptr) continue;
      const auto copied = copy_file(into, file->text("path"), file->text("sha256"), exported);
      if (copied) {
        file->set("path", *copied);
        continue;
      }
      if (copied.failure().cause == base::Cause::disk_low) return copied.failure();
      file->set("path", Value());
      file->set("problem", copied.failure().what);
      exported.problems.push_back(file->text("name") + ": " + copied.failure().what);
    }
  }
  return base::Done{};
}

Result<> begin_export(Context& context, const Path& folder) {
  platform::FileSystem& files = context.around().files;
  TRY(files.make_folder(folder));
  TRY_ASSIGN(const auto names, files.list(folder));
  if (names.empty()) return base::Done{};
  return Failure{base::Cause::bad_input,
                 folder + ": is not empty; name a new folder, so that exports are never mixed"};
}

/// Page after page of the queue, each in a file of its own, its bytes beside it.
Result<Exported> export_pending(Context& context, const KeepOptions& options) {
  TRY(begin_export(context, options.folder));
  platform::FileSystem& files = context.around().files;
  storage::BlobStore into(files, platform::join(options.folder, "files"),
                          storage::BlobStore::Sync::durable);
  Exported exported;
  Document arguments;
  if (!options.project.empty()) arguments.set("project", options.project);
  for (int page = 1; page <= tuning::kExportPagesMax; ++page) {
    TRY_ASSIGN(const Document answer, context.call(Need::local, "pending", arguments));
    base::List acts = list_of(answer, "acts");
    TRY(copy_files(into, acts, exported));
    exported.acts += static_cast<std::int64_t>(acts.size());
    if (!acts.empty()) {
      const std::string number = std::to_string(page);
      const std::string name = "acts-" +
                               std::string(5 - std::min<std::size_t>(5, number.size()), '0') +
                               number + ".json";
      const Document document{{"format", "fieldsync export 1"},
                              {"written_at", base::to_iso_seconds(context.around().clock.wall())},
                              {"acts", std::move(acts)}};
      TRY(platform::write_atomically(files, platform::join(options.folder, name),
                                     base::to_json(document) + "\n",
                                     platform::FileSystem::Access::owner_only));
    }
    const Value* next = answer.find("next");
    if (next == nullptr || next->is_null()) return exported;
    arguments.set("after", *next);
  }
  return Failure{base::Cause::limit_reached, "the queue does not end: the export is not complete"};
}

Exit export_work(Context& context, const KeepOptions& options) {
  if (options.what != "PENDING") {
    return context.usage("export: say PENDING, for all that is not delivered");
  }
  const auto exported = export_pending(context, options);
  if (!exported.ok()) return context.fail(exported.failure());
  base::List problems;
  for (const std::string& line : exported->problems) {
    problems.push_back(line);
    if (!context.json()) context.warn(line);
  }
  if (context.json()) {
    context.print_json(Document{{"folder", options.folder},
                                {"acts", exported->acts},
                                {"files", exported->files},
                                {"bytes", exported->bytes},
                                {"problems", std::move(problems)}});
  } else {
    context.say(std::to_string(exported->acts) + " acts with " + std::to_string(exported->files) +
                " files (" + base::bytes_to_human(exported->bytes) + ") are in " + options.folder +
                "; every file was compared with its digest.");
  }
  return exported->problems.empty() ? Exit::done : Exit::needs_person;
}

}  // namespace

void add_keep_commands(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<KeepOptions>();
  const auto add = [&](const char* name, const char* about,
                       Exit (*perform)(Context&, const KeepOptions&)) {
    CLI::App* command = app.add_subcommand(name, about);
    command->callback([options, perform, &chosen] {
      chosen.action = [options, perform](Context& context) { return perform(context, *options); };
    });
    return command;
  };
  add("hold", "Keep a record's unsent work back", hold)
      ->add_option("ITEM", options->what, "A record's id")
      ->required();
  add("resync", "Read again and send again, whatever the stamps say", resync)
      ->add_option("WHAT", options->what, "A record's id, a tool (rfis, photos, …) or a project")
      ->required();
  CLI::App* command = add("export", "Copy unsent work with its files to a folder", export_work);
  command->add_option("WHAT", options->what, "PENDING: all that is not delivered")->required();
  command->add_option("DIR", options->folder, "A new or empty folder, on another disk if you can")
      ->required();
  command->add_option("--project", options->project, "Only this project's");
}

}  // namespace fieldsync::cli
