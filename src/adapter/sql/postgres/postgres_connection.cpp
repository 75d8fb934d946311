#include "adapter/sql/postgres/postgres_connection.h"

#include <poll.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "adapter/sql/postgres/array_value.h"
#include "adapter/sql/postgres/commit_mark.h"
#include "adapter/sql/postgres/postgres_error.h"
#include "adapter/sql/postgres/postgres_many.h"
#include "adapter/sql/postgres/postgres_statement.h"
#include "adapter/sql/postgres/statement_text.h"
#include "base/planted.h"

namespace orgo::sql {
namespace {

/// Advisory locks have one space of numbers in a database; "ORGO" stands before ours.
constexpr std::int64_t kTenantLocks = 0x4F52474FLL << 32U;
constexpr int kBetweenAsksMs = 100;

/// Of what waits, so that it is bounded: more goes out by itself.
constexpr std::size_t kWaitingMost = 2'000;
constexpr std::size_t kWaitingBytesMost = 4U << 20U;

class PostgresConnection final : public Connection, public PqRunner, public PqWaiting, private Batching {
 public:
  PostgresConnection(PostgresOptions options, const std::atomic<bool>* closing)
      : options_(std::move(options)), closing_(closing), session_(options_) {
    if (options_.is_pooled) see_.sql += ", " + session_.settings() + ", " + kTimelineNow + "::text";
  }

  Status connect() { return session_.connect(); }

  Result<Statement*> prepare(const char* sql) override {
    auto& known = statements_[sql];
    if (!known)
      known = std::make_unique<PostgresStatement>(*this, "s" + std::to_string(statements_.size()),
                                                  numbered_parameters(sql));
    return known.get();
  }
  Status execute(const std::string& sql) override {
    ORGO_CHECK(begin_now());
    if (is_in_transaction()) bring_scope();
    ORGO_CHECK(flush());
    const bool brings_scope = !is_in_transaction() && !scope_.empty();
    ORGO_TRY(done, counted(session_.execute(brings_scope ? see_as_text() + sql : sql)));
    return {};
  }
  void see(const Scope& scope) override { scope_ = ORGO_PLANT(everybody_is_seen) ? "all" : scope.text(); }

  /// Goes out with hold(), or before the first statement: one message less to wait for.
  Status begin() override {
    end_transaction();
    is_of_the_moment_ = false;
    refused_job_.reset();
    transaction_.clear();
    mark_.begin();
    changed_at_begin_ = total_changed_;
    if (!session_.is_connected()) ORGO_CHECK(noted(session_.connect()));
    wants_to_begin_ = true;
    return {};
  }
  Status hold(std::span<const TenantId> tenants) override {
    wants_to_begin_ = false;
    has_begun_ = true;
    ParameterSets sets;
    if (!ORGO_PLANT(tenants_are_not_held))
      for (const auto tenant : tenants) sets.add(kTenantLocks + tenant.value);
    wait({&begin_, {}, {}});
    PqCall first{sets.empty() ? &number_ : &number_and_hold_, {}, {scope_}};
    if (!sets.empty()) first.bytes.push_back(array_of(sets, 0, ParameterType::number));
    first.values.push_back(as_value(first.bytes.front(), kText));
    if (!sets.empty()) first.values.push_back(as_value(first.bytes.back(), 0));
    wait(std::move(first), Role::number);
    scope_in_force_ = scope_;
    return {};
  }
  [[nodiscard]] bool is_worth_another_run() const override { return is_of_the_moment_; }
  [[nodiscard]] bool is_usable() const override { return session_.is_connected(); }

  Status commit() override {
    wants_to_begin_ = false;
    if (!has_begun_) return {};
    forget_what_nobody_reads();
    if (transaction_.empty()) {
      if (std::ranges::none_of(notes_, [](const Note& note) { return note.role == Role::other; })) {
        end_transaction();  // it has done nothing
        return {};
      }
      ORGO_CHECK(flush());  // for its number, without which a lost answer could not be asked for
    }
    if (total_changed_ != changed_at_begin_) {
      ORGO_CHECK(mark());
    }
    committed_ = false;
    wait({&commit_, {}, {}}, Role::commit);
    auto done = flush();
    scope_in_force_.clear();
    if (done) {
      has_begun_ = false;
      if (committed_) return {};
      return failure(Errc::unavailable, "PostgreSQL: the transaction had failed before its commit");
    }
    if (session_.is_connected()) return done;  // it was refused, and is undone
    has_begun_ = false;
    return learn_what_became_of_it(done.error());
  }
  Status begin_reading() override {
    end_transaction();
    wait({&begin_reading_, {}, {}});
    is_reading_ = true;
    return {};
  }
  void rollback() override {
    end_transaction();
    // Without an answer the connection is cut, and the server undoes it by itself. Who writes waits for it: of two that
    // met, the one that runs again must not be there before the other has gone on.
    if (!session_.is_connected() || !session_.is_in_transaction()) return;
    if (options_.only_reads) session_.post("ROLLBACK");
    else (void)session_.execute("ROLLBACK");
  }
  std::int64_t changed_rows() override { return changed_; }
  std::int64_t total_changed() override { return total_changed_; }

  Batching* batching() override { return one_by_one_ ? nullptr : this; }
  void begin_job(std::size_t job, bool one_by_one) override {
    job_ = job;
    one_by_one_ = one_by_one;
  }
  [[nodiscard]] std::optional<std::size_t> refused_job() const override { return refused_job_; }

  Status flush() override { return flush(false); }

 private:
  /// What a statement that waits is to the transaction.
  enum class Role : std::uint8_t { begin, scope, number, read, other, commit };
  struct Note {
    Role role = Role::begin;
    std::size_t job = 0;
    std::shared_ptr<PqSlot> slot{};
  };

  /// Goes out with the commit.
  Status mark() {
    if (!mark_.is_possible_in(session_)) {
      ORGO_CHECK(flush());
      ORGO_TRY(is_there, mark_.look(session_));
      if (!is_there) return {};
    }
    wait(mark_.next());
    return {};
  }
  /// For transactions that hold nobody: schema steps.
  Status begin_now() {
    if (!std::exchange(wants_to_begin_, false)) return {};
    return hold({});
  }
  void end_transaction() {
    wants_to_begin_ = false;
    has_begun_ = false;
    is_reading_ = false;
    scope_in_force_.clear();
    one_by_one_ = false;
    calls_.clear();
    notes_.clear();
    bytes_ = 0;
  }

  [[nodiscard]] bool is_in_transaction() const { return has_begun_ || is_reading_; }
  static PqValue as_value(const std::string& bytes, Oid type) {
    return {bytes.data(), static_cast<int>(bytes.size()), type};
  }
  [[nodiscard]] std::string see_as_text() const {
    return "SELECT set_config('orgo.tenants', '" + scope_ + "', true); ";
  }
  /// Before a statement: whose rows it meets. It holds to the end of the transaction, which without a BEGIN is this one
  /// message, so that no session keeps it and nobody else's statement finds it.
  void bring_scope() {
    if (scope_ == scope_in_force_ && !scope_.empty()) return;
    if (scope_.empty() && !options_.is_pooled) return;
    scope_in_force_ = scope_;
    PqCall call{&see_, {}, {scope_}};
    call.values.push_back(as_value(call.bytes.front(), kText));
    wait(std::move(call), Role::scope);
  }

  void wait(PqCall call, Role role = Role::begin, std::shared_ptr<PqSlot> slot = nullptr) {
    for (const auto& value : call.values) bytes_ += static_cast<std::size_t>(value.size);
    calls_.push_back(std::move(call));
    notes_.push_back({role, job_, std::move(slot)});
  }
  static PqCall with_arrays(PqPrepared& statement, const ParameterSets& sets, const std::vector<ParameterType>& types) {
    PqCall call{&statement, {}, {}};
    call.bytes.reserve(types.size());
    for (std::size_t column = 0; column < types.size(); ++column) {
      const auto& array = call.bytes.emplace_back(array_of(sets, column, types[column]));
      call.values.push_back({array.data(), static_cast<int>(array.size()), 0});
    }
    return call;
  }

  std::unique_ptr<ManyRows> ask(const char* sql, const ParameterSets& sets) override {
    if (wants_to_begin_) (void)begin_now();
    bring_scope();
    const auto types = types_of(sets);
    auto slot = std::make_shared<PqSlot>();
    wait(with_arrays(for_all(sql, types, select_for_all), sets, types), Role::read, slot);
    return std::make_unique<PostgresMany>(*this, std::move(slot), sets.size());
  }
  Status insert(const char* sql, const ParameterSets& sets) override {
    if (sets.empty()) return {};
    const auto types = types_of(sets);
    ORGO_TRY(waits, later(with_arrays(for_all(sql, types, insert_of_all), sets, types)));
    (void)waits;
    return {};
  }
  /// The statement for arrays of these types, kept like any other.
  PqPrepared& for_all(const char* sql, const std::vector<ParameterType>& types,
                      std::string (*text)(std::string_view, const std::vector<ParameterType>&)) {
    std::string key;
    for (const auto type : types) key += static_cast<char>(type);
    auto& known = many_[{sql, key}];
    if (known.name.empty()) known = {"m" + std::to_string(many_.size()), text(sql, types)};
    return known;
  }
  /// A batch may have been given up before anybody looked at what was asked for it.
  void forget_what_nobody_reads() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (notes_[i].role == Role::read && notes_[i].slot.use_count() == 1) continue;
      if (kept != i) {
        calls_[kept] = std::move(calls_[i]);
        notes_[kept] = std::move(notes_[i]);
      }
      ++kept;
    }
    calls_.resize(kept);
    notes_.resize(kept);
  }

  Result<PqResult> run(PqCall call) override {
    ORGO_CHECK(begin_now());
    bring_scope();
    auto slot = std::make_shared<PqSlot>();
    wait(std::move(call), Role::other, slot);
    ORGO_CHECK(flush(true));
    return std::move(slot->rows);
  }
  Result<bool> later(PqCall call) override {
    ORGO_CHECK(begin_now());
    bring_scope();
    wait(std::move(call), Role::other);
    ++total_changed_;
    if (calls_.size() >= kWaitingMost || bytes_ >= kWaitingBytesMost) ORGO_CHECK(flush());
    return true;
  }
  [[nodiscard]] bool runs_one_by_one() const override { return one_by_one_; }

  /// All that waits, in one message. `last_is_mine`: whoever waits for it hears why the last one was refused.
  Status flush(bool last_is_mine) {
    if (calls_.empty()) return {};
    const auto calls = std::exchange(calls_, {});
    const auto notes = std::exchange(notes_, {});
    bytes_ = 0;
    if (!is_in_transaction()) scope_in_force_.clear();
    auto answers = session_.ask(calls);
    for (std::size_t i = 0; i < answers.rows.size(); ++i) ORGO_CHECK(take(notes[i], std::move(answers.rows[i])));
    if (!answers.error) return {};
    auto& error = *answers.error;
    (void)noted(tl::unexpected(error));
    const auto refused = answers.rows.size();
    const bool is_mine = last_is_mine && refused + 1 == calls.size();
    if (has_begun_ && !is_mine && (error.code == Errc::conflict || error.code == Errc::corrupt)) {
      refused_job_ = notes.at(std::min(refused, notes.size() - 1)).job;
      error.code = Errc::unavailable;  // nobody's answer: who waits now has no part in it
    }
    return tl::unexpected(std::move(error));
  }
  /// unavailable: the pool has led to a server that is no longer the primary.
  Status take(const Note& note, PqResult rows) {
    if (note.role == Role::scope && options_.is_pooled && !ORGO_PLANT(pool_is_believed))
      return session_.check_timeline(std::atoi(PQgetvalue(rows.get(), 0, PQnfields(rows.get()) - 1)));
    if (note.role == Role::number) transaction_ = PQgetvalue(rows.get(), 0, 0);
    if (note.role == Role::commit) committed_ = std::string_view(PQcmdStatus(rows.get())) == "COMMIT";
    if (note.role == Role::other) count(rows);
    if (note.slot) note.slot->rows = std::move(rows);
    return {};
  }

  Status noted(Status status) {
    if (status) return status;
    ++total_changed_;  // a refused statement has undone all of its transaction
    is_of_the_moment_ = is_of_the_moment(session_.state());
    return status;
  }
  Result<PqResult> counted(Result<PqResult> answer) {
    if (answer) count(*answer);
    else (void)noted(tl::unexpected(answer.error()));
    return answer;
  }
  void count(const PqResult& answer) {
    const std::string_view rows(PQcmdTuples(answer.get()));
    if (rows.empty() || std::string_view(PQcmdStatus(answer.get())).starts_with("SELECT")) return;
    changed_ = std::strtoll(rows.data(), nullptr, 10);
    total_changed_ += changed_;
  }

  /// The connection was cut while it waited for the answer to a commit: the server knows.
  Status learn_what_became_of_it(const Error& cut) {
    if (ORGO_PLANT(lost_commit_is_run_again)) {
      is_of_the_moment_ = true;
      return tl::unexpected(cut);
    }
    const auto until = within(options_.patience);
    const auto sql = "SELECT coalesce(pg_xact_status('" + transaction_ + "'::xid8), 'unknown')";
    for (bool is_first = true; is_first || std::chrono::steady_clock::now() < until; is_first = false) {
      if (closing_ != nullptr && *closing_ && !is_first) break;
      if (!is_first) poll(nullptr, 0, kBetweenAsksMs);  // nobody can wake us: it is the server that is waited for
      if (!session_.is_connected() && !session_.connect()) continue;
      const auto answer = session_.execute(sql);
      // A transaction of the future: it never reached the server that writes now.
      const bool is_unheard_of = !answer && session_.state() == "22023";
      if (!answer && !is_unheard_of) continue;
      const std::string_view became = is_unheard_of ? "aborted" : PQgetvalue(answer->get(), 0, 0);
      if (became == "in progress") continue;  // of a server that has not noticed yet that we are gone
      if (became != "aborted" && mark_.is_marked()) {
        const auto was_kept = mark_.was_kept(session_);
        if (!was_kept || (*was_kept && !mark_.confirm(session_))) continue;
        if (*was_kept) return {};
      } else if (became == "committed") {
        return {};
      } else if (became == "unknown") {
        break;
      }
      is_of_the_moment_ = true;
      return failure(Errc::unavailable, cut.message + "; nothing of it was kept");
    }
    return failure(Errc::deadline_exceeded, cut.message + "; whether the last transaction was kept is not known");
  }

  PostgresOptions options_;
  const std::atomic<bool>* closing_;
  PqSession session_;
  std::unordered_map<const char*, std::unique_ptr<PostgresStatement>> statements_;
  std::map<std::pair<const char*, std::string>, PqPrepared> many_;  ///< with the types of their parameters
  PqPrepared begin_{"begin", "BEGIN ISOLATION LEVEL READ COMMITTED"};
  PqPrepared begin_reading_{"begin_reading", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
  PqPrepared commit_{"commit", "COMMIT"};
  PqPrepared see_{"see", "SELECT set_config('orgo.tenants', $1, true)"};
  PqPrepared number_{"number", "SELECT pg_current_xact_id()::text, set_config('orgo.tenants', $1, true)"};
  PqPrepared number_and_hold_{"hold",
                              "SELECT pg_current_xact_id()::text, set_config('orgo.tenants', $1, true), "
                              "count(pg_advisory_xact_lock(k)) FROM unnest($2::bigint[]) AS k"};

  // What waits for its message, and what is known of each.
  std::vector<PqCall> calls_;
  std::vector<Note> notes_;
  std::size_t bytes_ = 0;
  std::size_t job_ = 0;
  bool one_by_one_ = false;
  std::optional<std::size_t> refused_job_;
  bool committed_ = false;

  std::string transaction_;  ///< its number there
  CommitMark mark_;
  std::int64_t changed_at_begin_ = 0;
  std::int64_t changed_ = 0;
  std::int64_t total_changed_ = 0;
  bool wants_to_begin_ = false;
  bool has_begun_ = false;
  bool is_reading_ = false;  ///< one instant
  bool is_of_the_moment_ = false;
  std::string scope_;           ///< empty: nobody has said whose rows, and tables of tenants refuse
  std::string scope_in_force_;  ///< in the transaction that is open
};

}  // namespace

Result<std::unique_ptr<Connection>> open_postgres_connection(const PostgresOptions& options,
                                                             const std::atomic<bool>* closing) {
  auto connection = std::make_unique<PostgresConnection>(options, closing);
  ORGO_CHECK(connection->connect());
  return std::unique_ptr<Connection>(std::move(connection));
}

}  // namespace orgo::sql
