#include "agent/sync/remote/people.h"

#include "platform/base/json.h"
#include "platform/kinds/kind.h"

namespace fieldsync::sync {
namespace {

using base::Document;
using storage::Act;

std::string setting_of(const base::RemoteName& remote) { return "people." + remote.raw(); }

/// Where people read: the first long text of the kind that may be set, or the reply itself.
std::string text_field(const storage::Intent& intent) {
  if (intent.act == Act::reply) return "body";
  const kinds::KindDescriptor* kind = kinds::find_kind(intent.kind.raw());
  FS_CHECK(kind != nullptr);
  for (const kinds::FieldDescriptor& field : kind->fields) {
    const bool is_ours = field.merge != kinds::MergeRule::server_owned;
    if (is_ours && field.type == kinds::FieldType::long_text) return std::string(field.name);
  }
  return {};
}

}  // namespace

base::Result<std::map<std::string, OwnLogin>> load_people(storage::WorkStore& work,
                                                          const base::RemoteName& remote,
                                                          const MakeTokens& make) {
  std::map<std::string, OwnLogin> people;
  TRY_ASSIGN(const std::string text, work.setting(setting_of(remote)));
  if (text.empty()) return people;
  TRY_ASSIGN(const base::Value stored, base::parse_json(text));
  const base::List* rows = stored.as_list();
  if (rows == nullptr) return people;
  for (const base::Value& row : *rows) {
    const Document* person = row.as_document();
    if (person == nullptr) continue;
    OwnLogin& login = people[person->text("person")];
    login.me = base::ServiceId(person->text("me"));
    login.state =
        person->text("state") == "active" ? OwnLogin::State::active : OwnLogin::State::given_up;
    login.tokens = make(person->text("person"));
  }
  return people;
}

base::Result<> save_people(storage::WorkStore& work, const Remote& remote) {
  base::List rows;
  for (const auto& [person, login] : remote.people) {
    if (login.me.raw().empty()) continue;  // never used: the service has not said who it is
    const bool is_active = login.state == OwnLogin::State::active;
    rows.push_back(Document{
        {"person", person}, {"me", login.me.raw()}, {"state", is_active ? "active" : "given_up"}});
  }
  return work.save_setting(setting_of(remote.name), base::to_json(base::Value(std::move(rows))));
}

const OwnLogin* own_login(const Remote& remote, const std::string& person) {
  const auto found = remote.people.find(person);
  const bool is_usable =
      found != remote.people.end() && found->second.state == OwnLogin::State::active;
  return is_usable ? &found->second : nullptr;
}

std::string sent_under(const Remote& remote, const std::string& person) {
  return own_login(remote, person) ? person : std::string();
}

base::Failure of_person(const std::string& person, base::Failure failure) {
  if (!person.empty()) failure.what = "own login of " + person + ": " + failure.what;
  return failure;
}

std::vector<base::ServiceId> senders_of(const Remote& remote, const std::string& author) {
  std::vector<base::ServiceId> senders{remote.me};
  const auto own = remote.people.find(author);
  const bool is_other =
      own != remote.people.end() && !own->second.me.raw().empty() && own->second.me != remote.me;
  if (is_other) senders.push_back(own->second.me);
  return senders;
}

void name_author(const Remote& remote, storage::Intent& intent) {
  const bool says_something = intent.act == Act::create || intent.act == Act::reply;
  const bool is_named = !remote.machine_person || intent.author.empty() ||
                        intent.author == *remote.machine_person ||
                        own_login(remote, intent.author) != nullptr;
  if (!says_something || intent.sending_since || is_named) return;
  const std::string field = text_field(intent);
  if (field.empty()) return;
  const std::string line = "(" + intent.author + ")";
  const std::string text = intent.fields.text(field);
  if (text.ends_with(line)) return;  // a try before this one got no further
  intent.fields.set(field, text.empty() ? line : text + "\n" + line);
}

}  // namespace fieldsync::sync
