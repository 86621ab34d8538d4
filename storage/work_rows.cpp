#include "storage/work_rows.h"

#include "platform/base/json.h"
#include "storage/codec.h"
#include "storage/tuning.h"
#include "storage/work_names.h"

namespace fieldsync::storage {
namespace {

std::int64_t millis(WallTime at) { return at.since_epoch.count(); }
WallTime wall(std::int64_t millis) { return WallTime{base::Millis(millis)}; }

std::optional<std::int64_t> optional_integer(const Row& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.integer(column);
}

void mark_damaged(Intent& intent, std::string fault) {
  intent.state = is_open(intent.state) ? IntentState::held : intent.state;
  intent.cause = Cause::work_damaged;
  intent.evidence = std::move(fault);
}

std::string payload_of(const Database& db, const Intent& intent) {
  std::string archive = encode_payload(intent);
  if (static_cast<ByteCount>(archive.size()) <= tuning::kPayloadMax) return archive;
  throw SqlError(
      {Cause::limit_reached, db.path() + ": the content of one act takes " +
                                 std::to_string(archive.size()) + " bytes, more than the " +
                                 std::to_string(tuning::kPayloadMax) + " that are kept"});
}

ByteCount attachment_bytes(const Intent& intent) {
  ByteCount sum = 0;
  for (const Attachment& attachment : intent.attachments) sum += attachment.size;
  return sum;
}

}  // namespace

Intent read_intent(const Row& row) {
  Intent intent;
  intent.id = IntentId(row.integer(0));
  intent.item = RecordId(row.text(1));
  intent.remote = RemoteName(row.text(2));
  intent.project = ProjectId(row.text(3));
  intent.kind = KindId(row.text(4));
  const auto act = act_from(row.bytes(5));
  const auto state = intent_state_from(row.bytes(6));
  intent.act = act.value_or(Act::edit);
  intent.state = state.value_or(IntentState::held);
  if (const auto id = optional_integer(row, 7)) intent.depends_on = IntentId(*id);
  intent.next_attempt = wall(row.integer(8));
  intent.attempts = static_cast<int>(row.integer(9));
  const auto cause = base::cause_from_id(row.bytes(10));
  intent.cause = cause.value_or(Cause::work_damaged);
  if (const auto at = optional_integer(row, 11)) intent.sending_since = wall(*at);
  intent.captured_at = wall(row.integer(12));
  intent.changed_at = wall(row.integer(13));
  intent.result = ServiceId(row.text(14));
  intent.author = row.text(15);
  intent.token = row.text(16);
  intent.evidence = row.text(17);
  auto payload = decode_payload(row.bytes(18));
  if (!act || !state || !cause) {
    mark_damaged(intent, "a name in its row is unknown");
  } else if (!payload.ok()) {
    mark_damaged(intent, payload.failure().what);
  }
  if (payload.ok()) {
    intent.fields = std::move(payload->fields);
    intent.base = std::move(payload->base);
    intent.attachments = std::move(payload->attachments);
    intent.kept = std::move(payload->kept);
    intent.picture = payload->picture;
    intent.companion = std::move(payload->companion);
  }
  return intent;
}

void insert_intent(Database& db, const Intent& i) {
  const std::string payload = payload_of(db, i);
  db.run(
      "INSERT INTO intent(id, item, remote, project, kind, act, state, depends_on, next_attempt, "
      "attempts, cause, sending_since, captured_at, changed_at, result, author, token, evidence, "
      "payload, attachment_count, attachment_bytes) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      i.id.raw(), i.item.raw(), i.remote.raw(), i.project.raw(), i.kind.raw(), name(i.act),
      name(i.state), i.depends_on ? Bind(i.depends_on->raw()) : Bind(nullptr),
      millis(i.next_attempt), i.attempts, base::info(i.cause).id,
      i.sending_since ? Bind(millis(*i.sending_since)) : Bind(nullptr), millis(i.captured_at),
      millis(i.changed_at), i.result.raw(), i.author, i.token, i.evidence, Bind::blob(payload),
      static_cast<std::int64_t>(i.attachments.size()), attachment_bytes(i));
}

bool rewrite_intent(Database& db, const Intent& i) {
  const bool keep_payload = i.cause == Cause::work_damaged;
  const std::string payload = keep_payload ? std::string() : payload_of(db, i);
  const auto unless_kept = [&](Bind value) { return keep_payload ? Bind(nullptr) : value; };
  return db.run(
             "UPDATE intent SET item=?, remote=?, project=?, kind=?, act=?, state=?, "
             "depends_on=?, next_attempt=?, attempts=?, cause=?, sending_since=?, "
             "captured_at=?, changed_at=?, result=?, author=?, token=?, evidence=?, "
             "payload=coalesce(?, payload), attachment_count=coalesce(?, attachment_count), "
             "attachment_bytes=coalesce(?, attachment_bytes) WHERE id=?",
             i.item.raw(), i.remote.raw(), i.project.raw(), i.kind.raw(), name(i.act),
             name(i.state), i.depends_on ? Bind(i.depends_on->raw()) : Bind(nullptr),
             millis(i.next_attempt), i.attempts, base::info(i.cause).id,
             i.sending_since ? Bind(millis(*i.sending_since)) : Bind(nullptr),
             millis(i.captured_at), millis(i.changed_at), i.result.raw(), i.author, i.token,
             i.evidence, unless_kept(Bind::blob(payload)),
             unless_kept(static_cast<std::int64_t>(i.attachments.size())),
             unless_kept(attachment_bytes(i)), i.id.raw()) != 0;
}

Receipt read_receipt(const Row& row) {
  Receipt receipt;
  receipt.number = row.integer(0);
  receipt.intent = IntentId(row.integer(1));
  receipt.item = RecordId(row.text(2));
  receipt.kind = KindId(row.text(3));
  receipt.act = act_from(row.bytes(4)).value_or(Act::edit);
  receipt.project = ProjectId(row.text(5));
  receipt.remote = RemoteName(row.text(6));
  receipt.service_id = ServiceId(row.text(7));
  receipt.captured_at = wall(row.integer(8));
  receipt.delivered_at = wall(row.integer(9));
  if (auto proof = base::parse_json(row.bytes(10)); proof.ok()) {
    if (auto* document = proof->as_document()) receipt.proof = std::move(*document);
  }
  receipt.previous = Digest::from_hex(row.bytes(11)).value_or(Digest{});
  receipt.hash = Digest::from_hex(row.bytes(12)).value_or(Digest{});
  return receipt;
}

std::optional<Upload> load_upload(Database& db, IntentId intent, int position) {
  std::optional<Upload> found;
  db.each(
      "SELECT blob, size, style, state, service_id, created_at FROM upload "
      "WHERE intent=? AND position=?",
      [&](const Row& row) {
        Upload& u = found.emplace();
        u.intent = intent;
        u.position = position;
        u.blob = Digest::from_hex(row.bytes(0)).value_or(Digest{});
        u.size = row.integer(1);
        u.style = upload_style_from(row.bytes(2)).value_or(UploadStyleStored::segmented);
        // Of a state that cannot be read only the start is safe: parts are sent again.
        u.state = upload_state_from(row.bytes(3)).value_or(UploadState::planned);
        u.service_id = row.text(4);
        u.created_at = wall(row.integer(5));
      },
      intent.raw(), position);
  if (!found) return found;
  bool damaged = false;
  db.each(
      "SELECT etag, archive FROM upload_part WHERE intent=? AND position=? ORDER BY part",
      [&](const Row& row) {
        auto part = decode_part(row.bytes(1));
        damaged = damaged || !part.ok();
        if (!part.ok()) return;
        part->etag = row.text(0);
        found->parts.push_back(std::move(*part));
      },
      intent.raw(), position);
  // Part plans can be made again from the blob; half of one is worth nothing.
  if (damaged) return std::nullopt;
  return found;
}

void store_upload(Database& db, const Upload& u) {
  drop_upload(db, u.intent, u.position);
  db.run(
      "INSERT INTO upload(intent, position, blob, size, style, state, service_id, created_at) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
      u.intent.raw(), u.position, u.blob.hex(), u.size, name(u.style), name(u.state), u.service_id,
      millis(u.created_at));
  for (std::size_t i = 0; i < u.parts.size(); ++i) {
    UploadPart plan = u.parts[i];
    const std::string etag = std::move(plan.etag);
    plan.etag.clear();
    db.run("INSERT INTO upload_part(intent, position, part, etag, archive) VALUES(?, ?, ?, ?, ?)",
           u.intent.raw(), u.position, static_cast<std::int64_t>(i), etag,
           Bind::blob(encode(plan)));
  }
}

void drop_upload(Database& db, IntentId intent, int position) {
  db.run("DELETE FROM upload_part WHERE intent=? AND position=?", intent.raw(), position);
  db.run("DELETE FROM upload WHERE intent=? AND position=?", intent.raw(), position);
}

SqlError no_such_row(const Database& db, const std::string& what) {
  return SqlError({Cause::not_found, db.path() + ": there is no " + what});
}

}  // namespace fieldsync::storage
