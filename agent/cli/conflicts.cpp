#include <CLI/CLI.hpp>

#include "agent/cli/context.h"
#include "platform/base/cause.h"

// Where people decide: conflicts, resolve.

namespace fieldsync::cli {
namespace {

using Need = Context::Need;

struct ResolveOptions {
  std::string conflict;
  std::string take;
  bool undo = false;
};

void print_fields(Context& context, const Document& conflict) {
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

void print_gone(Context& context, const Document& conflict) {
  context.say("#" + shown(conflict, "id") + " " + shown(conflict, "item") + " \"" +
                  shown(conflict, "title") + "\" is gone at the service",
              Tone::strong);
  context.say("  " + shown(conflict, "evidence"));
  for (const Document* act : documents_of(conflict, "acts")) {
    std::string line = "  #" + shown(*act, "id") + " " + shown(*act, "action") + " by " +
                       shown(*act, "author") + " at " + shown(*act, "captured_at");
    const Value* fields = act->find("fields");
    if (fields && fields->as_document()) {
      for (const base::Field& field : *fields->as_document()) {
        line += ", " + field.name + ": " + base::plain_text(field.value);
      }
    }
    for (const Value& file : list_of(*act, "files")) line += ", " + base::plain_text(file);
    context.say(line);
  }
}

void print_vanished(Context& context, const Document& conflict) {
  context.say(shown(conflict, "id") + ": " + shown(conflict, "records") + " of " +
                  shown(conflict, "of") + " disappeared from the service at once",
              Tone::strong);
}

void print_conflict(Context& context, const Document& conflict) {
  const auto cause = base::cause_from_id(shown(conflict, "cause"));
  if (cause == base::Cause::record_gone) {
    print_gone(context, conflict);
  } else if (cause == base::Cause::mass_vanishing) {
    print_vanished(context, conflict);
  } else {
    print_fields(context, conflict);
  }
  std::string choices;
  for (const Value& choice : list_of(conflict, "choices")) {
    const std::string word = base::plain_text(choice);
    choices += (choices.empty() ? "" : "|") + (word == "value" ? std::string("VALUE") : word);
  }
  context.say("  fieldsync resolve " + shown(conflict, "id") + " --take " + choices);
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
  }
  return rows.empty() ? Exit::done : Exit::needs_person;
}

std::string outcome(const Document& answer) {
  const std::string item = shown(answer, "item");
  const std::string take = shown(answer, "take");
  if (take == "undo") return item + ": \"" + shown(answer, "undone") + "\" is undone.";
  if (take == "accept") return shown(answer, "records") + " records are gone here too.";
  if (take == "keep") return shown(answer, "records") + " records are kept.";
  if (take == "restore") return item + ": the service is asked to restore it.";
  if (take == "new") return "It is sent as the new record " + item + ".";
  if (take == "let-go") return item + ": the work is let go; `queue --all` still shows it.";
  return "Conflict " + shown(answer, "id") + " is resolved; the edit is " + shown(answer, "state") +
         ".";
}

Exit resolve(Context& context, const ResolveOptions& options) {
  if (const auto good = check_word(options.conflict, "CONFLICT"); !good.ok()) {
    return context.fail(good.failure());
  }
  if (options.undo == !options.take.empty()) {
    return context.usage("resolve: say --take CHOICE, or --undo");
  }
  Document arguments{{"conflict", options.conflict}};
  if (options.undo) {
    arguments.set("undo", Value(options.undo));
  } else {
    arguments.set("take", options.take);
  }
  const auto answer = context.call(Need::local, "resolve", arguments);
  if (!answer.ok()) return context.fail(answer.failure());
  if (context.json()) {
    context.print_json(*answer);
    return Exit::done;
  }
  context.say(outcome(*answer));
  for (const Value& name : list_of(*answer, "left_behind")) {
    context.warn(base::plain_text(name) + " is not on this machine and stays behind");
  }
  return Exit::done;
}

}  // namespace

void add_conflict_commands(CLI::App& app, Chosen& chosen) {
  auto* list = app.add_subcommand("conflicts", "What needs your decision, with the choices");
  list->callback([&chosen] { chosen.action = conflicts; });

  auto options = std::make_shared<ResolveOptions>();
  auto* decide = app.add_subcommand("resolve", "Decide a conflict");
  decide->add_option("CONFLICT", options->conflict, "Its number or record, as `conflicts` shows it")
      ->required();
  decide->add_option("--take", options->take, "One of the choices that `conflicts` shows");
  decide->add_flag("--undo", options->undo, "Take the decision back, while it is not sent");
  decide->callback([&chosen, options] {
    chosen.action = [options](Context& context) { return resolve(context, *options); };
  });
}

}  // namespace fieldsync::cli
