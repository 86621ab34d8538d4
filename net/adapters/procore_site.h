#pragma once

#include <string>
#include <string_view>

#include "net/adapters/procore_options.h"
#include "net/http.h"

namespace fieldsync::net::procore {

/// One company at one API host: builds requests with the headers every call needs, and knows which
/// URLs may see the token. Immutable; any thread.
class Site {
 public:
  explicit Site(ProcoreOptions options);
  const ProcoreOptions& options() const { return options_; }

  /// Puts the project into `pattern` in place of `{p}`, and appends "/id" unless `id` is empty.
  std::string path(std::string_view pattern, const ProjectId& project,
                   const ServiceId& id = {}) const;

  HttpRequest get(std::string_view path, const Query& query = {}) const;
  HttpRequest remove(std::string_view path, const Query& query = {}) const;
  /// POST or PATCH of a JSON body; `token` goes along with a POST unless it is empty.
  HttpRequest send(Method method, std::string_view path, const Query& query, const Document& body,
                   std::string_view token = {}) const;

  /// https under the API's domain, under procore.com when the API is, or under a trusted domain;
  /// plain http only to the API's own loopback host and port.
  bool trusts(std::string_view url) const;

  /// "from...to" in whole seconds as filters take it (5.1). Ends in the second after `to`: whether
  /// a range includes its end is not documented.
  std::string range(WallTime from, WallTime to) const;

 private:
  HttpRequest request(Method method, std::string_view path, const Query& query) const;

  ProcoreOptions options_;
};

/// An id as the service writes it: a JSON number where it is one, else text.
base::Value id_value(std::string_view id);
/// The same for a list of ids in a document of ours.
base::List id_values(const base::Value& ids);

}  // namespace fieldsync::net::procore
