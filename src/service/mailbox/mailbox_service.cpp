#include "service/mailbox/mailbox_service.h"

#include <future>
#include <mutex>
#include <thread>

namespace orgo {

StoreMails through_intake(IntakeService& intake) {
  return [&intake](std::vector<std::pair<Envelope, std::string>> mails,
                   Deadline deadline) -> Result<std::vector<Accepted>> {
    using Answer = Result<std::vector<Accepted>>;
    std::vector<std::future<Answer>> answers;
    answers.reserve(mails.size());
    for (auto& [envelope, bytes] : mails) {
      // Shared: when we stop waiting, the answer still comes to somebody.
      auto answer = std::make_shared<std::promise<Answer>>();
      answers.push_back(answer->get_future());
      intake.submit_for_ids({std::move(envelope)}, std::make_shared<const std::string>(std::move(bytes)),
                            [answer](Answer accepted) { answer->set_value(std::move(accepted)); });
    }
    std::vector<Accepted> accepted;
    accepted.reserve(answers.size());
    for (auto& answer : answers) {
      if (answer.wait_until(deadline) == std::future_status::timeout)
        return failure(Errc::deadline_exceeded, "the store did not answer in time; the mails are fetched again");
      ORGO_TRY(one, answer.get());
      accepted.insert(accepted.end(), one.begin(), one.end());
    }
    return accepted;
  };
}

MailboxService::MailboxService(IntakeService& intake, MailboxStore& store, ChangeStore& changes, Clock& clock,
                               std::function<double()> random, MailboxTiming timing)
    : intake_(intake), store_(store), changes_(changes), clock_(clock), random_(std::move(random)), timing_(timing) {}

MailboxService::~MailboxService() {
  stop();
}

MailboxService::Readers MailboxService::readers() const {
  const std::lock_guard lock(mutex_);
  return readers_;
}

void MailboxService::add(MailboxSetup setup, std::unique_ptr<Mailbox> mailbox, std::unique_ptr<Turn> turn) {
  const std::lock_guard changing(changing_);
  if (phase_ == Phase::stopped) return;
  auto reader = std::make_shared<MailboxReader>(std::move(setup), std::move(mailbox), store_, changes_,
                                                through_intake(intake_), clock_, random_, timing_);
  reader->take_turns(std::move(turn));
  if (phase_ == Phase::running) reader->start();
  const std::lock_guard lock(mutex_);
  readers_.push_back(std::move(reader));
}

void MailboxService::remove(TenantId tenant, const std::string& name) {
  const std::lock_guard changing(changing_);
  for (const auto& reader : readers()) {
    const auto record = reader->status().record;
    if (record.tenant != tenant || record.name != name) continue;
    reader->stop();  // not with the lock of those who only look
    reader->leave_metrics();
    const std::lock_guard lock(mutex_);
    std::erase(readers_, reader);
    return;
  }
}

void MailboxService::start() {
  const std::lock_guard changing(changing_);
  phase_ = Phase::running;
  for (const auto& reader : readers()) reader->start();
}

void MailboxService::stop() {
  const std::lock_guard changing(changing_);
  phase_ = Phase::stopped;
  // At once, not one after the other: a shutdown may not take as many time-outs as there are mailboxes.
  std::vector<std::thread> stopping;
  for (const auto& reader : readers()) stopping.emplace_back([reader] { reader->stop(); });
  for (auto& thread : stopping) thread.join();
}

std::vector<MailboxStatus> MailboxService::statuses() const {
  std::vector<MailboxStatus> all;
  for (const auto& reader : readers()) all.push_back(reader->status());
  return all;
}

}  // namespace orgo
