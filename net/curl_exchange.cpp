#include "net/curl_exchange.h"

#include <algorithm>

#include "net/gzip.h"
#include "net/tuning.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"
#include "platform/socket.h"

namespace fieldsync::net {

using base::Cause;
using base::Failure;

namespace {

curl_off_t info_of(CURL* easy, CURLINFO what) {
  curl_off_t value = 0;
  curl_easy_getinfo(easy, what, &value);
  return value;
}

long request_bytes(CURL* easy) {
  long value = 0;
  curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &value);
  return value;
}

bool is_connected(CURL* easy) { return info_of(easy, CURLINFO_PRETRANSFER_TIME_T) > 0; }

/// What a failed exchange means to the person. `detail` is libcurl's text of the error.
Cause cause_of(CURLcode code, std::string_view detail) {
  switch (static_cast<int>(code)) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
    case CURLE_OPERATION_TIMEDOUT:  // only connecting has a limit of libcurl's
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_INTERFACE_FAILED:
      return Cause::offline;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CIPHER:
      return Cause::tls_untrusted;
    case CURLE_SSL_CONNECT_ERROR: {
      // A link that dies in the handshake is the common case; a peer that speaks something else
      // must not be shown as "offline" for ever.
      const bool was_cut = detail.find("SYSCALL") != std::string_view::npos ||
                           detail.find("reset") != std::string_view::npos;
      return was_cut ? Cause::offline : Cause::tls_untrusted;
    }
    case CURLE_OUT_OF_MEMORY:
      return Cause::limit_reached;
    default:
      return Cause::unexpected_answer;
  }
}

}  // namespace

ByteCount OpenSockets::backlog() const {
  ByteCount bytes = 0;
  for (const curl_socket_t socket : sockets_) {
    bytes += platform::unconfirmed_bytes(static_cast<platform::SocketHandle>(socket));
  }
  return bytes;
}

std::optional<curl_socket_t> OpenSockets::find(long port) const {
  for (const curl_socket_t socket : sockets_) {
    if (platform::local_port(static_cast<platform::SocketHandle>(socket)) == port) return socket;
  }
  return std::nullopt;
}

int OpenSockets::on_open(void* self, curl_socket_t socket, curlsocktype) {
  static_cast<OpenSockets*>(self)->sockets_.insert(socket);
  platform::retry_every_second(static_cast<platform::SocketHandle>(socket));
  platform::send_steadily(static_cast<platform::SocketHandle>(socket));
  return CURL_SOCKOPT_OK;
}

int OpenSockets::on_close(void* self, curl_socket_t socket) {
  static_cast<OpenSockets*>(self)->sockets_.erase(socket);
  // A request that was given up must not arrive later, after a look for it found nothing.
  const auto handle = static_cast<platform::SocketHandle>(socket);
  if (platform::unconfirmed_bytes(handle) > 0) {
    platform::abandon_socket(handle);
  } else {
    platform::close_socket(handle);
  }
  return 0;
}

Exchange::Exchange(const CurlOptions& options, platform::FileSystem& files, HttpRequest request,
                   OpenSockets& sockets, std::shared_ptr<Ticket> given)
    : ticket(std::move(given)),
      options_(options),
      files_(files),
      sockets_(sockets),
      request_(std::move(request)) {
  const auto url = parse_url(request_.url);
  FS_CHECK(url.has_value());
  host_ = url->host;
  origin_ = url->scheme + "://" + url->host + ":" + std::to_string(url->port);
  if (request_.save_to) {
    ticket->saved = std::make_unique<SavedAnswer>(files, *request_.save_to);
  }
}

std::optional<base::Instant> Exchange::stalls_at(base::Instant now, ByteCount backlog) {
  if (!is_connected(easy_)) return std::nullopt;
  const ByteCount moved = info_of(easy_, CURLINFO_SIZE_UPLOAD_T) +
                          info_of(easy_, CURLINFO_SIZE_DOWNLOAD_T) + header_bytes_ +
                          request_bytes(easy_) - backlog;
  if (moved != moved_) {
    moved_ = moved;
    moved_at_ = now;
  }
  return moved_at_ + options_.stall_max;
}

bool Exchange::is_small() const {
  const bool brings_file = std::holds_alternative<FileSlice>(request_.body) ||
                           std::holds_alternative<FormUpload>(request_.body);
  return !brings_file && !request_.save_to;
}

void Exchange::limit_send_queue(base::Instant now, GiveWay::Small small) {
  // libcurl tells a transfer's socket only when the transfer has ended, its port from the start.
  long port = 0;
  if (curl_easy_getinfo(easy_, CURLINFO_LOCAL_PORT, &port) != CURLE_OK || port <= 0) return;
  const auto socket = sockets_.find(port);
  if (!socket) return;
  const auto handle = static_cast<platform::SocketHandle>(*socket);
  const platform::Delivery delivery = platform::delivery_of(handle);
  if (delivery.round_trip_seconds <= 0) return;
  // The fastest of late, not the latest: after a loss or a rest of TCP's a queue cut down to what
  // crossed meanwhile would keep it from coming back to its rate.
  best_rate_ = std::max(delivery.bytes_per_second, best_rate_ * tuning::kSendRateMemory);
  const double queue_seconds = static_cast<double>(tuning::kSendQueueMax.count()) / 1e3;
  const double wanted = best_rate_ * (2 * delivery.round_trip_seconds + queue_seconds);
  platform::limit_send_queue(handle,
                             std::max(static_cast<ByteCount>(wanted), tuning::kSendQueueMin));
  const double limit = way_.look(now, delivery, small);
  if (limit == send_limit_) return;
  send_limit_ = limit;
  platform::limit_send_rate(handle, limit);
}

bool Exchange::lost_a_used_connection(CURLcode code) const {
  if (!sends_file()) return false;
  // libcurl met the end, and would have begun anew on another connection if it were let.
  if (code == CURLE_SEND_FAIL_REWIND) return true;
  long connects = 0;
  curl_easy_getinfo(easy_, CURLINFO_NUM_CONNECTS, &connects);
  return connects == 0 && (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR);
}

void Exchange::use_new_connection() { curl_easy_setopt(easy_, CURLOPT_FRESH_CONNECT, 1L); }

void Exchange::fail(Failure failure) {
  if (failure_.cause == Cause::none) failure_ = std::move(failure);
}

void Exchange::release() {
  if (easy_) curl_easy_cleanup(easy_);
  curl_mime_free(form_);
  curl_slist_free_all(headers_);
  easy_ = nullptr;
  form_ = nullptr;
  headers_ = nullptr;
}

Result<> Exchange::prepare(bool may_compress) {
  release();
  packed_.clear();
  answer_ = {};
  header_bytes_ = body_bytes_ = 0;
  moved_.reset();
  easy_ = curl_easy_init();
  if (!easy_) return Failure{Cause::limit_reached, host_ + ": no memory for the exchange"};
  set_common();
  TRY(set_body(may_compress));
  set_headers();
  return {};
}

void Exchange::set_common() {
  curl_easy_setopt(easy_, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_);
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  // A look-up that hangs must not hold up the other exchanges when its own is cancelled.
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);

  curl_easy_setopt(easy_, CURLOPT_SOCKOPTFUNCTION, OpenSockets::on_open);
  curl_easy_setopt(easy_, CURLOPT_SOCKOPTDATA, &sockets_);
  curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETFUNCTION, OpenSockets::on_close);
  curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETDATA, &sockets_);

  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy_, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  curl_easy_setopt(easy_, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy_, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  // Waiting to share a connection pays only where HTTP/2 can be agreed on; over plain HTTP it would
  // hold every request back until the first one's answer.
  const bool may_share = request_.url.starts_with("https:");
  curl_easy_setopt(easy_, CURLOPT_PIPEWAIT, may_share ? 1L : 0L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options_.ca_file.empty()) {
    curl_easy_setopt(easy_, CURLOPT_CAINFO, options_.ca_file.c_str());
  }
  // A proxy from the environment serves the internet, not this machine.
  if (is_loopback(host_)) curl_easy_setopt(easy_, CURLOPT_NOPROXY, "*");

  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options_.connect_max.count()));
  curl_easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(easy_, CURLOPT_USERAGENT, options_.user_agent.c_str());

  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, on_write);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  if (on_progress) {
    curl_easy_setopt(easy_, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy_, CURLOPT_XFERINFOFUNCTION, on_transfer);
    curl_easy_setopt(easy_, CURLOPT_XFERINFODATA, this);
  }
}

void Exchange::set_headers() {
  const bool is_form = form_ != nullptr;
  bool has_type = is_form;
  for (const auto& [name, value] : request_.headers.all()) {
    const std::string lower = base::to_lower_ascii(name);
    // These describe the body, and libcurl knows it better than a list of headers from a service.
    if (lower == "content-length" || lower == "transfer-encoding" || lower == "expect") continue;
    if (lower == "content-type" && is_form) continue;
    if (lower == "content-type") has_type = true;
    const std::string line = value.empty() ? name + ";" : name + ": " + value;
    headers_ = curl_slist_append(headers_, line.c_str());
  }
  if (is_compressed()) headers_ = curl_slist_append(headers_, "Content-Encoding: gzip");
  if (!has_type) headers_ = curl_slist_append(headers_, "Content-Type:");
  // Waiting for "100 Continue" costs a round trip, and a second where nobody answers it.
  headers_ = curl_slist_append(headers_, "Expect:");
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
}

Result<> Exchange::set_body(bool may_compress) {
  const std::string method(name(request_.method));
  source_ = {};
  if (const auto* form = std::get_if<FormUpload>(&request_.body)) {
    TRY(set_form(*form));
  } else if (const auto* slice = std::get_if<FileSlice>(&request_.body)) {
    TRY(source_.set_file(files_, *slice));
    set_upload(slice->size);
  } else if (const auto* text = std::get_if<std::string>(&request_.body)) {
    const bool is_long = static_cast<ByteCount>(text->size()) >= options_.compress_from;
    if (may_compress && is_long && !request_.headers.find("Content-Encoding")) {
      packed_ = gzip(*text).value_or("");
    }
    source_.set_text(is_compressed() ? std::string_view(packed_) : std::string_view(*text));
    set_upload(source_.size());
  } else if (request_.method == Method::get) {
    curl_easy_setopt(easy_, CURLOPT_HTTPGET, 1L);
  } else if (request_.method != Method::del) {
    set_upload(0);
  }
  curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, method.c_str());
  return {};
}

void Exchange::set_upload(ByteCount size) {
  curl_easy_setopt(easy_, CURLOPT_POST, 1L);
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(size));
  if (size == 0) {
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, "");
    // Nothing to rewind keeps libcurl from repeating this one, so it gets no used connection.
    curl_easy_setopt(easy_, CURLOPT_FRESH_CONNECT, 1L);
    return;
  }
  curl_easy_setopt(easy_, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(easy_, CURLOPT_READDATA, this);
}

Result<> Exchange::set_form(const FormUpload& form) {
  TRY(source_.set_file(files_, form.file));
  form_ = curl_mime_init(easy_);
  for (const auto& [name, value] : form.fields) {
    curl_mimepart* part = curl_mime_addpart(form_);
    curl_mime_name(part, name.c_str());
    curl_mime_data(part, value.data(), value.size());
  }
  curl_mimepart* part = curl_mime_addpart(form_);
  curl_mime_name(part, form.file_field.c_str());
  curl_mime_filename(part, form.file_name.c_str());
  curl_mime_data_cb(part, form.file.size, on_read, nullptr, nullptr, this);
  curl_easy_setopt(easy_, CURLOPT_MIMEPOST, form_);
  return {};
}

std::size_t Exchange::on_read(char* to, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  auto got = exchange.source_.read(to, static_cast<ByteCount>(size * count));
  if (got) return static_cast<std::size_t>(*got);
  exchange.fail(got.failure());
  return CURL_READFUNC_ABORT;
}

std::size_t Exchange::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  exchange.take_header({data, size * count});
  return exchange.failure_.cause == Cause::none ? size * count : 0;
}

std::size_t Exchange::on_write(char* data, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  exchange.take_body({data, size * count});
  return exchange.failure_.cause == Cause::none ? size * count : 0;
}

int Exchange::on_transfer(void* self, curl_off_t, curl_off_t received, curl_off_t to_send,
                          curl_off_t sent) {
  static_cast<Exchange*>(self)->on_progress(sent, received, to_send);
  return 0;
}

void Exchange::take_header(std::string_view line) {
  header_bytes_ += static_cast<ByteCount>(line.size());
  if (header_bytes_ > tuning::kHeaderBytesMax) {
    return fail({Cause::unexpected_answer, host_ + ": the answer's headers are too long"});
  }
  line = base::trimmed(line);
  if (line.starts_with("HTTP/")) {  // of the answer, or of a "100 Continue" before it
    answer_.headers = {};
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  answer_.headers.add(std::string(line.substr(0, colon)),
                      std::string(base::trimmed(line.substr(colon + 1))));
}

void Exchange::take_body(std::string_view piece) {
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  answer_.status = static_cast<int>(status);
  const bool goes_to_file = ticket->saved && answer_.is_success();
  const ByteCount limit = ticket->saved && !goes_to_file
                              ? std::min(request_.answer_bytes_max, tuning::kErrorBodyMax)
                              : request_.answer_bytes_max;
  body_bytes_ += static_cast<ByteCount>(piece.size());
  if (body_bytes_ > limit) {
    return fail({Cause::unexpected_answer,
                 host_ + ": the answer is longer than " + base::bytes_to_human(limit)});
  }
  if (!goes_to_file) {
    answer_.body.append(piece);
    return;
  }
  if (auto written = ticket->saved->write(piece); !written) fail(written.failure());
}

HttpOutcome Exchange::finish(CURLcode code) {
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  answer_.status = static_cast<int>(status);
  const bool has_answer = code == CURLE_OK && failure_.cause == Cause::none;
  if (has_answer && ticket->saved && answer_.is_success()) {
    if (auto opened = ticket->saved->open(); !opened) fail(opened.failure());
  }
  if (ticket->saved) ticket->saved->close();
  if (failure_.cause == Cause::none && code != CURLE_OK) {
    const std::string detail = error_[0] ? error_ : curl_easy_strerror(code);
    failure_ = {cause_of(code, detail), host_ + ": " + base::printable(detail)};
  }
  if (failure_.cause == Cause::none && answer_.status == 0) {
    failure_ = {Cause::unexpected_answer, host_ + ": not an HTTP answer"};
  }
  // Gone before anybody hears of the failure and tries again under the same name.
  if (failure_.cause != Cause::none) ticket->saved.reset();
  const long request_size = request_bytes(easy_);
  HttpOutcome outcome{failure_.cause == Cause::none ? Result<HttpResponse>(std::move(answer_))
                                                    : Result<HttpResponse>(failure_)};
  outcome.reach = request_size == 0 ? Reach::never_left : Reach::may_have_arrived;
  // libcurl forgets its count when it would begin anew.
  const ByteCount told = ticket->sent;
  outcome.bytes_sent =
      std::max<ByteCount>(info_of(easy_, CURLINFO_SIZE_UPLOAD_T), told) + request_size;
  outcome.bytes_received = info_of(easy_, CURLINFO_SIZE_DOWNLOAD_T) + header_bytes_;
  outcome.took = std::chrono::duration_cast<base::Millis>(
      std::chrono::microseconds(info_of(easy_, CURLINFO_TOTAL_TIME_T)));
  return outcome;
}

}  // namespace fieldsync::net
