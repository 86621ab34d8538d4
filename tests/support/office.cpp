#include "tests/support/office.h"

#include "net/sandbox/seed_people.h"

namespace fieldsync::tests {

void set_level(SmallWorld& world, const std::string& tool, int level) {
  world.control(net::Method::post, "/office",
                {{"do", "set_level"},
                 {"project", net::sandbox::kProject},
                 {"user", net::sandbox::kService},
                 {"tool", tool},
                 {"level", level}});
}

}  // namespace fieldsync::tests
