#pragma once
#include <atomic>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "adapter/memory/memory_state.h"
#include "adapter/memory/parts/parts.h"
#include "core/processing/message_decision.h"
#include "core/threading/thread_alias.h"
#include "port/change_store.h"
#include "port/context_reader.h"
#include "port/ledger_reader.h"
#include "port/lineage_store.h"
#include "port/mailbox_store.h"
#include "port/message_store.h"
#include "port/outbox.h"
#include "port/people_store.h"
#include "port/rule_store.h"
#include "port/silence_store.h"
#include "port/task_store.h"
#include "port/tenant_store.h"
#include "port/token_store.h"
#include "port/work_store.h"
#include "port/workload_reader.h"

namespace orgo {

/// Every store port in plain maps: the slow, obvious model that tests compare the real stores with, and the store of
/// the simulator. Keeps nothing on disk; what a port calls durable lives as long as the object, so a test "crashes" by
/// throwing away whatever uses it. Threads: any; one mutex guards all. A call never waits, so deadlines are not looked
/// at.
class MemoryStore : public MessageStore,
                    public WorkStore,
                    public ChangeStore,
                    public TaskStore,
                    public ContextReader,
                    public Outbox,
                    public LedgerReader,
                    public TokenStore,
                    public MailboxStore,
                    public SilenceStore,
                    public RuleStore,
                    public TenantStore,
                    public PeopleStore,
                    public LineageStore,
                    public WorkloadReader,
                    private memory::Fences {
 public:
  // MessageStore: memory_messages.cpp
  Result<std::vector<Accepted>> accept(std::span<const RawMessage> messages, Deadline deadline) override;
  Result<StoredMessage> read(TenantId tenant, MessageId id) override;
  Result<std::vector<StoredMessage>> find_by_id(TenantId tenant, std::int64_t id_hash, Channel channel) override;
  Result<std::string> read_bytes(TenantId tenant, MessageId id) override;
  std::vector<Result<Loaded>> load(std::span<const std::pair<TenantId, MessageId>> ids) override;
  Result<std::vector<MessageSummary>> list(const MessageListRequest& request) override;
  Result<std::optional<MessageDecision>> decision(TenantId tenant, MessageId id) override;

  // WorkStore: memory_work.cpp
  Status add(std::span<const WorkKey> keys, TimePoint visible_at) override;
  Result<std::vector<WorkLease>> claim(const LeaseOwner& owner, std::span<const WorkKey> keys, TimePoint now,
                                       Millis lease_time, int attempts_below = kAnyAttempts) override;
  Result<std::vector<WorkKey>> often_failed(std::span<const WorkKey> keys, TimePoint now, int attempts_from) override;
  Result<int> complete(std::span<const WorkLease> leases) override;
  void complete_without_waiting(std::span<const WorkLease> leases) override { (void)complete(leases); }
  Status retry(const WorkLease& lease, TimePoint visible_at, std::string_view error) override;
  Status postpone(const WorkLease& lease, TimePoint visible_at, std::string_view error) override;
  Status give_back(std::span<const WorkLease> leases, TimePoint now) override;
  Status bury(const WorkLease& lease, TimePoint now, std::string_view error) override;
  Status release(const LeaseOwner& owner, LeasesOf which, TimePoint now) override;
  Result<std::int64_t> depth(WorkKind kind) override;
  Result<std::vector<WorkKey>> unclaimed(WorkKind kind, TimePoint now, int limit) override;
  Result<int> cap_waits(WorkKind kind, TimePoint now, Millis most) override;
  Result<std::optional<TimePoint>> next_visible(WorkKind kind, TimePoint after) override;
  Result<std::vector<DeadLetter>> dead(std::optional<TenantId> tenant, int limit) override;
  Result<std::optional<DeadLetter>> find_dead(const WorkKey& key) override;

  // ChangeStore: memory_changes.cpp
  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override;

  // TaskStore: memory_tasks.cpp
  Result<Task> read(TenantId tenant, TaskNumber number) override;
  Result<std::vector<Task>> list(const TaskListRequest& request) override;
  Result<std::vector<StoredEvent>> history(TenantId tenant, TaskNumber number, int limit) override;
  Result<std::vector<StoredEvent>> events_after(TenantId tenant, std::int64_t sequence, int limit) override;
  Result<std::vector<LogEnd>> log_ends(TenantId after, int limit) override;
  Result<std::vector<StoredEvent>> message_events(TenantId tenant, MessageId id) override;
  Result<std::vector<PendingTimer>> due_timers(std::string_view name, TimePoint now, int limit) override;
  Result<std::vector<PendingTimer>> claim_timers(const LeaseOwner& owner, std::string_view name, TimePoint now,
                                                 Millis lease_time, int limit) override;
  Status release_timers(const LeaseOwner& owner, LeasesOf which) override;
  Result<std::optional<TimePoint>> next_timer(std::string_view name) override;
  Result<std::vector<PendingTimer>> latest_timers(std::string_view name, const std::optional<PendingTimer>& after,
                                                  int limit) override;

  // ContextReader: memory_context.cpp
  std::vector<Result<ContextFacts>> load(std::span<const ContextQuery> queries) override;

  // Outbox, LedgerReader, TokenStore: memory_outbox.cpp
  Result<std::vector<LeasedSend>> lease_sends(const LeaseOwner& owner, TimePoint now, Millis lease_time, int limit,
                                              std::string_view lane = {}, const LeaseChoice& choice = {}) override;
  Status give_back(std::span<const LeasedSend> leases, TimePoint now) override;
  Result<int> cap_waits(TimePoint now, Millis most, Millis to, std::string_view lane) override;
  Status release_sends(const LeaseOwner& owner, LeasesOf which, TimePoint now) override;
  Result<std::optional<TimePoint>> next_send(std::string_view lane = {}) override;
  Result<std::vector<StoredSend>> sends_of_task(TenantId tenant, TaskNumber task) override;
  Result<std::int64_t> count_sends(TenantId tenant, TaskNumber task, TimePoint since, std::string_view recipient,
                                   SendId upto) override;
  Result<std::int64_t> count_for_brake(const BrakeQuery& query) override;
  Result<StoredSend> read_send(TenantId tenant, SendId id) override;
  Result<std::vector<StoredSend>> answers_to(TenantId tenant, std::string_view recipient, TimePoint since, SendId upto,
                                             int limit) override;
  Result<std::vector<Suppression>> find_suppressions(TenantId tenant, std::span<const std::string> addresses) override;
  Result<std::vector<Suppression>> list_suppressions(TenantId tenant, std::string_view after, bool active,
                                                     int limit) override;
  Result<std::vector<LedgerLine>> count_ledger() override;
  Result<States> look_at_states(const LedgerPlace& after, int limit) override;
  Result<std::vector<Event>> decided_events(TenantId tenant, std::span<const MessageId> messages) override;
  Result<std::optional<ApiToken>> find_token(const Sha256& secret_hash) override;
  Result<std::vector<ApiToken>> list_tokens(TenantId tenant) override;
  [[nodiscard]] std::optional<std::uint64_t> token_changes() const override { return token_changes_; }

  // MailboxStore, SilenceStore: memory_mailboxes.cpp
  Result<std::optional<MailboxRecord>> find_mailbox(TenantId tenant, const std::string& name) override;
  Result<std::vector<MailboxRecord>> list_mailboxes(TenantId tenant) override;
  Result<std::vector<Arrival>> arrivals_after(TenantId tenant, MessageId after, int limit) override;
  Result<Learned> read_rhythms(TenantId tenant) override;
  Result<std::vector<OpenAlarm>> open_alarms(TenantId tenant) override;

  // TenantStore: memory_tenants.cpp
  Result<Tenant> put_tenant(TenantId operators, const TenantUpdate& update) override;
  Result<Tenant> find_tenant(std::string_view name) override;
  Result<Tenant> read_tenant(TenantId id) override;
  Result<std::optional<Tenant>> find_recipient(std::string_view address) override;
  Result<std::vector<Tenant>> list_tenants(TenantId after, int limit) override;

  // PeopleStore: memory_people.cpp
  Result<std::optional<Person>> find_person(TenantId tenant, std::string_view login) override;
  Result<std::optional<Person>> find_person_by_address(TenantId tenant, std::string_view address) override;
  Result<std::vector<Person>> list_people(TenantId tenant, std::string_view after, int limit) override;
  Result<int> count_administrators(TenantId tenant) override;
  Result<std::vector<LoginAttempts>> find_login_attempts(TenantId tenant, std::span<const std::string> names) override;

  // LineageStore, and what of the Outbox belongs to it: memory_lineage.cpp
  Result<Lineage> read_lineage() override;
  Status keep(const Lineage& lineage) override;
  Result<std::int64_t> begin_epoch(const Lineage& lineage) override;
  Result<std::vector<StoredSend>> restored_sends(TenantId tenant, SendId after, int limit) override;
  Result<std::map<TenantId, std::int64_t>> count_restored() override;
  Result<std::vector<StoredSend>> held_sends(TenantId tenant, SendId after, int limit) override;

  // WorkloadReader: memory_workload.cpp
  Result<Workload> read_workload(TimePoint now) override;
  Result<std::optional<WaitingSend>> oldest_send() override;

  // RuleStore: memory_rules.cpp
  Result<std::vector<RuleVersion>> list_rule_versions(TenantId tenant, int limit) override;
  Result<RuleVersion> read_rule_version(TenantId tenant, std::string_view name) override;

 protected:
  // The checks that make effects exactly-once, each in one place. The simulator overrides one to plant a bug and to
  // prove that its referee finds it; nothing else does. Called under the mutex.
  virtual std::optional<MessageId> find_copy(const Envelope& envelope, const DedupKey& key) const;
  [[nodiscard]] bool is_pending(TenantId tenant, const TimerChange& fired) const override;
  [[nodiscard]] bool is_newest(std::int64_t token, std::int64_t newest) const override;
  [[nodiscard]] bool is_next_version(std::int64_t next, std::int64_t current) const override;
  [[nodiscard]] bool is_decided(TenantId tenant, MessageId message) const override;

 private:
  /// Sends of this priority and lane that are due, of each tenant the oldest first; whoever was served last comes last.
  [[nodiscard]] std::vector<std::pair<TenantId, std::vector<SendId>>> due_in_turn(TimePoint now, Priority priority,
                                                                                  std::string_view lane,
                                                                                  const LeaseChoice& choice) const;
  ThreadFacts thread_facts(TenantId tenant, const ThreadQuery& query) const;
  void add_reported(const ContextQuery& query, ContextFacts& facts) const;
  void add_last_word(const ContextQuery& query, ContextFacts& facts) const;
  std::vector<KnownMessage> find_known(TenantId tenant, const ThreadQuery& query) const;
  std::vector<ThreadAlias> find_aliases(TenantId tenant, std::span<const std::int64_t> id_hashes) const;
  std::vector<std::string> participants(TenantId tenant, TaskNumber number) const;
  rules::SenderHistory sender_history(const ContextQuery& query) const;
  LeasedSend lease_send(const memory::InTenant<SendId>& id, const LeaseOwner& owner, TimePoint until);
  memory::WorkRow* find_leased(const WorkLease& lease);
  void add_work(const WorkKey& key, TimePoint visible_at);
  template <typename Matches>
  std::vector<StoredEvent> find_events(TenantId tenant, int limit, Matches matches) const;

  mutable std::mutex mutex_;
  std::map<Priority, TenantId> last_served_;  ///< of each priority, so that tenants take turns
  std::atomic<std::uint64_t> token_changes_{0};
  memory::State state_;
};

}  // namespace orgo
