#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapter/sql/postgres/postgres_connection.h"
#include "adapter/sql/postgres/pq.h"
#include "adapter/sql/postgres/timelines.h"

namespace orgo::sql {

/// A parameter as it goes over the wire, in binary form. What it points into lives until the statement has run.
struct PqValue {
  const char* bytes = nullptr;  ///< nullptr: NULL
  int size = 0;
  Oid type = 0;  ///< 0: whatever the statement makes of it
};

/// A statement that a session prepares when it is first asked for it, and keeps.
struct PqPrepared {
  std::string name;
  std::string sql;
  int prepared_in = 0;  ///< generation of the session that knows it
};

/// One statement of a message.
struct PqCall {
  PqPrepared* statement = nullptr;
  std::vector<PqValue> values{};
  std::vector<std::string> bytes{};  ///< what `values` point into, unless that is somebody else's
};

struct PqAnswers {
  std::vector<PqResult> rows{};  ///< of each statement, in order, up to the one that was refused
  std::optional<Error> error{};  ///< why that was; those behind it have not run
};

/// An integer; an error at a server that only reads.
inline constexpr const char* kTimelineNow = "('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int";

/// One session with one server, or with a pool in front of it (PostgresOptions::is_pooled): sends, waits with an end,
/// and tells what was wrong. Nothing here waits longer than the options say, even for a server that is frozen.
class PqSession {
 public:
  explicit PqSession(const PostgresOptions& options) : options_(options) {}

  /// Connects, anew when there was a session, and sets it up. Numbers of generation() grow with it.
  Status connect();
  void cut() { connection_.reset(); }
  /// With the server that writes, as far as any session of this process knows.
  [[nodiscard]] bool is_connected() const {
    return connection_ && PQstatus(connection_.get()) == CONNECTION_OK && (!newest_ || timeline_ >= *newest_);
  }
  [[nodiscard]] bool is_in_transaction() const;
  [[nodiscard]] int generation() const { return generation_; }

  /// One or more statements without parameters; the rows of the last one.
  Result<PqResult> execute(const std::string& sql);
  /// All in one message, with one wait for all answers (libpq's pipeline). The first that is refused ends it.
  PqAnswers ask(std::span<const PqCall> calls);
  /// A statement whose answer nobody waits for; it is read before the next one goes out.
  void post(const std::string& sql);
  /// What the channels that this session listens to have told, by now or within `time`; earlier also when `wake` can be
  /// read. Empty: nothing.
  Result<std::vector<std::string>> hear(Millis time, int wake);
  /// What a session of ours is set to, as columns of a SELECT: for the session, or, behind a pool, for the transaction
  /// that asks for them.
  [[nodiscard]] std::string settings() const;
  /// A pool may speak to another server by now; each message tells its timeline (kTimelineNow). unavailable: a newer
  /// one was seen.
  Status check_timeline(int timeline);
  /// SQLSTATE of the last error; empty when the server had no part in it.
  [[nodiscard]] const std::string& state() const { return state_; }

 private:
  /// As connect(), once through the hosts of the url.
  Status connect_once(Millis patience);
  Status set_up();
  Status check_server(const PqResult& found);
  Status wait_for_connection(Deadline deadline);
  /// What was handed to libpq is on its way, all of it.
  Status flush();
  /// nullptr: the answers of one statement are at their end.
  Result<PqResult> next_answer();
  /// All answers of one statement: the last good one, or the first that was bad.
  Result<PqResult> answer();
  Result<PqResult> answer_of(PqResult answer);
  Status skip_answer();
  bool send(std::span<const PqCall> calls, std::vector<bool>& prepares);
  void receive(std::span<const PqCall> calls, const std::vector<bool>& prepares, PqAnswers& answers);
  Status settle();
  void count_message() const {
    if (options_.round_trips != nullptr) options_.round_trips->fetch_add(1, std::memory_order_relaxed);
  }
  Status wait(short events, Deadline deadline);
  /// As wait(), but a primary that has a successor by now is not waited for until the end.
  Status wait_for_answer(Deadline deadline);
  void look_for_a_successor() const;
  Error lost(const std::string& what);
  static void on_notice(void* self, const PGresult* notice);
  /// Error when what was just committed is on one server only, though others were to have it.
  Status check_confirmed();

  const PostgresOptions& options_;
  PqConnection connection_;
  std::string state_;
  int generation_ = 0;
  bool is_owed_an_answer_ = false;  ///< to post()
  /// The process of the server that serves us, and since when: numbers of processes come again.
  std::string backend_;
  std::string backend_since_;
  bool is_unconfirmed_ = false;
  Timelines::Newest newest_;
  int timeline_ = 0;
};

}  // namespace orgo::sql
