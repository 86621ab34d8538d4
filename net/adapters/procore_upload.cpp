#include "net/adapters/procore_upload.h"

#include <algorithm>
#include <charconv>

#include "net/adapters/procore_errors.h"
#include "net/adapters/procore_paths.h"
#include "net/adapters/procore_read.h"
#include "net/adapters/tuning.h"
#include "platform/base/check.h"
#include "platform/base/text.h"

namespace fieldsync::net::procore {
namespace {

using base::Cause;
using base::Document;
using base::Failure;
using base::Field;
using base::List;
using base::Result;
using base::Value;

constexpr Where kUpload{.doing = "upload", .side = Side::upload};
constexpr Where kStorage{.doing = "send a part", .side = Side::storage};

enum class Urls { required, optional };

Failure unexpected(std::string what) {
  return {Cause::unexpected_answer, "upload: " + std::move(what)};
}

using UploadsVersion = ProcoreOptions::UploadsVersion;

/// What was begun as one form post stays with v1: v2.1 knows segments only.
UploadsVersion version_of(const ProcoreOptions& options, UploadStyle style) {
  const bool unified = options.uploads_version == UploadsVersion::v2_1;
  return unified && style == UploadStyle::plain ? UploadsVersion::v1_1 : options.uploads_version;
}

std::string path_of(const Site& site, const UploadSpec& spec, const std::string& upload_id) {
  const ServiceId id(upload_id);
  switch (version_of(site.options(), spec.style)) {
    case UploadsVersion::v1_0:
      return site.path(path::kUploadsV10, spec.project, id);
    case UploadsVersion::v1_1:
      return site.path(path::kUploadsV11, spec.project, id);
    case UploadsVersion::v2_1: {
      std::string pattern(path::kUploadsV21);
      constexpr std::string_view kCompany = "{c}";
      pattern.replace(pattern.find(kCompany), kCompany.size(),
                      std::to_string(site.options().company));
      return site.path(pattern, spec.project, id);
    }
  }
  FS_CHECK(false);
}

Document part_proof(const PartSpec& part) {
  return Document{{"size", part.size}, {"sha256", part.digest.hex()}};
}

bool is_token_char(char c) {
  const bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return word || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

/// Name and value pairs of an object; numbers become text.
Result<std::vector<std::pair<std::string, std::string>>> read_pairs(const Value* value,
                                                                    std::string_view what) {
  std::vector<std::pair<std::string, std::string>> pairs;
  if (value == nullptr || value->is_null()) return pairs;
  const Document* document = value->as_document();
  if (document == nullptr) return unexpected(std::string(what) + " are no object");
  if (document->size() > tuning::kTicketPairsMax) {
    return unexpected("more than " + std::to_string(tuning::kTicketPairsMax) + " " +
                      std::string(what));
  }
  for (const Field& field : *document) {
    const bool usable = field.value.as_text() != nullptr || field.value.as_integer() != nullptr;
    const std::string text = usable ? base::plain_text(field.value) : std::string();
    if (!usable || field.name.empty() || has_control(field.name) || has_control(text)) {
      return unexpected(std::string(what) + " hold a name or value that cannot be sent");
    }
    pairs.emplace_back(field.name, text);
  }
  return pairs;
}

/// Headers as they are to be sent. Length and host are the sender's to write: they are only
/// checked. Others that change how the connection is used are refused.
Result<> read_headers(const Value* value, ByteCount size, PartTicket& ticket) {
  TRY_ASSIGN(auto pairs, read_pairs(value, "part headers"));
  const auto url = parse_url(ticket.url);
  for (auto& [name, text] : pairs) {
    if (!std::all_of(name.begin(), name.end(), is_token_char)) {
      return unexpected("part headers hold a name that is none");
    }
    const std::string lower = base::to_lower_ascii(name);
    if (lower == "content-length") {
      if (base::trimmed(text) != std::to_string(size)) {
        return unexpected("a part of " + std::to_string(size) + " bytes is to be sent as " +
                          base::printable(text));
      }
    } else if (lower == "host") {
      if (url && base::to_lower_ascii(base::split(text, ':').front()) != url->host) {
        return unexpected("a part is to be sent with the name of another host");
      }
    } else if (lower == "transfer-encoding" || lower == "connection" || lower == "expect") {
      return unexpected("part headers hold " + lower);
    } else {
      ticket.headers.emplace_back(std::move(name), std::move(text));
    }
  }
  return {};
}

Result<std::string> read_url(const Value* value, Urls urls) {
  const bool absent = value == nullptr || value->is_null();
  if (absent && urls == Urls::optional) return std::string();
  std::string url = usable_url(value);
  if (url.empty() || has_control(url)) return unexpected("a part has no usable https URL");
  return url;
}

std::string bare_etag(std::string_view etag) {
  etag = base::trimmed(etag);
  if (etag.substr(0, 2) == "W/") etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') {
    etag = etag.substr(1, etag.size() - 2);
  }
  return std::string(etag);
}

Result<PartTicket> read_segment(const Value& value, const PartSpec& part, Urls urls) {
  const Document* segment = value.as_document();
  if (segment == nullptr) return unexpected("a segment is no object");
  const Value* size = segment->find("size");
  const std::string digest = base::to_lower_ascii(segment->text("sha256"));
  const bool other_size =
      size != nullptr && size->as_integer() != nullptr && *size->as_integer() != part.size;
  if (other_size || (!digest.empty() && digest != part.digest.hex())) {
    return unexpected("a segment is not the one that was asked for");
  }
  PartTicket ticket;
  TRY_ASSIGN(ticket.url, read_url(segment->find("url"), urls));
  TRY(read_headers(segment->find("headers"), part.size, ticket));
  ticket.etag = bare_etag(segment->text("etag"));
  return ticket;
}

Result<std::vector<PartTicket>> read_segments(const UploadSpec& spec, const Value* value,
                                              Urls urls) {
  const List* segments = value != nullptr ? value->as_list() : nullptr;
  if (segments == nullptr || segments->size() != spec.parts.size()) {
    return unexpected(std::to_string(segments != nullptr ? segments->size() : 0) +
                      " segments where " + std::to_string(spec.parts.size()) + " were asked for");
  }
  std::vector<PartTicket> tickets;
  for (std::size_t at = 0; at < segments->size(); ++at) {
    TRY_ASSIGN(PartTicket ticket, read_segment((*segments)[at], spec.parts[at], urls));
    tickets.push_back(std::move(ticket));
  }
  return tickets;
}

Result<PartTicket> read_form(const Document& upload, Urls urls) {
  PartTicket ticket;
  TRY_ASSIGN(ticket.url, read_url(upload.find("url"), urls));
  TRY_ASSIGN(ticket.form, read_pairs(upload.find("fields"), "form fields"));
  for (const auto& [name, value] : ticket.form) {
    if (name.find('"') != std::string::npos) return unexpected("a form field has no usable name");
  }
  return ticket;
}

/// An upload as an answer shows it: v2.x wraps bodies in `data` (1.2).
struct Shown {
  const Document* fields = nullptr;
  enum class Generation { v1, unified } generation = Generation::v1;
};

Result<Shown> shown_in(const Value& body) {
  const Document* outer = body.as_document();
  if (outer == nullptr) return unexpected("the answer is no object");
  const Value* data = outer->find("data");
  if (data == nullptr) return Shown{outer, Shown::Generation::v1};
  if (data->as_document() == nullptr) return unexpected("data is no object");
  return Shown{data->as_document(), Shown::Generation::unified};
}

/// Statuses of both generations (7.2, 7.4); one we do not know means: ask again later. v2.1 looks
/// at what is complete before it may be used.
UploadStatus status_of(const Shown& shown) {
  const std::string status = shown.fields->text("status");
  if (status == "available" || status == "completed") return UploadStatus::complete;
  if (status == "complete") {
    return shown.generation == Shown::Generation::v1 ? UploadStatus::complete
                                                     : UploadStatus::processing;
  }
  if (status == "failed" || status == "expired") return UploadStatus::failed;
  return status == "scanning" ? UploadStatus::processing : UploadStatus::receiving;
}

Result<UploadTicket> read_ticket(const UploadSpec& spec, const HttpResponse& reply, Urls urls) {
  TRY_ASSIGN(const Value body, read_json(reply, kUpload));
  TRY_ASSIGN(const Shown shown, shown_in(body));
  const bool unified = shown.generation == Shown::Generation::unified;
  const auto id = read_id(shown.fields->find(unified ? "upload_id" : "uuid"));
  if (!id) return unexpected("the answer names no upload");
  UploadTicket ticket;
  ticket.upload_id = id->raw();
  ticket.status = status_of(shown);
  const bool over = ticket.status != UploadStatus::receiving && urls == Urls::optional;
  if (over) return ticket;
  switch (spec.style) {
    case UploadStyle::segmented: {
      TRY_ASSIGN(ticket.parts, read_segments(spec, shown.fields->find("segments"), urls));
      break;
    }
    case UploadStyle::plain: {
      TRY_ASSIGN(PartTicket part, read_form(*shown.fields, urls));
      ticket.parts.push_back(std::move(part));
      break;
    }
  }
  return ticket;
}

Document create_body(const UploadSpec& spec) {
  Document body{{"response_filename", spec.name}, {"size", spec.size}};
  if (!spec.content_type.empty()) body.set("response_content_type", spec.content_type);
  return body;
}

Document unified_create_body(const UploadSpec& spec) {
  return Document{
      {"file_name", spec.name},
      {"file_size", spec.size},
      {"content_type", spec.content_type.empty() ? "application/octet-stream" : spec.content_type},
      {"uploader_tool_name", std::string(kUploaderTool)}};
}

}  // namespace

Capabilities upload_capabilities(const ProcoreOptions& options) {
  Capabilities can;
  can.upload_style = options.upload_style;
  can.start_within = limit::kStartWithin;
  can.attach_within = version_of(options, options.upload_style) == UploadsVersion::v2_1
                          ? limit::kAttachWithinV21
                          : limit::kAttachWithin;
  switch (options.upload_style) {
    case UploadStyle::segmented:
      can.part_bytes_min = limit::kPartBytesMin;
      can.part_bytes_max = limit::kPartBytesMax;
      can.parts_max = limit::kPartsMax;
      break;
    case UploadStyle::plain:
      can.part_bytes_max = limit::kPlainBytesMax;
      can.parts_max = 1;
      break;
  }
  return can;
}

HttpRequest upload_create(const Site& site, const UploadSpec& spec) {
  const bool unified = version_of(site.options(), spec.style) == UploadsVersion::v2_1;
  Document body = unified ? unified_create_body(spec) : create_body(spec);
  if (spec.style == UploadStyle::segmented) {
    List segments;
    for (const PartSpec& part : spec.parts) segments.push_back(part_proof(part));
    body.set("segments", std::move(segments));
  }
  return site.send(Method::post, path_of(site, spec, ""), {}, body);
}

Result<UploadTicket> read_upload_create(const UploadSpec& spec, const HttpResponse& reply) {
  return read_ticket(spec, reply, Urls::required);
}

HttpRequest upload_part(const UploadSpec& spec, const PartTicket& ticket, int part,
                        const base::Path& file) {
  HttpRequest request;
  request.url = ticket.url;
  request.auth = Auth::none;
  bool has_type = false;
  for (const auto& [name, value] : ticket.headers) {
    request.headers.add(name, value);
    has_type = has_type || base::to_lower_ascii(name) == "content-type";
  }
  switch (spec.style) {
    case UploadStyle::segmented: {
      FS_CHECK(part >= 0 && static_cast<std::size_t>(part) < spec.parts.size());
      const PartSpec& slice = spec.parts[static_cast<std::size_t>(part)];
      request.method = Method::put;
      if (!has_type) request.headers.add("Content-Type", "application/octet-stream");
      request.body = FileSlice{file, slice.offset, slice.size};
      break;
    }
    case UploadStyle::plain: {
      FormUpload form;
      form.fields = ticket.form;
      form.file_name = spec.name;
      form.file = FileSlice{file, 0, spec.size};
      request.method = Method::post;
      request.body = std::move(form);
      break;
    }
  }
  return request;
}

Result<std::string> read_upload_part(UploadStyle style, const HttpResponse& reply) {
  if (!reply.is_success()) return read_error(reply, kStorage);
  const std::string etag = bare_etag(reply.headers.text("ETag"));
  if (!etag.empty() && !has_control(etag)) return etag;
  // A storage answers 200 with nothing; words in its place are somebody else's.
  if (!is_empty_success(reply)) {
    const auto other = read_json(reply, kStorage);
    if (!other.ok()) return other.failure();
  }
  if (style == UploadStyle::plain) return std::string("posted");
  return Failure{Cause::unexpected_answer, "send a part: the storage gave no etag"};
}

HttpRequest upload_complete(const Site& site, const UploadSpec& spec, const std::string& upload_id,
                            const std::vector<std::string>& etags) {
  if (spec.style == UploadStyle::plain) return upload_show(site, spec, upload_id);
  FS_CHECK(etags.size() == spec.parts.size());
  if (version_of(site.options(), spec.style) == UploadsVersion::v2_1) {
    return site.send(Method::patch, path_of(site, spec, upload_id), {},
                     Document{{"part_etags", List(etags.begin(), etags.end())}});
  }
  List segments;
  for (std::size_t at = 0; at < etags.size(); ++at) {
    Document segment;
    if (site.options().part_proof == ProcoreOptions::PartProof::size_sha256_etag) {
      segment = part_proof(spec.parts[at]);
    }
    segment.set("etag", etags[at]);
    segments.push_back(std::move(segment));
  }
  return site.send(Method::patch, path_of(site, spec, upload_id), {},
                   Document{{"segments", std::move(segments)}});
}

Result<UploadStatus> read_upload_complete(const HttpResponse& reply) {
  TRY_ASSIGN(const Value body, read_json(reply, kUpload));
  TRY_ASSIGN(const Shown shown, shown_in(body));
  const std::string status = shown.fields->text("status");
  if (status.empty()) return unexpected("the answer has no status");
  // A plain upload stays so for ever; it is ready once its post succeeded (7.1).
  return status == "non_segmented" ? UploadStatus::complete : status_of(shown);
}

HttpRequest upload_show(const Site& site, const UploadSpec& spec, const std::string& upload_id) {
  FS_CHECK(!upload_id.empty());
  return site.get(path_of(site, spec, upload_id));
}

Result<UploadTicket> read_upload_show(const UploadSpec& spec, const HttpResponse& reply) {
  return read_ticket(spec, reply, Urls::optional);
}

}  // namespace fieldsync::net::procore
