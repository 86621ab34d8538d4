#include <signal.h>

#include "platform/program.h"

namespace fieldsync::platform {

std::vector<std::string> begin_program(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  return {argv + 1, argv + argc};
}

}  // namespace fieldsync::platform
