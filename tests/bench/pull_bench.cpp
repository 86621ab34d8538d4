#include <benchmark/benchmark.h>

#include "agent/sync/pull/mirror_row.h"
#include "net/adapters/procore.h"
#include "platform/base/json.h"
#include "tests/bench/bare_disk.h"
#include "tests/bench/figures.h"
#include "tests/bench/pull_pages.h"
#include "tests/bench/work_folder.h"

/// The first mirror of a large project, page by page as Puller takes it.
namespace fieldsync::bench {
namespace {

constexpr int kRecords = 50'000;
constexpr int kPageRecords = 1'000;
constexpr int kRounds = 5;

net::Procore service() {
  net::ProcoreOptions options;
  options.api_url = "https://service.example";
  options.company = 1'001;
  options.records_per_page = kPageRecords;
  return net::Procore(options);
}

net::ListQuery query_at(int position) {
  net::ListQuery query;
  query.kind = base::KindId("rfi");
  query.project = base::ProjectId("2002");
  query.sweep = net::Sweep::everything;
  query.position = position;
  return query;
}

std::unique_ptr<storage::MirrorStore> open_mirror(const std::string& folder) {
  storage::DatabaseOptions options;
  options.durability = storage::Durability::normal;
  auto opened = storage::MirrorStore::open(folder, options, {});
  FS_CHECK(opened.ok());
  return std::move(opened->store);
}

std::vector<storage::MirrorRecord> rows_of(const net::ListPage& page) {
  const base::RemoteName remote("procore");
  const base::ServiceId me;
  const std::set<storage::RecordKey> pins;
  std::vector<storage::MirrorRecord> rows;
  rows.reserve(page.records.size());
  for (const net::RemoteRecord& record : page.records) {
    rows.push_back(sync::to_mirror({remote, me, pins}, base::ProjectId("2002"), record,
                                   base::WallTime{base::Millis(1'790'000'000'000)}));
  }
  return rows;
}

std::vector<BareRecords::Row> bare_rows(const std::vector<storage::MirrorRecord>& rows) {
  std::vector<BareRecords::Row> bare;
  bare.reserve(rows.size());
  for (const storage::MirrorRecord& row : rows) {
    bare.push_back({row.key.id.raw(), row.updated_at->since_epoch.count(),
                    base::to_json(base::Value(row.fields))});
  }
  return bare;
}

template <class Body>
void timed(Samples& samples, Body&& body) {
  const double began = now_ns();
  body();
  samples.add(now_ns() - began);
}

struct Phases {
  Samples parse;   ///< JSON to values
  Samples read;    ///< the adapter's whole reading, the parse included
  Samples rows;    ///< to_mirror
  Samples apply;   ///< into mirror.db
  Samples insert;  ///< the limit
  std::size_t bytes = 0;
};

void take_page(int page, const net::Procore& procore, storage::MirrorStore& mirror,
               BareRecords& bare, Phases& phases) {
  const net::HttpResponse reply = rfi_page(page * kPageRecords, kPageRecords, kRecords);
  phases.bytes += reply.body.size();
  timed(phases.parse, [&] { FS_CHECK(base::parse_json(reply.body).ok()); });
  std::optional<net::ListPage> read;
  timed(phases.read, [&] {
    auto result = procore.read_list(query_at(page + 1), reply);
    FS_CHECK(result.ok() && result->unreadable.empty());
    read = std::move(*result);
  });
  std::vector<storage::MirrorRecord> rows;
  timed(phases.rows, [&] { rows = rows_of(*read); });
  const auto plain = bare_rows(rows);
  timed(phases.insert, [&] { bare.insert(plain); });
  timed(phases.apply, [&] {
    const auto applied = mirror.apply(rows, std::nullopt);
    FS_CHECK(applied.ok() && applied->inserted == kPageRecords);
  });
}

void add_share(const std::string& name, double part, double whole) {
  figures().add({name, 100 * part / whole, "%", Aim::none, 0,
                 time_text(part / (kRounds * kRecords)) + " a record"});
}

void add_profile(const Phases& phases) {
  const double parse = phases.parse.sum();
  const double whole = phases.read.sum() + phases.rows.sum() + phases.apply.sum();
  add_share("profile: JSON parse", parse, whole);
  add_share("profile: adapter", phases.read.sum() - parse, whole);
  add_share("profile: rows for the mirror", phases.rows.sum(), whole);
  add_share("profile: apply", phases.apply.sum(), whole);
  figures().add({"profile: all of it", kRounds * kRecords / (whole / 1e9), "records/s", Aim::none,
                 0, std::to_string(phases.bytes / (kRounds * kRecords)) + " bytes of JSON each"});
}

void pull_50000(benchmark::State& state) {
  const net::Procore procore = service();
  Phases phases;
  Samples ours;
  Samples limit;
  for (auto _ : state) {
    const WorkFolder folder;
    const auto mirror = open_mirror(folder.path());
    BareRecords bare(folder / "bare.db");
    const double apply_before = phases.apply.sum();
    const double insert_before = phases.insert.sum();
    for (int page = 0; page < kRecords / kPageRecords; ++page) {
      take_page(page, procore, *mirror, bare, phases);
    }
    ours.add(phases.apply.sum() - apply_before);
    limit.add(phases.insert.sum() - insert_before);
    state.SetIterationTime((phases.apply.sum() - apply_before) / 1e9);
  }
  const Ratio ratio = ratio_at(limit, ours, 0.5);
  char detail[160];
  std::snprintf(detail, sizeof detail,
                "ours %.0f records/s, bare %.0f records/s; %.2f to %.2f within the run",
                kRecords / (ours.at(0.5) / 1e9), kRecords / (limit.at(0.5) / 1e9), ratio.lowest,
                ratio.highest);
  figures().add(
      {"50,000-record pull, applied", ratio.value, "x", Aim::ratio_at_least, 0.5, detail});
  add_profile(phases);
}
BENCHMARK(pull_50000)->Iterations(kRounds)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace fieldsync::bench
