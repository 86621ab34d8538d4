#include <CLI/CLI.hpp>

#include "agent/cli/context.h"
#include "platform/base/cause.h"
#include "platform/base/time_text.h"

// What goes next and what waits: plan; and what is not to wait: send.

namespace fieldsync::cli {
namespace {

using Need = Context::Need;

const Document& part(const Document& document, std::string_view name) {
  static const Document kNone;
  const Value* value = document.find(name);
  return value && value->as_document() ? *value->as_document() : kNone;
}

std::string what_of(const Document& step) {
  const std::string act = shown(step, "action");
  if (!act.empty()) return act + " " + shown(step, "item");
  const std::string of = shown_first(step, {"name", "tool", "service_id", "project"});
  return shown(step, "step") + (of.empty() ? "" : " " + of);
}

/// What waits says why; what goes needs no reason.
std::string why_of(const Document& step) {
  if (shown(step, "when") != "waits") return {};
  const auto cause = base::cause_from_id(shown(step, "cause"));
  const std::string sentence =
      cause && *cause != base::Cause::none ? std::string(base::info(*cause).sentence) : "";
  const std::string evidence = shown(step, "evidence");
  return sentence + (sentence.empty() || evidence.empty() ? "" : " ") + evidence;
}

void print_steps(Context& context, const Document& remote) {
  const base::WallTime now = context.around().clock.wall();
  Table table({{"#", Align::right},
               {"WHEN"},
               {"WHAT"},
               {"TO SEND", Align::right},
               {"THERE"},
               {"WHY", Align::left, Width::flexible}});
  for (const Document* step : documents_of(remote, "steps")) {
    const std::string when = shown(*step, "when");
    const std::int64_t left = step->integer("bytes_total") - step->integer("bytes_done");
    table.add({shown(*step, "order"),
               {when == "under_way" ? "now" : when, when == "waits" ? Tone::faint : Tone::good},
               what_of(*step),
               left > 0 ? base::bytes_to_human(left) : "",
               shown_age(*step, "expected_at", now),
               why_of(*step)});
  }
  if (!table.empty()) context.say(table);
  if (const std::int64_t more = remote.integer("left_out"); more > 0) {
    context.say("and " + std::to_string(more) + " more");
  }
}

void print_remote(Context& context, const Document& remote) {
  const Document& forecast = part(remote, "forecast");
  context.say(shown(remote, "remote") + ": " + shown(forecast, "words"), Tone::strong);
  if (const std::string off = shown(forecast, "median_error_percent"); !off.empty()) {
    context.say("  of the last " + shown(forecast, "forecasts_measured") +
                " forecasts half were off by " + off + " % or less");
  }
  const Document& calls = part(remote, "calls");
  if (!shown(calls, "limit").empty()) {
    context.say("  " + shown(calls, "remaining") + " of " + shown(calls, "limit") +
                " requests left this hour, " + shown(calls, "kept_for_edits") +
                " of them kept for edits");
  }
  print_steps(context, remote);
}

void print_data_plan(Context& context, const Document& plan) {
  const std::string interface = shown(plan, "interface");
  std::string line = "Network: " + (interface.empty() ? "none known" : interface) + ", " +
                     shown(plan, "cost") + "; today " +
                     base::bytes_to_human(part(plan, "bytes_today").integer("all"));
  if (shown(plan, "files") == "wait") {
    const std::string at = shown_age(plan, "files_go_at", context.around().clock.wall());
    line += "; files wait (" + shown(plan, "why") + ")" +
            (at.empty() ? ", until another network is there" : ", they go " + at);
  }
  context.say(line);
}

Exit plan(Context& context) {
  const auto answer = context.call(Need::local, "plan", Document{});
  if (!answer.ok()) return context.fail(answer.failure());
  if (context.json()) {
    context.print_json(*answer);
    return Exit::done;
  }
  for (const Document* remote : documents_of(*answer, "remotes")) print_remote(context, *remote);
  print_data_plan(context, part(*answer, "data_plan"));
  return Exit::done;
}

Exit send(Context& context, const std::string& item) {
  if (const auto good = check_word(item, "ITEM"); !good.ok()) return context.fail(good.failure());
  const auto answer = context.call(Need::local, "send", Document{{"item", item}});
  if (!answer.ok()) return context.fail(answer.failure());
  if (context.json()) {
    context.print_json(*answer);
  } else {
    context.say(shown(*answer, "item") + ": " + shown(*answer, "count") +
                " to be sent now, whatever the data plan says.");
    if (answer->integer("held") > 0) {
      context.say(shown(*answer, "held") + " need a person first: `fieldsync why " + item + "`",
                  Tone::bad);
    }
  }
  return answer->integer("held") > 0 ? Exit::needs_person : Exit::done;
}

}  // namespace

void add_plan_commands(CLI::App& app, Chosen& chosen) {
  app.add_subcommand("plan", "What goes next, what waits and why, and when it arrives")
      ->callback([&chosen] { chosen.action = plan; });

  auto item = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("send", "Send now, whatever the data plan says");
  command->add_option("ITEM", *item, "A record's id, or a number from `queue`")->required();
  command->callback([item, &chosen] {
    chosen.action = [item](Context& context) { return send(context, *item); };
  });
}

}  // namespace fieldsync::cli
