#include "platform/memory.h"

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

namespace fieldsync::platform {

// Other C libraries give memory back by themselves.
void release_unused_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace fieldsync::platform
