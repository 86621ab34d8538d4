#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "net/remote_service.h"

namespace fieldsync::net {

/// What cannot be learned from Procore's documents is a switch here, so that a run against a real
/// sandbox corrects a value and no code (facts/procore-api.md 17).
struct ProcoreOptions {
  std::string api_url;  ///< "https://api.procore.com", without a slash at the end
  std::int64_t company = 0;
  /// Set on a new RFI that names no manager; the service requires one. Empty: left to the service.
  ServiceId default_rfi_manager;
  UploadStyle upload_style = UploadStyle::segmented;
  /// The token also goes to these domains and what is under them, over https.
  std::vector<std::string> trusted_domains;

  /// Version of the create, complete and show calls of uploads (facts/procore-api.md 7.1). Whether
  /// photos, RFIs and notes take what was uploaded by v2.1 is not documented. For segmented uploads
  /// only: v2.1 has no other.
  enum class UploadsVersion { v1_0, v1_1, v2_1 };
  UploadsVersion uploads_version = UploadsVersion::v1_1;

  /// Whether `upload_ids` in a PATCH adds to what is attached or replaces it (7.5).
  enum class UploadIdsOnPatch { append, replace };
  UploadIdsOnPatch upload_ids_on_patch = UploadIdsOnPatch::append;

  /// What completing an upload sends of each part: the guide shows only the etag, the schema also
  /// requires size and sha256 (7.3).
  enum class PartProof { etag_only, size_sha256_etag };
  PartProof part_proof = PartProof::size_sha256_etag;

  /// Whether a range in a filter is put in quotes, as the guide's examples do (5.1).
  enum class RangeQuotes { plain, quoted };
  RangeQuotes range_quotes = RangeQuotes::plain;

  /// The newest reference wants `upload_uuid` at the top, the guide an `upload` object (7.5).
  enum class PhotoBody { upload_uuid, upload_object };
  PhotoBody photo_body = PhotoBody::upload_uuid;

  /// What becomes of RFI fields that only an admin may set when the caller is not one: the answer
  /// to sending them is not documented (8.3).
  enum class AdminFields { leave_out, send };
  AdminFields admin_fields = AdminFields::leave_out;

  /// `Idempotency-Token` is documented for drawing uploads only, harmless elsewhere (6.3).
  enum class IdempotencyToken { leave_out, every_post };
  IdempotencyToken idempotency_token = IdempotencyToken::every_post;

  /// Records and bare ids asked for per page; 2,000 is the recommended most (4).
  int records_per_page = 1000;
  int ids_per_page = 2000;
};

}  // namespace fieldsync::net
