#include "agent/sync/upload/open_ahead.h"

#include <algorithm>

#include "agent/sync/upload/tuning.h"

namespace fieldsync::sync {

namespace {
std::string storage_setting(const base::RemoteName& remote) { return "storage." + remote.raw(); }
}  // namespace

OpenAhead::OpenAhead(Context& context) : context_(context) {
  const auto storage = context_.work.setting(storage_setting(context_.remote.name));
  if (storage) storage_ = *storage;
}

void OpenAhead::to_storage() {
  const base::Instant now = context_.host.clock.now();
  const bool is_open = storage_used_ && now - *storage_used_ < tuning::kStorageStaysOpen;
  if (storage_.empty() || is_open) return;
  storage_used_ = now;
  context_.courier.open_ahead(storage_);
}

void OpenAhead::to_service(UploadRun& run) {
  const auto& parts = run.upload.parts;
  const auto missing =
      std::count_if(parts.begin(), parts.end(), [](const auto& part) { return part.etag.empty(); });
  const base::Instant now = context_.host.clock.now();
  if (missing > 1 || now - run.service_used < tuning::kStorageStaysOpen) return;
  run.service_used = now;
  context_.courier.open_ahead(context_.remote.service.upload_create(run.spec()).url);
}

void OpenAhead::storage_is(const std::string& url) {
  const auto parsed = net::parse_url(url);
  if (!parsed) return;
  std::string origin = parsed->scheme + "://" + parsed->host;
  if (parsed->port != 0) origin += ":" + std::to_string(parsed->port);
  if (origin == storage_) return;
  storage_ = origin;
  (void)context_.work.save_setting(storage_setting(context_.remote.name), origin);
}

}  // namespace fieldsync::sync
