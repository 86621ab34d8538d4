#include <CLI/CLI.hpp>

#include "agent/cli/context.h"
#include "platform/base/cause.h"
#include "platform/base/time_text.h"

// What is not in step, and why: queue, why, retry, receipts.

namespace fieldsync::cli {
namespace {

using Need = Context::Need;

struct QueueOptions {
  std::string item;
  bool all = false;
  bool verify = false;
};

/// The sentence of a cause id, for people; the id itself when this program does not know it.
std::string sentence_of(const std::string& cause_id) {
  const auto cause = base::cause_from_id(cause_id);
  if (!cause) return cause_id;
  return *cause == base::Cause::none ? std::string() : std::string(base::info(*cause).sentence);
}

std::int64_t held(const Document& answer) {
  const Value* counts = answer.find("counts");
  return counts && counts->as_document() ? counts->as_document()->integer("held") : 0;
}

std::string progress_of(const Document& intent) {
  const std::int64_t total = intent.integer("bytes_total");
  if (total <= 0) return {};
  return base::bytes_to_human(intent.integer("bytes_done")) + " of " + base::bytes_to_human(total);
}

Tone tone_of(const std::string& state) {
  if (state == "held") return Tone::bad;
  if (state == "delivered" || state == "sent") return Tone::good;
  return state == "cancelled" ? Tone::faint : Tone::plain;
}

void print_queue(Context& context, const Document& answer) {
  const auto intents = documents_of(answer, "intents");
  if (intents.empty()) {
    context.say("The queue is empty: everything is delivered.", Tone::good);
    return;
  }
  Table table({{"#", Align::right},
               {"ACTION"},
               {"ITEM"},
               {"PROJECT"},
               {"STATE"},
               {"SENT"},
               {"NEXT TRY"},
               {"TRIES", Align::right},
               {"WHY", Align::left, Width::flexible}});
  const base::WallTime now = context.around().clock.wall();
  for (const Document* intent : intents) {
    const std::string state = shown(*intent, "state");
    const std::int64_t attempts = intent->integer("attempts");
    table.add({shown(*intent, "id"),
               shown_first(*intent, {"action", "act"}),
               shown(*intent, "item"),
               shown(*intent, "project"),
               {state, tone_of(state)},
               progress_of(*intent),
               shown_age(*intent, "next_attempt", now),
               attempts > 0 ? std::to_string(attempts) : "",
               sentence_of(shown(*intent, "cause"))});
  }
  context.say(table);
  if (held(answer) > 0) {
    context.say(std::to_string(held(answer)) + " need a person: `fieldsync why ITEM` says what.",
                Tone::bad);
  }
}

Exit queue(Context& context, const QueueOptions& options) {
  Document arguments;
  if (options.all) arguments.set("all", Value(options.all));
  const auto answer = context.call(Need::local, "queue", arguments);
  if (!answer.ok()) return context.fail(answer.failure());
  if (context.json()) {
    context.print_json(*answer);
  } else {
    print_queue(context, *answer);
  }
  return held(*answer) > 0 ? Exit::needs_person : Exit::done;
}

void print_explanation(Context& context, const Document& explanation) {
  const std::string intent = shown(explanation, "intent");
  const std::string subject = shown_first(explanation, {"item", "id"});
  const std::string act = shown_first(explanation, {"action", "act"});
  std::string head = subject;
  if (!act.empty()) head += ": " + act;
  if (!intent.empty()) head += " (#" + intent + ")";
  const std::string state = shown(explanation, "state");
  if (!state.empty()) head += ", " + state;
  if (!head.empty()) context.say(head, Tone::strong);
  const auto cause = base::cause_from_id(shown(explanation, "cause"));
  std::string sentence = shown(explanation, "sentence");
  std::string next_step = shown(explanation, "next_step");
  std::string owner = shown(explanation, "owner");
  if (cause) {
    const base::CauseInfo& about = base::info(*cause);
    if (sentence.empty()) sentence = about.sentence;
    if (next_step.empty()) next_step = about.next_step;
    if (owner.empty()) owner = base::name(about.owner);
  }
  const auto line = [&](const std::string& label, const std::string& text) {
    if (!text.empty()) context.say("  " + label + text);
  };
  line("", sentence);
  line("evidence:  ", shown(explanation, "evidence"));
  line("who:       ", owner);
  line("next step: ", next_step);
  line("next try:  ", shown_age(explanation, "next_attempt", context.around().clock.wall()));
}

Exit why(Context& context, const QueueOptions& options) {
  if (const auto good = check_word(options.item, "ITEM"); !good.ok()) {
    return context.fail(good.failure());
  }
  const auto answer = context.call(Need::local, "why", Document{{"item", options.item}});
  if (!answer.ok()) return context.fail(answer.failure());
  if (context.json()) {
    context.print_json(*answer);
    return Exit::done;
  }
  const auto explanations = documents_of(*answer, "explanations");
  if (explanations.empty()) context.say(options.item + ": nothing is wrong.", Tone::good);
  for (const Document* explanation : explanations) print_explanation(context, *explanation);
  return Exit::done;
}

/// {item?} for the commands where it may be left out.
Result<Document> optional_item(const QueueOptions& options) {
  Document arguments;
  if (options.item.empty()) return arguments;
  TRY(check_word(options.item, "ITEM"));
  arguments.set("item", options.item);
  return arguments;
}

Exit retry(Context& context, const QueueOptions& options) {
  const auto arguments = optional_item(options);
  if (!arguments.ok()) return context.fail(arguments.failure());
  const auto answer = context.call(Need::local, "retry", *arguments);
  if (!answer.ok()) return context.fail(answer.failure());
  if (context.json()) {
    context.print_json(*answer);
  } else {
    context.say(std::to_string(answer->integer("count")) + " will be tried now.");
  }
  return Exit::done;
}

void print_receipts(Context& context, const Document& answer) {
  const auto receipts = documents_of(answer, "receipts");
  if (receipts.empty()) context.say("No receipts: nothing was delivered from here yet.");
  Table table({{"#", Align::right},
               {"ACTION"},
               {"ITEM"},
               {"PROJECT"},
               {"SERVICE ID"},
               {"DELIVERED"},
               {"PROOF", Align::left, Width::flexible}});
  for (const Document* receipt : receipts) {
    table.add({shown_first(*receipt, {"number", "id"}), shown_first(*receipt, {"action", "act"}),
               shown(*receipt, "item"), shown(*receipt, "project"), shown(*receipt, "service_id"),
               shown(*receipt, "delivered_at"), shown(*receipt, "hash")});
  }
  if (!table.empty()) context.say(table);
}

/// The chain of receipts was recomputed: {intact, checked, problem}. Only a clear yes counts.
Exit print_check(Context& context, const Document& check) {
  const Value* intact = check.find("intact");
  if (intact && intact->as_bool() && *intact->as_bool()) {
    if (!context.json()) {
      context.say("The chain of " + shown(check, "checked") + " receipts is unbroken.", Tone::good);
    }
    return Exit::done;
  }
  context.warn("the chain of receipts is broken: " + shown(check, "problem"));
  return Exit::failed;
}

Exit receipts(Context& context, const QueueOptions& options) {
  auto arguments = optional_item(options);
  if (!arguments.ok()) return context.fail(arguments.failure());
  if (options.verify) arguments->set("verify", Value(options.verify));
  const auto answer = context.call(Need::local, "receipts", *arguments);
  if (!answer.ok()) return context.fail(answer.failure());
  if (context.json()) {
    context.print_json(*answer);
  } else {
    print_receipts(context, *answer);
  }
  const Value* check = answer->find("check");
  if (options.verify && check && check->as_document()) {
    return print_check(context, *check->as_document());
  }
  return Exit::done;
}

using Perform = Exit (*)(Context&, const QueueOptions&);

CLI::App* add_command(CLI::App& app, Chosen& chosen, const std::shared_ptr<QueueOptions>& options,
                      const std::string& name, const std::string& about, Perform perform) {
  CLI::App* command = app.add_subcommand(name, about);
  command->callback([options, perform, &chosen] {
    chosen.action = [options, perform](Context& context) { return perform(context, *options); };
  });
  return command;
}

}  // namespace

void add_queue_commands(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<QueueOptions>();
  CLI::App* command =
      add_command(app, chosen, options, "queue", "What is not delivered yet", queue);
  command->add_flag("--all", options->all, "Delivered and cancelled acts too");

  options = std::make_shared<QueueOptions>();
  command = add_command(app, chosen, options, "why", "Why a record is not in step", why);
  command->add_option("ITEM", options->item, "A record's id, or a number from `queue`")->required();

  options = std::make_shared<QueueOptions>();
  command = add_command(app, chosen, options, "retry", "Try now, without waiting", retry);
  command->add_option("ITEM", options->item, "A record's id, or a number from `queue`");

  options = std::make_shared<QueueOptions>();
  command = add_command(app, chosen, options, "receipts", "Proofs of what was delivered", receipts);
  command->add_option("ITEM", options->item, "Only this record's");
  command->add_flag("--verify", options->verify, "Check that no receipt was changed or lost");
}

}  // namespace fieldsync::cli
