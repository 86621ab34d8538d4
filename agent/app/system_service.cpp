#include "agent/app/system_service.h"

#include <ostream>

#include "agent/app/service_manager_acts.h"
#include "platform/base/text.h"

namespace fieldsync::app {
namespace {

using base::Result;

Result<int> perform(const cli::ServiceOptions& options, cli::Surroundings& around) {
  switch (options.act) {
    case cli::ServiceOptions::Act::install:
      TRY(manager::install(around));
      return 0;
    case cli::ServiceOptions::Act::remove:
      TRY(manager::remove(around));
      return 0;
    case cli::ServiceOptions::Act::start:
      TRY(manager::start(around));
      return 0;
    case cli::ServiceOptions::Act::stop:
      TRY(manager::stop(around));
      return 0;
    case cli::ServiceOptions::Act::status:
      break;
  }
  return manager::status(around);
}

}  // namespace

int run_service(const cli::ServiceOptions& options, cli::Surroundings& around) {
  const auto code = perform(options, around);
  if (code.ok()) return *code;
  around.err << "fieldsync: " << base::printable(base::sentence(code.failure())) << std::endl;
  return 1;
}

Result<bool> is_there(platform::FileSystem& files, const base::Path& path) {
  TRY_ASSIGN(const platform::FileInfo info, files.info(path));
  return info.type != platform::FileType::missing;
}

void tell_removed(cli::Surroundings& around, const base::Path& state) {
  around.out << "The agent is stopped and starts no more. All work, also what is not delivered, "
                "stays in "
             << state << "; `fieldsync --state " << state << " queue` lists it." << std::endl;
}

}  // namespace fieldsync::app
