#pragma once

#include "net/adapters/procore.h"
#include "net/adapters/procore_mapping.h"
#include "net/request_check.h"
#include "platform/base/json.h"
#include "tests/fuzz/reply.h"

/// What holds for every reader of the adapter, whatever the service answers.
namespace fieldsync::fuzz {

using base::Cause;
using base::Document;
using base::KindId;
using base::List;
using base::ProjectId;
using base::ServiceId;
using net::Action;
using net::HttpResponse;

inline const ProjectId kProject{"2002"};

inline net::ProcoreOptions options() {
  net::ProcoreOptions options;
  options.api_url = "https://api.procore.com";
  options.company = 1001;
  options.default_rfi_manager = ServiceId("770");
  return options;
}

inline const net::Procore& service() {
  static const net::Procore kService(options());
  return kService;
}

/// A refusal is clear, and a success that cannot be read is never taken for a refusal of the
/// service: a write it answers may have taken effect (promises P2, P5).
inline void expect_refusal(const base::Failure& failure, const HttpResponse& reply) {
  expect_clear(failure);
  if (!reply.is_success()) return;
  const bool unreadable = failure.cause == Cause::unexpected_answer ||
                          failure.cause == Cause::captive_portal ||
                          failure.cause == Cause::limit_reached;
  expect(unreadable, "a success is not read as a refusal", failure.what);
}

/// Only a success is read as one.
inline void expect_success(const HttpResponse& reply) {
  expect(reply.is_success(), "only 2xx is read as an answer");
}

inline void expect_id(const ServiceId& id) {
  expect(!id.raw().empty() && id.raw().size() <= 64, "an id is a word", id.raw());
}

inline void expect_record(const net::RemoteRecord& record, const KindId& kind) {
  expect(record.kind == kind, "a record is of the kind asked for", record.kind.raw());
  expect_id(record.id);
  const std::string fields = base::to_json(record.fields);
  const auto again = base::parse_json(fields);
  expect(again.ok() && *again == base::Value(record.fields), "fields survive storage", fields);
  for (const net::RemoteFile& file : record.files) {
    expect(!file.slot.empty(), "a file has its place");
    expect(!file.size || *file.size >= 0, "no file is shorter than nothing");
    if (file.url.empty()) continue;
    const net::HttpRequest request = service().download(file);
    expect(net::check_sendable(request).ok(), "a file's URL can be asked for", file.url);
  }
  const net::HttpRequest show = service().show(kind, kProject, record.id);
  const auto url = net::parse_url(show.url);
  expect(url && url->host == "api.procore.com" && url->path.starts_with("/rest/") &&
             url->path.find("/..") == std::string::npos,
         "an id leads nowhere but to its record", show.url);
}

/// A write of each kind and action there is, as people make them.
inline net::PushOp sample_op(const KindId& kind, Action action) {
  net::PushOp op;
  op.kind = kind;
  op.action = action;
  op.project = kProject;
  op.token = "token";
  if (action != Action::create) op.id = ServiceId("55");
  if (action == Action::reply) {
    op.fields = {{"body", "M24, 8.8"}, {"official", false}};
  } else if (kind.raw() == "rfi") {
    op.fields = {{"subject", "Beam"}, {"question", "a < b?"}, {"assignees", List{"901"}}};
  } else if (kind.raw() == "note") {
    op.fields = {{"comment", "Crane down until noon."}, {"date", "2026-10-02"}};
  } else {
    op.fields = {{"description", "North wall"}};
  }
  net::UploadedFile file;
  file.upload_id = "01AAA";
  file.name = "wall.jpg";
  file.size = 777'000;
  if (action != Action::remove && action != Action::restore) op.files = {file};
  return op;
}

/// Runs `use` with every write the service has.
template <class Use>
void for_each_op(Use&& use) {
  for (const net::procore::KindMapping* mapping : net::procore::all_mappings()) {
    const KindId kind{std::string(mapping->kind())};
    for (const Action action : {Action::create, Action::edit, Action::reply, Action::attach,
                                Action::remove, Action::restore}) {
      if (service().can_push(kind, action)) use(sample_op(kind, action));
    }
  }
}

}  // namespace fieldsync::fuzz
