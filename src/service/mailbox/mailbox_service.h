#pragma once
#include <memory>
#include <string>
#include <vector>

#include "service/intake/intake_service.h"
#include "service/mailbox/mailbox_reader.h"

namespace orgo {

/// All mailboxes of a server, each with its thread: one that fails or hangs is none of the others' business.
class MailboxService {
 public:
  /// `intake` must go on until stop() has returned.
  MailboxService(IntakeService& intake, MailboxStore& store, ChangeStore& changes, Clock& clock,
                 std::function<double()> random, MailboxTiming timing = {});
  ~MailboxService();

  /// Before start().
  /// `turn`: of several nodes, which one reads; null: there is only this one.
  void add(MailboxSetup setup, std::unique_ptr<Mailbox> mailbox, std::unique_ptr<Turn> turn = nullptr);
  void start();
  void stop();

  /// In the order in which they were added. Any thread.
  [[nodiscard]] std::vector<MailboxStatus> statuses() const;

 private:
  IntakeService& intake_;
  MailboxStore& store_;
  ChangeStore& changes_;
  Clock& clock_;
  std::function<double()> random_;
  MailboxTiming timing_;
  std::vector<std::unique_ptr<MailboxReader>> readers_;
};

/// Hands mails to intake and waits until they are durable, or the deadline has passed.
StoreMails through_intake(IntakeService& intake);

}  // namespace orgo
