#pragma once
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "port/mailbox.h"

namespace orgo {

/// A mail server's folder in memory, for tests of what takes mail. Any thread.
class MemoryMailServer {
 public:
  void deliver(std::string bytes);
  /// As a server does when a folder is deleted and made again, or its index was lost: numbers start anew.
  void change_uid_validity();
  void set_password(std::string password);
  /// Until it is set to "" again, every look fails with this as unavailable.
  void set_outage(std::string words);
  std::size_t count();

 private:
  friend class MemoryMailbox;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint32_t uid_validity_ = 1;
  std::uint32_t next_uid_ = 1;
  std::map<std::uint32_t, std::string> mails_;
  std::string password_;
  std::string outage_;
  std::uint64_t changes_ = 0;
};

struct MemoryMailboxOptions {
  bool only_new = true;
  bool remove = false;  ///< after a mail was taken
  std::uint64_t bytes_max = 50U << 20U;
  std::size_t batch_mails = 200;
  std::string password;
};

/// See Mailbox for the contract.
class MemoryMailbox final : public Mailbox {
 public:
  MemoryMailbox(std::shared_ptr<MemoryMailServer> server, MemoryMailboxOptions options)
      : server_(std::move(server)), options_(std::move(options)) {}
  Result<Looked> look(const MailboxPosition& position, std::size_t most, const Take& take, Deadline deadline) override;
  Status wait(Deadline deadline) override;
  void stop() override;
  [[nodiscard]] std::string describe() const override { return "memory"; }

 private:
  std::shared_ptr<MemoryMailServer> server_;
  MemoryMailboxOptions options_;
  std::uint64_t known_changes_ = 0;
  bool stopped_ = false;  ///< under the server's mutex
};

}  // namespace orgo
