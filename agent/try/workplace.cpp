#include "agent/try/workplace.h"

#include <algorithm>
#include <sstream>

#include "agent/api/local_api.h"
#include "agent/app/open_session.h"
#include "agent/try/tuning.h"
#include "platform/atomic_file.h"
#include "platform/base/json.h"
#include "platform/base/text.h"
#include "platform/host.h"

namespace fieldsync::trial {

using platform::join;

const Document& Said::document() const {
  static const Document kNone;
  return json.as_document() ? *json.as_document() : kNone;
}

const base::List& Said::list() const {
  static const base::List kNone;
  return json.as_list() ? *json.as_list() : kNone;
}

std::string tail_of(platform::FileSystem& files, const Path& path) {
  constexpr ByteCount kTail = 2'000;
  const auto file = files.open_read(path);
  if (!file) return {};
  const auto size = (*file)->size();
  if (!size) return {};
  const auto text = (*file)->read_at(std::max<ByteCount>(0, *size - kTail), kTail);
  return text ? std::string(base::trimmed(*text)) : std::string();
}

Workplace::Workplace(const WorkplaceOptions& options, const Waiting& waiting)
    : options_(options), waiting_(waiting), files_(platform::make_system_files()) {
  if (options_.state.empty()) options_.state = join(options_.folder, "state");
  config_file_ = join(options_.folder, "fieldsync.toml");
  agent_output_ = join(options_.folder, "agent.txt");
}

Workplace::~Workplace() {
  // Both at once, so that the second does not wait for the first.
  if (agent_) agent_->ask_to_stop();
  if (sandbox_process_) sandbox_process_->ask_to_stop();
  if (agent_) agent_->wait(tuning::kStopMax);
  if (sandbox_process_) sandbox_process_->wait(tuning::kStopMax);
}

Result<std::unique_ptr<Workplace>> Workplace::open(const WorkplaceOptions& options,
                                                   const Waiting& waiting) {
  std::unique_ptr<Workplace> place(new Workplace(options, waiting));
  TRY(place->files_->make_folder(place->options_.folder));
  TRY(place->start_sandbox());
  TRY(place->write_config());
  return place;
}

Result<> Workplace::wait_ready(platform::ChildProcess& process, const Path& ready_file,
                               const std::string& what, const Path& output) {
  return waiting_.until(what, tuning::kStartMax, [&]() -> Result<bool> {
    TRY_ASSIGN(const platform::FileInfo info, files_->info(ready_file));
    if (info.type == platform::FileType::file) return true;
    if (const auto code = process.poll()) {
      return Failure{
          base::Cause::unexpected_answer,
          what + ": it ended with " + std::to_string(*code) + ": " + tail_of(*files_, output)};
    }
    return false;
  });
}

Result<> Workplace::start_sandbox() {
  const Path ready_file = join(options_.folder, "sandbox.json");
  const Path output = join(options_.folder, "sandbox.txt");
  platform::ChildOptions child;
  child.program = options_.sandbox;
  child.arguments = {"--state", join(options_.folder, "sandbox"), "--ready-file", ready_file};
  child.arguments.insert(child.arguments.end(), options_.sandbox_arguments.begin(),
                         options_.sandbox_arguments.end());
  child.output = output;
  TRY_ASSIGN(sandbox_process_, platform::start_child(child));
  TRY(wait_ready(*sandbox_process_, ready_file, "starting " + options_.sandbox, output));
  TRY_ASSIGN(const std::string text,
             platform::read_all(*files_, ready_file, tuning::kReadyBytesMax));
  TRY_ASSIGN(const Value said, base::parse_json(text));
  if (!said.as_document()) {
    return Failure{base::Cause::unexpected_answer, ready_file + ": no JSON object"};
  }
  access_ = *said.as_document();
  sandbox_ = std::make_unique<SandboxControl>(access_.text("control_url"));
  return {};
}

std::string Workplace::plain(const Document& document, std::string_view name) {
  const Value* value = document.find(name);
  return value ? base::plain_text(*value) : std::string();
}

Result<> Workplace::write_config() {
  const std::string text = "[remote.procore]\napi_url = \"" + plain(access_, "api_url") +
                           "\"\nlogin_url = \"" + plain(access_, "login_url") +
                           "\"\ncompany = " + plain(access_, "company") + "\nclient_id = \"" +
                           plain(access_, "client_id") + "\"\n" + options_.config_lines;
  return platform::write_atomically(*files_, config_file_, text,
                                    platform::FileSystem::Access::owner_only);
}

Result<> Workplace::log_in() {
  TRY(must({"login"}));
  return {};
}

Result<> Workplace::follow() {
  TRY(must({"follow", project()}));
  return {};
}

Result<> Workplace::start_agent() {
  const Path ready_file = join(options_.folder, "agent.ready");
  TRY(files_->remove(ready_file));
  platform::ChildOptions child;
  child.program = options_.fieldsync;
  child.arguments = {"--config", config_file_,   "--state", options_.state,
                     "run",      "--ready-file", ready_file};
  child.output = agent_output_;
  TRY_ASSIGN(agent_, platform::start_child(child));
  return wait_ready(*agent_, ready_file, "starting the agent", agent_output_);
}

void Workplace::kill_agent() {
  if (!agent_) return;
  agent_->kill();
  agent_->wait(tuning::kStopMax);
  agent_.reset();
}

Result<> Workplace::stop_agent() {
  if (!agent_) return {};
  agent_->ask_to_stop();
  const auto code = agent_->wait(tuning::kStopMax);
  agent_.reset();
  if (code && *code == 0) return {};
  return Failure{base::Cause::unexpected_answer,
                 code ? "the agent ended with " + std::to_string(*code) : "the agent did not end"};
}

int Workplace::run(const std::vector<std::string>& arguments, Said& said) {
  std::vector<std::string> words = {"--config", config_file_, "--state", options_.state, "--json"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::ostringstream out;
  std::ostringstream err;
  cli::Surroundings around{
      *files_, waiting_.clock(), out, err, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
  around.read_input = [](ByteCount) -> Result<std::string> { return std::string(); };
  around.read_secret = [this](const std::string&) {
    return std::optional(base::Secret(plain(access_, "client_secret")));
  };
  around.read_line = [](const std::string&) { return std::optional<std::string>(); };
  around.environment = [](const std::string&) { return std::string(); };
  around.pause = [this](Millis span) { waiting_.pause(span); };
  around.open_session = [&around](const cli::Place& place) {
    return app::open_session(place, around);
  };
  const int code = cli::run_cli(words, around);
  said.out = out.str();
  said.err = err.str();
  return code;
}

Said Workplace::command(const std::vector<std::string>& arguments) {
  Said said;
  said.exit_code = run(arguments, said);
  if (auto json = base::parse_json(said.out)) said.json = std::move(*json);
  return said;
}

Result<Said> Workplace::must(const std::vector<std::string>& arguments) {
  constexpr int kNeedsPerson = 3;
  Said said = command(arguments);
  if (said.exit_code == 0 || said.exit_code == kNeedsPerson) return said;
  std::string what = "fieldsync";
  for (const std::string& word : arguments) what += " " + word;
  return Failure{base::Cause::unexpected_answer, what + ": exit code " +
                                                     std::to_string(said.exit_code) + ": " +
                                                     std::string(base::trimmed(said.err))};
}

Result<Document> Workplace::status() {
  TRY_ASSIGN(const Said said, must({"status"}));
  return said.document();
}

Result<std::unique_ptr<cli::Session>> Workplace::session() {
  TRY_ASSIGN(base::Secret token, api::api_token(*files_, options_.state));
  return cli::make_door_session(api::door_address(*files_, options_.state), std::move(token));
}

void Workplace::leave_running() {
  // A ChildProcess ends its process when it goes; these two are not ours any more.
  static_cast<void>(agent_.release());
  static_cast<void>(sandbox_process_.release());
}

}  // namespace fieldsync::trial
