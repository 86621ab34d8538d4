#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/sync/link/data_plan.h"
#include "agent/sync/upload/picture_rules.h"
#include "net/oauth.h"
#include "net/remote_service.h"
#include "platform/base/result.h"
#include "storage/work_types.h"

/// The config file, as values. One TOML file, every key optional but the remote's (README has an
/// example). Immutable once read.
namespace fieldsync::app {

/// How files reach the service: in parts, as one form post, or in parts by its newer interface.
enum class UploadShape { segmented, plain, unified };

/// Whether a capture that goes out under the machine's login names its author in its text, when
/// that is another person than the agent works for.
enum class AuthorNames { in_text, left_out };

struct RemoteConfig {
  base::RemoteName name;  ///< the word after `remote.`
  std::string service = "procore";
  std::string api_url;
  std::string login_url;
  std::int64_t company = 0;
  std::string client_id;
  net::Grant grant = net::Grant::client_credentials;
  base::ServiceId rfi_manager;  ///< who manages RFIs created here, when the person names nobody
  UploadShape upload_shape = UploadShape::segmented;
  AuthorNames author_names = AuthorNames::in_text;
};

struct Config {
  base::Path state_folder;
  std::vector<RemoteConfig> remotes;
  std::vector<storage::Follow> follows;
  base::Millis poll_interval{5 * 60'000};
  sync::DataPlan data_plan;  ///< `[limits] send_rate` is its rate on every network
  base::Path ca_file;
  std::string log_level = "info";
  /// Bytes of the disk kept free for captures: downloads stop before, and go when it is short.
  base::ByteCount free_space_reserve = 200'000'000;
  sync::PictureRules photos;
  base::ByteCount downloads_max = 0;  ///< of all downloaded files together; 0: no limit
};

/// What a config text says, and every fault in it. `config` holds what could be understood; a
/// remote or a follow with a fault of its own is left out of it.
struct ConfigReading {
  Config config;
  /// "fieldsync.toml:12: [remote.procore] company: expected a whole number", in order of lines.
  std::vector<std::string> faults;
};

/// Reads TOML text. Every fault is reported at once. Unknown keys are faults: a mistyped key must
/// not be silently without effect. `file` is only named in messages. Capture goes on with the part
/// that could be understood: nobody loses a note to a mistyped config.
ConfigReading read_config(std::string_view text, const base::Path& file);

/// The same, refused with bad_input when there is any fault, one per line.
base::Result<Config> parse_config(std::string_view text, const base::Path& file);

}  // namespace fieldsync::app
