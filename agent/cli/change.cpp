#include <CLI/CLI.hpp>

#include "agent/cli/attachments.h"
#include "agent/cli/context.h"
#include "agent/cli/tuning.h"
#include "platform/base/text.h"

// Commands that change a record that is already here: edit, reply, attach, remove.

namespace fieldsync::cli {
namespace {

using base::Cause;
using Need = Context::Need;

struct ChangeOptions {
  std::string item;
  std::string text;
  std::vector<std::string> assignments;
  std::vector<std::string> files;
};

Exit print_act(Context& context, const Result<Document>& answer, std::string_view what) {
  if (!answer.ok()) return context.fail(answer.failure());
  if (context.json()) {
    context.print_json(*answer);
  } else if (shown(*answer, "intent").empty()) {
    context.say(shown(*answer, "id") + " has these values already: nothing to do.");
  } else {
    context.say(std::string(what) + " " + shown(*answer, "id") + ", queued as " +
                shown(*answer, "intent") + ".");
  }
  return Exit::done;
}

/// FIELD=VALUE…: an empty value clears the field; a field named twice is a mistake.
Result<Document> parse_assignments(const std::vector<std::string>& assignments) {
  Document fields;
  for (const std::string& assignment : assignments) {
    const auto equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Failure{Cause::bad_input, "\"" + base::printable(base::utf8_prefix(assignment, 60)) +
                                           "\": expected FIELD=VALUE, such as due_date=2026-09-24"};
    }
    const std::string field = assignment.substr(0, equals);
    TRY(check_word(field, "FIELD"));
    if (!base::is_utf8(assignment)) {
      return Failure{Cause::bad_input, field + ": its value is not text in UTF-8"};
    }
    if (fields.has(field)) return Failure{Cause::bad_input, field + ": is given twice"};
    fields.set(field, assignment.substr(equals + 1));
  }
  return fields;
}

Result<Document> edit(Context& context, const ChangeOptions& options) {
  TRY(check_word(options.item, "ITEM"));
  TRY_ASSIGN(Document fields, parse_assignments(options.assignments));
  return context.call(Need::local, "edit",
                      Document{{"item", options.item}, {"fields", std::move(fields)}});
}

Result<Document> reply(Context& context, const ChangeOptions& options) {
  TRY(check_word(options.item, "ITEM"));
  TRY_ASSIGN(const std::string body, text_argument(context.around(), options.text, "TEXT"));
  Document arguments{{"item", options.item}, {"body", body}};
  TRY_ASSIGN(base::List files, stage_attachments(context, options.files));
  if (!files.empty()) arguments.set("files", std::move(files));
  return context.call(Need::local, "reply", arguments);
}

Result<Document> attach(Context& context, const ChangeOptions& options) {
  TRY(check_word(options.item, "ITEM"));
  TRY_ASSIGN(base::List files, stage_attachments(context, options.files));
  return context.call(Need::local, "attach",
                      Document{{"item", options.item}, {"files", std::move(files)}});
}

Result<Document> remove(Context& context, const ChangeOptions& options) {
  TRY(check_word(options.item, "ITEM"));
  return context.call(Need::local, "remove", Document{{"item", options.item}});
}

using Perform = Result<Document> (*)(Context&, const ChangeOptions&);

CLI::App* add_command(CLI::App& app, Chosen& chosen, const std::shared_ptr<ChangeOptions>& options,
                      const std::string& name, const std::string& about, Perform perform,
                      const std::string& what) {
  CLI::App* command = app.add_subcommand(name, about);
  command->add_option("ITEM", options->item, "The record's id on this machine, such as rfi-4711")
      ->required();
  command->callback([options, perform, what, &chosen] {
    chosen.action = [options, perform, what](Context& context) {
      return print_act(context, perform(context, *options), what);
    };
  });
  return command;
}

}  // namespace

void add_change_commands(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<ChangeOptions>();
  CLI::App* command =
      add_command(app, chosen, options, "edit", "Change fields of a record", edit, "Changed");
  command->add_option("FIELD=VALUE", options->assignments, "New values; nothing after = clears")
      ->required();

  options = std::make_shared<ChangeOptions>();
  command = add_command(app, chosen, options, "reply", "Answer an RFI", reply, "Replied to");
  command->add_option("TEXT", options->text, "The reply; - reads it from stdin")->required();
  command->add_option("--attach", options->files, "Files that belong to it")->type_name("FILE...");

  options = std::make_shared<ChangeOptions>();
  command =
      add_command(app, chosen, options, "attach", "Add files to a record", attach, "Attached to");
  command->add_option("FILE", options->files, "The files")->required();

  options = std::make_shared<ChangeOptions>();
  add_command(app, chosen, options, "remove", "Delete a record, here and at the service", remove,
              "Removed");
}

}  // namespace fieldsync::cli
