#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "platform/base/result.h"
#include "platform/base/secret.h"
#include "platform/base/value.h"
#include "platform/clock.h"

namespace fieldsync::cli {

using base::ByteCount;
using base::Document;
using base::Failure;
using base::Path;
using base::Result;
using base::Value;

/// A file that passed the checks of capture (capture_file.h).
struct CaptureFile {
  Path path;
  std::string name;  ///< safe for every file system
  ByteCount size = 0;
  base::WallTime modified{};
  std::string content_type;
};

/// Bytes that are durable in `originals/`.
struct Staged {
  std::string blob;  ///< SHA-256 in hex
  ByteCount size = 0;
  std::string name;
  std::string content_type;
};
/// {blob, size, name, type}: an entry of `files` in api/commands.h.
Document to_document(const Staged& staged);

/// One way to the commands: an agent that runs, or this very process. One thread.
class Session {
 public:
  /// agent: what was asked for goes on when this program ends. here: it ends with it.
  enum class Home { agent, here };
  virtual ~Session() = default;
  virtual Home home() const = 0;
  /// Blocks until the answer.
  virtual Result<Document> call(std::string_view verb, const Document& arguments) = 0;
  /// Copies the file's bytes into `originals/`; they are durable when this succeeds. file_growing
  /// when the file is no longer what `file` says.
  virtual Result<Staged> stage(const CaptureFile& file) = 0;
};

/// A session with the agent that listens at `address` (api::door_address).
std::unique_ptr<Session> make_door_session(std::string address, base::Secret token);
/// Whether something answers at `address` as an agent does: offline when nothing does.
Result<> ask_health(const std::string& address);
/// Whether the one who listens knows the token: offline when it does not. A socket in the state
/// folder needs no proof, since nobody else may listen there. To be asked before a session.
Result<> ask_proof(const std::string& address, const base::Secret& token);

/// The two ways, and how to wait between tries.
struct SessionWays {
  /// offline when no agent listens.
  std::function<Result<std::unique_ptr<Session>>()> connect;
  /// already_running when somebody else holds the state folder.
  std::function<Result<std::unique_ptr<Session>>()> open_here;
  std::function<void(base::Millis)> pause;
};

/// Prefers a running agent, else works here. While the folder is held by a process that does not
/// answer yet (an agent that starts, another command), tries both again, at most
/// tuning::kAgentStartMax; then already_running.
Result<std::unique_ptr<Session>> choose_session(const SessionWays& ways,
                                                const platform::Clock& clock);

}  // namespace fieldsync::cli
