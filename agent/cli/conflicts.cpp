#include <CLI/CLI.hpp>

#include "agent/cli/context.h"

// Where people decide: conflicts, resolve.

namespace fieldsync::cli {
namespace {

using Need = Context::Need;

struct ResolveOptions {
  std::int64_t conflict = 0;
  std::string take;
};

void print_conflict(Context& context, const Document& conflict) {
  context.say("#" + shown(conflict, "id") + " " + shown(conflict, "item") + ", edited by " +
                  shown(conflict, "author") + " at " + shown(conflict, "captured_at"),
              Tone::strong);
  for (const Document* field : documents_of(conflict, "fields")) {
    context.say("  " + shown(*field, "field"));
    const auto line = [&](const char* label, const char* name) {
      const Value* value = field->find(name);
      context.say(std::string("    ") + label + (value ? base::plain_text(*value) : ""));
    };
    line("before:     ", "base");
    line("yours:      ", "ours");
    line("the office: ", "theirs");
  }
}

Exit conflicts(Context& context) {
  const auto answer = context.call(Need::local, "conflicts", {});
  if (!answer.ok()) return context.fail(answer.failure());
  const auto rows = documents_of(*answer, "conflicts");
  if (context.json()) {
    context.print_json(*answer);
  } else if (rows.empty()) {
    context.say("No conflicts.", Tone::good);
  } else {
    for (const Document* row : rows) print_conflict(context, *row);
    context.say("Decide with: fieldsync resolve NUMBER --take ours|theirs|VALUE");
  }
  return rows.empty() ? Exit::done : Exit::needs_person;
}

Exit resolve(Context& context, const ResolveOptions& options) {
  const bool side = options.take == "ours" || options.take == "theirs";
  Document arguments{{"conflict", options.conflict}, {"take", side ? options.take : "value"}};
  if (!side) arguments.set("value", options.take);
  const auto answer = context.call(Need::local, "resolve", arguments);
  if (!answer.ok()) return context.fail(answer.failure());
  if (context.json()) {
    context.print_json(*answer);
  } else {
    context.say("Conflict " + std::to_string(options.conflict) + " is resolved; the edit is " +
                shown(*answer, "state") + ".");
  }
  return Exit::done;
}

}  // namespace

void add_conflict_commands(CLI::App& app, Chosen& chosen) {
  auto* list = app.add_subcommand("conflicts", "Edits that both sides made differently");
  list->callback([&chosen] { chosen.action = conflicts; });

  auto options = std::make_shared<ResolveOptions>();
  auto* decide = app.add_subcommand("resolve", "Decide a conflict");
  decide->add_option("CONFLICT", options->conflict, "Its number, as `conflicts` shows it")
      ->required();
  decide->add_option("--take", options->take, "ours, theirs, or the value to use instead")
      ->required();
  decide->callback([&chosen, options] {
    chosen.action = [options](Context& context) { return resolve(context, *options); };
  });
}

}  // namespace fieldsync::cli
