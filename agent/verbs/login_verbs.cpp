#include "agent/sync/remote/people.h"
#include "agent/verbs/tuning.h"
#include "agent/verbs/verbs.h"

// The machine's login, and the own logins of its people.

namespace fieldsync::verbs {

using api::Commands;
using base::Cause;
using base::Failure;

namespace {

/// What waited for a login need not wait its pauses out.
void tell_state(app::RemoteParts& account, net::LoginState state, const Commands::Answer& answer) {
  if (auto due = account.engine->sync_now(net::Sweep::changes); !due) return answer(due.failure());
  answer(Document{{"state", net::name(state)}});
}

Result<> keep_client_secret(Parts& parts, app::RemoteParts& account, const std::string& secret) {
  if (secret.empty()) return base::Done{};
  TRY(parts.secrets.put(app::client_secret_name(account.config.name), base::Secret(secret)));
  account.tokens->set_client_secret(base::Secret(secret));
  for (auto& [person, login] : account.remote->people) {
    login.tokens->set_client_secret(base::Secret(secret));
  }
  return base::Done{};
}

/// A login of a person's own: given, asked who it is, kept, and from then on used.
class OwnLoginGiver : public std::enable_shared_from_this<OwnLoginGiver> {
 public:
  OwnLoginGiver(Parts& parts, app::RemoteParts& account, std::string person,
                Commands::Answer answer)
      : parts_(parts),
        account_(account),
        person_(std::move(person)),
        courier_(parts.steady_host, parts.world.transport, parts.world.log, *account.remote),
        answer_(std::move(answer)) {}

  void give(const std::string& code) {
    auto& people = account_.remote->people;
    if (!people.contains(person_) && people.size() >= tuning::kOwnLoginsMax) {
      return answer_(Failure{Cause::limit_reached, "at most " +
                                                       std::to_string(tuning::kOwnLoginsMax) +
                                                       " people have a login of their own"});
    }
    sync::OwnLogin& login = people[person_];
    if (!login.tokens) {
      login.tokens = app::own_tokens(parts_, account_.config, person_);
      login.state = sync::OwnLogin::State::given_up;
    }
    const auto before = login.state;
    login.state = sync::OwnLogin::State::asked;
    login.tokens->log_in(base::Secret(code),
                         [self = shared_from_this(), before](const Result<>& given) {
                           if (given) return self->ask_who();
                           self->login().state = before;
                           self->answer_(given.failure());
                         });
  }

 private:
  sync::OwnLogin& login() { return account_.remote->people.at(person_); }

  void ask_who() {
    courier_.send_as(person_, account_.service->me(),
                     [self = shared_from_this()](const net::HttpOutcome& outcome) {
                       if (!outcome.response) return self->take_back(outcome.response.failure());
                       auto me = self->account_.service->read_me(*outcome.response);
                       if (!me) return self->take_back(me.failure());
                       self->keep(*me);
                     });
  }

  void keep(const base::ServiceId& me) {
    login().me = me;
    login().state = sync::OwnLogin::State::active;
    if (auto saved = sync::save_people(*parts_.work, *account_.remote); !saved) {
      return take_back(saved.failure());
    }
    tell_state(account_, login().tokens->state(), answer_);
  }

  void take_back(const Failure& failure) {
    login().state = sync::OwnLogin::State::given_up;
    (void)login().tokens->log_out();  // what the person is told is why the login failed
    answer_(failure);
  }

  Parts& parts_;
  app::RemoteParts& account_;
  std::string person_;
  sync::Courier courier_;
  Commands::Answer answer_;
};

Result<> forget_own_login(Parts& parts, app::RemoteParts& account, const std::string& person) {
  const auto own = account.remote->people.find(person);
  if (own == account.remote->people.end() || own->second.state == sync::OwnLogin::State::given_up) {
    return Failure{Cause::not_found, person + " has no login of their own here"};
  }
  own->second.state = sync::OwnLogin::State::given_up;
  TRY(sync::save_people(*parts.work, *account.remote));
  TRY(own->second.tokens->log_out());
  // What waited for it goes out under the machine's login now.
  return account.engine->sync_now(net::Sweep::changes);
}

}  // namespace

Result<Document> logout(Parts& parts, const Document& arguments) {
  TRY_ASSIGN(app::RemoteParts * remote, parts.pick_remote(arguments.text("remote")));
  const std::string person = arguments.text("person");
  if (!person.empty()) {
    TRY(forget_own_login(parts, *remote, person));
    return Document{};
  }
  TRY(remote->tokens->log_out());
  TRY(parts.secrets.erase(app::client_secret_name(remote->config.name)));
  remote->tokens->set_client_secret(base::Secret());
  return Document{};
}

void login(Parts& parts, const Document& arguments, Commands::Answer answer) {
  auto remote = parts.pick_remote(arguments.text("remote"));
  if (!remote) return answer(remote.failure());
  app::RemoteParts& account = **remote;
  if (auto kept = keep_client_secret(parts, account, arguments.text("secret")); !kept) {
    return answer(kept.failure());
  }
  const std::string code = arguments.text("code");
  const std::string person = arguments.text("person");
  const bool takes_code = !person.empty() || account.config.grant == net::Grant::authorization_code;
  if (takes_code && code.empty()) {
    return answer(Failure{Cause::bad_input, "login: no code given"});
  }
  if (!person.empty()) {
    return std::make_shared<OwnLoginGiver>(parts, account, person, std::move(answer))->give(code);
  }
  const auto finish = [&account, answer](const Result<>& result) {
    if (!result) return answer(result.failure());
    tell_state(account, account.tokens->state(), answer);
  };
  if (takes_code) return account.tokens->log_in(base::Secret(code), finish);
  account.tokens->get([finish](const Result<base::Secret>& token) {
    finish(token ? Result<>(base::Done{}) : Result<>(token.failure()));
  });
}

}  // namespace fieldsync::verbs
