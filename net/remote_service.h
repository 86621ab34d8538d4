#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"
#include "platform/base/digest.h"
#include "platform/base/types.h"
#include "platform/base/value.h"
#include "platform/kinds/kind.h"

/// What the agent knows of a service. An adapter is pure: it builds requests and reads replies; it
/// never does I/O, reads a clock or keeps state. Every reader accepts hostile input and fails with
/// a typed cause: an HTML page is captive_portal, a wrong shape unexpected_answer.
namespace fieldsync::net {

using base::Digest;
using base::Document;
using base::KindId;
using base::ProjectId;
using base::ServiceId;
using base::WallTime;

// --- What the service can do ---------------------------------------------------------------------

/// segmented: parts with digests, checked by the storage. plain: one form post.
enum class UploadStyle { segmented, plain };

struct Capabilities {
  UploadStyle upload_style = UploadStyle::segmented;  ///< for UploadSpec::style
  ByteCount part_bytes_min = 0;  ///< every part but the last is at least this long
  ByteCount part_bytes_max = 0;
  int parts_max = 0;
  /// The bytes of an upload must begin to leave within this time after it was created.
  base::Millis start_within{0};
  /// An upload must be attached to a record within this time or is lost.
  base::Millis attach_within{0};
};

// --- Reading -------------------------------------------------------------------------------------

/// Bytes a record points to. The URL is time-limited and differs on each fetch: it is never an
/// identity, never compared, never kept beyond its use (facts/procore-api.md 7.7).
struct RemoteFile {
  std::string slot;  ///< "pdf", "original", "attachment:540"
  std::string name;
  std::string url;
  std::optional<ByteCount> size;
};

/// How much of a record an answer showed. Lists of RFIs lack replies and attachments.
enum class Extent { summary, full };

struct RemoteRecord {
  KindId kind;
  ServiceId id;
  std::optional<WallTime> updated_at;
  Extent extent = Extent::full;
  Document fields;  ///< by the kind's descriptor; server-owned ones included
  std::vector<RemoteFile> files;
};

struct RemoteProject {
  ProjectId id;
  std::string name;
  bool active = true;
};

struct ToolPermission {
  std::string tool;  ///< our tool id, or the service's name when we have none for it
  kinds::Level level = kinds::Level::none;
  bool enabled = true;
  /// Granular rights by the service's own names: "act_as_rfi_manager".
  std::vector<std::string> actions;
};

/// changes: records updated in [from, to]. everything: all records with their fields. ids: all ids.
enum class Sweep { changes, everything, ids };

/// One listing, page by page. `position` is the adapter's own; 1 is the first page.
struct ListQuery {
  KindId kind;
  ProjectId project;
  Sweep sweep = Sweep::changes;
  WallTime from{}, to{};  ///< for `changes`; both ends inclusive
  ServiceId within;       ///< parent the listing is scoped to, if it is (drawing area)
  int position = 1;
};

struct ListPage {
  std::vector<RemoteRecord> records;  ///< empty for Sweep::ids
  std::vector<ServiceId> ids;         ///< every id on the page, whatever the sweep
  /// Records the answer contained that could not be read, each with the reason.
  std::vector<base::Failure> unreadable;
  std::optional<std::int64_t> total;  ///< as the service counts the whole listing
  std::optional<ListQuery> next;      ///< absent on the last page
};

// --- Writing -------------------------------------------------------------------------------------

/// restore: take the record back out of the service's recycle bin.
enum class Action { create, edit, reply, attach, remove, restore };
std::string_view name(Action action);

struct UploadedFile {
  std::string upload_id;
  std::string name;
  std::string content_type;
  ByteCount size = 0;
  Digest digest;
};

/// One write. References to other records are service ids by now.
struct PushOp {
  Action action = Action::create;
  KindId kind;
  ProjectId project;
  ServiceId id;     ///< the record edited, replied to, attached to or removed; empty for create
  Document fields;  ///< create: all; edit: only the changed ones; reply: `body`, `official`
  /// edit, attach: what the record has at the service now, where a write replaces a whole list.
  Document current;
  std::vector<UploadedFile> files;
  /// attach: ids of the attachments that the record had before. They prove nothing: one of them
  /// may have the name of a file that is sent now.
  std::set<std::string> had;
  std::string token;  ///< idempotency token, sent where it is honoured
  WallTime captured_at;
  kinds::Level level = kinds::Level::standard;  ///< of the caller, in the kind's tool
  /// missing_in: the id the service answered the push with, when it is known.
  ServiceId result;
};

struct PushAnswer {
  ServiceId id;  ///< of the record, or of the reply
  std::optional<RemoteRecord> echoed;
};

/// Asks whether a create or reply of unknown outcome took effect.
struct LookUp {
  PushOp op;
  WallTime since;  ///< the request cannot have taken effect before
  WallTime until;  ///< nor after
  ServiceId me;    ///< this login's user id
  int position = 1;
};

struct LookUpPage {
  /// Records that could be the outcome: same author, same content, in the window.
  std::vector<RemoteRecord> candidates;
  std::optional<LookUp> next;
};

// --- Uploading -----------------------------------------------------------------------------------

struct PartSpec {
  ByteCount offset = 0;
  ByteCount size = 0;
  Digest digest;
};

struct UploadSpec {
  ProjectId project;
  std::string name;
  std::string content_type;
  ByteCount size = 0;
  UploadStyle style = UploadStyle::segmented;
  std::vector<PartSpec> parts;
};

/// "Here are the URL and the headers": how one part is to be sent.
struct PartTicket {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  /// plain style: the form fields to send unaltered, file last.
  std::vector<std::pair<std::string, std::string>> form;
  std::string etag;  ///< set when the service already has this part
};

/// processing: all parts are there and the service still looks at the file; it cannot be used yet.
enum class UploadStatus { receiving, processing, complete, failed };

struct UploadTicket {
  std::string upload_id;
  UploadStatus status = UploadStatus::receiving;
  std::vector<PartTicket> parts;
};

// --- The interface -------------------------------------------------------------------------------

class RemoteService {
 public:
  virtual ~RemoteService() = default;
  virtual std::string_view service() const = 0;  ///< "procore"
  virtual Capabilities capabilities() const = 0;
  /// Whether the token may go along to this URL. Takes the whole URL: on a loopback address another
  /// port is another server, and http elsewhere is never trusted.
  virtual bool trusts(std::string_view url) const = 0;

  virtual HttpRequest me() const = 0;
  virtual Result<ServiceId> read_me(const HttpResponse& reply) const = 0;
  struct ProjectPage {
    std::vector<RemoteProject> projects;
    std::optional<int> next;
  };
  virtual HttpRequest projects(int position) const = 0;
  virtual Result<ProjectPage> read_projects(int position, const HttpResponse& reply) const = 0;
  virtual HttpRequest permissions(const ProjectId& project) const = 0;
  virtual Result<std::vector<ToolPermission>> read_permissions(const HttpResponse& reply) const = 0;

  /// The listings that together keep one tool's mirror current. `changes` costs as few calls as the
  /// service allows; `everything` and `ids` include the reference kinds (albums, areas, sets, …).
  virtual std::vector<ListQuery> listings(const ProjectId& project, std::string_view tool,
                                          Sweep sweep, WallTime from, WallTime to) const = 0;
  virtual HttpRequest list(const ListQuery& query) const = 0;
  virtual Result<ListPage> read_list(const ListQuery& query, const HttpResponse& reply) const = 0;
  /// Whether a summary of this kind has to be completed by `show`.
  virtual bool needs_show(const KindId& kind) const = 0;
  virtual HttpRequest show(const KindId& kind, const ProjectId& project,
                           const ServiceId& id) const = 0;
  virtual Result<RemoteRecord> read_show(const KindId& kind, const HttpResponse& reply) const = 0;
  virtual HttpRequest download(const RemoteFile& file) const = 0;

  /// Whether such a write exists at the service; `push` may only be called for those.
  virtual bool can_push(const KindId& kind, Action action) const = 0;
  /// Fields of the kind that a caller of this level may not write: `push` leaves them out.
  virtual std::vector<std::string> withheld(const KindId& kind, kinds::Level level) const = 0;
  virtual HttpRequest push(const PushOp& op) const = 0;
  virtual Result<PushAnswer> read_push(const PushOp& op, const HttpResponse& reply) const = 0;
  virtual HttpRequest look_up(const LookUp& look) const = 0;
  virtual Result<LookUpPage> read_look_up(const LookUp& look, const HttpResponse& reply) const = 0;
  /// What `record` lacks of the outcome of `op`: empty when every field, reply and attachment that
  /// `op` wrote is there. Each line names one thing, for the person.
  virtual std::vector<std::string> missing_in(const PushOp& op,
                                              const RemoteRecord& record) const = 0;

  virtual HttpRequest upload_create(const UploadSpec& spec) const = 0;
  virtual Result<UploadTicket> read_upload_create(const UploadSpec& spec,
                                                  const HttpResponse& reply) const = 0;
  virtual HttpRequest upload_part(const UploadSpec& spec, const PartTicket& ticket, int part,
                                  const Path& file) const = 0;
  /// The etag, bare.
  virtual Result<std::string> read_upload_part(const HttpResponse& reply) const = 0;
  virtual HttpRequest upload_complete(const UploadSpec& spec, const std::string& upload_id,
                                      const std::vector<std::string>& etags) const = 0;
  virtual Result<UploadStatus> read_upload_complete(const HttpResponse& reply) const = 0;
  virtual HttpRequest upload_show(const UploadSpec& spec, const std::string& upload_id) const = 0;
  virtual Result<UploadTicket> read_upload_show(const UploadSpec& spec,
                                                const HttpResponse& reply) const = 0;
};

}  // namespace fieldsync::net
