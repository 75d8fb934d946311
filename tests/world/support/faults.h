#pragma once

namespace orgo::world {

/// Thrown where the process would die: nothing behind this point runs any more.
struct Crash {};

/// Mistakes that the referee must find, one at a time. They are planted in the statements on their way to the database
/// (planted.cpp) or in the harness, and nowhere else.
enum class Bug {
  none,
  ack_before_commit,      ///< a message is answered for while its transaction is only in memory
  dedup_ignored,          ///< the key of a message that came before is not looked at
  outbox_skipped,         ///< a decision is written without its sends, now and then
  decided_twice,          ///< the decision of a message is not unique
  timer_fencing_off,      ///< whoever thinks that a deadline is pending may fire it, whatever version he saw
  lease_fencing_off,      ///< a lease that somebody else took over still counts
  lost_update,            ///< a task is written whatever version somebody else has made of it meanwhile
  lease_of_living_taken,  ///< a node that starts takes back what others are working on
  event_skipped,          ///< events become visible out of their order, as where numbers are drawn before the commit
  part_dropped,           ///< one part of a Changes gets lost on its way into the transaction, now and then
  other_tenant_returned,  ///< who reads the log of events gets those of all tenants
};

/// How often a call of the database goes wrong; each is a probability.
struct StoreFaults {
  double fail = 0;         ///< nothing is written, or nothing can be read, and the caller hears `unavailable`
  double refuse = 0;       ///< the transaction has run, its commit is refused, and the caller hears `unavailable`
  double conflict = 0;     ///< the transaction is undone, others go on, and it is run again: a serialization failure
  double lose_answer = 0;  ///< all is written, and the caller hears `deadline_exceeded`
  double late = 0;         ///< the caller hears `deadline_exceeded`, and only later all is written, or nothing is
  double crash = 0;        ///< the process dies before, within or after the transaction
};

}  // namespace orgo::world
