#include "platform/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace fieldsync::base {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "fieldsync: internal error: %s does not hold (%s:%d)\n", condition, file,
               line);
  std::abort();
}

}  // namespace fieldsync::base
