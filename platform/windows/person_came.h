#pragma once

namespace fieldsync::platform::windows {

/// Tells the power monitor, if there is one, that somebody logged in or unlocked the screen. The
/// control manager tells that to services. Any thread.
void tell_person_came();

}  // namespace fieldsync::platform::windows
