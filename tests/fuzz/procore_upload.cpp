#include "tests/fuzz/procore_check.h"

namespace fieldsync::fuzz {
namespace {

net::UploadSpec spec_of(net::UploadStyle style) {
  net::UploadSpec spec;
  spec.project = kProject;
  spec.name = "wall.jpg";
  spec.content_type = "image/jpeg";
  spec.size = 6'000'010;
  spec.style = style;
  if (style == net::UploadStyle::segmented) {
    spec.parts = {{0, 6'000'000, base::digest_of("one")}, {6'000'000, 10, base::digest_of("two")}};
  }
  return spec;
}

void check_ticket(const net::UploadSpec& spec, const HttpResponse& reply,
                  const base::Result<net::UploadTicket>& ticket) {
  if (!ticket.ok()) return expect_refusal(ticket.failure(), reply);
  expect_success(reply);
  expect_id(ServiceId(ticket->upload_id));
  const std::size_t parts = spec.style == net::UploadStyle::plain ? 1 : spec.parts.size();
  expect(ticket->parts.empty() || ticket->parts.size() == parts, "a ticket for each part");
  for (std::size_t at = 0; at < ticket->parts.size(); ++at) {
    if (ticket->parts[at].url.empty()) continue;
    const net::HttpRequest request =
        service().upload_part(spec, ticket->parts[at], static_cast<int>(at), "/originals/1");
    const auto sendable = net::check_sendable(request);
    expect(sendable.ok(), "a part can be sent", sendable.ok() ? "" : sendable.failure().what);
    expect(request.auth == net::Auth::none || service().trusts(request.url),
           "the token goes to its service only", request.url);
    expect(request.headers.find("Host") == nullptr, "nobody else names the host");
  }
}

}  // namespace

void fuzz_one(std::string_view input) {
  const HttpResponse reply = reply_of(input);
  for (const auto style : {net::UploadStyle::segmented, net::UploadStyle::plain}) {
    const net::UploadSpec spec = spec_of(style);
    check_ticket(spec, reply, service().read_upload_create(spec, reply));
    check_ticket(spec, reply, service().read_upload_show(spec, reply));
  }
  const auto etag = service().read_upload_part(reply);
  if (!etag.ok()) expect_refusal(etag.failure(), reply);
  const auto status = service().read_upload_complete(reply);
  if (!status.ok()) expect_refusal(status.failure(), reply);
}

}  // namespace fieldsync::fuzz
