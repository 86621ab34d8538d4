#pragma once

#include <string>
#include <vector>

#include "platform/base/result.h"
#include "platform/base/types.h"

/// The services of Windows (its control manager), which a program registers with itself. Not on
/// other systems: systemd reads a unit and is asked through systemctl (agent/app/system_service.h).
/// Everything but `service_standing` takes an administrator.
namespace fieldsync::platform {

/// The agent's service. Files that only their owner may use are open to it as well, so that an
/// administrator's command leaves nothing in its folder that it cannot read.
inline constexpr const char* kServiceName = "Fieldsync";

struct ServiceEntry {
  std::string name;
  std::string title;        ///< for people, in lists
  std::string description;  ///< one sentence
  base::Path program;
  std::vector<std::string> arguments;
};

/// Registers the service, or brings one that is there to this form: started soon after each boot,
/// under an account of its own (NT SERVICE\name) that may do nothing but pass through folders,
/// started again when it fails, heard out at shutdown, with a source in the event log. Returns
/// what this system does not offer, a sentence each; the service runs without it.
base::Result<std::vector<std::string>> register_service(const ServiceEntry& entry);
/// Takes it away; one that is not there is no failure. It must not run.
base::Result<> unregister_service(const std::string& name);

enum class FolderUse {
  service_only,     ///< the service, administrators and the system
  everybody_reads,  ///< administrators and the system write
};
/// Makes the folder, or takes over one that anybody made before: from then on only those may use
/// what is in it. The folder above must be there.
base::Result<> make_service_folder(const base::Path& folder, const std::string& service,
                                   FolderUse use);

enum class ServiceStanding { absent, stopped, starting, running, stopping };
base::Result<ServiceStanding> service_standing(const std::string& name);
/// Both return when the service runs or has stopped, at once if it does already; timeout past
/// `limit`.
base::Result<> start_service(const std::string& name, base::Millis limit);
base::Result<> stop_service(const std::string& name, base::Millis limit);

}  // namespace fieldsync::platform
