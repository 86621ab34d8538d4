#include "net/sandbox/multipart.h"

#include "net/sandbox/tuning.h"
#include "platform/base/text.h"

namespace fieldsync::net::sandbox {
namespace {

/// The value of `key="…"` or `key=…` in a header.
std::string parameter(std::string_view header, std::string_view key) {
  const std::string lower = base::to_lower_ascii(header);
  for (std::size_t at = lower.find(key); at != std::string::npos; at = lower.find(key, at + 1)) {
    const bool starts = at == 0 || lower[at - 1] == ' ' || lower[at - 1] == ';';
    const std::size_t from = at + key.size() + 1;
    if (!starts || from > header.size() || lower[at + key.size()] != '=') continue;
    std::string_view value = header.substr(from);
    if (value.starts_with('"')) {
      value.remove_prefix(1);
      return std::string(value.substr(0, value.find('"')));
    }
    return std::string(base::trimmed(value.substr(0, value.find_first_of(";\r"))));
  }
  return "";
}

}  // namespace

FormFields form_fields(const std::string& uuid, const std::string& name, const std::string& type,
                       const std::string& policy) {
  return {{"key", "uploads/" + uuid},
          {"Content-Type", type},
          {"Content-Disposition", "inline; filename=\"" + base::url_encode(name) + "\""},
          {"policy", policy},
          {"x-amz-credential", "SANDBOX/20260101/us-east-1/s3/aws4_request"},
          {"x-amz-algorithm", "AWS4-HMAC-SHA256"},
          {"x-amz-date", "20260101T000000Z"},
          {"x-amz-signature", policy.substr(0, 32)}};
}

MultipartReader::MultipartReader(std::string_view content_type,
                                 std::function<void(std::string_view)> take_file)
    : take_file_(std::move(take_file)) {
  const std::string boundary = parameter(content_type, "boundary");
  delimiter_ = "\r\n--" + boundary;
  if (boundary.empty() || boundary.size() > 200) fail("no boundary");
}

void MultipartReader::fail(std::string why) {
  state_ = State::bad;
  why_ = std::move(why);
}

bool MultipartReader::add(std::string_view bytes) {
  if (state_ == State::bad) return false;
  if (state_ == State::done) return true;  // the epilogue means nothing
  buffer_.append(bytes);
  if (state_ == State::head) read_head();
  if (state_ == State::file) read_file();
  return state_ != State::bad;
}

/// Whole parts in front of the file. The buffer begins with a delimiter.
void MultipartReader::read_head() {
  while (state_ == State::head) {
    if (buffer_.size() > tuning::kFormHeadBytesMax + (1 << 20)) return fail("the head is too long");
    if (buffer_.size() < delimiter_.size() + 2) return;
    if (!buffer_.starts_with(delimiter_)) return fail("not a form");
    if (buffer_.compare(delimiter_.size(), 2, "--") == 0) return fail("the file is missing");
    const auto end = buffer_.find("\r\n\r\n", delimiter_.size());
    if (end == std::string::npos) return;
    const std::string head = buffer_.substr(0, end + 2);
    const std::string field = parameter(head, "name");
    if (field == "file") {
      buffer_.erase(0, end + 4);
      state_ = State::file;
      return;
    }
    const auto next = buffer_.find(delimiter_, end + 2);
    if (next == std::string::npos) return;
    const auto from = std::min(end + 4, next);
    fields_.emplace_back(field, buffer_.substr(from, next - from));
    buffer_.erase(0, next);
  }
}

void MultipartReader::read_file() {
  const auto end = buffer_.find(delimiter_);
  if (end == std::string::npos) {
    if (buffer_.size() <= delimiter_.size()) return;
    const std::size_t safe = buffer_.size() - delimiter_.size();
    take_file_(std::string_view(buffer_).substr(0, safe));
    buffer_.erase(0, safe);
    return;
  }
  if (buffer_.size() < end + delimiter_.size() + 2) return;
  take_file_(std::string_view(buffer_).substr(0, end));
  if (buffer_.compare(end + delimiter_.size(), 2, "--") != 0) {
    return fail("the file is not the last part");
  }
  state_ = State::done;
  buffer_.clear();
}

std::string MultipartReader::finish() {
  if (state_ == State::bad) return why_;
  return state_ == State::done ? "" : "the form ends too early";
}

}  // namespace fieldsync::net::sandbox
