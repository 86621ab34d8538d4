#include <CLI/CLI.hpp>
#include <algorithm>

#include "agent/cli/context.h"
#include "agent/cli/files.h"
#include "agent/cli/tuning.h"
#include "platform/base/text.h"
#include "platform/kinds/kind.h"

// Looking at what is here: list and show. Neither needs a link, a login or a config.

namespace fieldsync::cli {
namespace {

using base::Cause;
using Need = Context::Need;

struct LookOptions {
  std::string kind, project, item;
  int limit = tuning::kListLimit;
};

/// "photo" and "photos" are the same wish.
const kinds::KindDescriptor* kind_from(const std::string& word) {
  if (const auto* kind = kinds::find_kind(word)) return kind;
  return word.ends_with('s') ? kinds::find_kind(word.substr(0, word.size() - 1)) : nullptr;
}

std::string all_kind_names() {
  std::string names;
  for (const kinds::KindDescriptor& kind : kinds::all_kinds()) {
    names += (names.empty() ? "" : ", ") + std::string(kind.id);
  }
  return names;
}

Tone tone_of_state(const std::string& state) {
  if (state == "held" || state == "conflict") return Tone::bad;
  if (state == "in_sync" || state == "delivered" || state == "synced") return Tone::plain;
  return Tone::warning;
}

void print_records(Context& context, const kinds::KindDescriptor& kind, const Document& answer) {
  const auto records = documents_of(answer, "records");
  if (records.empty()) {
    context.say("No " + std::string(kind.label) + " here.");
    return;
  }
  Table table({{"ID"},
               {"SERVICE ID"},
               {"PROJECT"},
               {"STATE"},
               {"UPDATED"},
               {"TITLE", Align::left, Width::flexible}});
  for (const Document* record : records) {
    const Value* current = record->find("current");
    const bool is_superseded = current && current->as_bool() && !*current->as_bool();
    const std::string state = shown(*record, "state") + (is_superseded ? ", superseded" : "");
    table.add({shown(*record, "id"),
               shown(*record, "service_id"),
               shown(*record, "project"),
               {state, tone_of_state(state)},
               shown_age(*record, "updated_at", context.around().clock.wall()),
               shown_first(*record, {kind.title_field, "title", "name"})});
  }
  context.say(table);
  const Value* truncated = answer.find("truncated");
  if (truncated && truncated->as_bool() && *truncated->as_bool()) {
    context.say("There are more; --limit shows them.", Tone::faint);
  }
}

Exit list(Context& context, const LookOptions& options) {
  const kinds::KindDescriptor* kind = kind_from(options.kind);
  if (!kind) {
    return context.usage("\"" + base::printable(base::utf8_prefix(options.kind, 60)) +
                         "\": there is no such kind; there are " + all_kind_names());
  }
  Document arguments{{"kind", kind->id}, {"limit", options.limit}};
  if (!options.project.empty()) {
    if (const auto good = check_word(options.project, "--project"); !good.ok()) {
      return context.fail(good.failure());
    }
    arguments.set("project", options.project);
  }
  const auto answer = context.call(Need::local, "list", arguments);
  if (!answer.ok()) return context.fail(answer.failure());
  if (context.json()) {
    context.print_json(*answer);
  } else {
    print_records(context, *kind, *answer);
  }
  return Exit::done;
}

/// A child (reply, attachment) in one line.
std::string child_line(const Document& child) {
  const std::string who = shown_first(child, {"author", "created_by"});
  const std::string what = shown_first(child, {"body", "name", "filename", "id"});
  const std::string when = shown(child, "created_at");
  return "  - " + one_line((who.empty() ? "" : who + ": ") + what) +
         (when.empty() ? "" : " (" + one_line(when) + ")");
}

void print_field(Context& context, const std::string& name, const Value& value,
                 std::size_t name_width) {
  const base::List* list = value.as_list();
  if (list && !list->empty() && list->front().as_document()) {
    context.say(name + ":");
    for (const Value& child : *list) {
      if (child.as_document()) context.say(child_line(*child.as_document()));
    }
    return;
  }
  const std::string text = base::plain_text(value);
  if (text.empty()) return;
  const std::size_t gap = name_width > name.size() ? name_width - name.size() : 0;
  // Lines of a long text stand under each other.
  std::string indented;
  for (const char c : text) {
    indented += c;
    if (c == '\n') indented.append(name_width + 2, ' ');
  }
  context.say(name + ": " + std::string(gap, ' ') + indented);
}

void print_record(Context& context, const Document& record) {
  std::vector<std::string> order{"id", "kind", "service_id", "project", "state"};
  if (const auto* kind = kinds::find_kind(shown(record, "kind"))) {
    for (const kinds::FieldDescriptor& field : kind->fields) order.emplace_back(field.name);
  }
  for (const base::Field& field : record) {
    if (std::find(order.begin(), order.end(), field.name) == order.end()) {
      order.push_back(field.name);
    }
  }
  std::size_t width = 0;
  for (const std::string& name : order) {
    if (record.has(name)) width = std::max(width, name.size());
  }
  for (const std::string& name : order) {
    if (const Value* value = record.find(name)) print_field(context, name, *value, width);
  }
}

Exit show(Context& context, const LookOptions& options) {
  if (const auto good = check_word(options.item, "ITEM"); !good.ok()) {
    return context.fail(good.failure());
  }
  const auto answer = context.call(Need::local, "show", Document{{"item", options.item}});
  if (!answer.ok()) return context.fail(answer.failure());
  if (context.json()) {
    context.print_json(*answer);
    return Exit::done;
  }
  if (const Value* record = answer->find("record"); record && record->as_document()) {
    print_record(context, *record->as_document());
  }
  for (const Document* intent : documents_of(*answer, "pending")) {
    const std::string cause = shown_first(*intent, {"sentence", "cause"});
    context.say("not sent yet: " + shown_first(*intent, {"action", "act"}) + " (" +
                    shown(*intent, "state") + (cause.empty() ? "" : ", " + cause) + ")",
                Tone::warning);
  }
  return Exit::done;
}

}  // namespace

void add_look_commands(CLI::App& app, Chosen& chosen) {
  add_file_commands(app, chosen);
  auto options = std::make_shared<LookOptions>();
  CLI::App* command = app.add_subcommand("list", "List the records of a kind");
  command->add_option("KIND", options->kind, "One of " + all_kind_names())->required();
  command->add_option("--project", options->project, "Only this project's");
  command->add_option("--limit", options->limit, "At most so many")
      ->check(CLI::Range(1, tuning::kListLimitMax))
      ->capture_default_str();
  command->callback([options, &chosen] {
    chosen.action = [options](Context& context) { return list(context, *options); };
  });

  options = std::make_shared<LookOptions>();
  command = app.add_subcommand("show", "Show one record and what of it is not sent yet");
  command->add_option("ITEM", options->item, "The record's id on this machine")->required();
  command->callback([options, &chosen] {
    chosen.action = [options](Context& context) { return show(context, *options); };
  });
}

}  // namespace fieldsync::cli
