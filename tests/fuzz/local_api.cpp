#include "agent/api/local_api.h"

#include <stdlib.h>

#include <filesystem>

#include "agent/api/tuning.h"
#include "agent/api/wire.h"
#include "platform/base/digest.h"
#include "platform/base/json.h"
#include "platform/host.h"
#include "tests/fuzz/reply.h"

/// What comes in at the agent's door. Input: "POST", "PUT" or "GET", a blank, the path with its
/// query; a line for each header; an empty line; the body. "TOKEN" in a header stands for the
/// token.
namespace fieldsync::fuzz {
namespace {

using base::Document;

constexpr std::string_view kToken = "0123456789abcdef";

/// Runs at once what is posted: one thread is enough here.
class InlineLoop : public platform::EventLoop {
 public:
  void post(platform::Task task) override { task(); }
  platform::TimerId call_at(base::Instant, platform::Task) override { return {}; }
  void cancel(platform::TimerId) override {}
};

/// Answers with what it was asked, so that a call can be seen to arrive as it was sent.
class Echo : public api::Commands {
 public:
  void call(std::string_view verb, const Document& arguments, Answer answer) override {
    ++calls;
    answer(Document{{"verb", verb}, {"arguments", arguments}});
  }
  int calls = 0;
};

/// A folder of the run's own, gone with it.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "fieldsync-XXXXXX").string();
    expect(::mkdtemp(name.data()) != nullptr, "a folder can be made");
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string path;
};

net::ServerRequest request_of(std::string_view input, std::string& body) {
  net::ServerRequest request;
  const std::string_view line = input.substr(0, input.find('\n'));
  const std::string_view method = line.substr(0, line.find(' '));
  const std::string_view target = line.substr(std::min(method.size() + 1, line.size()));
  request.method = method == "POST"  ? net::Method::post
                   : method == "PUT" ? net::Method::put
                                     : net::Method::get;
  request.path = "/" + base::url_decode(target.substr(0, target.find('?')));
  if (target.find('?') != std::string_view::npos) {
    request.query = target.substr(target.find('?') + 1);
  }
  // The rest has the form of an answer.
  net::HttpResponse rest = reply_of("200" + std::string(input.substr(line.size())));
  for (const auto& [name, value] : rest.headers.all()) {
    request.headers.add(name, value == "TOKEN" ? std::string(kToken) : value);
  }
  body = std::move(rest.body);
  request.read_body = [&body](const auto& take) {
    constexpr std::size_t kPiece = 7;
    for (std::size_t at = 0; at < body.size(); at += kPiece) {
      if (!take(std::string_view(body).substr(at, kPiece))) return false;
    }
    return true;
  };
  return request;
}

void expect_staged(const Document& staged, const std::string& body, storage::BlobStore& originals,
                   platform::FileSystem& files) {
  expect(staged.text("blob") == base::digest_of(body).hex(), "a blob is named by its bytes");
  expect(staged.integer("size") == static_cast<std::int64_t>(body.size()), "and has their size");
  const std::string name = staged.text("name");
  expect(base::safe_file_name(name) == name, "its name is one", name);
  const base::Path kept = originals.path_of(base::digest_of(body));
  const auto bytes = platform::read_all(files, kept, 1 << 20);
  expect(bytes.ok() && *bytes == body, "its bytes are kept as they came");
  expect(files.remove(kept).ok(), "and can be removed");
}

}  // namespace

void fuzz_one(std::string_view input) {
  static const Folder kFolder;
  static const auto kFiles = platform::make_system_files();
  static storage::BlobStore originals(*kFiles, kFolder.path, storage::BlobStore::Sync::lazy);
  InlineLoop loop;
  Echo commands;
  api::LocalApi local(loop, commands, originals, base::Secret(std::string(kToken)),
                      base::null_log());

  std::string body;
  const net::ServerRequest request = request_of(input, body);
  const net::ServerReply reply = local.handle(request);
  const bool known = request.headers.text(api::kTokenHeader) == kToken;
  expect(commands.calls <= 1, "a request is one call at most");
  const auto answer = api::read_reply(reply.response);
  if (!answer.ok()) {
    expect(commands.calls == 0, "what was refused was not called");
    return expect_clear(answer.failure());
  }
  expect(known || request.path == "/v1/health", "without the token nothing is answered",
         request.path);
  if (commands.calls == 1) {
    expect(!base::is_utf8(request.path) || "/v1/call/" + answer->text("verb") == request.path,
           "the verb asked for", request.path);
    const auto asked = base::parse_json(body);
    const base::Value* arrived = answer->find("arguments");
    expect(arrived != nullptr, "with its arguments");
    expect(asked.ok() ? *arrived == *asked : arrived->as_document()->empty(),
           "the arguments arrive as they were sent", body);
  } else if (request.method == net::Method::put) {
    expect_staged(*answer, body, originals, *kFiles);
  }
}

}  // namespace fieldsync::fuzz
