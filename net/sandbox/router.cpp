#include "net/sandbox/router.h"

#include "platform/base/text.h"

namespace fieldsync::net::sandbox {
namespace {

std::vector<std::string> parts_of(std::string_view path) {
  return base::split(path.starts_with('/') ? path.substr(1) : path, '/');
}

bool fits(const Route& route, const std::vector<std::string>& parts,
          std::vector<std::string>& captured) {
  captured.clear();
  for (std::size_t i = 0; i < route.parts.size(); ++i) {
    if (route.parts[i] == "**") return true;
    if (i >= parts.size()) return false;
    if (route.parts[i] == "{}") {
      captured.push_back(parts[i]);
    } else if (route.parts[i] != parts[i]) {
      return false;
    }
  }
  return route.parts.size() == parts.size();
}

}  // namespace

Route route(Method method, std::string_view pattern, Handler handler, Scope scope,
            Repeats repeats) {
  return {method, parts_of(pattern), handler, scope, repeats};
}

const Routes& all_routes() {
  static const Routes routes = [] {
    Routes all;
    for (const auto family :
         {account_routes, rfi_routes, reply_routes, drawing_routes, drawing_upload_routes,
          photo_routes, note_routes, upload_routes, unified_upload_routes, download_routes}) {
      for (Route& one : family()) all.push_back(std::move(one));
    }
    return all;
  }();
  return routes;
}

Match match(Method method, std::string_view path) {
  const std::vector<std::string> parts = parts_of(path);
  Match found;
  std::vector<std::string> captured;
  for (const Route& route : all_routes()) {
    if (!fits(route, parts, captured)) continue;
    if (route.method != method) {
      found.wrong_method = true;
      continue;
    }
    return {&route, std::move(captured), false};
  }
  return found;
}

}  // namespace fieldsync::net::sandbox
