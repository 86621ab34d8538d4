#include "tests/sim/service_stock.h"

#include <array>
#include <utility>
#include <vector>

#include "tests/sim/device_host.h"
#include "tests/sim/tuning.h"

namespace fieldsync::sim {
namespace {

using Databases = std::vector<std::unique_ptr<storage::Database>>;

/// Those that no world uses now.
Databases& stock_of(std::uint64_t kept_under) {
  static std::array<Databases, tuning::kServicesMax> stock;
  return stock[kept_under];
}

std::unique_ptr<storage::Database> make(std::uint64_t seed) {
  auto opened = storage::Database::open(":memory:", {});
  FS_CHECK(opened.ok());
  Schedule schedule{platform::Random(seed)};
  const DeviceClock clock(schedule);
  auto sandbox = net::sandbox::Sandbox::open(**opened, clock, service_origins());
  FS_CHECK(sandbox.ok() && (*sandbox)->seed("tiny", seed).ok());
  return std::move(*opened);
}

}  // namespace

const net::sandbox::Origins& service_origins() {
  static const net::sandbox::Origins origins{"https://api.sandbox.test", "https://api.sandbox.test",
                                             "https://storage.sandbox.test",
                                             "https://control.sandbox.test"};
  return origins;
}

LentService::LentService(std::uint64_t seed) : kept_under_(seed % tuning::kServicesMax) {
  Databases& stock = stock_of(kept_under_);
  if (stock.empty()) stock.push_back(make(kept_under_));
  database_ = std::move(stock.back());
  stock.pop_back();
  database_->script("SAVEPOINT world");
}

LentService::~LentService() {
  database_->script("ROLLBACK TO world; RELEASE world");
  stock_of(kept_under_).push_back(std::move(database_));
}

}  // namespace fieldsync::sim
