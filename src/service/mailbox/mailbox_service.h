#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "service/intake/intake_service.h"
#include "service/mailbox/mailbox_reader.h"

namespace orgo {

/// All mailboxes of a server, each with its thread: one that fails or hangs is none of the others' business. They come
/// and go while it runs. Threads: any.
class MailboxService {
 public:
  /// `intake` must go on until stop() has returned.
  MailboxService(IntakeService& intake, MailboxStore& store, ChangeStore& changes, Clock& clock,
                 std::function<double()> random, MailboxTiming timing = {});
  ~MailboxService();

  /// Read from start() on, or from now on if that was before. After stop() it adds nothing. The name must not be one
  /// that the tenant has here.
  /// `turn`: of several nodes, which one reads; null: there is only this one.
  void add(MailboxSetup setup, std::unique_ptr<Mailbox> mailbox, std::unique_ptr<Turn> turn = nullptr);
  /// Ends what is under way there and keeps the position; complete when it returns. One that is not here: nothing.
  void remove(TenantId tenant, const std::string& name);
  void start();
  void stop();

  /// In the order in which they were added.
  [[nodiscard]] std::vector<MailboxStatus> statuses() const;

 private:
  using Readers = std::vector<std::shared_ptr<MailboxReader>>;
  [[nodiscard]] Readers readers() const;

  IntakeService& intake_;
  MailboxStore& store_;
  ChangeStore& changes_;
  Clock& clock_;
  std::function<double()> random_;
  MailboxTiming timing_;
  enum class Phase : std::int8_t { before, running, stopped };
  std::mutex changing_;          ///< one start, stop, add or remove at a time
  Phase phase_ = Phase::before;  ///< guarded by changing_
  mutable std::mutex mutex_;
  Readers readers_;  ///< guarded by mutex_, and changed with changing_ held
};

/// Hands mails to intake and waits until they are durable, or the deadline has passed.
StoreMails through_intake(IntakeService& intake);

}  // namespace orgo
