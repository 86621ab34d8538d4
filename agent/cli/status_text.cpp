#include "agent/cli/status_text.h"

#include "platform/base/result.h"
#include "platform/base/time_text.h"

namespace fieldsync::cli {
namespace {

const Document& part(const Document& status, std::string_view name) {
  static const Document kNone;
  const Value* value = status.find(name);
  return value && value->as_document() ? *value->as_document() : kNone;
}

/// A part that is a word, or an object with `state`.
std::string state_of(const Document& status, std::string_view name) {
  const Value* value = status.find(name);
  if (!value) return {};
  if (const std::string* text = value->as_text()) return *text;
  return value->as_document() ? shown_first(*value->as_document(), {"state", "cause"}) : "";
}

/// Words of the agent's link and login states that are neither good nor bad are shown plainly.
Tone tone_of(const std::string& state) {
  if (state == "up" || state == "ready") return Tone::good;
  if (state == "down" || state == "in_doubt") return Tone::warning;
  const bool needs_person = state == "refused" || state == "paused" || state == "logged_out";
  return needs_person ? Tone::bad : Tone::plain;
}

void print_part(Context& context, const Document& status, const std::string& label,
                std::string_view name) {
  const std::string state = state_of(status, name);
  if (state.empty()) return;
  std::string line = label + state;
  const std::string more = shown_first(part(status, name), {"sentence", "what", "evidence"});
  if (!more.empty()) line += ": " + more;
  const std::string next =
      shown_age(part(status, name), "next_attempt", context.around().clock.wall());
  if (!next.empty()) line += ", next try " + next;
  context.say(line, tone_of(state));
}

/// "Budget: 3,412 of 3,600 requests left this hour".
void print_budget(Context& context, const Document& status) {
  const Document& hour = part(part(status, "budget"), "hour");
  const std::string remaining = shown(hour, "remaining");
  if (remaining.empty()) return;
  context.say("Budget: " + remaining + " of " + shown(hour, "limit") + " requests left this hour");
  const Document& spike = part(part(status, "budget"), "spike");
  const Value* guessed = spike.find("guessed");
  if (guessed && *guessed == Value(true)) {
    context.say("        at most " + shown(spike, "limit") +
                " in 10 s: a guess, the service told no limit yet");
  }
}

void print_counts(Context& context, const Document& status) {
  const Document& queue = part(status, "queue");
  std::string line;
  for (const std::string_view state :
       {"queued", "waiting", "sending", "in_doubt", "sent", "held", "delivered"}) {
    const std::int64_t count = queue.integer(state);
    if (count == 0) continue;
    line += (line.empty() ? "" : ", ") + std::to_string(count) + " ";
    for (const char c : state) line += c == '_' ? ' ' : c;
  }
  context.say("Queue:  " + (line.empty() ? "empty" : line),
              queue.integer("held") > 0 ? Tone::bad : Tone::plain);
  const Document& forecast = part(status, "forecast");
  const bool some_wait = forecast.integer("edits") + forecast.integer("files") > 0;
  if (!some_wait) return;
  context.say("        " + shown(forecast, "words"));
  const std::string off = shown(forecast, "median_error_percent");
  if (!off.empty()) context.say("        such forecasts were off by " + off + " % (median)");
}

/// What a tool's mirror lacks, or the sentence of its cause.
std::string missing_of(const Document& tool) {
  std::string missing = shown(tool, "missing");
  const auto cause = base::cause_from_id(tool.text("cause"));
  if (missing.empty() && cause && *cause != base::Cause::none) {
    missing = base::info(*cause).sentence;
  }
  return missing;
}

/// What is wrong, why, and what to do; nothing when all is well.
void print_problem(Context& context, const std::string& label, const Document& problem) {
  const auto cause = base::cause_from_id(problem.text("cause"));
  if (!cause || *cause == base::Cause::none) return;
  context.say(label + base::sentence({*cause, problem.text("evidence")}), Tone::bad);
}

void print_problems(Context& context, const Document& status) {
  for (const Document* remote : documents_of(status, "remotes")) {
    print_problem(context, "Login:  ", part(*remote, "login_problem"));
    print_problem(context, "Clock:  ", part(*remote, "clock"));
    print_problem(context, "Disk:   ", part(*remote, "trouble"));
  }
  for (const Document* finding : documents_of(status, "findings")) {
    print_problem(context, "Opened: ", *finding);
  }
}

void print_projects(Context& context, const Document& status) {
  const base::WallTime now = context.around().clock.wall();
  Table table({{"PROJECT"},
               {"NAME", Align::left, Width::flexible},
               {"TOOL"},
               {"COMPLETE AS OF"},
               {"MISSING", Align::left, Width::flexible}});
  for (const Document* project : documents_of(status, "projects")) {
    const std::string id = shown_first(*project, {"id", "project"});
    const auto tools = documents_of(*project, "tools");
    if (tools.empty()) {
      table.add({id, shown(*project, "name"), "", "not yet", shown(*project, "missing")});
    }
    for (const Document* tool : tools) {
      const std::string age = shown_age(*tool, "complete_as_of", now);
      const std::string missing = missing_of(*tool);
      table.add({id, shown(*project, "name"), shown_first(*tool, {"tool", "name", "id"}),
                 age.empty() ? Cell("not yet", Tone::warning) : Cell(age),
                 Cell(missing, Tone::warning)});
    }
  }
  if (table.empty()) {
    context.say("No project is followed: `fieldsync follow PROJECT` starts one.");
  } else {
    context.say(table);
  }
}

}  // namespace

void print_status(Context& context, const Document& status) {
  print_part(context, status, "Link:   ", "link");
  print_part(context, status, "Login:  ", "login");
  print_budget(context, status);
  print_problems(context, status);
  print_counts(context, status);
  print_projects(context, status);
}

std::string status_line(const Document& status) {
  const Document& queue = part(status, "queue");
  std::int64_t open = 0;
  for (const std::string_view state : {"queued", "waiting", "sending", "in_doubt", "sent"}) {
    open += queue.integer(state);
  }
  std::string line = open > 0 ? std::to_string(open) + " to send" : "looking for changes";
  const Document& progress = part(status, "progress");
  if (const std::int64_t total = progress.integer("bytes_total"); total > 0) {
    line += ", " + base::bytes_to_human(progress.integer("bytes_done")) + " of " +
            base::bytes_to_human(total);
  }
  const std::string what = shown_first(progress, {"what", "text"});
  return what.empty() ? line : line + ", " + what;
}

bool is_busy(const Document& status) {
  const Value* busy = status.find("busy");
  if (!busy) return false;
  if (const bool* flag = busy->as_bool()) return *flag;
  if (const std::int64_t* count = busy->as_integer()) return *count > 0;
  return !base::plain_text(*busy).empty();
}

bool needs_person(const Document& status) {
  const std::string login = state_of(status, "login");
  return part(status, "queue").integer("held") > 0 || login == "refused" || login == "paused" ||
         login == "logged_out";
}

}  // namespace fieldsync::cli
