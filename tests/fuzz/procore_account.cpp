#include "tests/fuzz/procore_check.h"

namespace fieldsync::fuzz {

/// Who the login is, what it sees and what it may do.
void fuzz_one(std::string_view input) {
  const HttpResponse reply = reply_of(input);
  if (const auto me = service().read_me(reply); me.ok()) {
    expect_success(reply);
    expect_id(*me);
  } else {
    expect_refusal(me.failure(), reply);
  }
  if (const auto page = service().read_projects(1, reply); page.ok()) {
    expect_success(reply);
    for (const net::RemoteProject& project : page->projects) {
      expect(!project.id.raw().empty() && project.id.raw().size() <= 64, "a project has an id");
      expect(base::is_utf8(project.name), "a project's name is text", project.name);
    }
    expect(!page->next || *page->next == 2, "the next page follows this one");
  } else {
    expect_refusal(page.failure(), reply);
  }
  if (const auto rights = service().read_permissions(reply); rights.ok()) {
    expect_success(reply);
    for (const net::ToolPermission& right : *rights) {
      expect(!right.tool.empty(), "a right is for a tool");
    }
  } else {
    expect_refusal(rights.failure(), reply);
  }
}

}  // namespace fieldsync::fuzz
