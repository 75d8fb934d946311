#include <atomic>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <thread>

#include "adapter/clock/system_clock.h"
#include "adapter/memory/memory_work_hints.h"
#include "app/api.h"
#include "app/backup/progress_line.h"
#include "app/bench/bench_place.h"
#include "app/bench/pace.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/settings.h"
#include "app/table.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "service/work/sweeper.h"

namespace orgo {
namespace {

constexpr int kWorkBatch = 100;
constexpr Millis kLease{300'000};
constexpr Millis kLookForWork{50};
constexpr const char* kOwner = "bench";

/// Work that does nothing: added by one thread, claimed and done with by several, announced as the server does it.
class QueueRun {
 public:
  QueueRun(SqlStores& stores, TenantId tenant, int count)
      : stores_(stores), tenant_(tenant), count_(count), added_(static_cast<std::size_t>(count)),
        done_(static_cast<std::size_t>(count)), sweeper_(stores.work, hints_, clock_) {}

  struct Outcome {
    double add_seconds = 0, seconds = 0;
    std::vector<float> waits_ms{};  ///< of each, from when it was added to its claim
    bool once_each = false;
    std::int64_t left = 0;
  };

  Result<Outcome> all(int workers) {
    hints_.on_announced([this](WorkKind) { woken_.notify_all(); });
    begun_ = std::chrono::steady_clock::now();
    std::vector<std::thread> threads;
    for (int i = 0; i < workers; ++i) threads.emplace_back([this] { keep(work()); });
    keep(add());
    outcome_.add_seconds = seconds();
    for (auto& thread : threads) thread.join();
    outcome_.seconds = seconds();
    if (!so_far_) return tl::unexpected(so_far_.error());
    outcome_.once_each = finished_ == count_;
    for (const auto times : done_) outcome_.once_each = outcome_.once_each && times == 1;
    ORGO_TRY(left, stores_.work.depth(WorkKind::process));
    outcome_.left = left;
    return std::move(outcome_);
  }

 private:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  }
  void keep(Status status) {
    const std::lock_guard lock(mutex_);
    if (!status && so_far_) so_far_ = std::move(status);
    woken_.notify_all();
  }
  bool is_over() {
    const std::lock_guard lock(mutex_);
    return finished_ == count_ || !so_far_;
  }
  Status add() {
    for (int first = 0; first < count_ && !is_over(); first += kWorkBatch) {
      std::vector<WorkKey> keys;
      for (int i = first; i < std::min(first + kWorkBatch, count_); ++i)
        keys.push_back({tenant_, WorkKind::process, i + 1});
      const auto now = clock_.now();
      {
        const std::lock_guard lock(mutex_);
        for (const auto& key : keys)
          added_[static_cast<std::size_t>(key.reference) - 1] = std::chrono::steady_clock::now();
      }
      ORGO_CHECK(stores_.work.add(keys, now));
      hints_.announce(keys, now);
    }
    return {};
  }
  Status work() {
    ProgressLine line;
    while (!is_over()) {
      const auto hints = hints_.take(WorkKind::process, kWorkBatch, clock_.now());
      if (hints.empty()) {
        ORGO_CHECK(sweep());
        continue;
      }
      std::vector<WorkKey> keys;
      for (const auto& hint : hints) keys.push_back(hint.key);
      ORGO_TRY(leases, stores_.work.claim({kOwner, kOwner}, keys, clock_.now(), kLease));
      note(leases);
      ORGO_TRY(counted, stores_.work.complete(leases));
      (void)counted;
      hints_.ack(hints);
      const std::lock_guard lock(mutex_);
      finished_ += static_cast<int>(leases.size());
      line.show("working", finished_, count_, "");
      if (finished_ == count_) woken_.notify_all();
    }
    return {};
  }
  void note(const std::vector<WorkLease>& leases) {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    for (const auto& lease : leases) {
      const auto at = static_cast<std::size_t>(lease.key.reference) - 1;
      ++done_[at];
      outcome_.waits_ms.push_back(std::chrono::duration<float, std::milli>(now - added_[at]).count());
    }
  }
  /// What there was no room for among the hints.
  Status sweep() {
    const std::lock_guard one_at_a_time(sweeping_);
    ORGO_TRY(report, sweeper_.step(WorkKind::process));
    if (report.announced > 0) return {};
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, kLookForWork);
    return {};
  }

  SqlStores& stores_;
  TenantId tenant_;
  const int count_;
  std::vector<std::chrono::steady_clock::time_point> added_;
  std::vector<int> done_;
  MemoryWorkHints hints_;
  SystemClock clock_;
  WorkSweeper sweeper_;
  std::chrono::steady_clock::time_point begun_;
  std::mutex mutex_, sweeping_;
  std::condition_variable woken_;
  int finished_ = 0;
  Status so_far_;
  Outcome outcome_;
};

void tell(const BenchQueueOptions& options, const QueueRun::Outcome& outcome, bool is_good) {
  const auto waits = percentiles(outcome.waits_ms);
  const auto rate = [&](double seconds) { return static_cast<std::int64_t>(options.count / std::max(seconds, 1e-9)); };
  if (options.common.json) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("database", options.database.empty() ? "embedded" : "server");
    json.field("count", options.count).field("workers", options.workers).field("batch", kWorkBatch);
    json.field("added_per_second", rate(outcome.add_seconds)).field("done_per_second", rate(outcome.seconds));
    json.field("wait_ms_p50", static_cast<std::int64_t>(waits.p50));
    json.field("wait_ms_p95", static_cast<std::int64_t>(waits.p95));
    json.field("wait_ms_p99", static_cast<std::int64_t>(waits.p99));
    json.field("left", outcome.left).field("once_each", outcome.once_each).field("good", is_good).end_object();
    std::cout << out << '\n';
    return;
  }
  const auto ms = [](double value) { return std::to_string(static_cast<std::int64_t>(value + 0.5)) + " ms"; };
  Table table({"ADDED A SECOND", "DONE A SECOND", "HALF WAITED", "95% WAITED", "99% WAITED"});
  table.add({std::to_string(rate(outcome.add_seconds)), std::to_string(rate(outcome.seconds)), ms(waits.p50),
             ms(waits.p95), ms(waits.p99)});
  std::cout << table.text()
            << (is_good ? "all " + std::to_string(options.count) + " done, each once\n"
                        : std::string("NOT GOOD: not each was done, once\n"));
}

}  // namespace

int cmd_bench_queue(const BenchQueueOptions& options) {
  log::configure({.level = log::Level::warn});
  const auto settings = read_settings(options.common);
  if (!settings) return report(settings.error());
  const auto database = bench_database(options.database, options.password_file);
  if (!database) return report(database.error().in("--password-file"));
  const auto folder = BenchFolder::beside(settings->data);
  if (!folder) return report(folder.error());
  if (const auto empty = check_bench_database(*database, folder->path()); !empty) return report(empty.error());
  SqlStoreOptions place{.folder = folder->path()};
  if (!database->url.empty()) place.database = database->url;
  place.password = database->password;
  const auto stores = SqlStores::open(place);
  if (!stores) return report(stores.error());
  const auto tenant = tenant_of(options.common, (*stores)->tenants);
  if (!tenant) return report(tenant.error());
  const auto outcome = QueueRun(**stores, *tenant, options.count).all(options.workers);
  if (!outcome) return report(outcome.error());
  const bool is_good = outcome->once_each && outcome->left == 0;
  tell(options, *outcome, is_good);
  return is_good ? kDone : kFailed;
}

}  // namespace orgo
