#include "platform/group_access.h"
#include "platform/windows/system.h"

namespace fieldsync::platform {

base::Result<> let_group_use(const base::Path& path) {
  // IU: whoever is logged in at the machine, also by remote desktop; no service, no network logon.
  const windows::Rights rights(L"D:P(A;;FA;;;OW)(A;;FA;;;SY)(A;;FA;;;BA)(A;;FR;;;IU)");
  return rights.give_to(path);
}

}  // namespace fieldsync::platform
