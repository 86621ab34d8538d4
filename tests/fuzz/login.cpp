#include "net/oauth.h"
#include "net/on_the_way.h"
#include "tests/fuzz/reply.h"

namespace fieldsync::fuzz {
namespace {

constexpr base::WallTime kNow{base::Millis{1'790'000'000'000}};

bool is_sendable(std::string_view token) {
  return token.find_first_of("\r\n \t\"") == std::string_view::npos;
}

void expect_pair(const net::TokenPair& pair) {
  expect(is_sendable(pair.access.reveal()) && is_sendable(pair.refresh.reveal()),
         "a token can go into a header");
  const auto kept = net::from_secret(net::to_secret(pair));
  expect(kept && *kept == pair, "a token is kept as it came");
}

}  // namespace

/// Answers in place of or about a login: tokens, refusals, sign-in pages of other networks.
void fuzz_one(std::string_view input) {
  if (const auto kept = net::from_secret(base::Secret(std::string(input)))) expect_pair(*kept);

  const net::HttpResponse reply = reply_of(input);
  if (const auto pair = net::read_token(reply, kNow); pair.ok()) {
    expect(reply.is_success() && !pair->access.empty(), "only a success brings a token");
    expect(pair->expires_at > kNow, "a new token is fresh");
    expect_pair(*pair);
  } else {
    expect_clear(pair.failure());
  }
  const net::OAuthApp app{.login_url = "https://login.procore.com",
                          .client_id = "id",
                          .client_secret = base::Secret("s")};
  if (const auto probe = net::read_probe(app, reply, kNow); !probe.ok()) {
    expect_clear(probe.failure());
  }
  net::HttpRequest request;
  request.url = "https://api.procore.com/rest/v1.0/me";
  if (const auto page = net::given_on_the_way(request, reply)) expect_clear(*page);
  const std::string title = net::page_title(reply.body);
  expect(title.size() <= kWhatBytesMax && base::printable(title) == title, "a title is one line");
}

}  // namespace fieldsync::fuzz
