#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "platform/base/types.h"

/// Every path, field name and limit of Procore that the adapter relies on, in one table, so that a
/// run against a sandbox can correct it. `{p}` is the project. Numbers in comments are sections of
/// facts/procore-api.md.
namespace fieldsync::net::procore {

using base::ByteCount;

namespace path {
// Account (13).
inline constexpr std::string_view kMe = "/rest/v1.0/me";
inline constexpr std::string_view kProjects = "/rest/v1.1/projects";
inline constexpr std::string_view kPermissions = "/rest/v1.0/settings/permissions";
// RFIs (8.1).
inline constexpr std::string_view kRfis = "/rest/v1.0/projects/{p}/rfis";
inline constexpr std::string_view kReplies = "/replies";
inline constexpr std::string_view kRetrieve = "/retrieve";
// Drawings (9.2).
inline constexpr std::string_view kDrawingRevisions = "/rest/v1.0/projects/{p}/drawing_revisions";
inline constexpr std::string_view kDrawingAreas = "/rest/v1.1/projects/{p}/drawing_areas";
inline constexpr std::string_view kDrawingDisciplines =
    "/rest/v1.1/projects/{p}/drawing_disciplines";
inline constexpr std::string_view kDrawingSets = "/rest/v1.0/projects/{p}/drawing_sets";
// Photos (11): the project goes into the query.
inline constexpr std::string_view kImages = "/rest/v1.0/images";
inline constexpr std::string_view kAlbums = "/rest/v1.0/image_categories";
// Daily Log notes (10.1).
inline constexpr std::string_view kNotes = "/rest/v1.0/projects/{p}/notes_logs";
// Uploads (7.2).
inline constexpr std::string_view kUploadsV10 = "/rest/v1.0/projects/{p}/uploads";
inline constexpr std::string_view kUploadsV11 = "/rest/v1.1/projects/{p}/uploads";
/// (7.4) `{c}` is the company.
inline constexpr std::string_view kUploadsV21 = "/rest/v2.1/companies/{c}/projects/{p}/uploads";
}  // namespace path

namespace header {
inline constexpr std::string_view kCompany = "Procore-Company-Id";
inline constexpr std::string_view kIdempotency = "Idempotency-Token";
inline constexpr std::string_view kRequestId = "x-request-id";
}  // namespace header

namespace query {
inline constexpr std::string_view kProject = "project_id";
inline constexpr std::string_view kCompany = "company_id";
inline constexpr std::string_view kPage = "page";
inline constexpr std::string_view kPerPage = "per_page";
inline constexpr std::string_view kView = "view";
inline constexpr std::string_view kSerializerView = "serializer_view";
inline constexpr std::string_view kOnlyIds = "only_ids";  ///< with `view`
inline constexpr std::string_view kIdsOnly = "ids_only";  ///< with `serializer_view`
inline constexpr std::string_view kSort = "sort";
inline constexpr std::string_view kSortAttribute = "sort[attribute]";
inline constexpr std::string_view kSortDirection = "sort[direction]";
inline constexpr std::string_view kUpdatedAt = "filters[updated_at]";
inline constexpr std::string_view kCreatedAt = "filters[created_at]";
inline constexpr std::string_view kUploader = "filters[uploader_id][]";
inline constexpr std::string_view kCreatedBy = "filters[created_by_id]";
inline constexpr std::string_view kStatus = "filters[status]";
inline constexpr std::string_view kByStatus = "filters[by_status]";
inline constexpr std::string_view kWithObsolete = "with_obsolete";
inline constexpr std::string_view kLogDate = "log_date";
inline constexpr std::string_view kStartDate = "start_date";
inline constexpr std::string_view kEndDate = "end_date";
}  // namespace query

/// v2.1 wants to know for which tool, of a list that has none of photos, RFIs or notes (7.1).
inline constexpr std::string_view kUploaderTool = "document_management";

namespace limit {
inline constexpr int kProjectsPerPage = 300;  ///< 15; default 100
/// 5 MiB exactly is refused; both upload generations accept what lies between (7.1).
inline constexpr ByteCount kPartBytesMin = 5'242'881;
inline constexpr ByteCount kPartBytesMax = 104'857'600;
inline constexpr int kPartsMax = 10'000;
/// One form post carries the whole file: the storage's own limit for a single body.
inline constexpr ByteCount kPlainBytesMax = 5'000'000'000;
inline constexpr base::Millis kAttachWithin{7LL * 24 * 3600 * 1000};
/// And begun within this (7.1; of the addresses of segments no life is documented).
inline constexpr base::Millis kStartWithin{3600 * 1000};
/// `upload_expires_at` of v2.1.
inline constexpr base::Millis kAttachWithinV21{24LL * 3600 * 1000};
}  // namespace limit

/// Names of tools in `settings/permissions`, lower case with `_` for spaces, and our tool. The full
/// list is not documented (17.6); a name that is not here stays as it is.
inline constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kToolNames{{
    {"rfi", "rfis"},
    {"rfis", "rfis"},
    {"request_for_information", "rfis"},
    {"drawing", "drawings"},
    {"drawings", "drawings"},
    {"drawing_log", "drawings"},
    {"drawing_management", "drawings"},
    {"photo", "photos"},
    {"photos", "photos"},
    {"image", "photos"},
    {"images", "photos"},
    {"daily_log", "notes"},
    {"daily_logs", "notes"},
    {"daily_construction_report", "notes"},
    {"note", "notes"},
    {"notes", "notes"},
}};

}  // namespace fieldsync::net::procore
