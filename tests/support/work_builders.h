#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "storage/work_store.h"

/// Short forms for rows of work.db.
namespace fieldsync::tests {

inline base::WallTime at(std::int64_t millis) { return base::WallTime{base::Millis(millis)}; }

inline storage::Intent make_intent(const std::string& item,
                                   storage::Act act = storage::Act::create) {
  storage::Intent intent;
  intent.item = base::RecordId(item);
  intent.remote = base::RemoteName("procore");
  intent.project = base::ProjectId("2002");
  intent.kind = base::KindId("rfi");
  intent.act = act;
  intent.fields = base::Document{{"title", "Title of " + item}, {"body", "A question"}};
  intent.author = "Ann";
  intent.captured_at = at(1'700'000'000'000);
  intent.token = "token-" + item;
  return intent;
}

inline storage::Upload make_upload(std::int64_t intent) {
  storage::Upload upload;
  upload.intent = base::IntentId(intent);
  upload.blob = base::digest_of("blob");
  upload.size = 30;
  for (int i = 0; i < 3; ++i) {
    storage::UploadPart part;
    part.offset = 10 * i;
    part.size = 10;
    part.url = "https://storage.example/part/" + std::to_string(i);
    upload.parts.push_back(part);
  }
  return upload;
}

inline storage::Receipt receipt_for(const storage::Intent& intent) {
  storage::Receipt receipt;
  receipt.intent = intent.id;
  receipt.item = intent.item;
  receipt.kind = intent.kind;
  receipt.act = intent.act;
  receipt.project = intent.project;
  receipt.remote = intent.remote;
  receipt.service_id = intent.result;
  receipt.captured_at = intent.captured_at;
  receipt.delivered_at = at(1'700'000'100'000);
  receipt.proof = base::Document{{"fields", base::Document{{"weight", 2.5}, {"count", 3}}}};
  return receipt;
}

inline std::unique_ptr<storage::WorkStore> open_store_in(const std::string& folder,
                                                         storage::DatabaseOptions options = {}) {
  auto opened = storage::WorkStore::open(folder, options, at(1'700'000'000'000));
  REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? "" : opened.failure().what));
  REQUIRE_FALSE(opened->salvage);
  return std::move(opened->store);
}

}  // namespace fieldsync::tests
