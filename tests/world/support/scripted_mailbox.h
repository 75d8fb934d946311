#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "port/mailbox.h"

namespace orgo::world {

/// A mailbox on a server of our imagination. The server outlives connections; any thread may add mail or make trouble.
class MailServer {
 public:
  void add(std::string bytes) {
    const std::lock_guard lock(mutex_);
    mails_.push_back(std::move(bytes));
    changed_.notify_all();
  }
  void fail_with(std::optional<Error> error) {
    const std::lock_guard lock(mutex_);
    error_ = std::move(error);
    changed_.notify_all();
  }
  void hang(bool on) {
    const std::lock_guard lock(mutex_);
    hangs_ = on;
    changed_.notify_all();
  }
  /// The folder was made anew: same mails, other numbers.
  void renumber() {
    const std::lock_guard lock(mutex_);
    ++validity_;
  }
  int looks() const {
    const std::lock_guard lock(mutex_);
    return looks_;
  }

 private:
  friend class ScriptedMailbox;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> mails_;
  std::optional<Error> error_;
  bool hangs_ = false;
  std::uint32_t validity_ = 1;
  int looks_ = 0;
};

/// What an adapter would be: keeps to the contract of port/mailbox.h. `batch`: mails given to `take` at once.
class ScriptedMailbox final : public Mailbox {
 public:
  explicit ScriptedMailbox(std::shared_ptr<MailServer> server, std::size_t batch = 2)
      : server_(std::move(server)), batch_(batch) {}

  Result<Looked> look(const MailboxPosition& position, std::size_t most, const Take& take, Deadline deadline) override {
    std::unique_lock lock(server_->mutex_);
    ++server_->looks_;
    server_->changed_.wait_until(lock, deadline, [this] { return stopped_ || !server_->hangs_; });
    if (stopped_) return failure(Errc::unavailable, "stopped");
    if (server_->hangs_) return failure(Errc::deadline_exceeded, "no answer");
    if (server_->error_) return tl::unexpected(*server_->error_);
    seen_ = server_->mails_.size();  // what comes behind this look ends the wait, also before it has begun
    Looked looked;
    looked.position = position;
    if (position.uid_validity != server_->validity_) {
      looked.reset = position.uid_validity != 0;
      looked.position.uid_validity = server_->validity_;
      looked.position.last_uid = 0;
    }
    while (looked.taken < most && looked.position.last_uid < server_->mails_.size()) {
      Batch batch;
      batch.position = looked.position;
      while (batch.mails.size() < batch_ && looked.taken + batch.mails.size() < most &&
             batch.position.last_uid < server_->mails_.size()) {
        const auto& bytes = server_->mails_[batch.position.last_uid++];
        if (bytes.size() > bytes_max) batch.refused.push_back({std::to_string(batch.position.last_uid), bytes.size()});
        else batch.mails.push_back({std::to_string(batch.position.last_uid), bytes, received_at});
      }
      lock.unlock();
      const auto taken = take(batch);
      lock.lock();
      if (!taken) return tl::unexpected(taken.error());
      looked.taken += batch.mails.size();
      looked.position = batch.position;
    }
    looked.more = looked.position.last_uid < server_->mails_.size();
    looked.problem = problem;
    return looked;
  }
  Status wait(Deadline deadline) override {
    std::unique_lock lock(server_->mutex_);
    server_->changed_.wait_until(lock, deadline,
                                 [&] { return stopped_ || server_->mails_.size() != seen_ || server_->error_; });
    if (stopped_ || server_->error_) return failure(Errc::unavailable, "the connection is gone");
    return {};
  }
  void stop() override {
    const std::lock_guard lock(server_->mutex_);
    stopped_ = true;
    server_->changed_.notify_all();
  }
  [[nodiscard]] std::string describe() const override { return "scripted, IDLE"; }

  std::size_t bytes_max = 10'000;
  TimePoint received_at{};
  std::string problem;

 private:
  std::shared_ptr<MailServer> server_;
  std::size_t batch_;
  bool stopped_ = false;
  std::size_t seen_ = 0;  ///< mails at the last look
};

}  // namespace orgo::world
