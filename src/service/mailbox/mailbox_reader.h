#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "port/change_store.h"
#include "port/clock.h"
#include "port/mailbox.h"
#include "port/mailbox_store.h"
#include "port/message_store.h"
#include "service/turn/turn.h"

namespace orgo {

/// One mailbox as the service needs to know it.
struct MailboxSetup {
  TenantId tenant;  ///< whose mailbox it is
  std::string name;
  std::string label_of_metrics = {};  ///< what metrics and the log call it: names are per tenant
  std::string source;                 ///< see MailboxRecord::source
  Channel channel = Channel::imap;
  std::string recipient;                   ///< for whom its mail is; empty: what the mail says
  std::string label;                       ///< of its messages; empty: none
  bool archive = false;                    ///< its mail is history
  std::optional<TimePoint> archive_until;  ///< ... only what is dated before
  TaskState archive_state = TaskState::closed;
  std::function<bool()> stands_still = {};  ///< true: not looked at now, its tenant is suspended; empty: never
  std::size_t batch = 100;                  ///< mails of one look, 1 to 1,000
  /// What the mailbox had before may have been taken behind the backup: it counts as received then, so that what comes
  /// of it is held (core/lineage). {}: there was no restore.
  TimePoint restored_at = {};
};

struct MailboxTiming {
  Millis look{600'000};       ///< the longest look
  Millis wait{600'000};       ///< then it looks again, though the server told of nothing
  Millis store{60'000};       ///< how long storing a batch may take
  Millis retry_first{5'000};  ///< pause behind the first failure; doubles with each further one
  Millis retry_most{600'000};
  Millis login_retry_first{60'000};  ///< the same behind a refused login: servers lock accounts that try too often
  Millis login_retry_most{3'600'000};
};

/// How a mailbox does, for `orgo mailbox status`, the API and /readyz.
struct MailboxStatus {
  enum class State : std::int8_t { off, starting, reading, waiting, failing };
  State state = State::off;  ///< off: no server runs it
  MailboxRecord record;
  std::optional<TimePoint> next_try;  ///< while failing
};
std::string_view to_string(MailboxStatus::State state);

/// Stores mails and says what became of each; returns when all are durable. Errors as MessageStore::accept(): nothing
/// is sure.
using StoreMails = std::function<Result<std::vector<Accepted>>(std::vector<std::pair<Envelope, std::string>> mails,
                                                               Deadline deadline)>;

/// Reads one mailbox: look, store, keep the position, wait, look again; after trouble a pause that grows. Has a thread
/// of its own in production, so that no mailbox ever waits for another; a test calls step().
class MailboxReader {
 public:
  /// `random` gives shares of 0 to 1, for the jitter of the pauses.
  MailboxReader(MailboxSetup setup, std::unique_ptr<Mailbox> mailbox, MailboxStore& store, ChangeStore& changes,
                StoreMails mails, Clock& clock, std::function<double()> random, MailboxTiming timing = {});
  ~MailboxReader();
  MailboxReader(const MailboxReader&) = delete;
  MailboxReader& operator=(const MailboxReader&) = delete;

  /// Of several nodes the one reads whose turn it is. Before start(); without it, it is always this one's.
  void take_turns(std::unique_ptr<Turn> turn) { turn_ = std::move(turn); }
  /// Begins the thread.
  void start();
  /// Ends what is under way, soon; complete when it returns. Twice is harmless.
  void stop();

  /// Behind stop(): the mailbox is none of ours any more, so that no metric says that it fails.
  void leave_metrics() const;

  struct Step {
    bool more = false;  ///< look again at once
    Millis pause{0};    ///< after trouble; 0: wait at the server
  };
  /// One look. Only from one thread.
  Step step();

  [[nodiscard]] MailboxStatus status() const;
  [[nodiscard]] const std::string& name() const { return setup_.name; }

 private:
  void run();
  Status load();
  bool is_our_turn();
  /// Keeps the record, unless another node reads the mailbox by now: then the newer position is that one's.
  Status save();
  Status take(const Mailbox::Batch& batch);
  Envelope envelope(const FetchedMail& mail, TimePoint now) const;
  Millis failed(const Error& error);
  void went_well(const Mailbox::Looked& looked, TimePoint now);
  void show(MailboxStatus::State state, std::optional<TimePoint> next_try = {});
  bool pause(Millis time);

  const MailboxSetup setup_;
  const std::unique_ptr<Mailbox> mailbox_;
  MailboxStore& store_;
  ChangeStore& changes_;
  const StoreMails mails_;
  Clock& clock_;
  const std::function<double()> random_;
  const MailboxTiming timing_;
  std::unique_ptr<Turn> turn_;    ///< null: there is only one node
  std::int64_t loaded_with_ = 0;  ///< the turn in which the record was read

  bool loaded_ = false;
  MailboxRecord record_;  ///< of the thread that steps
  TimePoint saved_at_{};
  std::string told_problem_;

  mutable std::mutex mutex_;  ///< guards what follows
  std::condition_variable wake_;
  MailboxStatus shown_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace orgo
