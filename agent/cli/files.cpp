#include "agent/cli/files.h"

#include <CLI/CLI.hpp>

#include "platform/base/time_text.h"

// The files of records: where they are, and which of them stay here. None of it needs a link.

namespace fieldsync::cli {
namespace {

using Need = Context::Need;

struct FileOptions {
  std::string item;
};

enum class Pinning { on, off };

std::string size_of(const Document& file) {
  const std::int64_t size = file.integer("size");
  return size > 0 ? base::bytes_to_human(size) : "";
}

Exit open(Context& context, const FileOptions& options) {
  if (const auto good = check_word(options.item, "ITEM"); !good.ok()) {
    return context.fail(good.failure());
  }
  const auto answer = context.call(Need::local, "open", Document{{"item", options.item}});
  if (!answer.ok()) return context.fail(answer.failure());
  if (const std::string warning = shown(*answer, "warning"); !warning.empty()) {
    context.warn(warning);
  }
  if (context.json()) {
    context.print_json(*answer);
    return Exit::done;
  }
  for (const Document* file : documents_of(*answer, "files")) {
    const std::string path = shown(*file, "path");
    context.say(!path.empty() ? path
                              : shown(*file, "name") + ": not here yet (" + size_of(*file) +
                                    "); it is fetched before all others while the agent runs");
  }
  return Exit::done;
}

Exit pin(Context& context, const FileOptions& options, Pinning pinning) {
  const bool off = pinning == Pinning::off;
  if (const auto good = check_word(options.item, "ITEM"); !good.ok()) {
    return context.fail(good.failure());
  }
  const auto answer =
      context.call(Need::local, "pin", Document{{"item", options.item}, {"off", Value(off)}});
  if (!answer.ok()) return context.fail(answer.failure());
  if (context.json()) {
    context.print_json(*answer);
  } else {
    context.say(shown(*answer, "id") + (off ? ": no longer pinned." : ": its files stay here."));
  }
  return Exit::done;
}

CLI::App* add_command(CLI::App& app, const char* name, const char* what, FileOptions& options) {
  CLI::App* command = app.add_subcommand(name, what);
  command->add_option("ITEM", options.item, "The record's id on this machine")->required();
  return command;
}

}  // namespace

void add_file_commands(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<FileOptions>();
  add_command(app, "open", "Show where a record's files are, and fetch those that are not here",
              *options)
      ->callback([options, &chosen] {
        chosen.action = [options](Context& context) { return open(context, *options); };
      });
  add_command(app, "pin", "Keep a record's files on this machine", *options)
      ->callback([options, &chosen] {
        chosen.action = [options](Context& context) { return pin(context, *options, Pinning::on); };
      });
  add_command(app, "unpin", "Let a record's files go when room is needed", *options)
      ->callback([options, &chosen] {
        chosen.action = [options](Context& context) {
          return pin(context, *options, Pinning::off);
        };
      });
}

}  // namespace fieldsync::cli
