#pragma once

#include <optional>
#include <string_view>

#include "platform/base/result.h"
#include "platform/base/secret.h"
#include "platform/file_system.h"

namespace fieldsync::platform {

/// Named secrets. What `put` accepted is durable when it returns: a new pair of tokens must survive
/// a power cut before it is used (facts/procore-api.md 2.3). Loop thread.
class SecretStore {
 public:
  virtual ~SecretStore() = default;
  virtual base::Result<std::optional<base::Secret>> get(std::string_view name) = 0;
  virtual base::Result<> put(std::string_view name, const base::Secret& secret) = 0;
  virtual base::Result<> erase(std::string_view name) = 0;
};

/// One owner-only file per secret in `folder`, sealed as the system can (secret_seal.h). What is
/// not there is looked for in `given`, where the system put secrets for this run, a file of its
/// plain name each (systemd's credentials); empty: nowhere.
class FileSecretStore final : public SecretStore {
 public:
  FileSecretStore(FileSystem& files, Path folder, Path given = {});
  base::Result<std::optional<base::Secret>> get(std::string_view name) override;
  base::Result<> put(std::string_view name, const base::Secret& secret) override;
  base::Result<> erase(std::string_view name) override;

 private:
  Path path_of(std::string_view name) const;
  base::Result<std::optional<base::Secret>> get_given(std::string_view name);
  FileSystem& files_;
  Path folder_;
  Path given_;
};

}  // namespace fieldsync::platform
