#pragma once
#include <cstdint>
#include <string>

#include "adapter/sql/postgres/pq_session.h"

namespace orgo::sql {

/// What says for sure whether a transaction was kept whose COMMIT got no answer: each transaction of a writing
/// connection leaves its number in the connection's own row of commit_marks, so that row tells which was the last one.
///
/// The number that the server gives to a transaction does not: a server that crashed knows only those numbers that
/// reached its log, gives the others again, and then says "committed" of somebody else's transaction. So does a standby
/// that was promoted without the last ones. (access/transam: nextXid is what recovery has seen.)
class CommitMark {
 public:
  CommitMark();

  /// A transaction begins: nothing is marked yet.
  void begin() { is_marked_ = false; }
  /// The table is known to be there. A database that is being made has none before its last step.
  [[nodiscard]] bool is_possible_in(const PqSession& session) const { return seen_in_ == session.generation(); }
  /// Is it? Within the transaction, which sees the table that it has made itself.
  Result<bool> look(PqSession& session);
  /// The statement that marks this transaction, to go out before its COMMIT. The first one of a connection takes away
  /// what connections have left that are long gone.
  PqCall next();
  /// It was marked, so that was_kept() can tell.
  [[nodiscard]] bool is_marked() const { return is_marked_; }
  /// The server that answers now has the transaction that was marked last. Only once no other session can commit it.
  Result<bool> was_kept(PqSession& session) const;
  /// What was_kept() found is on as many servers as are to have it (synchronous_standby_names): a commit behind it was
  /// confirmed, and a standby has either both or none. A server that gave up its wait for one shows all the same what
  /// it has committed alone.
  Status confirm(PqSession& session) const;

 private:
  const std::string writer_;
  std::int64_t number_ = 0;
  bool is_marked_ = false;
  int seen_in_ = 0;  ///< generation of the session that has seen the table
  PqPrepared first_, next_;
};

}  // namespace orgo::sql
