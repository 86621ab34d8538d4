#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/base/cause.h"
#include "platform/base/digest.h"
#include "platform/base/types.h"
#include "platform/base/value.h"

/// The rows of work.db as values: what only this machine knows.
namespace fieldsync::storage {

using base::ByteCount;
using base::Cause;
using base::Digest;
using base::Document;
using base::IntentId;
using base::KindId;
using base::ProjectId;
using base::RecordId;
using base::RemoteName;
using base::ServiceId;
using base::WallTime;

/// restore: take the record back out of the service's recycle bin.
enum class Act { create, edit, reply, attach, remove, restore };

/// Where an intent stands. `delivered` and `cancelled` are the ends.
enum class IntentState {
  queued,     ///< may be sent when it is due
  waiting,    ///< for the intent in `depends_on`
  sending,    ///< a request may be on its way; after a restart this means in_doubt
  in_doubt,   ///< outcome unknown: look before repeating
  sent,       ///< the service said yes; not yet read back
  delivered,  ///< read back, receipt kept
  held,       ///< needs a person; `cause` says why
  cancelled,  ///< taken back before it was sent
};
std::string_view name(Act act);
std::string_view name(IntentState state);
bool is_open(IntentState state);

struct Attachment {
  Digest blob;
  ByteCount size = 0;
  std::string name;
  std::string content_type;
};

/// How the bytes of a photo go out. undecided: the person's policy says it when they are due.
/// whole: as captured. preview: a smaller picture of the photo `companion`, which follows.
/// after_preview: as captured, on a good link; `companion` went ahead. reduced: a smaller picture
/// alone, made of what is in `kept`.
enum class Picture { undecided, whole, preview, after_preview, reduced };

/// One queued act of a person.
struct Intent {
  IntentId id;
  RecordId item;
  RemoteName remote;
  ProjectId project;
  KindId kind;
  Act act = Act::create;
  Document fields;  ///< new values; reply: `body`
  Document base;    ///< edit: what the person saw in each edited field; absent there: unset
  std::vector<Attachment> attachments;
  std::vector<Attachment> kept;  ///< captured bytes that belong to the act and stay here
  Picture picture = Picture::undecided;
  RecordId companion;  ///< of a photo and its preview: the other one
  std::string author;
  WallTime captured_at{};
  std::string token;  ///< random; idempotency token and tie-breaker

  IntentState state = IntentState::queued;
  std::optional<IntentId> depends_on;
  Cause cause = Cause::none;
  std::string evidence;  ///< what the cause rests on, for a person
  int attempts = 0;
  WallTime next_attempt{};  ///< not before; 0: at once
  /// When the first request left that may have taken effect, by the service's clock; unset while
  /// none has. A look for it begins there.
  std::optional<WallTime> sending_since;
  ServiceId result;  ///< service id of the record or reply, once known
  WallTime changed_at{};
};

/// Where an act that was held goes on: what may have taken effect is looked for, never repeated.
IntentState resumed_state(const Intent& intent);

/// planned: parts are known, the service is not told. creating: the request left. receiving: the
/// service has given tickets. completing: all parts are there. ready: may be attached.
enum class UploadState { planned, creating, receiving, completing, ready };
std::string_view name(UploadState state);

struct UploadPart {
  ByteCount offset = 0;
  ByteCount size = 0;
  Digest digest;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::pair<std::string, std::string>> form;
  std::string etag;  ///< set once the storage confirmed the part
};

enum class UploadStyleStored { segmented, plain };

/// The upload of one attachment of one intent: bytes bound to their digest.
struct Upload {
  IntentId intent;
  int position = 0;  ///< index in Intent::attachments
  Digest blob;
  ByteCount size = 0;
  UploadStyleStored style = UploadStyleStored::segmented;
  UploadState state = UploadState::planned;
  std::string service_id;
  WallTime created_at{};  ///< when the service created it
  std::vector<UploadPart> parts;
  ByteCount bytes_confirmed() const;
};

/// Proof of one delivery. Rows form a chain: `hash` covers the row and `previous`.
struct Receipt {
  std::int64_t number = 0;
  IntentId intent;
  RecordId item;
  KindId kind;
  Act act = Act::create;
  ProjectId project;
  RemoteName remote;
  ServiceId service_id;
  WallTime captured_at{};
  WallTime delivered_at{};
  Document proof;  ///< what was read back: fields, attachments with name, size and digest
  Digest previous;
  Digest hash;
};

/// How an act stood before or after a decision; what a decision never changes is left out.
struct ActSnapshot {
  IntentId id;
  IntentState state = IntentState::held;
  Cause cause = Cause::none;
  std::string evidence;
  Document fields;
  Document base;
};
ActSnapshot snapshot_of(const Intent& intent);

/// What a person decided about acts that were held, with what it takes to undo it.
struct Resolution {
  std::int64_t number = 0;  ///< set by WorkStore::decide
  RecordId item;
  std::string take;  ///< "ours", "theirs", "value", "restore", "new", "let-go"
  std::string author;
  WallTime made_at{};
  std::vector<ActSnapshot> before;  ///< the acts it was about
  std::vector<ActSnapshot> after;   ///< the same acts, and behind them those it made
};

struct Follow {
  RemoteName remote;
  ProjectId project;
  std::vector<std::string> tools;
};

/// What one queue row shows, without its payload.
struct QueueCounts {
  std::int64_t queued = 0, waiting = 0, sending = 0, in_doubt = 0, sent = 0, held = 0;
  std::int64_t delivered = 0, cancelled = 0;
  std::int64_t open() const { return queued + waiting + sending + in_doubt + sent + held; }
};

}  // namespace fieldsync::storage
