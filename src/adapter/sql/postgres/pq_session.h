#pragma once
#include <string>
#include <vector>

#include "adapter/sql/postgres/postgres_connection.h"
#include "adapter/sql/postgres/pq.h"

namespace orgo::sql {

/// A parameter as it goes over the wire, in binary form. What it points into lives until the statement has run.
struct PqValue {
  const char* bytes = nullptr;  ///< nullptr: NULL
  int size = 0;
  Oid type = 0;  ///< 0: whatever the statement makes of it
};

/// One session with one server: sends, waits with an end, and tells what was wrong. Nothing here waits longer than the
/// options say, even for a server that is frozen.
class PqSession {
 public:
  explicit PqSession(const PostgresOptions& options) : options_(options) {}

  /// Connects, anew when there was a session, and sets it up. Numbers of generation() grow with it.
  Status connect();
  void cut() { connection_.reset(); }
  [[nodiscard]] bool is_connected() const { return connection_ && PQstatus(connection_.get()) == CONNECTION_OK; }
  [[nodiscard]] bool is_in_transaction() const;
  [[nodiscard]] int generation() const { return generation_; }

  /// One or more statements without parameters; the rows of the last one.
  Result<PqResult> execute(const std::string& sql);
  Status prepare(const std::string& name, const std::string& sql, const std::vector<PqValue>& parameters);
  Result<PqResult> run(const std::string& name, const std::vector<PqValue>& parameters);
  /// SQLSTATE of the last error; empty when the server had no part in it.
  [[nodiscard]] const std::string& state() const { return state_; }

 private:
  Status set_up();
  Status check_server();
  Status end_ghost();
  Status be_sole();
  Status wait_for_connection(Deadline deadline);
  Result<PqResult> answer(int sent);
  Status wait(short events, Deadline deadline);
  Error lost(const std::string& what);

  const PostgresOptions& options_;
  PqConnection connection_;
  std::string state_;
  int generation_ = 0;
  /// The process of the server that serves us, and since when: numbers of processes come again.
  std::string backend_;
  std::string backend_since_;
};

}  // namespace orgo::sql
