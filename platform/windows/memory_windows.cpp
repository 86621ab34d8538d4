#include "platform/memory.h"

#include <malloc.h>

namespace fieldsync::platform {

void release_unused_memory() { _heapmin(); }

}  // namespace fieldsync::platform
