#include <ostream>

#include "agent/app/service_manager_acts.h"
#include "platform/base/text.h"
#include "platform/child_process.h"
#include "platform/service_manager.h"
#include "platform/system_place.h"

// The control manager's side of `fieldsync service`.

namespace fieldsync::app {
namespace {

using base::Result;
using platform::FolderUse;
using platform::kServiceName;
using platform::ServiceStanding;

struct Places {
  base::Path config = platform::system_config_file();
  base::Path folder = platform::parent_of(config);
  base::Path state = *platform::system_state_folder(config);
};

const char* words_for(ServiceStanding standing) {
  switch (standing) {
    case ServiceStanding::absent:
      return "The service is not installed.";
    case ServiceStanding::stopped:
      return "The service is stopped.";
    case ServiceStanding::starting:
      return "The service is starting.";
    case ServiceStanding::running:
      return "The service runs; `fieldsync status` says what it does.";
    case ServiceStanding::stopping:
      return "The service is stopping.";
  }
  return "";
}

}  // namespace

namespace manager {

Result<> start(cli::Surroundings& around) {
  const Places places;
  TRY_ASSIGN(const bool has_config, is_there(around.files, places.config));
  if (has_config) return platform::start_service(kServiceName, kManagerAnswerMax);
  return base::Failure{base::Cause::bad_input, places.config + ": there is no such file"};
}

Result<> install(cli::Surroundings& around) {
  const Places places;
  // Whatever of an earlier agent runs, runs from a program that may have been replaced.
  TRY_ASSIGN(const ServiceStanding before, platform::service_standing(kServiceName));
  if (before != ServiceStanding::absent)
    TRY(platform::stop_service(kServiceName, kManagerAnswerMax));
  const std::pair<base::Path, FolderUse> folders[] = {{places.folder, FolderUse::everybody_reads},
                                                      {places.state, FolderUse::service_only}};
  for (const auto& [folder, use] : folders) {
    TRY(platform::make_service_folder(folder, kServiceName, use));
  }
  TRY_ASSIGN(const auto missing,
             platform::register_service(
                 {kServiceName,
                  "Fieldsync",
                  "Keeps drawings, notes, photos and RFIs of construction sites in sync.",
                  platform::own_program(),
                  {"--config", places.config, "--state", places.state, "run", "--group"}}));
  for (const std::string& line : missing) {
    around.err << "fieldsync: " << base::printable(line) << std::endl;
  }
  TRY_ASSIGN(const bool has_config, is_there(around.files, places.config));
  if (!has_config) {
    around.out << "The service is there. Write " << places.config
               << ", then `fieldsync service start`." << std::endl;
    return {};
  }
  TRY(platform::start_service(kServiceName, kManagerAnswerMax));
  around.out << "The agent runs, and will after every start of this machine. Work is kept in "
             << places.state << "; who is logged in at this machine may use it." << std::endl;
  return {};
}

Result<> remove(cli::Surroundings& around) {
  const Places places;
  TRY_ASSIGN(const ServiceStanding now, platform::service_standing(kServiceName));
  if (now != ServiceStanding::absent) TRY(platform::stop_service(kServiceName, kManagerAnswerMax));
  TRY(platform::unregister_service(kServiceName));
  tell_removed(around, places.state);
  return {};
}

Result<> stop(cli::Surroundings&) {
  return platform::stop_service(kServiceName, kManagerAnswerMax);
}

Result<int> status(cli::Surroundings& around) {
  TRY_ASSIGN(const ServiceStanding standing, platform::service_standing(kServiceName));
  around.out << words_for(standing) << std::endl;
  return standing == ServiceStanding::running ? 0 : 1;
}

}  // namespace manager
}  // namespace fieldsync::app
