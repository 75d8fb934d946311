#include "adapter/sql/postgres/postgres_connection.h"

#include <poll.h>

#include <unordered_map>

#include "adapter/sql/postgres/postgres_error.h"
#include "adapter/sql/postgres/postgres_statement.h"
#include "adapter/sql/postgres/statement_text.h"
#include "base/planted.h"

namespace orgo::sql {
namespace {

/// Advisory locks have one space of numbers in a database; "ORGO" stands before ours.
constexpr std::int64_t kTenantLocks = 0x4F52474FLL << 32U;
constexpr int kBetweenAsksMs = 100;

class PostgresConnection final : public Connection, public PqRunner {
 public:
  PostgresConnection(PostgresOptions options, const std::atomic<bool>* closing)
      : options_(std::move(options)), closing_(closing), session_(options_) {}

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
    ORGO_TRY(done, counted(session_.execute(sql)));
    return {};
  }

  /// Goes out with hold(), or before the first statement: one message less to wait for.
  Status begin() override {
    is_of_the_moment_ = false;
    transaction_.clear();
    if (!session_.is_connected()) ORGO_CHECK(noted(session_.connect()));
    has_begun_ = false;
    wants_to_begin_ = true;
    return {};
  }
  Status hold(std::span<const TenantId> tenants) override {
    wants_to_begin_ = false;
    std::string sql = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_current_xact_id()::text";
    if (ORGO_PLANT(tenants_are_not_held)) tenants = {};
    for (const char* before = ", pg_advisory_xact_lock(k) FROM unnest('{"; const auto tenant : tenants) {
      sql += before + std::to_string(kTenantLocks + tenant.value);
      before = ",";
    }
    if (!tenants.empty()) sql += "}'::bigint[]) AS k";
    has_begun_ = true;
    ORGO_TRY(answer, counted(session_.execute(sql)));
    transaction_ = PQgetvalue(answer.get(), 0, 0);
    return {};
  }
  [[nodiscard]] bool is_worth_another_run() const override { return is_of_the_moment_; }
  [[nodiscard]] bool is_usable() const override { return session_.is_connected(); }

  Status commit() override {
    wants_to_begin_ = false;
    if (!has_begun_) return {};
    auto answer = session_.execute("COMMIT");
    if (answer) {
      has_begun_ = false;
      if (std::string_view(PQcmdStatus(answer->get())) == "COMMIT") return {};
      return failure(Errc::unavailable, "PostgreSQL: the transaction had failed before its commit");
    }
    if (session_.is_connected()) {  // it was refused, and is undone
      is_of_the_moment_ = is_of_the_moment(session_.state());
      return tl::unexpected(answer.error());
    }
    has_begun_ = false;
    return learn_what_became_of_it(answer.error());
  }
  Status begin_reading() override {
    // Who reads may do something slow in between, as the ledger does with the bytes of mails; it holds nobody up.
    ORGO_TRY(done, session_.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL "
                                    "idle_in_transaction_session_timeout TO 0"));
    return {};
  }
  void rollback() override {
    wants_to_begin_ = false;
    has_begun_ = false;
    // Without an answer the connection is cut, and the server undoes it by itself.
    if (session_.is_connected() && session_.is_in_transaction()) (void)session_.execute("ROLLBACK");
  }
  std::int64_t changed_rows() override { return changed_; }
  std::int64_t total_changed() override { return total_changed_; }

 private:
  /// For transactions that hold nobody: schema steps.
  Status begin_now() {
    if (!std::exchange(wants_to_begin_, false)) return {};
    return hold({});
  }

  Result<PqResult> run(const std::string& name, const std::string& sql, int& prepared_in,
                       const std::vector<PqValue>& parameters) override {
    ORGO_CHECK(begin_now());
    if (prepared_in != session_.generation()) {
      ORGO_CHECK(noted(session_.prepare(name, sql, parameters)));
      prepared_in = session_.generation();
    }
    return counted(session_.run(name, parameters));
  }

  Status noted(Status status) {
    if (status) return status;
    ++total_changed_;  // a refused statement has undone all of its transaction
    is_of_the_moment_ = is_of_the_moment(session_.state());
    return status;
  }
  Result<PqResult> counted(Result<PqResult> answer) {
    if (!answer) {
      (void)noted(tl::unexpected(answer.error()));
      return answer;
    }
    const std::string_view rows(PQcmdTuples(answer->get()));
    if (PQresultStatus(answer->get()) == PGRES_TUPLES_OK || rows.empty()) return answer;
    changed_ = std::strtoll(rows.data(), nullptr, 10);
    total_changed_ += changed_;
    return answer;
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
      if (became == "committed") return {};
      if (became == "in progress") continue;  // of a server that has not noticed yet that we are gone
      if (became == "unknown") break;
      is_of_the_moment_ = true;
      return failure(Errc::unavailable, cut.message + "; nothing of it was kept");
    }
    return failure(Errc::deadline_exceeded, cut.message + "; whether the last transaction was kept is not known");
  }

  PostgresOptions options_;
  const std::atomic<bool>* closing_;
  PqSession session_;
  std::unordered_map<const char*, std::unique_ptr<PostgresStatement>> statements_;
  std::string transaction_;  ///< its number there
  std::int64_t changed_ = 0;
  std::int64_t total_changed_ = 0;
  bool wants_to_begin_ = false;
  bool has_begun_ = false;
  bool is_of_the_moment_ = false;
};

}  // namespace

Result<std::unique_ptr<Connection>> open_postgres_connection(const PostgresOptions& options,
                                                             const std::atomic<bool>* closing) {
  auto connection = std::make_unique<PostgresConnection>(options, closing);
  ORGO_CHECK(connection->connect());
  return std::unique_ptr<Connection>(std::move(connection));
}

}  // namespace orgo::sql
