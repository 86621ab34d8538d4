#pragma once

#include "net/adapters/procore_options.h"
#include "net/adapters/procore_site.h"
#include "net/remote_service.h"

namespace fieldsync::net {

/// Procore as a service (facts/procore-api.md). Thin: what a kind looks like is in its mapping,
/// every path and limit in procore_paths.h, every undocumented choice in ProcoreOptions. Immutable;
/// any thread.
class Procore : public RemoteService {
 public:
  explicit Procore(ProcoreOptions options);

  std::string_view service() const override;
  Capabilities capabilities() const override;
  bool trusts(std::string_view url) const override;

  HttpRequest me() const override;
  Result<ServiceId> read_me(const HttpResponse& reply) const override;
  HttpRequest projects(int position) const override;
  Result<ProjectPage> read_projects(int position, const HttpResponse& reply) const override;
  HttpRequest permissions(const ProjectId& project) const override;
  Result<std::vector<ToolPermission>> read_permissions(const HttpResponse& reply) const override;

  std::vector<ListQuery> listings(const ProjectId& project, std::string_view tool, Sweep sweep,
                                  WallTime from, WallTime to) const override;
  HttpRequest list(const ListQuery& query) const override;
  Result<ListPage> read_list(const ListQuery& query, const HttpResponse& reply) const override;
  bool needs_show(const KindId& kind) const override;
  HttpRequest show(const KindId& kind, const ProjectId& project,
                   const ServiceId& id) const override;
  Result<RemoteRecord> read_show(const KindId& kind, const HttpResponse& reply) const override;
  HttpRequest download(const RemoteFile& file) const override;

  bool can_push(const KindId& kind, Action action) const override;
  std::vector<std::string> withheld(const KindId& kind, kinds::Level level) const override;
  HttpRequest push(const PushOp& op) const override;
  Result<PushAnswer> read_push(const PushOp& op, const HttpResponse& reply) const override;
  HttpRequest look_up(const LookUp& look) const override;
  Result<LookUpPage> read_look_up(const LookUp& look, const HttpResponse& reply) const override;
  std::vector<std::string> missing_in(const PushOp& op, const RemoteRecord& record) const override;

  HttpRequest upload_create(const UploadSpec& spec) const override;
  Result<UploadTicket> read_upload_create(const UploadSpec& spec,
                                          const HttpResponse& reply) const override;
  HttpRequest upload_part(const UploadSpec& spec, const PartTicket& ticket, int part,
                          const Path& file) const override;
  Result<std::string> read_upload_part(const HttpResponse& reply) const override;
  HttpRequest upload_complete(const UploadSpec& spec, const std::string& upload_id,
                              const std::vector<std::string>& etags) const override;
  Result<UploadStatus> read_upload_complete(const HttpResponse& reply) const override;
  HttpRequest upload_show(const UploadSpec& spec, const std::string& upload_id) const override;
  Result<UploadTicket> read_upload_show(const UploadSpec& spec,
                                        const HttpResponse& reply) const override;

 private:
  procore::Site site_;
};

}  // namespace fieldsync::net
