#include "net/sandbox/settings.h"

#include <algorithm>

#include "platform/base/check.h"

namespace fieldsync::net::sandbox {

const std::vector<SettingRow>& all_settings() {
  static const std::vector<SettingRow> rows = {
      {"rate_hourly", 3600, {}, "API calls in 60 minutes; 0: no limit"},
      {"rate_spike", 100, {}, "API calls in 10 seconds; 0: no limit"},
      {"retry_after_on_429",
       "alternate",
       {"always", "never", "alternate"},
       "whether a 429 says how long to wait"},
      {"reply_bumps_rfi", false, {}, "a reply changes its RFI's updated_at"},
      {"superseded_bumps", true, {}, "a new revision changes the older one's updated_at"},
      {"range_end", "inclusive", {"inclusive", "exclusive"}, "end of an updated_at range"},
      {"default_order", "id", {"id", "updated_desc"}, "order of lists without a sort"},
      {"per_page_max", 2000, {}, "largest page of a v1 list"},
      {"scalar_status_filter", "refuse", {"refuse", "accept"}, "filters[status]=open on RFIs"},
      {"admin_only_fields",
       "refuse",
       {"refuse", "ignore"},
       "assignees or due date sent by a standard user"},
      {"standard_open_rfi",
       "refuse",
       {"refuse", "draft"},
       "an open RFI sent by a standard user: 403, or kept as a draft"},
      {"unknown_fields", "refuse", {"refuse", "ignore"}, "fields outside the schema: 406"},
      {"patch_uploads", "append", {"append", "replace"}, "upload_ids of a PATCH"},
      {"upload_reuse", "duplicate", {"duplicate", "refuse"}, "second use of an upload uuid"},
      {"upload_url_seconds", 3600, {}, "life of a storage URL for sending"},
      {"download_url_seconds", 900, {}, "life of a storage URL for fetching"},
      {"upload_get_fresh_urls", true, {}, "GET uploads/{uuid} renews the URLs"},
      {"segment_bytes_min", 5'242'880, {}, "smallest segment that is not the last"},
      {"patch_complete", "accept", {"accept", "busy"}, "busy: PATCH uploads answers 503"},
      {"note_status", "approved", {"approved", "pending"}, "status of a new note"},
      {"project_gone_status", 403, {}, "answer for a project one was removed from"},
      {"idempotency_everywhere", false, {}, "Idempotency-Token honoured on every create"},
      {"photo_refuses_heic",
       false,
       {},
       "HEIC photos are refused (facts/procore-api.md 11: silent)"},
      {"drawing_processing_seconds", 120, {}, "from drawing upload to ready_for_review"},
      {"office_races",
       false,
       {},
       "the office edits an RFI's drawing_number right before each PATCH of it"},
      {"download_bytes", "whole", {"whole", "short"}, "short: half of each file, as if whole"},
      {"download_ranges",
       "etag",
       {"etag", "untagged", "none"},
       "stretches of a file: with an ETag, without one, or always all of it"},
      {"files_unavailable", false, {}, "files have no URL yet: file_unavailable"},
      {"updated_at_filter", "works", {"works", "ignored"}, "filters[updated_at] of lists"},
      {"photo_private", false, {}, "photos are private unless they say otherwise"},
  };
  return rows;
}

namespace {

const SettingRow* find_row(std::string_view name) {
  const auto& rows = all_settings();
  const auto at = std::find_if(rows.begin(), rows.end(),
                               [&](const SettingRow& row) { return row.name == name; });
  return at != rows.end() ? &*at : nullptr;
}

bool accepts(const SettingRow& row, const base::Value& value) {
  if (row.standard.as_bool()) return value.as_bool() != nullptr;
  if (row.standard.as_integer()) return value.as_integer() && *value.as_integer() >= 0;
  return value.as_text() &&
         std::find(row.choices.begin(), row.choices.end(), *value.as_text()) != row.choices.end();
}

}  // namespace

Settings::Settings() {
  for (const SettingRow& row : all_settings()) values_.set(row.name, row.standard);
}

bool Settings::flag(std::string_view name) const {
  const base::Value* value = values_.find(name);
  FS_CHECK(value && value->as_bool());
  return *value->as_bool();
}

std::int64_t Settings::number(std::string_view name) const {
  const base::Value* value = values_.find(name);
  FS_CHECK(value && value->as_integer());
  return *value->as_integer();
}

const std::string& Settings::choice(std::string_view name) const {
  const base::Value* value = values_.find(name);
  FS_CHECK(value && value->as_text());
  return *value->as_text();
}

std::optional<std::string> Settings::change(const base::Document& changes) {
  for (const base::Field& field : changes) {
    const SettingRow* row = find_row(field.name);
    if (!row) return "unknown setting " + field.name;
    if (!accepts(*row, field.value)) return "bad value for " + field.name;
  }
  for (const base::Field& field : changes) values_.set(field.name, field.value);
  return std::nullopt;
}

}  // namespace fieldsync::net::sandbox
