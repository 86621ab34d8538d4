#include <CLI/CLI.hpp>
#include <optional>

#include "agent/api/wire.h"
#include "agent/cli/attachments.h"
#include "agent/cli/capture_file.h"
#include "agent/cli/context.h"
#include "agent/cli/progress.h"
#include "agent/cli/tuning.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"

// `fieldsync add …`: new records. What is printed as kept is durable: the agent answers only then.

namespace fieldsync::cli {
namespace {

using base::Cause;
using Need = Context::Need;

struct PhotoOptions {
  std::vector<std::string> files;
  std::string description, album, project, location;
};

struct NoteOptions {
  std::string text, date, project;
  std::vector<std::string> files;
};

struct RfiOptions {
  std::string subject, question, due_date, manager, project;
  std::vector<std::string> assignees;
  std::vector<std::string> files;
  bool draft = false;
};

/// Sets a field that is an id, if it was given.
Result<> set_word(Document& to, std::string_view field, const std::string& word,
                  std::string_view option) {
  if (word.empty()) return {};
  TRY(check_word(word, option));
  to.set(field, word);
  return {};
}

Result<> set_date(Document& to, std::string_view field, const std::string& date,
                  std::string_view option) {
  if (date.empty()) return {};
  if (!base::is_iso_date(date)) {
    return Failure{Cause::bad_input, std::string(option) + ": \"" + base::printable(date) +
                                         "\" is no day such as 2026-09-24"};
  }
  to.set(field, date);
  return {};
}

/// The first item of an answer to `add`.
Result<Document> first_item(const Result<Document>& answer) {
  if (!answer.ok()) return answer.failure();
  const auto items = documents_of(*answer, "items");
  if (items.empty() || items.front()->text("id").empty()) {
    return Failure{Cause::unexpected_answer, "the agent's answer to add has no item"};
  }
  return *items.front();
}

std::string kept_line(const Document& item) {
  const std::string project = shown(item, "project");
  return "Kept " + shown(item, "id") + (project.empty() ? "" : " for project " + project) + ".";
}

Exit print_item(Context& context, const Result<Document>& answer) {
  const auto item = first_item(answer);
  if (!item.ok()) return context.fail(item.failure());
  if (context.json()) {
    context.print_json(*item);
  } else {
    context.say(kept_line(*item));
  }
  return Exit::done;
}

// --- Photos --------------------------------------------------------------------------------------

Result<Document> photo_arguments(const PhotoOptions& options) {
  Document fields;
  if (!options.description.empty()) {
    if (!base::is_utf8(options.description)) {
      return Failure{Cause::bad_input, "--description: is not text in UTF-8"};
    }
    fields.set("description", options.description);
  }
  TRY(set_word(fields, "album", options.album, "--album"));
  TRY(set_word(fields, "location", options.location, "--location"));
  Document arguments{{"kind", "photo"}};
  TRY(set_word(arguments, "project", options.project, "--project"));
  arguments.set("fields", std::move(fields));
  return arguments;
}

/// Takes one picture in and acknowledges it by itself: what came before it is kept whatever
/// happens to it.
Result<Document> add_one_photo(Context& context, const Inspected& inspected, Document arguments) {
  if (!inspected.file.ok()) return inspected.file.failure();
  TRY_ASSIGN(Session * session, context.session(Need::local));
  TRY_ASSIGN(const Staged staged, session->stage(*inspected.file));
  arguments.set("files", base::List{to_document(staged)});
  const auto answer = session->call("add", arguments);
  if (answer.ok()) {
    for (const Value& notice : list_of(*answer, "notices")) context.warn(base::plain_text(notice));
  }
  return first_item(answer);
}

Exit add_photos(Context& context, const PhotoOptions& options) {
  auto arguments = photo_arguments(options);
  if (!arguments.ok()) return context.fail(arguments.failure());
  if (options.files.size() > static_cast<std::size_t>(tuning::kFilesMax)) {
    return context.usage("at most " + std::to_string(tuning::kFilesMax) + " files at once");
  }
  Surroundings& around = context.around();
  const auto inspected =
      inspect(around.files, options.files, Purpose::photo, around.clock.wall(), around.pause);
  // Whoever cannot open the state folder at all is told once, not per file.
  if (const auto session = context.session(Need::local); !session.ok()) {
    return context.fail(session.failure());
  }
  base::List entries;
  std::int64_t refused = 0;
  std::optional<Failure> same_for_all;
  const auto total = static_cast<std::int64_t>(inspected.size());
  {
    Progress progress(around);
    for (const Inspected& each : inspected) {
      progress.show(platform::file_name_of(each.path), static_cast<std::int64_t>(entries.size()),
                    total);
      const auto item =
          same_for_all ? Result<Document>(*same_for_all) : add_one_photo(context, each, *arguments);
      progress.clear();
      Document entry{{"file", each.path}};
      if (item.ok()) {
        for (const base::Field& field : *item) entry.set(field.name, field.value);
        for (const std::string& notice : each.notices) context.warn(notice);
        if (!context.json()) context.say(each.path + ": " + kept_line(*item));
      } else {
        ++refused;
        entry.set("error", api::to_document(item.failure()));
        // A project or field that is wrong is wrong for every file: none is copied in vain.
        if (item.failure().cause == Cause::bad_input && !same_for_all) {
          same_for_all = item.failure();
        }
        const bool is_named = item.failure().what.find(each.path) != std::string::npos;
        context.warn("refused: " + (is_named ? "" : each.path + ": ") +
                     base::sentence(item.failure()));
      }
      entries.push_back(std::move(entry));
    }
  }
  if (context.json()) {
    context.print_json(std::move(entries));
  } else if (total > 1 || refused > 0) {
    context.say(std::to_string(total - refused) + " kept, " + std::to_string(refused) +
                " refused.");
  }
  return refused > 0 ? Exit::failed : Exit::done;
}

// --- Notes and RFIs ------------------------------------------------------------------------------

Result<Document> add_with_files(Context& context, Document arguments,
                                const std::vector<std::string>& files) {
  TRY_ASSIGN(base::List staged, stage_attachments(context, files));
  if (!staged.empty()) arguments.set("files", std::move(staged));
  return context.call(Need::local, "add", arguments);
}

Result<Document> add_note(Context& context, const NoteOptions& options) {
  TRY_ASSIGN(const std::string text, text_argument(context.around(), options.text, "TEXT"));
  Document fields{{"comment", text}};
  TRY(set_date(fields, "date", options.date, "--date"));
  Document arguments{{"kind", "note"}};
  TRY(set_word(arguments, "project", options.project, "--project"));
  arguments.set("fields", std::move(fields));
  return add_with_files(context, std::move(arguments), options.files);
}

Result<Document> add_rfi(Context& context, const RfiOptions& options) {
  if (options.subject == "-") {
    return Failure{Cause::bad_input, "--subject: only the question may come from stdin"};
  }
  TRY_ASSIGN(const std::string subject,
             text_argument(context.around(), options.subject, "--subject"));
  if (subject.find_first_of("\r\n") != std::string::npos) {
    return Failure{Cause::bad_input, "--subject: is one line"};
  }
  TRY_ASSIGN(const std::string question,
             text_argument(context.around(), options.question, "--question"));
  Document fields{{"subject", subject}, {"question", question}};
  TRY(set_date(fields, "due_date", options.due_date, "--due-date"));
  TRY(set_word(fields, "rfi_manager", options.manager, "--manager"));
  if (!options.assignees.empty()) {
    base::List assignees;
    for (const std::string& assignee : options.assignees) {
      TRY(check_word(assignee, "--assignee"));
      assignees.push_back(assignee);
    }
    fields.set("assignees", std::move(assignees));
  }
  if (options.draft) fields.set("draft", Value(options.draft));
  Document arguments{{"kind", "rfi"}};
  TRY(set_word(arguments, "project", options.project, "--project"));
  arguments.set("fields", std::move(fields));
  return add_with_files(context, std::move(arguments), options.files);
}

void add_photo_command(CLI::App& add, Chosen& chosen) {
  auto options = std::make_shared<PhotoOptions>();
  CLI::App* photo = add.add_subcommand("photo", "Keep pictures; each file is one photo");
  photo->add_option("FILE", options->files, "The pictures")->required();
  photo->add_option("--description", options->description, "What they show");
  photo->add_option("--album", options->album, "The album's id");
  photo->add_option("--project", options->project, "The project; needed when several are followed");
  photo->add_option("--location", options->location, "The location's id");
  photo->callback([options, &chosen] {
    chosen.action = [options](Context& context) { return add_photos(context, *options); };
  });
}

void add_note_command(CLI::App& add, Chosen& chosen) {
  auto options = std::make_shared<NoteOptions>();
  CLI::App* note = add.add_subcommand("note", "Keep a note for the daily log");
  note->add_option("TEXT", options->text, "The note; - reads it from stdin")->required();
  note->add_option("--date", options->date, "Its day, as 2026-09-24; today when left out");
  note->add_option("--project", options->project, "The project; needed when several are followed");
  note->add_option("--attach", options->files, "Files that belong to it")->type_name("FILE...");
  note->callback([options, &chosen] {
    chosen.action = [options](Context& context) {
      return print_item(context, add_note(context, *options));
    };
  });
}

void add_rfi_command(CLI::App& add, Chosen& chosen) {
  auto options = std::make_shared<RfiOptions>();
  CLI::App* rfi = add.add_subcommand("rfi", "Ask a question");
  rfi->add_option("--subject", options->subject, "The subject, one line")->required();
  rfi->add_option("--question", options->question, "The question; - reads it from stdin")
      ->required();
  rfi->add_option("--assignee", options->assignees, "Who shall answer: ids at the service");
  rfi->add_option("--due-date", options->due_date, "The day, as 2026-09-24");
  rfi->add_option("--manager", options->manager, "Who manages it: an id at the service");
  rfi->add_flag("--draft", options->draft, "Keep it a draft at the service");
  rfi->add_option("--project", options->project, "The project; needed when several are followed");
  rfi->add_option("--attach", options->files, "Files that belong to it")->type_name("FILE...");
  rfi->callback([options, &chosen] {
    chosen.action = [options](Context& context) {
      return print_item(context, add_rfi(context, *options));
    };
  });
}

}  // namespace

void add_capture_commands(CLI::App& app, Chosen& chosen) {
  CLI::App* add = app.add_subcommand("add", "Keep something new, with or without a link");
  add->require_subcommand(0, 1);
  add_photo_command(*add, chosen);
  add_note_command(*add, chosen);
  add_rfi_command(*add, chosen);
}

}  // namespace fieldsync::cli
