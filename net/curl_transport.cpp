#include "net/curl_transport.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "net/curl_exchange.h"
#include "net/gzip.h"
#include "net/request_check.h"
#include "net/tuning.h"
#include "platform/base/time_text.h"
#include "platform/socket.h"

namespace fieldsync::net {
namespace {

using base::Cause;
using base::Failure;

void init_libcurl_once() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  FS_CHECK(result == CURLE_OK);
}

}  // namespace

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
  void note_loss(const std::string& origin);
  bool ends_connections(const std::string& origin) const;
  void end_cancelled(ExchangeId id);
  void end_stalled();
  void limit_send_queues();
  void collect_finished();
  void conclude(std::unique_ptr<Exchange> exchange, CURLcode code);
  void deliver(const std::shared_ptr<Ticket>& ticket, HttpOutcome outcome);
  void tell_progress(const std::shared_ptr<Ticket>& ticket, ByteCount sent, ByteCount received,
                     ByteCount to_send);
  int poll_limit();

  const platform::Host host;
  const CurlOptions options;
  std::atomic<ByteCount> send_rate = 0;  // bytes a second of one exchange; 0: no limit
  std::shared_ptr<Open> open = std::make_shared<Open>();
  std::uint64_t last_id = 0;  // loop only

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Order> orders;          // guarded
  std::vector<ExchangeId> cancelled;  // guarded
  bool is_stopping = false;           // guarded

  OpenSockets sockets;  // outlives `multi`, which closes them
  CURLM* multi = nullptr;
  std::map<ExchangeId, std::unique_ptr<Exchange>> running;
  base::Instant queues_seen_at{};
  std::set<std::string> takes_gzip;  // origins that announced it (RFC 7694)
  /// Of an origin: connections that ended under a file though they had served before.
  struct Losses {
    int times = 0;
    base::Instant last{};
  };
  std::map<std::string, Losses> losses;
  std::thread thread;
};

void CurlTransport::Impl::run() {
  while (wait_for_orders()) {
    int still_running = 0;
    curl_multi_perform(multi, &still_running);
    collect_finished();
    end_stalled();
    limit_send_queues();
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
  auto exchange = std::make_unique<Exchange>(options, host.files, std::move(order.request), sockets,
                                             order.ticket);
  if (order.ticket->progress) {
    exchange->on_progress = [this, ticket = order.ticket](ByteCount sent, ByteCount received,
                                                          ByteCount to_send) {
      tell_progress(ticket, sent, received, to_send);
    };
  }
  const bool may_compress = takes_gzip.contains(exchange->origin());
  begin(std::move(exchange), may_compress);
}

void CurlTransport::Impl::begin(std::unique_ptr<Exchange> exchange, bool may_compress) {
  if (auto prepared = exchange->prepare(may_compress); !prepared) {
    return deliver(exchange->ticket, {prepared.failure(), Reach::never_left});
  }
  curl_easy_setopt(exchange->easy(), CURLOPT_MAX_SEND_SPEED_LARGE,
                   static_cast<curl_off_t>(send_rate.load()));
  if (exchange->sends_file() && ends_connections(exchange->origin())) {
    exchange->use_new_connection();
  }
  if (curl_multi_add_handle(multi, exchange->easy()) != CURLM_OK) {
    return deliver(exchange->ticket,
                   {Failure{Cause::limit_reached, "the transport takes no more exchanges"},
                    Reach::never_left});
  }
  const ExchangeId id = exchange->ticket->id;
  if (exchange->is_small()) queues_seen_at = {};  // files make way for it at once
  running.emplace(id, std::move(exchange));
}

/// Where a box on the way ends connections after some megabytes, a file is better off on one that
/// has carried nothing yet.
bool CurlTransport::Impl::ends_connections(const std::string& origin) const {
  const auto found = losses.find(origin);
  if (found == losses.end()) return false;
  return found->second.times >= tuning::kLossesUntilNew &&
         host.clock.now() - found->second.last < tuning::kLossesRemembered;
}

void CurlTransport::Impl::note_loss(const std::string& origin) {
  if (losses.size() >= tuning::kAnnouncementsMax) losses.clear();
  Losses& seen = losses[origin];
  const base::Instant now = host.clock.now();
  if (now - seen.last >= tuning::kLossesRemembered) seen.times = 0;
  ++seen.times;
  seen.last = now;
}

void CurlTransport::Impl::end_cancelled(ExchangeId id) {
  const auto found = running.find(id);
  if (found == running.end()) return;
  curl_multi_remove_handle(multi, found->second->easy());
  running.erase(found);
}

void CurlTransport::Impl::end_stalled() {
  const base::Instant now = host.clock.now();
  const ByteCount backlog = sockets.backlog();
  for (auto at = running.begin(); at != running.end();) {
    const auto next = std::next(at);
    const auto limit = at->second->stalls_at(now, backlog);
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

/// A file fills whatever queue it is given; the notes of the person would wait behind it.
void CurlTransport::Impl::limit_send_queues() {
  const base::Instant now = host.clock.now();
  if (now - queues_seen_at < tuning::kSendQueueLook) return;
  queues_seen_at = now;
  const bool small_waits = std::any_of(running.begin(), running.end(),
                                       [](const auto& one) { return one.second->is_small(); });
  const auto small = small_waits ? GiveWay::Small::waits : GiveWay::Small::none;
  for (const auto& [id, exchange] : running) {
    if (exchange->sends_file()) exchange->limit_send_queue(now, small);
  }
}

int CurlTransport::Impl::poll_limit() {
  const base::Instant now = host.clock.now();
  const ByteCount backlog = sockets.backlog();
  base::Millis limit = options.stall_max;
  for (const auto& [id, exchange] : running) {
    if (const auto stalls = exchange->stalls_at(now, backlog))
      limit = std::min(limit, *stalls - now);
    if (!exchange->is_small() && platform::may_miss_writable())
      limit = std::min(limit, tuning::kWritableLook);
    // A slowed file moves too seldom to be looked at when it does.
    if (exchange->sends_file()) limit = std::min(limit, tuning::kSendQueueLook);
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
  if (exchange->lost_a_used_connection(code)) note_loss(exchange->origin());
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
    const auto alive = weak.lock();
    if (!alive || alive->tickets.erase(ticket->id) == 0) return;
    if (ticket->saved && shared->response) ticket->saved->keep();
    ticket->done(std::move(*shared));
  });
}

void CurlTransport::Impl::tell_progress(const std::shared_ptr<Ticket>& ticket, ByteCount sent,
                                        ByteCount received, ByteCount to_send) {
  const ByteCount step = sent + received - ticket->sent - ticket->received;
  const base::Instant now = host.clock.now();
  const bool is_long_ago = step > 0 && now - ticket->told_at >= tuning::kProgressPause;
  const bool has_all_left = step > 0 && to_send > 0 && sent == to_send;
  if (step < tuning::kProgressStep && !is_long_ago && !has_all_left) return;
  ticket->told_at = now;
  ticket->sent = sent;
  ticket->received = received;
  // At most one on its way: a busy loop is not given a queue of them.
  if (ticket->progress_is_posted.exchange(true)) return;
  host.loop.post([weak = std::weak_ptr<Open>(open), ticket] {
    ticket->progress_is_posted = false;
    const auto alive = weak.lock();
    if (!alive || !alive->tickets.contains(ticket->id)) return;
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

void CurlTransport::limit_sending(ByteCount bytes_per_second) {
  impl_->send_rate = bytes_per_second;
}

void CurlTransport::open_ahead(const std::string& url) {
  const auto parsed = parse_url(url);
  if (!parsed) return;
  HttpRequest request;
  request.url = parsed->scheme + "://" + parsed->host;
  if (parsed->port != 0) request.url += ":" + std::to_string(parsed->port);
  request.url += "/";
  request.answer_bytes_max = tuning::kErrorBodyMax;
  submit(std::move(request), [](const HttpOutcome&) {});
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
