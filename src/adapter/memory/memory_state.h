#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/intake/raw_message.h"
#include "core/lineage/lineage.h"
#include "core/people/login_attempts.h"
#include "core/people/person.h"
#include "core/processing/message_decision.h"
#include "core/suppression/suppression.h"
#include "core/task/task.h"
#include "core/threading/thread_alias.h"
#include "port/mailbox_store.h"
#include "port/message_store.h"
#include "port/outbox.h"
#include "port/rule_store.h"
#include "port/silence_store.h"
#include "port/task_store.h"
#include "port/tenant_store.h"
#include "port/token_store.h"
#include "port/work_store.h"

namespace orgo::memory {

struct MessageRow {
  StoredMessage message;
  std::string bytes;
  std::optional<MessageDecision> decision;
};
enum class WorkState { waiting, dead, dropped };
struct WorkRow {
  WorkState state = WorkState::waiting;
  TimePoint visible_at{};  ///< the end of the lease while there is one
  std::int64_t token = 0;
  std::string owner;  ///< of the lease; empty: none
  int attempts = 0;
  std::string error;
  TimePoint died_at{};
  [[nodiscard]] DeadLetter letter(const WorkKey& key) const { return {key, attempts, error, died_at}; }
};
struct TimerRow {
  TimePoint due_at{};
  TimePoint visible_at{};  ///< the end of the claim while there is one
  std::string owner;       ///< of that claim
};
struct SendRow {
  TenantId tenant;
  StoredSend stored;
  std::int64_t lease = 0;    ///< newest token; 0: never leased
  TimePoint leased_until{};  ///< not leased again before
  std::string owner;         ///< of that lease
  bool held = false;         ///< by the brake
  TimePoint counted_at{};    ///< from when on it counts for the brake
};
struct EventRow {
  TenantId tenant;
  StoredEvent stored;
};
struct TokenRow {
  ApiToken token;
  Sha256 secret_hash;
};
template <typename Id>
using InTenant = std::pair<TenantId, Id>;
using TimerKey = std::tuple<TenantId, Subject, std::string>;  ///< with its name

/// All that a MemoryStore keeps.
struct State {
  std::map<InTenant<MessageId>, MessageRow> messages;
  std::map<std::tuple<TenantId, std::int64_t, std::int64_t>, MessageId> copies;  ///< tenant, id hash, copy hash
  std::multimap<InTenant<std::int64_t>, MessageId> by_id_hash;
  std::map<WorkKey, WorkRow> work;
  std::map<InTenant<TaskNumber>, Task> tasks;
  std::map<TimerKey, TimerRow> timers;
  std::map<InTenant<SendId>, SendRow> sends;
  std::set<InTenant<SendId>> queued;  ///< those of `sends` that still have to go out
  std::map<InTenant<std::string>, Suppression> suppressions;
  std::map<InTenant<std::int64_t>, ThreadAlias> aliases;
  std::map<InTenant<std::string>, Person> people;
  std::map<InTenant<std::string>, LoginAttempts> login_attempts;
  std::vector<EventRow> events;
  std::vector<TokenRow> tokens;
  std::map<InTenant<std::string>, MailboxRecord> mailboxes;
  std::map<InTenant<std::string>, std::string> rhythms;
  std::map<TenantId, MessageId> rhythms_upto;
  std::map<InTenant<std::string>, OpenAlarm> alarms;
  std::vector<RuleVersion> rule_versions;
  std::map<TenantId, Tenant> tenants{
      {TenantId{1}, {.id = TenantId{1}, .version = 1, .name = std::string(kFirstTenantName)}}};
  std::map<TenantId, std::int64_t> last_message, last_task, last_send, last_event, last_token;
  std::int64_t last_lease = 0;
  Lineage lineage;

  [[nodiscard]] const MessageRow* find_message(TenantId tenant, MessageId id) const;
  [[nodiscard]] const Task* find_task(TenantId tenant, TaskNumber number) const;
  [[nodiscard]] const SendRow* find_send(TenantId tenant, SendId id) const;
  /// Its work, timers and sends stand still.
  [[nodiscard]] bool is_suspended(TenantId tenant) const;
  /// With the role of its person now; nullopt: their account is disabled.
  [[nodiscard]] std::optional<ApiToken> as_its_person(ApiToken token) const;
  void append_event(TenantId tenant, Event event);
};

}  // namespace orgo::memory
