#pragma once

#include <string>
#include <string_view>

#include "net/http.h"
#include "platform/base/result.h"
#include "platform/base/value.h"

namespace fieldsync::net::procore {

/// Which server answered: the API, the API about an upload, or the storage behind an upload.
enum class Side { api, upload, storage };

/// What was being done, so that a failure names it and a status is read in its light.
struct Where {
  std::string_view doing;      ///< "create RFI": stands in front of the service's words
  std::string_view tool = {};  ///< "rfis"; empty when no tool is involved
  Side side = Side::api;
  /// What 404 means here: the record is gone, or the project is.
  base::Cause missing = base::Cause::record_gone;
};

/// The failure an answer without success stands for. Every body shape of facts/procore-api.md 6.2
/// is understood; the service's words are in `what`, printable and at most 300 bytes long.
base::Failure read_error(const HttpResponse& reply, const Where& where);

/// The JSON of a successful answer. Fails like read_error on others, with captive_portal when a
/// page came instead of JSON and unexpected_answer when it is malformed or empty.
base::Result<base::Value> read_json(const HttpResponse& reply, const Where& where);

/// Whether the answer is a success without a body, as deletes and some writes have it.
bool is_empty_success(const HttpResponse& reply);

/// The service's own words in an error body: one line, printable, capped; empty when there are
/// none.
std::string service_words(const HttpResponse& reply);

}  // namespace fieldsync::net::procore
