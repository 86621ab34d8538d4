#pragma once

#include <string>

#include "net/sandbox/seed_people.h"
#include "tests/support/cause_test.h"
#include "tests/support/small_world.h"

/// Short ways to what the tests of causes need of an agent and a service in virtual time.
namespace fieldsync::tests {

/// A mirrored world, ready to be hurt.
class CauseWorld : public SmallWorld {
 public:
  CauseWorld();

  /// Adds a fault at the service; `count` -1 until `heal`.
  void fault(const std::string& match, std::int64_t count, base::Document action);
  /// An answer of this status whose body is an error in these words.
  void answer(const std::string& match, int status, const std::string& words);
  void heal();
  void cut();
  void office(base::Document command);
  void set_level(const std::string& tool, std::int64_t level);

  std::string note(const std::string& text);
  std::string photo(const std::string& bytes);
  /// With an assignee, as the service wants it.
  std::string rfi(const std::string& subject);
  /// The local id of a mirrored RFI with this status.
  std::string rfi_with_status(const std::string& status);
  void edit(const std::string& item, const base::Document& fields);

  /// The first explanation of `why`.
  base::Document why(const std::string& item);
  /// The tool's row in `status`.
  base::Document tool(const std::string& name);
  /// Delivered, `why` says none, and since when.
  void check_well(const std::string& item);
};

}  // namespace fieldsync::tests
