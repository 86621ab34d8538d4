#include "net/sandbox/seed_people.h"

#include "net/sandbox/call.h"

namespace fieldsync::net::sandbox {
namespace {

constexpr std::string_view kSeededTools[] = {kRfiTool, kDrawingTool, kPhotoTool, kLogTool,
                                             "documents"};

struct Person {
  std::int64_t id;
  std::string_view login, name, kind;
  Access level;
  std::string_view actions;
};

constexpr Person kPeople[] = {
    {kService, "fieldsync-dmsa@example.com", "Fieldsync Service", "service", Access::admin, "[]"},
    {kField, "f.super@example.com", "Fay Super", "person", Access::standard, "[]"},
    {kManager, "m.manager@example.com", "Max Manager", "person", Access::admin, "[]"},
    {kArchitect, "a.architect@example.com", "Ann Ärchitékt", "person", Access::standard,
     R"(["act_as_rfi_manager"])"},
    {kReader, "r.reader@example.com", "Rita O'Reader", "person", Access::read_only, "[]"},
    {kGuest, "c.guest@example.com", "Cole \"Guest\"", "collaborator", Access::standard, "[]"},
    {kOffice, "o.office@example.com", "Olli Office", "person", Access::admin, "[]"}};

void add_project(World& world, std::int64_t id, std::string_view name, bool active) {
  world.db().run(
      "INSERT INTO projects(id, company, name, active, time_zone, offset_minutes, updated_at, "
      "next_rfi) VALUES(?,?,?,?,'Europe/Helsinki',120,?,1)",
      id, kCompany, name, active, world.now() - 86'400);
  for (const std::string_view tool : kSeededTools) {
    world.db().run("INSERT INTO tools(project, tool, enabled) VALUES(?,?,1)", id, tool);
  }
  for (const Person& person : kPeople) {
    world.db().run("INSERT INTO members(project, user) VALUES(?,?)", id, person.id);
    for (const std::string_view tool : kSeededTools) {
      world.db().run("INSERT INTO levels(project, user, tool, level, actions) VALUES(?,?,?,?,?)",
                     id, person.id, tool, static_cast<int>(person.level),
                     tool == kRfiTool ? person.actions : std::string_view("[]"));
    }
  }
}

}  // namespace

void fill_people(World& world) {
  world.db().run("INSERT INTO companies(id, name, connected) VALUES(?,'Harbour Builders Ltd',1)",
                 kCompany);
  world.db().run("INSERT INTO companies(id, name, connected) VALUES(?,'Other Builders Oy',0)",
                 kOtherCompany);
  for (const Person& person : kPeople) {
    world.db().run("INSERT INTO users(id, login, name, kind) VALUES(?,?,?,?)", person.id,
                   person.login, person.name, person.kind);
  }
  add_project(world, kProject, "Harbour Tower – Länsisatama #2 & \"Annex\" 🏗️", true);
  add_project(world, kSmallJob, "School renovation", true);
  add_project(world, kOldJob, "Bridge (closed 2024)", false);
  // In the second project the service may only look at drawings: rights differ per project.
  world.db().run("UPDATE levels SET level=1 WHERE project=? AND user=? AND tool=?", kSmallJob,
                 kService, kDrawingTool);
  world.set_meta("company", std::to_string(kCompany));
  world.set_meta("project", std::to_string(kProject));
  world.set_meta("field_login", "f.super@example.com");
  world.set_meta("client_id", "sandbox-client");
  world.set_meta("client_secret", world.nonce().substr(0, 32));
}

}  // namespace fieldsync::net::sandbox
