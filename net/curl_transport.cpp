#include "net/curl_transport.h"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "net/gzip.h"
#include "net/request_check.h"
#include "net/tuning.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"

namespace fieldsync::net {
namespace {

using base::Cause;
using base::Failure;

// --- Reading libcurl -----------------------------------------------------------------------------

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

// --- One exchange --------------------------------------------------------------------------------

/// The file an answer goes to. Removed again unless `keep` was called.
class SavedAnswer {
 public:
  SavedAnswer(platform::FileSystem& files, Path path) : files_(files), path_(std::move(path)) {}
  ~SavedAnswer() {
    file_.reset();
    if (is_created_ && !is_kept_) (void)files_.remove(path_);
  }
  SavedAnswer(const SavedAnswer&) = delete;
  SavedAnswer& operator=(const SavedAnswer&) = delete;

  Result<> open() {
    if (is_created_) return {};
    TRY_ASSIGN(file_, files_.create(path_, platform::FileSystem::Access::owner_only));
    is_created_ = true;
    return {};
  }
  Result<> write(std::string_view bytes) {
    TRY(open());
    return file_->append(bytes);
  }
  void close() { file_.reset(); }
  void keep() { is_kept_ = true; }

 private:
  platform::FileSystem& files_;
  Path path_;
  std::unique_ptr<platform::File> file_;
  bool is_created_ = false;
  bool is_kept_ = false;
};

/// What the loop and the transport's thread share of an exchange.
struct Ticket {
  ExchangeId id{};
  HttpTransport::DoneCallback done;          // loop only
  HttpTransport::ProgressCallback progress;  // loop only
  std::atomic<ByteCount> sent{0};
  std::atomic<ByteCount> received{0};
  std::atomic<bool> progress_is_posted{false};
  std::unique_ptr<SavedAnswer> saved;
};

/// The bytes a request sends, piece by piece from memory or disk. There is no way back to the
/// start: that keeps libcurl from repeating a request on its own when a kept-alive connection dies
/// under it, which could create a record twice (promise P2).
class BodySource {
 public:
  void set_text(std::string_view text) {
    text_ = text;
    left_ = static_cast<ByteCount>(text.size());
  }
  Result<> set_file(platform::FileSystem& files, const FileSlice& slice) {
    TRY_ASSIGN(file_, files.open_read(slice.path));
    path_ = slice.path;
    at_ = slice.offset;
    left_ = slice.size;
    return {};
  }
  ByteCount size() const { return left_; }

  /// Up to `room` bytes into `to`; 0 at the end.
  Result<ByteCount> read(char* to, ByteCount room) {
    const ByteCount wanted = std::min({room, left_, tuning::kPieceBytes});
    if (wanted <= 0) return ByteCount{0};
    std::string piece;
    if (file_) {
      TRY_ASSIGN(piece, file_->read_at(at_, wanted));
      if (piece.empty()) {
        return Failure{Cause::file_unreadable, path_ + ": became shorter while it was sent"};
      }
    } else {
      piece = text_.substr(static_cast<std::size_t>(at_), static_cast<std::size_t>(wanted));
    }
    const auto count = static_cast<ByteCount>(piece.size());
    std::copy(piece.begin(), piece.end(), to);
    at_ += count;
    left_ -= count;
    return count;
  }

 private:
  std::string_view text_;
  std::unique_ptr<platform::File> file_;
  Path path_;
  ByteCount at_ = 0;
  ByteCount left_ = 0;
};

/// Everything libcurl holds pointers to while an exchange runs. Transport thread only.
class Exchange {
 public:
  Exchange(const CurlOptions& options, platform::FileSystem& files, HttpRequest request,
           std::shared_ptr<Ticket> given)
      : ticket(std::move(given)), options_(options), files_(files), request_(std::move(request)) {
    const auto url = parse_url(request_.url);
    FS_CHECK(url.has_value());
    host_ = url->host;
    origin_ = url->scheme + "://" + url->host + ":" + std::to_string(url->port);
    if (request_.save_to) {
      ticket->saved = std::make_unique<SavedAnswer>(files, *request_.save_to);
    }
  }
  ~Exchange() { release(); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// Builds the easy handle. Called again to repeat the exchange without compression.
  Result<> prepare(bool may_compress);
  HttpOutcome finish(CURLcode code);

  CURL* easy() const { return easy_; }
  const std::string& origin() const { return origin_; }
  bool is_compressed() const { return !packed_.empty(); }
  const HttpResponse& answer() const { return answer_; }

  /// When it fails for lack of any movement; nothing while it has no connection.
  std::optional<base::Instant> stalls_at(base::Instant now) {
    if (!is_connected(easy_)) return std::nullopt;
    const ByteCount moved = info_of(easy_, CURLINFO_SIZE_UPLOAD_T) +
                            info_of(easy_, CURLINFO_SIZE_DOWNLOAD_T) + header_bytes_ +
                            request_bytes(easy_);
    if (moved != moved_) {
      moved_ = moved;
      moved_at_ = now;
    }
    return moved_at_ + options_.stall_max;
  }
  void fail(Failure failure) {
    if (failure_.cause == Cause::none) failure_ = std::move(failure);
  }

  std::shared_ptr<Ticket> ticket;
  std::function<void(ByteCount sent, ByteCount received)> on_progress;

 private:
  void release();
  void set_common();
  void set_headers();
  Result<> set_body(bool may_compress);
  void set_upload(ByteCount size);
  Result<> set_form(const FormUpload& form);
  void take_header(std::string_view line);
  void take_body(std::string_view piece);

  static std::size_t on_read(char* to, std::size_t size, std::size_t count, void* self);
  static std::size_t on_write(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static int on_transfer(void* self, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent);

  const CurlOptions& options_;
  platform::FileSystem& files_;
  HttpRequest request_;
  std::string host_;
  std::string origin_;
  std::string packed_;
  BodySource source_;

  CURL* easy_ = nullptr;
  curl_slist* headers_ = nullptr;
  curl_mime* form_ = nullptr;
  char error_[CURL_ERROR_SIZE] = {};

  HttpResponse answer_;
  ByteCount header_bytes_ = 0;
  ByteCount body_bytes_ = 0;
  Failure failure_;
  ByteCount moved_ = -1;
  base::Instant moved_at_{};
};

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
  moved_ = -1;
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

  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy_, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  curl_easy_setopt(easy_, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy_, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(easy_, CURLOPT_PIPEWAIT, 1L);
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
  curl_easy_setopt(easy_, CURLOPT_MAX_SEND_SPEED_LARGE,
                   static_cast<curl_off_t>(options_.send_bytes_per_second));
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

int Exchange::on_transfer(void* self, curl_off_t, curl_off_t received, curl_off_t,
                          curl_off_t sent) {
  static_cast<Exchange*>(self)->on_progress(sent, received);
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
  outcome.bytes_sent = info_of(easy_, CURLINFO_SIZE_UPLOAD_T) + request_size;
  outcome.bytes_received = info_of(easy_, CURLINFO_SIZE_DOWNLOAD_T) + header_bytes_;
  outcome.took = std::chrono::duration_cast<base::Millis>(
      std::chrono::microseconds(info_of(easy_, CURLINFO_TOTAL_TIME_T)));
  return outcome;
}

void init_libcurl_once() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  FS_CHECK(result == CURLE_OK);
}

}  // namespace

// --- The transport -------------------------------------------------------------------------------

struct CurlTransport::Impl {
  struct Order {
    HttpRequest request;
    std::shared_ptr<Ticket> ticket;
  };
  /// The loop's side: exchanges whose `done` is still owed. Posted tasks hold it weakly, so that
  /// they do nothing once the transport is gone.
  struct Open {
    std::map<ExchangeId, std::shared_ptr<Ticket>> tickets;
  };

  Impl(const platform::Host& the_host, CurlOptions given)
      : host(the_host), options(std::move(given)) {
    init_libcurl_once();
    multi = curl_multi_init();
    FS_CHECK(multi != nullptr);
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                      static_cast<long>(options.connections_per_host_max));
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, tuning::kIdleConnectionsMax);
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
    thread = std::thread([this] { run(); });
  }

  ~Impl() {
    open->tickets.clear();
    {
      const std::lock_guard lock(mutex);
      is_stopping = true;
    }
    wake();
    thread.join();
    curl_multi_cleanup(multi);
  }

  void wake() {
    changed.notify_one();
    curl_multi_wakeup(multi);
  }

  // Transport thread from here.
  void run();
  bool wait_for_orders();
  void start(Order order);
  void begin(std::unique_ptr<Exchange> exchange, bool may_compress);
  void end_cancelled(ExchangeId id);
  void end_stalled();
  void collect_finished();
  void conclude(std::unique_ptr<Exchange> exchange, CURLcode code);
  void deliver(const std::shared_ptr<Ticket>& ticket, HttpOutcome outcome);
  void tell_progress(const std::shared_ptr<Ticket>& ticket, ByteCount sent, ByteCount received);
  int poll_limit();

  const platform::Host host;
  const CurlOptions options;
  std::shared_ptr<Open> open = std::make_shared<Open>();
  std::uint64_t last_id = 0;  // loop only

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Order> orders;          // guarded
  std::vector<ExchangeId> cancelled;  // guarded
  bool is_stopping = false;           // guarded

  CURLM* multi = nullptr;
  std::map<ExchangeId, std::unique_ptr<Exchange>> running;
  std::set<std::string> takes_gzip;  // origins that announced it (RFC 7694)
  std::thread thread;
};

void CurlTransport::Impl::run() {
  while (wait_for_orders()) {
    int still_running = 0;
    curl_multi_perform(multi, &still_running);
    collect_finished();
    end_stalled();
    if (!running.empty()) curl_multi_poll(multi, nullptr, 0, poll_limit(), nullptr);
  }
  for (auto& [id, exchange] : running) curl_multi_remove_handle(multi, exchange->easy());
  running.clear();
}

/// Takes in what the loop asked for; sleeps while there is nothing at all to do. False at the end.
bool CurlTransport::Impl::wait_for_orders() {
  std::vector<Order> new_orders;
  std::vector<ExchangeId> new_cancelled;
  {
    std::unique_lock lock(mutex);
    if (running.empty()) {
      changed.wait(lock, [this] { return is_stopping || !orders.empty() || !cancelled.empty(); });
    }
    if (is_stopping) return false;
    new_orders.swap(orders);
    new_cancelled.swap(cancelled);
  }
  for (Order& order : new_orders) start(std::move(order));
  for (const ExchangeId id : new_cancelled) end_cancelled(id);
  return true;
}

void CurlTransport::Impl::start(Order order) {
  if (auto checked = check_sendable(order.request); !checked) {
    return deliver(order.ticket, {checked.failure(), Reach::never_left});
  }
  auto exchange =
      std::make_unique<Exchange>(options, host.files, std::move(order.request), order.ticket);
  if (order.ticket->progress) {
    exchange->on_progress = [this, ticket = order.ticket](ByteCount sent, ByteCount received) {
      tell_progress(ticket, sent, received);
    };
  }
  const bool may_compress = takes_gzip.contains(exchange->origin());
  begin(std::move(exchange), may_compress);
}

void CurlTransport::Impl::begin(std::unique_ptr<Exchange> exchange, bool may_compress) {
  if (auto prepared = exchange->prepare(may_compress); !prepared) {
    return deliver(exchange->ticket, {prepared.failure(), Reach::never_left});
  }
  if (curl_multi_add_handle(multi, exchange->easy()) != CURLM_OK) {
    return deliver(exchange->ticket,
                   {Failure{Cause::limit_reached, "the transport takes no more exchanges"},
                    Reach::never_left});
  }
  const ExchangeId id = exchange->ticket->id;
  running.emplace(id, std::move(exchange));
}

void CurlTransport::Impl::end_cancelled(ExchangeId id) {
  const auto found = running.find(id);
  if (found == running.end()) return;
  curl_multi_remove_handle(multi, found->second->easy());
  running.erase(found);
}

void CurlTransport::Impl::end_stalled() {
  const base::Instant now = host.clock.now();
  for (auto at = running.begin(); at != running.end();) {
    const auto next = std::next(at);
    const auto limit = at->second->stalls_at(now);
    if (limit && *limit <= now) {
      std::unique_ptr<Exchange> exchange = std::move(at->second);
      running.erase(at);
      curl_multi_remove_handle(multi, exchange->easy());
      exchange->fail({Cause::timeout, exchange->origin() + ": no byte came or went for " +
                                          base::to_human(options.stall_max)});
      conclude(std::move(exchange), CURLE_OK);
    }
    at = next;
  }
}

int CurlTransport::Impl::poll_limit() {
  const base::Instant now = host.clock.now();
  base::Millis limit = options.stall_max;
  for (const auto& [id, exchange] : running) {
    if (const auto stalls = exchange->stalls_at(now)) limit = std::min(limit, *stalls - now);
  }
  return static_cast<int>(std::clamp<std::int64_t>(limit.count() + 1, 1, 60'000));
}

void CurlTransport::Impl::collect_finished() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    Exchange* exchange = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
    curl_multi_remove_handle(multi, message->easy_handle);
    auto node = running.extract(exchange->ticket->id);
    FS_CHECK(!node.empty());
    conclude(std::move(node.mapped()), code);
  }
}

void CurlTransport::Impl::conclude(std::unique_ptr<Exchange> exchange, CURLcode code) {
  HttpOutcome outcome = exchange->finish(code);
  if (outcome.response) {
    if (outcome.response->status == 415 && exchange->is_compressed()) {
      // Nothing happened there: the service did not even look inside.
      takes_gzip.erase(exchange->origin());
      return begin(std::move(exchange), /*may_compress=*/false);
    }
    const std::string* announced = outcome.response->headers.find("Accept-Encoding");
    if (announced && lists_gzip(*announced)) {
      if (takes_gzip.size() >= tuning::kAnnouncementsMax) takes_gzip.clear();
      takes_gzip.insert(exchange->origin());
    } else if (announced) {
      takes_gzip.erase(exchange->origin());
    }
  }
  deliver(exchange->ticket, std::move(outcome));
}

void CurlTransport::Impl::deliver(const std::shared_ptr<Ticket>& ticket, HttpOutcome outcome) {
  auto shared = std::make_shared<HttpOutcome>(std::move(outcome));
  host.loop.post([weak = std::weak_ptr<Open>(open), ticket, shared] {
    const auto open = weak.lock();
    if (!open || open->tickets.erase(ticket->id) == 0) return;
    if (ticket->saved && shared->response) ticket->saved->keep();
    ticket->done(std::move(*shared));
  });
}

void CurlTransport::Impl::tell_progress(const std::shared_ptr<Ticket>& ticket, ByteCount sent,
                                        ByteCount received) {
  const ByteCount step = sent + received - ticket->sent - ticket->received;
  if (step < tuning::kProgressStep) return;
  ticket->sent = sent;
  ticket->received = received;
  // At most one on its way: a busy loop is not given a queue of them.
  if (ticket->progress_is_posted.exchange(true)) return;
  host.loop.post([weak = std::weak_ptr<Open>(open), ticket] {
    ticket->progress_is_posted = false;
    const auto open = weak.lock();
    if (!open || !open->tickets.contains(ticket->id)) return;
    ticket->progress(ticket->sent, ticket->received);
  });
}

CurlTransport::CurlTransport(const platform::Host& host, CurlOptions options)
    : impl_(std::make_unique<Impl>(host, std::move(options))) {}

CurlTransport::~CurlTransport() = default;

ExchangeId CurlTransport::submit(HttpRequest request, DoneCallback done,
                                 ProgressCallback progress) {
  const ExchangeId id{++impl_->last_id};
  auto ticket = std::make_shared<Ticket>();
  ticket->id = id;
  ticket->done = std::move(done);
  ticket->progress = std::move(progress);
  const bool is_full = impl_->open->tickets.size() >= tuning::kExchangesMax;
  impl_->open->tickets.emplace(id, ticket);
  if (is_full) {
    impl_->deliver(
        ticket, {Failure{Cause::limit_reached, "too many exchanges at once"}, Reach::never_left});
    return id;
  }
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->orders.push_back({std::move(request), std::move(ticket)});
  }
  impl_->wake();
  return id;
}

void CurlTransport::cancel(ExchangeId exchange) {
  if (impl_->open->tickets.erase(exchange) == 0) return;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->cancelled.push_back(exchange);
  }
  impl_->wake();
}

}  // namespace fieldsync::net
