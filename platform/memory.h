#pragma once

namespace fieldsync::platform {

/// Gives back to the system what the allocator keeps of memory that was freed: after a large pull
/// some 15 MB, which an agent that goes to sleep would hold for days. Takes about a millisecond.
/// Any thread.
void release_unused_memory();

}  // namespace fieldsync::platform
