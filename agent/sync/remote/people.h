#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "agent/sync/remote/remote.h"
#include "storage/work_store.h"

/// Several people on one machine. What a person captures goes out under that person's own login
/// when there is one, else under the machine's, with the person's name in the text.
namespace fieldsync::sync {

/// Makes the source of a person's tokens; what it needs of the person is in the secret store.
using MakeTokens = std::function<std::unique_ptr<net::TokenSource>(const std::string& person)>;

/// The logins people gave to the remote, for Remote::people.
base::Result<std::map<std::string, OwnLogin>> load_people(storage::WorkStore& work,
                                                          const base::RemoteName& remote,
                                                          const MakeTokens& make);
/// Durable when it succeeds.
base::Result<> save_people(storage::WorkStore& work, const Remote& remote);

/// The login under which this person's work goes out; nullptr: the machine's.
const OwnLogin* own_login(const Remote& remote, const std::string& person);
/// The same as `Courier::send_as` wants it: the person, or empty.
std::string sent_under(const Remote& remote, const std::string& person);
/// The trouble of a login, with whose it is: a person's own, unless `person` is empty.
base::Failure of_person(const std::string& person, base::Failure failure);
/// Whoever a record that `author` captured may be by: the machine's login first. A login that was
/// given up may have sent what is looked for now.
std::vector<base::ServiceId> senders_of(const Remote& remote, const std::string& author);

/// Names the author at the end of what a capture or a reply says, unless it goes out under the
/// author's own login, was sent before, or is of the person the agent itself works for.
void name_author(const Remote& remote, storage::Intent& intent);

}  // namespace fieldsync::sync
