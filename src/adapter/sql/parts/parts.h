#pragma once
#include <vector>

#include "adapter/sql/engine.h"
#include "adapter/sql/parts/ahead.h"
#include "base/result.h"
#include "core/changes/changes.h"
#include "core/parts/parts.h"

/// What each kind of change does to the tables. check() is asked of all parts before apply() is called for the first,
/// and reads only, so that an ordinary refusal costs nothing. What it saw may have been changed by another writer since
/// (not where one transaction writes at a time): so the conditions stand in the statements of apply() too,
/// which says conflict when they meet no row, and then the whole transaction is undone and run again without this
/// Changes. One file for each feature; a kind that is forgotten does not compile.
namespace orgo::sql {

/// One Changes on its way into the tables.
class Tx {
 public:
  /// `given_ahead`: what was read of all Changes of a batch together; nullptr: nothing.
  Tx(Transaction& given_transaction, const Changes& changes, const Ahead* given_ahead = nullptr)
      : transaction(given_transaction), db(transaction.connection()), ahead(given_ahead), tenant(changes.tenant),
        at(changes.at), changes_(changes) {}

  Transaction& transaction;
  Connection& db;
  const Ahead* const ahead;
  const TenantId tenant;
  const TimePoint at;
  std::int64_t token = 0;  ///< id of the token that was made; 0: none

  /// not_found: it names a task or message that does not exist. (What is new does.) Asks the database once for each.
  Status check_task(TaskRef ref);
  Status check_message(MessageId message);
  void found(TaskNumber task) { tasks_found_.push_back(task); }
  void found(MessageId message) { messages_found_.push_back(message); }

  /// Gives the new things their numbers, before apply().
  Status number_tasks();
  void add_send(SendId id) { sends_.push_back(id); }
  /// They come of what is older than the last restore.
  void hold_sends() { sends_begin_as_ = SendState::restored; }
  [[nodiscard]] SendState sends_begin_as() const { return sends_begin_as_; }
  /// The number of the next new task, in the order of the parts.
  TaskNumber next_task() { return TaskNumber{first_task_ + tasks_made_++}; }

  /// What a reference of these Changes means; 0: none.
  [[nodiscard]] TaskNumber number(TaskRef ref) const {
    return ref.is_new() ? TaskNumber{first_task_ + static_cast<std::int64_t>(ref.index())} : ref.id();
  }
  [[nodiscard]] SendId id(SendRef ref) const { return ref.is_new() ? sends_[ref.index()] : ref.id(); }
  [[nodiscard]] Subject subject(const Subject& named) const {
    if (!named.is_new()) return named;
    return named.kind() == SubjectKind::token ? Subject(SubjectKind::token, token) : Subject(number(named.task_ref()));
  }
  [[nodiscard]] TaskNumber first_new_task() const { return TaskNumber{first_task_}; }

 private:
  const Changes& changes_;
  std::vector<TaskNumber> tasks_found_;
  std::vector<MessageId> messages_found_;
  std::int64_t first_task_ = 0;  ///< 0: no task is new
  std::int64_t tasks_made_ = 0;
  std::vector<SendId> sends_;
  SendState sends_begin_as_ = SendState::queued;
};

/// For apply(): the statement that was just run must have met a row.
Status must_have_changed(Connection& db, const std::string& what);
/// For apply(): runs a statement that must meet a row; conflict else, or, where nobody waits for it, the end of the
/// transaction.
Status run_and_change(Connection& db, Query& statement, const std::string& what);

Status check(Tx& tx, const TaskChange& change);
Status check(Tx& tx, const MessageDecision& decision);
Status check(Tx& tx, const SendOutcome& outcome);
Status check(Tx& tx, const SendBounced& bounced);
Status check(Tx& tx, const SendRetried& retried);
Status check(Tx& tx, const RestoredSendMoved& moved);
Status check(Tx& tx, const SendRecalled& recalled);
Status check(Tx& tx, const AlarmOpened& alarm);
Status check(Tx& tx, const AlarmClosed& alarm);
Status check(Tx& tx, const SuppressionChange& change);
Status check(Tx& tx, const ThreadAlias& alias);
Status check(Tx& tx, const TokenMade& made);
Status check(Tx& tx, const TokenRevoked& revoked);
Status check(Tx& tx, const RuleVersionAdded& added);
Status check(Tx& tx, const MailboxChange& change);
Status check(Tx& tx, const RhythmsLearned& learned);
Status check(Tx& tx, const DeadLetterMoved& moved);
Status check(Tx& tx, const PersonChange& change);
Status check(Tx& tx, const LoginAttemptsChange& change);
Status check(Tx& tx, const MessageSplit& split);

Status apply(Tx& tx, const TaskChange& change);
Status apply(Tx& tx, const MessageDecision& decision);
Status apply(Tx& tx, const SendOutcome& outcome);
Status apply(Tx& tx, const SendBounced& bounced);
Status apply(Tx& tx, const SendRetried& retried);
Status apply(Tx& tx, const RestoredSendMoved& moved);
Status apply(Tx& tx, const SendRecalled& recalled);
Status apply(Tx& tx, const AlarmOpened& alarm);
Status apply(Tx& tx, const AlarmClosed& alarm);
Status apply(Tx& tx, const SuppressionChange& change);
Status apply(Tx& tx, const ThreadAlias& alias);
Status apply(Tx& tx, const TokenMade& made);
Status apply(Tx& tx, const TokenRevoked& revoked);
Status apply(Tx& tx, const RuleVersionAdded& added);
Status apply(Tx& tx, const MailboxChange& change);
Status apply(Tx& tx, const RhythmsLearned& learned);
Status apply(Tx& tx, const DeadLetterMoved& moved);
Status apply(Tx& tx, const PersonChange& change);
Status apply(Tx& tx, const LoginAttemptsChange& change);
Status apply(Tx& tx, const MessageSplit& split);

// What every Changes may have.
Status check(Tx& tx, const Send& send);
Status check(Tx& tx, const TimerChange& timer);
Status apply(Tx& tx, const Send& send);
Status apply(Tx& tx, const TimerChange& timer);

}  // namespace orgo::sql
