#pragma once
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapter/sql/connection.h"
#include "adapter/sql/writer.h"
#include "port/blob_store.h"
#include "port/change_store.h"
#include "port/ledger_reader.h"
#include "port/mailbox_store.h"
#include "port/message_store.h"
#include "port/outbox.h"
#include "port/queue.h"
#include "port/rule_store.h"
#include "port/silence_store.h"
#include "port/task_store.h"
#include "port/token_store.h"

namespace orgo {

struct SqlStoreOptions {
  std::string folder;                   ///< orgo.db and blobs/ lie here; made when it is missing
  bool read_only = false;               ///< for a command beside a running server; migrates nothing
  int readers_max = 4;                  ///< connections kept for reading
  std::int64_t cache_bytes = 24 << 20;  ///< page cache of the writing connection
};

/// All stores of the small size over one SQL database and a folder of segments. The methods of each port stand in a
/// file of their own (message_rows.cpp, change_rows.cpp, ...); they speak only the common dialect.
class SqlStore final : public MessageStore,
                       public ChangeStore,
                       public TaskStore,
                       public Queue,
                       public Outbox,
                       public LedgerReader,
                       public TokenStore,
                       public MailboxStore,
                       public SilenceStore,
                       public RuleStore {
 public:
  /// Unless it only reads, the caller owns the folder (adapter/data_folder): two writers would hand out work twice.
  /// unavailable: it can't be opened; conflict: written by a newer Orgo; corrupt: not a database of ours.
  static Result<std::unique_ptr<SqlStore>> open(const SqlStoreOptions& options);
  ~SqlStore() override;
  SqlStore(const SqlStore&) = delete;
  SqlStore& operator=(const SqlStore&) = delete;

  // MessageStore
  Result<std::vector<Accepted>> accept(std::span<const RawMessage> messages, Deadline deadline) override;
  Result<StoredMessage> read(TenantId tenant, MessageId id) override;
  Result<std::string> read_bytes(TenantId tenant, MessageId id) override;
  std::vector<Result<Loaded>> load(std::span<const std::pair<TenantId, MessageId>> ids) override;
  Result<std::vector<KnownMessage>> find_known(TenantId tenant, std::span<const std::int64_t> id_hashes,
                                               int limit) override;
  Result<std::vector<MessageSummary>> list(const MessageListRequest& request) override;
  Result<std::optional<MessageDecision>> decision(TenantId tenant, MessageId id) override;

  // ChangeStore
  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override;

  // TaskStore
  Result<Task> read(TenantId tenant, TaskNumber number) override;
  Result<std::vector<Task>> list(const TaskListRequest& request) override;
  Result<std::vector<StoredEvent>> history(TenantId tenant, TaskNumber number, int limit) override;
  Result<std::vector<StoredEvent>> events_after(TenantId tenant, std::int64_t sequence, int limit) override;
  Result<std::vector<StoredEvent>> message_events(TenantId tenant, MessageId id) override;
  Result<std::vector<std::string>> participants(TenantId tenant, TaskNumber number) override;
  Result<std::vector<Task>> tasks_of_requester(TenantId tenant, std::string_view requester, TimePoint since,
                                               int limit) override;
  Result<std::vector<ThreadAlias>> find_aliases(TenantId tenant, std::span<const std::int64_t> id_hashes) override;
  Result<std::vector<PendingTimer>> due_timers(TimePoint now, int limit) override;
  Result<std::optional<TimePoint>> next_timer() override;
  Result<rules::SenderHistory> sender_history(TenantId tenant, const std::string& address, MessageId before) override;

  // Queue
  Status publish(std::string_view topic, std::span<const QueueItem> items) override;
  Result<std::vector<QueueLease>> lease(std::string_view topic, TimePoint now, Millis lease_time, int limit) override;
  Result<int> complete(std::span<const QueueLease> leases) override;
  void complete_without_waiting(std::span<const QueueLease> leases) override;
  Status retry(const QueueLease& lease, TimePoint visible_at, std::string_view error) override;
  Status bury(const QueueLease& lease, TimePoint now, std::string_view error) override;
  Result<std::int64_t> depth(std::string_view topic) override;
  Result<std::vector<DeadLetter>> dead(int limit) override;
  Status revive(QueueItemId item, TimePoint now) override;
  Result<DeadLetter> drop(QueueItemId item) override;

  // Outbox
  Result<std::vector<LeasedSend>> lease_sends(TimePoint now, Millis lease_time, int limit,
                                              std::string_view channel) override;
  Result<std::optional<TimePoint>> next_send(std::string_view channel) override;
  Result<std::vector<StoredSend>> sends_of_task(TenantId tenant, TaskNumber task) override;
  Result<std::int64_t> count_sends(TenantId tenant, TaskNumber task, TimePoint since, std::string_view recipient,
                                   SendId upto) override;
  Result<StoredSend> read_send(TenantId tenant, SendId id) override;
  Result<std::vector<StoredSend>> answers_to(TenantId tenant, std::string_view recipient, TimePoint since, SendId upto,
                                             int limit) override;
  Result<std::vector<Suppression>> find_suppressions(TenantId tenant, std::span<const std::string> addresses) override;
  Result<std::vector<Suppression>> list_suppressions(TenantId tenant, std::string_view after, bool active,
                                                     int limit) override;

  // LedgerReader, TokenStore
  Result<std::vector<LedgerLine>> count_ledger() override;
  Result<ApiToken> add_token(const ApiToken& token, const Sha256& secret_hash) override;
  Result<std::optional<ApiToken>> find_token(const Sha256& secret_hash) override;
  Result<std::vector<ApiToken>> list_tokens(TenantId tenant) override;
  Status revoke_token(TenantId tenant, std::int64_t id, TimePoint now) override;

  // MailboxStore, SilenceStore: mailbox_rows.cpp
  Status save_mailbox(const MailboxRecord& record) override;
  Result<std::optional<MailboxRecord>> find_mailbox(TenantId tenant, const std::string& name) override;
  Result<std::vector<MailboxRecord>> list_mailboxes(TenantId tenant) override;
  Result<std::vector<Arrival>> arrivals_after(TenantId tenant, MessageId after, int limit) override;
  Result<Learned> read_rhythms(TenantId tenant) override;
  Status save_rhythms(TenantId tenant, MessageId upto, std::span<const StoredRhythm> rhythms) override;
  Result<std::vector<OpenAlarm>> open_alarms(TenantId tenant) override;

  // RuleStore
  Status add_rule_version(const RuleVersion& version) override;
  Result<std::vector<RuleVersion>> list_rule_versions(TenantId tenant, int limit) override;
  Result<RuleVersion> read_rule_version(TenantId tenant, std::string_view name) override;

  /// Gives back what processes that are gone had leased, so that a start after kill -9 need not wait for the ends of
  /// their leases. Only for the owner of the folder, before its first lease: nobody else can hold one then. What waits
  /// for its next attempt after a failure goes on waiting.
  Status release_leases(TimePoint now);
  /// The database's own check of all its pages and indexes; "ok" or what is wrong.
  Result<std::string> check_integrity();
  /// Why the last write failed; empty when the last one went well. For /readyz.
  std::string trouble() const;
  sql::GroupCommitWriter::Stats writer_stats() const;
  /// Finishes what was handed in and moves the log into the file. Twice is harmless.
  void close();

 private:
  explicit SqlStore(SqlStoreOptions options) : options_(std::move(options)) {}
  Status open_files();

  /// A reading connection for one call.
  class Reader {
   public:
    Reader(SqlStore& store, std::unique_ptr<sql::Connection> connection)
        : store_(store), connection_(std::move(connection)) {}
    ~Reader() { store_.give_back(std::move(connection_)); }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    sql::Connection& operator*() { return *connection_; }

   private:
    SqlStore& store_;
    std::unique_ptr<sql::Connection> connection_;
  };
  Result<std::unique_ptr<Reader>> reader();
  void give_back(std::unique_ptr<sql::Connection> connection);
  /// Runs the job on the writer and remembers how it went.
  Status write(sql::GroupCommitWriter::Job job, Deadline deadline);
  Status write(sql::GroupCommitWriter::Job job);
  void remember(const Status& status);
  void checkpoint_loop();

  /// First fencing token of a new queue item. SQLite gives the number of a finished item again, so tokens begin where
  /// no lease of an earlier item, of this process or of one before, can have been. On the writer's thread only.
  std::int64_t first_lease_token() { return lease_tokens_ += kLeasesPerItem; }

  static constexpr std::int64_t kLeasesPerItem = 1024;
  std::int64_t lease_tokens_ = 0;
  SqlStoreOptions options_;
  std::unique_ptr<BlobStore> blobs_;
  std::unique_ptr<sql::GroupCommitWriter> writer_;
  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<sql::Connection>> readers_;

  mutable std::mutex trouble_mutex_;
  std::string trouble_;

  std::atomic<std::uint64_t> groups_since_checkpoint_{0};
  std::atomic<int> log_frames_{0};
  std::mutex checkpoint_mutex_;
  std::condition_variable checkpoint_wake_;
  bool closing_ = false;
  std::thread checkpointer_;
};

}  // namespace orgo
