#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/sync/link/budget.h"
#include "agent/sync/link/link_sense.h"
#include "net/remote_service.h"
#include "net/token_source.h"
#include "storage/mirror_store.h"
#include "storage/work_types.h"

/// The next steps as a pure function of what is so. There is no stored list of jobs that could go
/// stale: after a crash one simply plans again.
namespace fieldsync::sync {

/// What goes before its turn: hurry, so that an upload is attached before the service throws it
/// away; urgent, since a person wants it now, whatever the data plan says.
enum class Haste { none, hurry, urgent };

/// What the plan has to know of one due intent.
struct IntentFacts {
  storage::Intent intent;
  /// uploads: all attachments are at the service, some are not, or there are none.
  enum class Uploads { none, missing, ready } uploads = Uploads::none;
  /// Whether what we know of the record at the service is fresh enough to merge an edit with it:
  /// stale_tool is cured by a look at the tool, stale_record only by a look at the record. barred:
  /// the record is gone or the right is missing; the push says so without a call, and no file is
  /// uploaded for it.
  enum class Sight { fresh, stale_tool, stale_record, barred } sight = Sight::fresh;
  /// How a delivery is proved: by the tool's next list (shared by many), or by a look of its own.
  enum class Proof { by_list, by_show } proof = Proof::by_show;
  Haste haste = Haste::none;
  base::ByteCount bytes_left = 0;  ///< of its files, less what the service confirmed
  /// Of a photo: to_render: a small picture of it is to be made first. waits_for_link: the link is
  /// too poor for its original.
  enum class Bytes { as_they_are, to_render, waits_for_link } bytes = Bytes::as_they_are;
};

/// What the plan has to know of one tool of one followed project.
struct ToolFacts {
  storage::ToolState state;
  net::Sweep due_sweep = net::Sweep::changes;  ///< what a round would do now
};

struct Situation {
  base::WallTime now{};
  base::WallTime started{};  ///< when this process began
  LinkState link = LinkState::unproven;
  bool link_may_send = true;
  base::WallTime link_retry_at{};
  net::LoginState login = net::LoginState::unknown;
  base::WallTime gate_opens{};
  /// One call at a time: others spend the same budget, or a link has just come back.
  enum class Turns { none, one_by_one } turns = Turns::none;
  std::optional<HourBudget> hour;  ///< nothing while the service did not tell it
  /// The data plan keeps files back, all but urgent ones.
  enum class Files { may_go, wait } files = Files::may_go;
  std::optional<base::WallTime> files_look_at;  ///< while they wait: when to look again
  double bytes_per_second = 0;                  ///< of uploads, as learnt; 0: not yet
  base::Millis start_within{0};  ///< an upload must begin within this after its creation; 0: any
  int calls_in_flight = 0;
  int uploads_in_flight = 0;
  int downloads_in_flight = 0;
  std::vector<IntentFacts> intents;           ///< due, most urgent first, bounded
  std::optional<base::WallTime> next_intent;  ///< when the next one becomes due
  /// When an original is let go although the link is not known to be good, or a file that a person
  /// waits for is tried again.
  std::optional<base::WallTime> next_trial;
  std::vector<ToolFacts> tools;
  std::vector<base::ProjectId> rights_wanted;             ///< permissions to (re)read, if any
  std::optional<base::WallTime> rights_retry_at;          ///< after a reading of them failed
  std::vector<storage::RecordKey> shows;                  ///< records known only in part
  std::vector<storage::MirrorStore::WantedFile> awaited;  ///< a person waits for these
  std::vector<storage::MirrorStore::WantedFile> downloads;
  std::vector<storage::RecordKey> audits;  ///< records to compare again, when nothing else is due
  std::set<std::string> busy;              ///< keys of steps under way
  /// Endpoints in trouble: when their probe may go.
  std::map<std::string, base::WallTime> shut_endpoints;
  std::set<std::string> busy_endpoints;  ///< of steps under way
};

enum class StepKind {
  probe,
  read_rights,
  pull,
  show,
  push,
  look_up,
  prove,
  render,
  upload,
  download
};
std::string_view name(StepKind kind);

struct Step {
  StepKind kind = StepKind::pull;
  std::string key;            ///< what may be under way only once: "item:…", "tool:…"
  std::string endpoint{};     ///< whose breaker it minds; empty: none
  base::ProjectId project{};  ///< read_rights, pull
  std::string tool{};         ///< pull
  net::Sweep sweep = net::Sweep::changes;
  base::IntentId intent{};      ///< push, look_up, prove, upload
  Haste haste = Haste::none;    ///< upload
  storage::RecordKey record{};  ///< show, download
  storage::MirrorFile file{};   ///< download
};

struct Plan {
  std::vector<Step> steps;
  /// When to plan again if nothing else happens; nothing: only an event can bring work.
  std::optional<base::WallTime> wake;
};

/// Spends calls first on people's small edits and news of drawings, then on proofs, rounds, photos,
/// full looks and downloads; never more at a time than tuning allows; nothing while the link is
/// shut but its probe, and of an endpoint in trouble one step at a time. The last calls of the hour
/// are kept for what comes first (budget.h). No upload is created that could not begin in time.
Plan plan(const Situation& situation);

/// The endpoints of a service as breakers see them. Lists of a tool and rights have none: their own
/// pauses do the same.
std::string push_endpoint(const base::KindId& kind, storage::Act act);
std::string look_up_endpoint(const base::KindId& kind);
std::string show_endpoint(const base::KindId& kind);
inline constexpr const char* kUploadEndpoint = "upload";
inline constexpr const char* kDownloadEndpoint = "download";
/// No endpoint of a service: small pictures are made one at a time.
inline constexpr const char* kRenderEndpoint = "render";
/// Where the next request for the intent goes.
std::string endpoint_of(const storage::Intent& intent);

std::string item_key(const base::RecordId& item);
std::string tool_key(const base::ProjectId& project, std::string_view tool);
std::string record_key(const storage::RecordKey& key);

}  // namespace fieldsync::sync
