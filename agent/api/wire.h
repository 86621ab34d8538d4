#pragma once

#include <string>
#include <string_view>

#include "net/http.h"
#include "platform/base/result.h"
#include "platform/base/value.h"

/// The local API's messages, as both of its sides read and write them. Pure.
///
///     POST /v1/call/<verb>              body: the arguments; answer: the command's answer
///     PUT  /v1/blobs?name=NAME          body: a file; answer: {blob, size, name, type}
///     GET  /v1/health                   answer: {version}; needs no token
///
/// A failure is {"error": {cause, what, sentence, next_step, owner, wait_ms?}}.
namespace fieldsync::api {

using base::Document;
using base::Failure;
using base::Result;

/// The header that carries the machine's token.
inline constexpr std::string_view kTokenHeader = "X-Fieldsync-Token";
/// The header of a question for health that asks for a proof (api::proof_of).
inline constexpr std::string_view kNonceHeader = "X-Fieldsync-Nonce";

/// {cause, what, sentence, next_step, owner, wait_ms?}: a failure for programs and people.
Document to_document(const Failure& failure);
/// Back again. A document that is none of ours reads as unexpected_answer.
Failure to_failure(const Document& error);

/// The HTTP status that fits the cause.
int status_of(base::Cause cause);
net::HttpResponse to_reply(const Result<Document>& answer);
/// What a client makes of the reply: the answer, or the failure in it.
Result<Document> read_reply(const net::HttpResponse& reply);

/// The URL of a verb, and of an upload. Only the path matters on a Unix socket.
std::string call_url(std::string_view verb);
std::string blob_url(std::string_view name);
std::string health_url();

/// Compares without telling by its duration where the difference is.
bool same_token(std::string_view given, std::string_view expected);

}  // namespace fieldsync::api
