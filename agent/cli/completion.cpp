#include <CLI/CLI.hpp>
#include <ostream>

#include "agent/cli/context.h"

// `fieldsync completion SHELL`: a script for the shell, made from the commands themselves, so that
// it cannot fall behind them. File names complete wherever no option is begun.

namespace fieldsync::cli {
namespace {

/// A command, its words ("add photo"), and what may follow.
struct Node {
  std::string path;
  std::vector<std::string> commands;
  std::vector<std::string> options;
};

void collect(const CLI::App& app, const std::string& path, std::vector<Node>& nodes) {
  Node node{path, {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) node.options.push_back("--" + name);
  }
  for (const CLI::App* command : app.get_subcommands({})) {
    node.commands.push_back(command->get_name());
  }
  nodes.push_back(node);
  for (const CLI::App* command : app.get_subcommands({})) {
    collect(*command, path.empty() ? command->get_name() : path + " " + command->get_name(), nodes);
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

std::string bash_script(const std::vector<Node>& nodes) {
  std::string cases;
  for (const Node& node : nodes) {
    cases += "    '" + node.path + "') commands='" + joined(node.commands) + "'; options='" +
             joined(node.options) + "' ;;\n";
  }
  // Words that are commands build up the path; the first other word ends it.
  return "_fieldsync() {\n"
         "  local path='' word commands options i\n"
         "  _fieldsync_at() {\n    commands=''; options=''\n    case \"$1\" in\n" +
         cases +
         "    esac\n  }\n"
         "  _fieldsync_at ''\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    word=${COMP_WORDS[i]}\n"
         "    case \" $commands \" in *\" $word \"*) path=\"${path:+$path }$word\"; "
         "_fieldsync_at \"$path\" ;; esac\n"
         "  done\n"
         "  word=${COMP_WORDS[COMP_CWORD]}\n"
         "  if [[ $word == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$options --config --state --json\" -- \"$word\"))\n"
         "  elif [[ -n $commands ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$commands\" -- \"$word\"))\n"
         "  else\n"
         "    compopt -o default 2>/dev/null; COMPREPLY=()\n"
         "  fi\n"
         "}\n"
         "complete -F _fieldsync fieldsync\n";
}

std::string zsh_script(const std::vector<Node>& nodes) {
  return "#compdef fieldsync\nautoload -U +X bashcompinit && bashcompinit\n" + bash_script(nodes);
}

std::string fish_script(const std::vector<Node>& nodes) {
  std::string script;
  const auto seen = [](const std::string& path) {
    std::string condition;
    std::size_t begin = 0;
    while (begin < path.size()) {
      const std::size_t end = std::min(path.find(' ', begin), path.size());
      condition += (condition.empty() ? "" : "; and ") +
                   ("__fish_seen_subcommand_from " + path.substr(begin, end - begin));
      begin = end + 1;
    }
    return condition;
  };
  for (const Node& node : nodes) {
    std::string condition = node.path.empty() ? "__fish_use_subcommand" : seen(node.path);
    if (!node.commands.empty()) {
      const std::string none_yet =
          node.path.empty() ? "" : "; and not __fish_seen_subcommand_from " + joined(node.commands);
      script += "complete -c fieldsync -f -n '" + condition + none_yet + "' -a '" +
                joined(node.commands) + "'\n";
    }
    for (const std::string& option : node.options) {
      script += "complete -c fieldsync" +
                (node.path.empty() ? std::string() : " -n '" + condition + "'") + " -l " +
                option.substr(2) + "\n";
    }
  }
  return script;
}

}  // namespace

void add_completion_command(CLI::App& app, Chosen& chosen) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completion", "Print a completion script for a shell");
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([shell, &app, &chosen] {
    chosen.action = [shell, &app](Context& context) {
      std::vector<Node> nodes;
      collect(app, "", nodes);
      std::ostream& out = context.around().out;
      if (*shell == "bash") out << bash_script(nodes);
      if (*shell == "zsh") out << zsh_script(nodes);
      if (*shell == "fish") out << fish_script(nodes);
      return Exit::done;
    };
  });
}

}  // namespace fieldsync::cli
