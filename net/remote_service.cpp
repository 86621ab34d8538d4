#include "net/remote_service.h"

namespace fieldsync::net {

std::string_view name(Action action) {
  switch (action) {
    case Action::create:
      return "create";
    case Action::edit:
      return "edit";
    case Action::reply:
      return "reply";
    case Action::attach:
      return "attach";
    case Action::remove:
      return "remove";
    case Action::restore:
      return "restore";
  }
  FS_CHECK(false);
  return "";
}

}  // namespace fieldsync::net
