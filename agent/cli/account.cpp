#include <CLI/CLI.hpp>
#include <algorithm>

#include "agent/cli/context.h"
#include "platform/base/text.h"
#include "platform/host.h"
#include "platform/kinds/kind.h"

// The login and what of the service is kept here: login, logout, projects, follow, unfollow.

namespace fieldsync::cli {
namespace {

using base::Cause;
using Need = Context::Need;

struct AccountOptions {
  std::string remote, project, tools;
  /// Whose login is meant.
  enum class Login { machine, own } login = Login::machine;
};

/// The remote that is meant: the named one, or the only one.
Result<const app::RemoteConfig*> pick_remote(const Place& place, const std::string& name) {
  const auto& remotes = place.config.remotes;
  if (name.empty()) {
    if (remotes.size() == 1) return &remotes.front();
    return Failure{Cause::bad_input,
                   remotes.empty()
                       ? place.config_file + ": there is no [remote.…] section"
                       : std::string("there are several remotes; --remote says which is meant")};
  }
  const auto found = std::find_if(remotes.begin(), remotes.end(),
                                  [&](const auto& remote) { return remote.name.raw() == name; });
  if (found != remotes.end()) return &*found;
  return Failure{Cause::bad_input, "--remote: there is no [remote." + base::printable(name) + "]"};
}

Result<std::string> ask_secret(Surroundings& around, const std::string& prompt) {
  const auto secret = around.read_secret(prompt);
  if (!secret || base::trimmed(secret->reveal()).empty()) {
    return Failure{Cause::bad_input, "nothing was entered"};
  }
  return std::string(base::trimmed(secret->reveal()));
}

Document account_arguments(const app::RemoteConfig& remote, AccountOptions::Login login) {
  Document arguments{{"remote", remote.name.raw()}};
  if (login == AccountOptions::Login::own) arguments.set("person", platform::current_user());
  return arguments;
}

/// {remote, person?, secret?, code?}. A person fetches a code in a browser; the app's own secret is
/// needed as well (facts/procore-api.md 2), once for the machine.
Result<Document> login_arguments(Context& context, const app::RemoteConfig& remote,
                                 AccountOptions::Login login) {
  Surroundings& around = context.around();
  Document arguments = account_arguments(remote, login);
  if (login == AccountOptions::Login::machine) {
    TRY_ASSIGN(std::string secret,
               ask_secret(around, "Client secret for " + remote.name.raw() + ": "));
    arguments.set("secret", std::move(secret));
    if (remote.grant == net::Grant::client_credentials) return arguments;
  }
  net::OAuthApp oauth;
  oauth.login_url = remote.login_url;
  oauth.client_id = remote.client_id;
  oauth.grant = net::Grant::authorization_code;
  context.warn("Open this page, log in and copy the code:\n" +
               net::authorize_url(oauth, platform::system_random_hex(16)));
  TRY_ASSIGN(std::string code, ask_secret(around, "Code: "));
  arguments.set("code", std::move(code));
  return arguments;
}

Exit login(Context& context, const AccountOptions& options) {
  const auto place = context.place(Need::remote);
  if (!place.ok()) return context.fail(place.failure());
  const auto remote = pick_remote(**place, options.remote);
  if (!remote.ok()) return context.fail(remote.failure());
  const auto arguments = login_arguments(context, **remote, options.login);
  if (!arguments.ok()) return context.fail(arguments.failure());
  const auto answer = context.call(Need::remote, "login", *arguments);
  if (!answer.ok()) return context.fail(answer.failure());
  if (context.json()) {
    context.print_json(*answer);
  } else {
    const bool is_own = options.login == AccountOptions::Login::own;
    context.say((is_own ? "Your own login of " : "Login of ") + (*remote)->name.raw() + ": " +
                shown(*answer, "state") + ".");
  }
  return Exit::done;
}

Exit logout(Context& context, const AccountOptions& options) {
  const auto place = context.place(Need::remote);
  if (!place.ok()) return context.fail(place.failure());
  const auto remote = pick_remote(**place, options.remote);
  if (!remote.ok()) return context.fail(remote.failure());
  const auto answer =
      context.call(Need::remote, "logout", account_arguments(**remote, options.login));
  if (!answer.ok()) return context.fail(answer.failure());
  if (context.json()) {
    context.print_json(*answer);
  } else if (options.login == AccountOptions::Login::own) {
    context.say("Your own login is forgotten. What you captured goes out under the machine's.");
  } else {
    context.say("Logged out. What is kept here stays; what is queued waits for the next login.");
  }
  return Exit::done;
}

void print_projects(Context& context, const Document& answer) {
  const auto projects = documents_of(answer, "projects");
  if (projects.empty()) {
    context.say("This login sees no project: a project admin must add it.");
    return;
  }
  Table table({{"PROJECT"},
               {"NAME", Align::left, Width::flexible},
               {"FOLLOWED"},
               {"TOOL"},
               {"LEVEL"},
               {"MISSING", Align::left, Width::flexible},
               {"ASK", Align::left, Width::flexible}});
  for (const Document* project : projects) {
    const std::string id = shown_first(*project, {"id", "project"});
    const std::string followed = shown(*project, "followed");
    const auto tools = documents_of(*project, "tools");
    if (tools.empty()) {
      table.add({id, shown(*project, "name"), followed, "", shown(*project, "level"),
                 Cell(shown(*project, "missing"), Tone::warning), shown(*project, "ask")});
    }
    for (const Document* tool : tools) {
      table.add({id, shown(*project, "name"), followed, shown_first(*tool, {"tool", "name"}),
                 shown(*tool, "level"), Cell(shown(*tool, "missing"), Tone::warning),
                 shown(*tool, "ask")});
    }
  }
  context.say(table);
}

Exit projects(Context& context, const AccountOptions&) {
  const auto answer = context.call(Need::remote, "projects", Document{});
  if (!answer.ok()) return context.fail(answer.failure());
  if (context.json()) {
    context.print_json(*answer);
  } else {
    print_projects(context, *answer);
  }
  return Exit::done;
}

void print_follows(Context& context, const Document& answer) {
  Table table({{"REMOTE"}, {"PROJECT"}, {"TOOLS", Align::left, Width::flexible}});
  for (const Document* follow : documents_of(answer, "follows")) {
    table.add({shown(*follow, "remote"), shown(*follow, "project"), shown(*follow, "tools")});
  }
  if (table.empty()) {
    context.say("No project is followed.");
  } else {
    context.say(table);
  }
}

Result<Document> follow_arguments(Context& context, const AccountOptions& options) {
  TRY(check_word(options.project, "PROJECT"));
  TRY_ASSIGN(const Place* place, context.place(Need::remote));
  TRY_ASSIGN(const app::RemoteConfig* remote, pick_remote(*place, options.remote));
  return Document{{"project", options.project}, {"remote", remote->name.raw()}};
}

Result<base::List> parse_tools(const std::string& text) {
  const auto& known = kinds::all_tools();
  base::List tools;
  for (const std::string& part : base::split(text, ',')) {
    const std::string tool(base::trimmed(part));
    if (std::find(known.begin(), known.end(), tool) == known.end()) {
      std::string names;
      for (const std::string_view name : known)
        names += (names.empty() ? "" : ",") + std::string(name);
      return Failure{Cause::bad_input,
                     "--tools: \"" + base::printable(tool) + "\" is none of " + names};
    }
    if (std::find(tools.begin(), tools.end(), Value(tool)) == tools.end()) tools.push_back(tool);
  }
  return tools;
}

Result<Document> follow_answer(Context& context, const AccountOptions& options) {
  TRY_ASSIGN(Document arguments, follow_arguments(context, options));
  if (!options.tools.empty()) {
    TRY_ASSIGN(base::List tools, parse_tools(options.tools));
    arguments.set("tools", std::move(tools));
  }
  return context.call(Need::remote, "follow", arguments);
}

Result<Document> unfollow_answer(Context& context, const AccountOptions& options) {
  TRY_ASSIGN(const Document arguments, follow_arguments(context, options));
  return context.call(Need::remote, "unfollow", arguments);
}

Exit print_follow(Context& context, const Result<Document>& answer) {
  if (!answer.ok()) return context.fail(answer.failure());
  if (context.json()) {
    context.print_json(*answer);
  } else {
    print_follows(context, *answer);
  }
  return Exit::done;
}

Exit follow(Context& context, const AccountOptions& options) {
  return print_follow(context, follow_answer(context, options));
}

Exit unfollow(Context& context, const AccountOptions& options) {
  return print_follow(context, unfollow_answer(context, options));
}

using Perform = Exit (*)(Context&, const AccountOptions&);

CLI::App* add_command(CLI::App& app, Chosen& chosen, const std::shared_ptr<AccountOptions>& options,
                      const std::string& name, const std::string& about, Perform perform) {
  CLI::App* command = app.add_subcommand(name, about);
  command->callback([options, perform, &chosen] {
    chosen.action = [options, perform](Context& context) { return perform(context, *options); };
  });
  return command;
}

void add_remote_option(CLI::App& command, AccountOptions& options) {
  command.add_option("--remote", options.remote, "The remote's name, when there are several");
}

void add_own_flag(CLI::App& command, AccountOptions& options) {
  command.add_flag_callback(
      "--own", [&options] { options.login = AccountOptions::Login::own; },
      "Your own login, beside the machine's: what you capture goes out under it");
}

}  // namespace

void add_account_commands(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<AccountOptions>();
  CLI::App* command = add_command(
      app, chosen, options, "login",
      "Log in; the secret comes from a prompt or stdin, never from the command line", login);
  add_remote_option(*command, *options);
  add_own_flag(*command, *options);

  options = std::make_shared<AccountOptions>();
  command = add_command(app, chosen, options, "logout", "Forget the login; keep all work", logout);
  add_remote_option(*command, *options);
  add_own_flag(*command, *options);

  options = std::make_shared<AccountOptions>();
  add_command(app, chosen, options, "projects", "What this login may see, and what is missing",
              projects);

  options = std::make_shared<AccountOptions>();
  command = add_command(app, chosen, options, "follow", "Keep a project on this machine", follow);
  command->add_option("PROJECT", options->project, "The project's id")->required();
  command->add_option("--tools", options->tools, "Only these, with commas between");
  add_remote_option(*command, *options);

  options = std::make_shared<AccountOptions>();
  command = add_command(app, chosen, options, "unfollow", "Stop keeping a project", unfollow);
  command->add_option("PROJECT", options->project, "The project's id")->required();
  add_remote_option(*command, *options);
}

}  // namespace fieldsync::cli
