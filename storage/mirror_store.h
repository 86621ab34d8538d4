#pragma once

#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "platform/base/digest.h"
#include "platform/base/value.h"
#include "storage/database.h"

namespace fieldsync::storage {

using base::ByteCount;
using base::Digest;
using base::Document;
using base::KindId;
using base::ProjectId;
using base::RemoteName;
using base::ServiceId;
using base::WallTime;

struct RecordKey {
  RemoteName remote;
  ProjectId project;
  KindId kind;
  ServiceId id;
  auto operator<=>(const RecordKey&) const = default;
};

/// present: seen in the last look. missing_once: one complete listing lacked it. gone: two did.
/// in_question: two did, but with too many others at once to be believed without a person.
enum class Presence { present, missing_once, gone, in_question };
std::string_view name(Presence presence);

/// How much the bytes of a file are wanted here; what is higher is fetched first. on_demand: only
/// when a person asks for it. wished: assigned to this login, or pinned. Stored by number.
enum class Want { on_demand = 0, superseded = 1, wished = 2, current = 3 };
/// What a person said about keeping a file here.
enum class Pin { none, pinned };

struct MirrorFile {
  std::string slot;
  std::string name;
  std::string url;  ///< as last seen; short-lived
  std::optional<ByteCount> size;
  std::optional<Digest> blob;  ///< set once the bytes are in files/
  Want want = Want::on_demand;
  Pin pin = Pin::none;
  /// The ETag under which the pieces that are here came; "" when there are none. Not seen by apply.
  std::string validator = {};
};

struct MirrorRecord {
  RecordKey key;
  Document fields;
  std::optional<WallTime> updated_at;
  WallTime observed_at{};
  Presence presence = Presence::present;
  /// The summary is newer than the last full look: replies and attachments may be missing.
  enum class Extent { full, summary_only } extent = Extent::full;
  std::vector<MirrorFile> files;
};

/// How current one tool of one project is.
struct ToolState {
  RemoteName remote;
  ProjectId project;
  std::string tool;
  std::optional<WallTime> changes_until;   ///< all changes up to here are in (service's clock)
  std::optional<WallTime> complete_as_of;  ///< when the last round of this tool ended (our clock)
  std::optional<WallTime> swept_at;        ///< last complete listing of all ids
  std::string swept_under;  ///< the rights under which the last complete listing was made
  std::string read_under;   ///< the rights under which all records were last read with fields
  std::optional<WallTime> audited_at;  ///< last complete listing of all records with fields
  WallTime next_poll{};
  int attempts = 0;
  base::Cause cause = base::Cause::not_polled_yet;
  std::string evidence;
};

/// mirror.db: what the service can tell again. Deletable at any moment; synchronous=NORMAL. Loop
/// thread only.
class MirrorStore {
 public:
  struct Opened {
    std::unique_ptr<MirrorStore> store;
    /// A damaged file was put here and a new one begun; empty text when there was no room to keep
    /// the damaged one.
    std::optional<Path> set_aside;
  };
  /// newer_version when written by a newer program: it is then left alone.
  static Result<Opened> open(const Path& folder, const DatabaseOptions& options, WallTime now);
  ~MirrorStore();

  struct Applied {
    int inserted = 0, changed = 0, same = 0;
  };
  /// Upserts observations in one transaction, together with the tool's state when given. A summary
  /// keeps the fields only a full look has, and marks the record summary_only when it is newer than
  /// what is stored; one older than what is stored changes nothing but the presence. A full look
  /// replaces. Presence becomes present. Records equal to what is stored are not rewritten. Files
  /// keep their blob while name and size stay; a full look drops those it lacks.
  Result<Applied> apply(const std::vector<MirrorRecord>& records,
                        const std::optional<ToolState>& state);
  // What follows does nothing when the record is not here: the mirror may go at any time, also
  // while somebody looks.

  /// This one record was looked at just now, whether or not the look told anything new: `apply`
  /// leaves the time of records it does not rewrite.
  Result<> mark_observed(const RecordKey& key, WallTime now);
  Result<std::optional<MirrorRecord>> record(const RecordKey& key);
  struct Filter {
    std::optional<RemoteName> remote = {};
    std::optional<ProjectId> project = {};
    KindId kind;
    ServiceId after = {};  ///< for paging: ids greater than this, in id order (as text)
    int limit = 1'000;     ///< exceeded only by records that share the last id
    bool with_gone = false;
  };
  Result<std::vector<MirrorRecord>> list(const Filter& filter);
  Result<std::int64_t> count(const RemoteName& remote, const ProjectId& project,
                             const KindId& kind);
  /// Records that need a full look, newest first.
  Result<std::vector<RecordKey>> needing_show(const RemoteName& remote, int limit);
  /// Whole records of the kind that were last looked at before `before`: of each project the
  /// longest unseen, `limit` at most.
  Result<std::vector<RecordKey>> stalest(const RemoteName& remote, const KindId& kind,
                                         WallTime before, int limit);
  /// What a complete listing of ids of one kind says about the records kept here.
  struct Swept {
    std::int64_t known = 0;   ///< not gone before it
    std::int64_t absent = 0;  ///< of those, how many it lacked for the second time
    int gone = 0;             ///< gone now that were not before
    int put_in_question = 0;  ///< now in question that were not before
    /// Listed, and not kept here or out of sight until now: may have changed unseen.
    std::int64_t unknown = 0;
  };
  /// What apply_sweep would find, without changing anything.
  Result<Swept> weigh_sweep(const RemoteName& remote, const ProjectId& project, const KindId& kind,
                            const std::vector<ServiceId>& ids);
  /// Marks those absent missing_once, then gone; those back present. When more than `gone_max`
  /// would be gone or are in question already, they are put in question instead: a mass vanishing
  /// is for a person to judge.
  Result<Swept> apply_sweep(const RemoteName& remote, const ProjectId& project, const KindId& kind,
                            const std::vector<ServiceId>& ids, std::int64_t gone_max, WallTime now);
  /// The rights under which the tool is listed are others now: what was missing or in question is
  /// present until it is missed again, twice.
  Result<> void_absences(const RemoteName& remote, const ProjectId& project,
                         const std::vector<KindId>& kinds, WallTime now);
  Result<std::int64_t> in_question(const RemoteName& remote, const ProjectId& project,
                                   const KindId& kind);
  /// A person judged: those in question are gone, or present until they are missed again, twice.
  /// Returns how many there were.
  Result<int> answer_question(const RemoteName& remote, const ProjectId& project,
                              const KindId& kind, Presence presence, WallTime now);
  /// The single record answered 404 or is otherwise doubtful: presence missing_once at most.
  Result<> mark_missing(const RecordKey& key, WallTime now);

  /// What is kept of the record, or of all records of the kind, is no longer trusted: it is read
  /// whole again, whatever its stamps say. Returns how many there are.
  Result<int> doubt(const RemoteName& remote, const ProjectId& project, const KindId& kind,
                    const std::optional<ServiceId>& id);

  // Files (mirror_files.cpp).

  struct WantedFile {
    RecordKey key;
    MirrorFile file;
  };
  /// Files of present records that are wanted without being asked for, whose bytes are not here,
  /// are not known to be longer than `size_max` and are not postponed past `now`: what is wanted
  /// most first, of those what never failed, of those new records.
  Result<std::vector<WantedFile>> wanted_files(const RemoteName& remote, WallTime now,
                                               ByteCount size_max, int limit);
  /// How many files of the project's records of the kind are wanted and not here, counted up to
  /// `limit`.
  Result<std::int64_t> count_wanted(const RemoteName& remote, const ProjectId& project,
                                    const KindId& kind, int limit);
  /// The bytes came; `size` is their length, kept where the service told none.
  Result<> save_file_blob(const RecordKey& key, std::string_view slot, const Digest& blob,
                          ByteCount size, WallTime now);
  /// A download failed: not tried again before `again_at`.
  Result<> postpone_file(const RecordKey& key, std::string_view slot, WallTime again_at,
                         std::string_view evidence);
  /// Pieces of the file come under this ETag; "": there are none any more.
  Result<> save_validator(const RecordKey& key, std::string_view slot, std::string_view validator);
  /// A person used the bytes just now.
  Result<> mark_used(const RecordKey& key, std::string_view slot, WallTime now);
  Result<> set_file_want(const RecordKey& key, std::string_view slot, Want want, Pin pin);

  /// What of the bytes that are here may go, first to last.
  enum class Shelf { superseded, ordinary, pinned };
  struct KeptFile {
    RecordKey key;
    Digest blob;
    ByteCount size = 0;
  };
  /// Bytes on that shelf that the service can tell again, the longest unused first: their record is
  /// present, and nothing on a later shelf has the same bytes.
  Result<std::vector<KeptFile>> evictable(Shelf shelf, const std::set<ProjectId>& out_of_reach,
                                          int limit);
  /// These bytes are no longer here, for none of the files that had them. One transaction: on a
  /// full disk each costs pages of the log.
  Result<> forget_blobs(const std::vector<Digest>& blobs);
  Result<bool> has_blob(const Digest& blob);
  /// The bytes of all files that are here; those that files share are counted for each.
  Result<ByteCount> bytes_kept();

  Result<std::optional<ToolState>> tool_state(const RemoteName& remote, const ProjectId& project,
                                              std::string_view tool);
  Result<std::vector<ToolState>> tool_states();
  /// To be called once after a start: rounds and downloads that were put off are due, and what
  /// bears a time after `now` (the clock was set back since) is looked at again.
  Result<> recover_after_restart(WallTime now);
  Result<> save_tool_state(const ToolState& state);
  /// Forgets everything of the project.
  Result<> forget_project(const RemoteName& remote, const ProjectId& project);
  Result<std::string> integrity();
  /// For a time of rest: cached pages go, up to 2 MB; what is needed again is read again.
  void release_memory();

 private:
  explicit MirrorStore(std::unique_ptr<Database> database);
  std::unique_ptr<Database> db_;
};

}  // namespace fieldsync::storage
