#pragma once

#include <curl/curl.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "net/curl_transport.h"
#include "net/give_way.h"
#include "net/transfer_files.h"

/// Inside of CurlTransport: one exchange with libcurl. Only curl_*.cpp may include this.
namespace fieldsync::net {

/// What the loop and the transport's thread share of an exchange.
struct Ticket {
  ExchangeId id{};
  HttpTransport::DoneCallback done;          // loop only
  HttpTransport::ProgressCallback progress;  // loop only
  std::atomic<ByteCount> sent{0};
  std::atomic<ByteCount> received{0};
  base::Instant told_at{};  // transport thread only
  std::atomic<bool> progress_is_posted{false};
  std::unique_ptr<SavedAnswer> saved;
};

/// libcurl's connections, for what the system has taken from it and the link has not carried yet:
/// on a slow link that is minutes' worth, in which libcurl sees nothing move. Transport thread
/// only.
class OpenSockets {
 public:
  ByteCount backlog() const;
  /// The one with that port of ours.
  std::optional<curl_socket_t> find(long local_port) const;
  static int on_open(void* self, curl_socket_t socket, curlsocktype);
  static int on_close(void* self, curl_socket_t socket);

 private:
  std::set<curl_socket_t> sockets_;
};

/// Everything libcurl holds pointers to while an exchange runs. Transport thread only.
class Exchange {
 public:
  Exchange(const CurlOptions& options, platform::FileSystem& files, HttpRequest request,
           OpenSockets& sockets, std::shared_ptr<Ticket> given);
  ~Exchange() { release(); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// Builds the easy handle. Called again to repeat the exchange without compression.
  Result<> prepare(bool may_compress);
  HttpOutcome finish(CURLcode code);

  CURL* easy() const { return easy_; }
  const std::string& origin() const { return origin_; }
  bool is_compressed() const { return !packed_.empty(); }

  /// When it fails for lack of any movement; nothing while it has no connection.
  /// A `backlog` that shrinks is movement, whoever's it is: the link is alive.
  std::optional<base::Instant> stalls_at(base::Instant now, ByteCount backlog);
  /// Keeps the way up short behind a file that is being sent: room for twice what is on its way in
  /// a round trip, and a little more; and makes way for small requests. To be called now and then
  /// while bytes leave.
  void limit_send_queue(base::Instant now, GiveWay::Small small);
  bool sends_file() const { return std::holds_alternative<FileSlice>(request_.body); }
  /// Whether somebody may wait for this one, and a queue before the link would be felt.
  bool is_small() const;
  /// Whether a connection that had served before ended under a file: `code` is how it ended.
  bool lost_a_used_connection(CURLcode code) const;
  void use_new_connection();
  /// Only the first failure counts.
  void fail(base::Failure failure);

  std::shared_ptr<Ticket> ticket;
  std::function<void(ByteCount sent, ByteCount received, ByteCount to_send)> on_progress;

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
  OpenSockets& sockets_;
  HttpRequest request_;
  std::string host_;
  std::string origin_;
  double best_rate_ = 0;  ///< of late, in bytes a second
  GiveWay way_;
  double send_limit_ = -1;  ///< as it was set here; negative: as the exchange before left it
  std::string packed_;
  BodySource source_;

  CURL* easy_ = nullptr;
  curl_slist* headers_ = nullptr;
  curl_mime* form_ = nullptr;
  char error_[CURL_ERROR_SIZE] = {};

  HttpResponse answer_;
  ByteCount header_bytes_ = 0;
  ByteCount body_bytes_ = 0;
  base::Failure failure_;
  std::optional<ByteCount> moved_;  ///< unset until it was first looked at
  base::Instant moved_at_{};
};

}  // namespace fieldsync::net
