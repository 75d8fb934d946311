#pragma once
#include <cstddef>

#include "adapter/memory/memory_state.h"
#include "base/result.h"
#include "core/changes/changes.h"
#include "core/parts/parts.h"

/// What each kind of change does to a MemoryStore: check() is asked of all parts before apply() is called for the
/// first, so that a Changes is taken whole or not at all. One file for each feature; a kind that is forgotten does not
/// compile.
namespace orgo::memory {

/// The checks that make effects exactly-once, each in one place. The simulator overrides one to plant a bug and to
/// prove that its referee finds it; nothing else does.
class Fences {
 public:
  virtual ~Fences() = default;
  [[nodiscard]] virtual bool is_pending(TenantId tenant, const TimerChange& fired) const = 0;
  [[nodiscard]] virtual bool is_newest(std::int64_t token, std::int64_t newest) const = 0;
  [[nodiscard]] virtual bool is_next_version(std::int64_t next, std::int64_t current) const = 0;
  [[nodiscard]] virtual bool is_decided(TenantId tenant, MessageId message) const = 0;
};

/// One Changes on its way into the state.
class Tx {
 public:
  Tx(State& to, const Fences& by, const Changes& what)
      : state(to), fences(by), tenant(what.tenant), at(what.at), sends_begin_as(first_state(to, what)),
        first_task_(to.last_task[what.tenant] + 1), first_send_(to.last_send[what.tenant] + 1) {}

  State& state;
  const Fences& fences;
  const TenantId tenant;
  const TimePoint at;
  /// restored: of what comes of something that is older than the last restore.
  const SendState sends_begin_as;

  /// What a reference of these Changes means, with the numbers that its new things get.
  [[nodiscard]] TaskNumber number(TaskRef ref) const {
    return ref.is_new() ? TaskNumber{first_task_ + static_cast<std::int64_t>(ref.index())} : ref.id();
  }
  [[nodiscard]] SendId id(SendRef ref) const {
    return ref.is_new() ? SendId{first_send_ + static_cast<std::int64_t>(ref.index())} : ref.id();
  }
  [[nodiscard]] Subject subject(const Subject& named) const {
    if (!named.is_new()) return named;
    return named.kind() == SubjectKind::token ? Subject(SubjectKind::token, state.last_token[tenant])
                                              : Subject(number(named.task_ref()));
  }
  /// not_found: it names a task that does not exist. (What is new does.)
  [[nodiscard]] Status check_task(TaskRef ref) const;
  [[nodiscard]] Status check_message(MessageId message) const;

 private:
  static SendState first_state(const State& state, const Changes& changes);

  const std::int64_t first_task_;
  const std::int64_t first_send_;
};

Status check(const Tx& tx, const TaskChange& change);
Status check(const Tx& tx, const MessageDecision& decision);
Status check(const Tx& tx, const SendOutcome& outcome);
Status check(const Tx& tx, const SendBounced& bounced);
Status check(const Tx& tx, const SendRetried& retried);
Status check(const Tx& tx, const RestoredSendMoved& moved);
Status check(const Tx& tx, const SendRecalled& recalled);
Status check(const Tx& tx, const AlarmOpened& alarm);
Status check(const Tx& tx, const AlarmClosed& alarm);
Status check(const Tx& tx, const SuppressionChange& change);
Status check(const Tx& tx, const ThreadAlias& alias);
Status check(const Tx& tx, const TokenMade& made);
Status check(const Tx& tx, const TokenRevoked& revoked);
Status check(const Tx& tx, const RuleVersionAdded& added);
Status check(const Tx& tx, const MailboxChange& change);
Status check(const Tx& tx, const RhythmsLearned& learned);
Status check(const Tx& tx, const DeadLetterMoved& moved);
Status check(const Tx& tx, const PersonChange& change);
Status check(const Tx& tx, const LoginAttemptsChange& change);
Status check(const Tx& tx, const MessageSplit& split);

void apply(Tx& tx, const TaskChange& change);
void apply(Tx& tx, const MessageDecision& decision);
void apply(Tx& tx, const SendOutcome& outcome);
void apply(Tx& tx, const SendBounced& bounced);
void apply(Tx& tx, const SendRetried& retried);
void apply(Tx& tx, const RestoredSendMoved& moved);
void apply(Tx& tx, const SendRecalled& recalled);
void apply(Tx& tx, const AlarmOpened& alarm);
void apply(Tx& tx, const AlarmClosed& alarm);
void apply(Tx& tx, const SuppressionChange& change);
void apply(Tx& tx, const ThreadAlias& alias);
void apply(Tx& tx, const TokenMade& made);
void apply(Tx& tx, const TokenRevoked& revoked);
void apply(Tx& tx, const RuleVersionAdded& added);
void apply(Tx& tx, const MailboxChange& change);
void apply(Tx& tx, const RhythmsLearned& learned);
void apply(Tx& tx, const DeadLetterMoved& moved);
void apply(Tx& tx, const PersonChange& change);
void apply(Tx& tx, const LoginAttemptsChange& change);
void apply(Tx& tx, const MessageSplit& split);

}  // namespace orgo::memory
