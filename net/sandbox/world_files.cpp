#include "net/sandbox/tuning.h"
#include "net/sandbox/world.h"

namespace fieldsync::net::sandbox {

std::int64_t World::add_file(std::string_view bytes, std::string_view name,
                             std::string_view content_type) {
  const std::int64_t blob = next_id();
  const std::string sha256 = base::digest_of(bytes).hex();
  const auto size = static_cast<std::int64_t>(bytes.size());
  db_.run("INSERT INTO blobs(id, sha256, size) VALUES(?,?,?)", blob, sha256, size);
  for (int n = 0; !bytes.empty(); ++n) {
    const std::string_view chunk = bytes.substr(0, tuning::kChunkBytes);
    bytes.remove_prefix(chunk.size());
    db_.run("INSERT INTO chunks(blob, n, bytes) VALUES(?,?,?)", blob, n,
            storage::Bind::blob(chunk));
  }
  const std::int64_t file = next_id();
  db_.run("INSERT INTO files(id, sha256, size, content_type, name) VALUES(?,?,?,?,?)", file, sha256,
          size, content_type, name);
  db_.run("INSERT INTO file_parts(file, n, blob) VALUES(?,0,?)", file, blob);
  return file;
}

std::optional<File> World::file(std::int64_t id) {
  std::optional<File> found;
  db_.each(
      "SELECT sha256, size, content_type, name FROM files WHERE id=?",
      [&](const storage::Row& row) {
        found = File{id, row.text(0), row.integer(1), row.text(2), row.text(3)};
      },
      id);
  return found;
}

void World::read_file(std::int64_t id, const std::function<bool(std::string_view)>& take) {
  db_.each(
      "SELECT chunks.bytes FROM file_parts JOIN chunks ON chunks.blob=file_parts.blob "
      "WHERE file_parts.file=? ORDER BY file_parts.n, chunks.n",
      [&](const storage::Row& row) { return take(row.bytes(0)); }, id);
}

std::int64_t World::attach(std::int64_t record, std::string_view name,
                           std::string_view content_type, std::int64_t file) {
  const std::int64_t id = next_id();
  db_.run("INSERT INTO attachments(id, record, name, content_type, file) VALUES(?,?,?,?,?)", id,
          record, name, content_type, file);
  return id;
}

std::vector<Attachment> World::attachments(std::int64_t record) {
  std::vector<Attachment> found;
  db_.each(
      "SELECT id, name, content_type, file FROM attachments WHERE record=? ORDER BY id",
      [&](const storage::Row& row) {
        found.push_back({row.integer(0), row.text(1), row.text(2), row.integer(3)});
      },
      record);
  return found;
}

}  // namespace fieldsync::net::sandbox
