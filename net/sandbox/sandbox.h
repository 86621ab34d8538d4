#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "net/sandbox/exchange.h"
#include "platform/clock.h"
#include "storage/database.h"

/// A double of Procore (facts/procore-api.md), stricter than the service wherever the facts allow.
/// Requests in, replies out: it opens no socket, starts no thread and reads no clock but the one it
/// is given, so the same calls in the same order give the same world.
namespace fieldsync::net::sandbox {

class Faults;
class Rates;
struct Strike;
class World;

/// Where clients find the three origins; written into every URL that is handed out.
struct Origins {
  std::string api = "http://api.sandbox.test";
  std::string login = "http://api.sandbox.test";
  std::string storage = "http://storage.sandbox.test";
  std::string control = "http://control.sandbox.test";
};

class Sandbox {
 public:
  /// `database` is the sandbox's own; ":memory:" will do. newer_version when it was written by
  /// another version of the sandbox.
  static Result<std::unique_ptr<Sandbox>> open(storage::Database& database,
                                               const platform::Clock& clock,
                                               const Origins& origins);
  ~Sandbox();

  /// Fills an empty world, "tiny", "small" or "large"; a filled one is left as it is. bad_input for
  /// another word.
  Result<> seed(const std::string& size, std::uint64_t seed);
  void set_origins(const Origins& origins);
  /// {api_url, login_url, storage_url, control_url, company, project, client_id, client_secret}
  /// and more of the kind: what a client needs to begin.
  Document access();

  // Any thread, several at once; each call is one transaction. `Reply::delay` is for the caller to
  // spend, with nothing locked.

  /// The API origin, the login paths included.
  Reply api(const Request& request);
  /// The storage origin. The body is read from `body` in pieces as it is stored.
  Reply store(const Request& request, const BodyReader& body);
  /// The control origin: faults, the office, the ledger. Never struck by faults.
  Reply control(const Request& request);
  /// What the control origin's `/records` lists, without its way through text.
  Result<List> records(const std::string& kind);

 private:
  Sandbox(storage::Database& database, const platform::Clock& clock);
  Reply answer_api(const Request& request);
  Reply answer_store(const Request& request, const BodyReader& body);
  Reply answer_struck(const Request& request, const Strike& strike);
  Reply run_handler(const Request& request);
  void note_request(std::string_view origin, const Request& request, const Reply& reply,
                    std::int64_t bytes_in);

  std::mutex mutex_;
  std::unique_ptr<World> world_;
  std::unique_ptr<Faults> faults_;
  std::unique_ptr<Rates> rates_;
  std::int64_t last_user_ = 0;
  std::int64_t requests_ = 0;
};

}  // namespace fieldsync::net::sandbox
