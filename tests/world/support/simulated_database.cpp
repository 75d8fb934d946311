#include "tests/world/support/simulated_database.h"

#include <algorithm>
#include <cstdlib>

#include "adapter/sql/sqlite/schema.h"
#include "adapter/sql/sqlite/sqlite_connection.h"

namespace orgo::world {
namespace {

constexpr double kLetInToRead = 0.02;      // of the reads
constexpr double kPostIsAtOnce = 0.5;      // of what nobody waits for
constexpr double kLateIsSeen = 0.3;        // by each read that comes before the next write
constexpr double kLateIsNever = 0.2;       // of those that are late
constexpr double kTornPerStatement = 0.1;  // of StoreFaults::crash
constexpr int kRunsMax = 100;

tl::unexpected<Error> failed() {
  return failure(Errc::unavailable, "simulated: the database is away");
}

bool is_trouble(const Status& status) {
  return !status && (status.error().code == Errc::resource_exhausted || status.error().code == Errc::unavailable ||
                     status.error().code == Errc::corrupt);
}

}  // namespace

// --- the ways in

/// A node's engine. It goes on standing when its node has died, and gets nothing done then.
class SimulatedDatabase::Way final : public sql::Engine {
 public:
  Way(SimulatedDatabase& database, int node, int incarnation)
      : database_(database), node_(node), incarnation_(incarnation) {}
  Status execute(std::vector<TenantId> /*tenants*/, Job job, Deadline /*deadline*/) override {
    return database_.write(node_, incarnation_, job);
  }
  void post(std::vector<TenantId> /*tenants*/, Job job) override {
    database_.post(node_, incarnation_, std::move(job));
  }
  Result<std::string> check_integrity() override { return std::string("ok"); }
  [[nodiscard]] std::string trouble() const override { return {}; }
  void remember(const Status& /*status*/) override {}
  [[nodiscard]] Stats stats() const override { return {}; }
  void close() override {}

 protected:
  Result<std::unique_ptr<sql::Connection>> take_reader(Deadline /*deadline*/) override {
    ORGO_CHECK(database_.before_reading(node_, incarnation_));
    ++database_.readers_out_;
    return std::unique_ptr<sql::Connection>(
        std::make_unique<ReadingConnection>(*database_.connection_, database_.statements_, database_.random_));
  }
  void give_back(std::unique_ptr<sql::Connection> connection) override {
    connection->rollback();
    --database_.readers_out_;
  }

 private:
  SimulatedDatabase& database_;
  int node_;
  int incarnation_;
};

class SimulatedDatabase::Observer final : public sql::Engine {
 public:
  explicit Observer(SimulatedDatabase& database) : database_(database) {}
  Status execute(std::vector<TenantId> /*tenants*/, Job job, Deadline /*deadline*/) override {
    database_.settle();
    const auto status = database_.run(job);
    if (is_trouble(status)) {
      database_.roll_back();
      return status;
    }
    ORGO_CHECK(database_.commit(database_.actor_));
    return status;
  }
  void post(std::vector<TenantId> tenants, Job job) override { (void)execute(std::move(tenants), std::move(job), {}); }
  Result<std::string> check_integrity() override { return std::string("ok"); }
  [[nodiscard]] std::string trouble() const override { return {}; }
  void remember(const Status& /*status*/) override {}
  [[nodiscard]] Stats stats() const override { return {}; }
  void close() override {}

 protected:
  Result<std::unique_ptr<sql::Connection>> take_reader(Deadline /*deadline*/) override {
    ++database_.readers_out_;
    return std::unique_ptr<sql::Connection>(std::make_unique<PlainConnection>(*database_.connection_));
  }
  void give_back(std::unique_ptr<sql::Connection> connection) override {
    connection->rollback();
    --database_.readers_out_;
  }

 private:
  SimulatedDatabase& database_;
};

/// Bytes are durable when append() returns, and bytes that no row names are waste.
class SimulatedDatabase::Blobs final : public BlobStore {
 public:
  Blobs(SimulatedDatabase& database, int node, int incarnation)
      : database_(database), node_(node), incarnation_(incarnation) {}
  Result<std::vector<BlobRef>> append(std::span<const std::string_view> blobs) override {
    if (!may_go_on()) return failed();
    auto& random = database_.random_;
    if (random.chance(database_.faults_.crash / 4)) throw Crash{};
    std::vector<BlobRef> refs;
    for (const auto bytes : blobs) {
      database_.stored_blobs_.emplace_back(bytes);
      refs.push_back({std::to_string(database_.stored_blobs_.size() - 1)});
    }
    if (random.chance(database_.faults_.crash / 4)) throw Crash{};
    return refs;
  }
  Result<std::string> read(const BlobRef& ref) override {
    if (!may_go_on()) return failed();
    const auto place = place_of(ref);
    if (place >= database_.stored_blobs_.size()) return failure(Errc::corrupt, "simulated: there are no such bytes");
    return database_.stored_blobs_[place];
  }
  std::int64_t count_held(std::span<const BlobRef> refs) override {
    return std::ranges::count_if(refs,
                                 [&](const BlobRef& ref) { return place_of(ref) < database_.stored_blobs_.size(); });
  }

 private:
  static std::size_t place_of(const BlobRef& ref) { return std::strtoull(ref.text.c_str(), nullptr, 10); }
  bool may_go_on() {
    if (node_ < 0) return true;
    return database_.is_alive(node_, incarnation_) && !database_.random_.chance(database_.faults_.fail);
  }

  SimulatedDatabase& database_;
  int node_;
  int incarnation_;
};

// --- the database

SimulatedDatabase::SimulatedDatabase(Random& random, SimulatedClock& clock, Bug bug)
    : random_(random), clock_(clock), bug_(bug), statements_(bug) {
  sql::SqliteOptions options;
  options.in_memory = true;
  auto opened = sql::open_sqlite_connection(options);
  if (!opened || !sql::migrate(**opened, clock.now())) std::abort();  // a test can't go on
  connection_ = std::move(*opened);
  writing_ = std::make_unique<WritingConnection>(*connection_, statements_,
                                                 [this](const Recorded& statement) { before_statement(statement); });
  watch_ = std::make_unique<Watch>(*connection_,
                                   [this](const Actor& actor) { return is_alive(actor.node, actor.incarnation); });
}

SimulatedDatabase::~SimulatedDatabase() = default;

std::unique_ptr<sql::Engine> SimulatedDatabase::start_node(int node) {
  alive_[node] = ++incarnations_[node];
  return std::make_unique<Way>(*this, node, incarnations_[node]);
}

std::unique_ptr<BlobStore> SimulatedDatabase::blobs(int node) {
  return std::make_unique<Blobs>(*this, node, incarnation(node));
}

std::unique_ptr<sql::Engine> SimulatedDatabase::observer() {
  return std::make_unique<Observer>(*this);
}

std::unique_ptr<BlobStore> SimulatedDatabase::observer_blobs() {
  return std::make_unique<Blobs>(*this, -1, 0);
}

void SimulatedDatabase::stop_node(int node) {
  alive_.erase(node);
  posted_.erase(node);
  std::erase_if(late_, [&](const Late& late) { return late.lost_with_its_node && late.actor.node == node; });
}

void SimulatedDatabase::let_others_in(double chance) {
  if (!interleave || interleaving_ || in_transaction_ || readers_out_ != 0 || !random_.chance(chance)) return;
  interleaving_ = true;
  const auto before = actor_;
  try {
    interleave();
  } catch (...) {
    interleaving_ = false;
    actor_ = before;
    throw;
  }
  interleaving_ = false;
  actor_ = before;
}

Status SimulatedDatabase::before_reading(int node, int incarnation) {
  if (!is_alive(node, incarnation)) return failed();
  if (random_.chance(faults_.fail)) return failed();
  let_others_in(kLetInToRead);
  if (!late_.empty() && random_.chance(kLateIsSeen)) settle_late();
  return {};
}

void SimulatedDatabase::before_statement(const Recorded& statement) {
  recorded_.push_back(statement);
  if (!fragile_ || !random_.chance(faults_.crash * kTornPerStatement)) return;
  ++counts_.torn;
  throw Crash{};
}

Status SimulatedDatabase::run(const sql::Engine::Job& job) {
  for (int run = 0; run < kRunsMax; ++run) {
    recorded_.clear();
    ORGO_CHECK(connection_->begin());
    in_transaction_ = true;
    sql::Transaction transaction(*writing_);
    Status status;
    try {
      status = job(transaction);
      if (!is_trouble(status) && !transaction.is_to_run_again()) status = end_job(transaction, std::move(status));
    } catch (...) {
      roll_back();
      throw;
    }
    if (!transaction.is_to_run_again()) return status;
    roll_back();
  }
  return failed();
}

/// What a refused job had made and not written yet is undone with it, as the real engine does.
Status SimulatedDatabase::end_job(sql::Transaction& transaction, Status status) {
  if (!status && transaction.late().waits()) {
    roll_back();
    recorded_.clear();
    ORGO_CHECK(connection_->begin());
    in_transaction_ = true;
    return status;
  }
  if (auto finished = transaction.finish(); !finished) return finished;
  return status;
}

void SimulatedDatabase::roll_back() {
  connection_->rollback();
  in_transaction_ = false;
}

Status SimulatedDatabase::commit(const Actor& actor) {
  auto status = connection_->commit();
  in_transaction_ = false;
  if (!status) {
    connection_->rollback();
    return status;
  }
  watch_->after_commit(actor, clock_.now());
  return {};
}

Status SimulatedDatabase::run_fragile(const sql::Engine::Job& job) {
  fragile_ = true;
  try {
    const auto before = connection_->total_changed();
    auto status = run(job);
    fragile_ = false;
    // As every engine does: nothing stays of a job that is refused when it has written already.
    if (!status && !is_trouble(status) && connection_->total_changed() != before) {
      roll_back();
      ORGO_CHECK(connection_->begin());
      in_transaction_ = true;
      recorded_.clear();
    }
    return status;
  } catch (...) {
    fragile_ = false;
    throw;
  }
}

Status SimulatedDatabase::write(int node, int incarnation, const sql::Engine::Job& job) {
  if (!is_alive(node, incarnation)) return failed();
  const auto actor = actor_;
  let_others_in(kLetIn);
  if (random_.chance(faults_.crash / 3)) throw Crash{};
  if (random_.chance(faults_.fail)) {
    if (on_unsure_outcome) on_unsure_outcome();
    return failed();
  }
  settle_late();
  run_posted(node);
  auto status = run_fragile(job);
  if (!is_trouble(status) && random_.chance(faults_.conflict)) {
    ++counts_.conflicts;
    roll_back();
    let_others_in(1);
    settle_late();
    status = run_fragile(job);
  }
  if (is_trouble(status)) {
    if (in_transaction_) roll_back();
    return status;
  }
  return end_transaction(actor, std::move(status));
}

/// Of a transaction that has run and is open: it is kept, or it is not, and its caller hears so, or does not.
Status SimulatedDatabase::end_transaction(const Actor& actor, Status status) {
  if (random_.chance(faults_.refuse)) {
    ++counts_.refused;
    roll_back();
    if (on_unsure_outcome) on_unsure_outcome();
    return failed();
  }
  if (bug_ == Bug::ack_before_commit && std::ranges::any_of(recorded_, [](const Recorded& one) {
        return std::string_view(one.sql).starts_with("INSERT INTO messages");
      })) {
    late_.push_back({std::move(recorded_), actor, true});
    roll_back();
    return status;
  }
  if (!recorded_.empty() && random_.chance(faults_.late)) {
    const bool never = random_.chance(kLateIsNever);
    ++(never ? counts_.never : counts_.late);
    if (!never) late_.push_back({std::move(recorded_), actor});
    roll_back();
    if (on_unsure_outcome) on_unsure_outcome();
    return failure(Errc::deadline_exceeded, "simulated: the commit is late");
  }
  ORGO_CHECK(commit(actor));
  if (random_.chance(faults_.crash / 3)) throw Crash{};
  if (random_.chance(faults_.lose_answer)) return failure(Errc::deadline_exceeded, "simulated: the answer is lost");
  return status;
}

void SimulatedDatabase::post(int node, int incarnation, sql::Engine::Job job) {
  if (!is_alive(node, incarnation)) return;
  posted_[node].push_back({std::move(job), actor_});
  if (!in_transaction_ && readers_out_ == 0 && random_.chance(kPostIsAtOnce)) {
    settle_late();
    run_posted(node);
  }
}

void SimulatedDatabase::run_posted(int node) {
  const auto posted = std::exchange(posted_[node], {});
  for (const auto& one : posted) {
    const auto status = run(one.job);
    if (is_trouble(status)) {
      if (in_transaction_) roll_back();
    } else {
      (void)commit(one.actor);
    }
  }
}

void SimulatedDatabase::settle_late() {
  while (!late_.empty()) {
    const auto late = std::move(late_.front());
    late_.pop_front();
    replay(late);
  }
}

/// Nothing has been written since the transaction ran: the same statements do the same.
void SimulatedDatabase::replay(const Late& late) {
  Status status = connection_->begin();
  in_transaction_ = true;
  for (const auto& statement : late.statements)
    if (status) status = run_again(*connection_, statement);
  if (status) status = commit(late.actor);
  if (status) return;
  roll_back();
  watch_->breach("a late transaction could not be written: " + status.error().message);
}

void SimulatedDatabase::begin_sends_at(TenantId tenant, std::int64_t last) {
  sql::Query query(*connection_,
                   "INSERT INTO counters (tenant, kind, last) VALUES (?, ?, ?) ON CONFLICT (tenant, kind) DO UPDATE "
                   "SET last = excluded.last");
  if (!query.with(tenant.value, static_cast<int>(sql::Counter::send), last).run()) std::abort();
}

void SimulatedDatabase::settle() {
  settle_late();
  std::vector<int> nodes;
  for (const auto& [node, posted] : posted_) nodes.push_back(node);
  for (const auto node : nodes) run_posted(node);
}

}  // namespace orgo::world
