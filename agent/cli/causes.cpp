#include <CLI/CLI.hpp>
#include <ostream>

#include "agent/cli/causes.h"
#include "agent/cli/context.h"
#include "platform/base/cause.h"

// `fieldsync causes`: every reason there is, from the table in platform/base/cause.cpp. Hidden in
// the help: people meet causes through `why`; this prints agent/CAUSES.md.

namespace fieldsync::cli {

std::string causes_page() {
  std::string page =
      "# Causes\n\n"
      "Why something is not where it should be. `fieldsync why ITEM` shows the cause with its\n"
      "evidence, the time of the next attempt and the next step; `--json` has the id.\n"
      "Who can mend it: *nobody* (it clears itself), *you*, *project admin*, *company admin*, "
      "*it*\n"
      "(network or machine) or *service*.\n\n"
      "Made by `fieldsync causes` from the table in `platform/base/cause.cpp`; a test compares "
      "them.\n\n"
      "| people say | cause | what is so | who can mend it | next step |\n"
      "|---|---|---|---|---|\n";
  for (const base::CauseInfo& row : base::all_causes()) {
    if (row.cause == base::Cause::none) continue;
    page += "| " + std::string(row.heard) + " | `" + std::string(row.id) + "` | " +
            std::string(row.sentence) + " | " + std::string(base::name(row.owner)) + " | " +
            std::string(row.next_step) + " |\n";
  }
  return page;
}

void add_causes_command(CLI::App& app, Chosen& chosen) {
  app.add_subcommand("causes", "Show every cause there is")->group("")->callback([&chosen] {
    chosen.action = [](Context& context) {
      if (!context.json()) {
        context.around().out << causes_page();
        return Exit::done;
      }
      base::List rows;
      for (const base::CauseInfo& row : base::all_causes()) {
        rows.push_back(Document{{"cause", row.id},
                                {"heard", row.heard},
                                {"sentence", row.sentence},
                                {"owner", base::name(row.owner)},
                                {"next_step", row.next_step}});
      }
      context.print_json(Document{{"causes", std::move(rows)}});
      return Exit::done;
    };
  });
}

}  // namespace fieldsync::cli
