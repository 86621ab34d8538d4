#pragma once

#include <cstdint>
#include <memory>

#include "net/sandbox/sandbox.h"
#include "storage/database.h"

namespace fieldsync::sim {

/// Where the worlds' services are found.
const net::sandbox::Origins& service_origins();

/// A service's database as it is before anything happens, lent to one world. World after world uses
/// the same connections, whose statements are prepared: what a world did is rolled back.
class LentService {
 public:
  /// `seed` tells services apart; a world's seed gives one of tuning::kServicesMax.
  explicit LentService(std::uint64_t seed);
  ~LentService();
  LentService(const LentService&) = delete;
  LentService& operator=(const LentService&) = delete;

  storage::Database& database() { return *database_; }

 private:
  std::uint64_t kept_under_;
  std::unique_ptr<storage::Database> database_;
};

}  // namespace fieldsync::sim
