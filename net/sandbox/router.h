#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/sandbox/call.h"

namespace fieldsync::net::sandbox {

/// Whether a call needs `Procore-Company-Id` (facts/procore-api.md 1.3).
enum class Scope {
  company,      ///< always
  person_free,  ///< not for people, but for service accounts
  none,         ///< not at all: downloads and token questions
};

/// Whether a repeated `Idempotency-Token` is answered 200 with what the first call got, instead of
/// acting again. Documented for drawing uploads alone (facts/procore-api.md 6.3).
enum class Repeats { act_again, answer_again };

struct Route {
  Method method;
  /// Parts between slashes; `{}` takes any one part, a last `**` the rest.
  std::vector<std::string> parts;
  Handler handler;
  Scope scope;
  Repeats repeats;
};

/// The routes of one resource family.
using Routes = std::vector<Route>;
Route route(Method method, std::string_view pattern, Handler handler, Scope scope = Scope::company,
            Repeats repeats = Repeats::act_again);

Routes account_routes();
Routes rfi_routes();
Routes reply_routes();
Routes drawing_routes();
Routes drawing_upload_routes();
Routes photo_routes();
Routes note_routes();
Routes upload_routes();
Routes unified_upload_routes();
Routes download_routes();

/// All of them.
const Routes& all_routes();

struct Match {
  const Route* route = nullptr;
  std::vector<std::string> captured;
  /// The path exists with another method.
  bool wrong_method = false;
};
Match match(Method method, std::string_view path);

}  // namespace fieldsync::net::sandbox
