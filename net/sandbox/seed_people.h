#pragma once

#include <cstdint>

#include "net/sandbox/world.h"

namespace fieldsync::net::sandbox {

inline constexpr std::int64_t kCompany = 4'294'968'297;         // 2^32 + 1,001
inline constexpr std::int64_t kOtherCompany = 4'294'968'298;    // the app is not connected there
inline constexpr std::int64_t kProject = 562'949'953'422'002;   // 2^49 and a bit
inline constexpr std::int64_t kSmallJob = 562'949'953'422'003;  // a second, nearly empty project
inline constexpr std::int64_t kOldJob = 562'949'953'422'004;    // inactive

inline constexpr std::int64_t kService = 160'500;  // the client-credentials user: admin everywhere
inline constexpr std::int64_t kField = 160'586;    // Fay Super: standard
inline constexpr std::int64_t kManager = 99'519;   // Max Manager: admin
inline constexpr std::int64_t kArchitect = 200'300;  // Ann Architect: standard
inline constexpr std::int64_t kReader = 200'301;     // Rita Reader: read only
inline constexpr std::int64_t kGuest = 200'302;      // Cole Guest: a collaborator, standard
inline constexpr std::int64_t kOffice = 200'303;     // Olli Office: admin; makes the office's edits

/// Companies, projects, people, tools and rights.
void fill_people(World& world);

}  // namespace fieldsync::net::sandbox
