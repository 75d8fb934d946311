#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "adapter/mailbox/settings.h"
#include "adapter/mailbox/token_source.h"
#include "adapter/mailbox/wire.h"
#include "adapter/net/stop_signal.h"
#include "port/clock.h"
#include "protocol/pop3/client_session.h"

namespace orgo::mailbox {

/// Takes mail from a POP3 server, with pop3::ClientSession. See Mailbox for the contract. A connection lives for one
/// look, since POP3 shows the mailbox as it was at the login and locks it meanwhile.
///
/// What was taken is known by a key: the UIDL; where two mails have the same one, or the server knows none, a hash of
/// the header (TOP). Without both, only a mailbox that is emptied (`remove`) can be read. Deleting counts once QUIT was
/// answered; until then the mails stand in the position as unfinished and are deleted by the next look.
class Pop3Mailbox final : public Mailbox {
 public:
  Pop3Mailbox(MailboxSettings settings, net::TlsContext tls, std::unique_ptr<Clock> clock);

  Result<Looked> look(const MailboxPosition& position, std::size_t most, const Take& take, Deadline deadline) override;
  /// POP3 can't tell of new mail: waits the poll interval.
  Status wait(Deadline deadline) override;
  void stop() override { stop_.stop(); }
  [[nodiscard]] std::string describe() const override;

 private:
  using Want = pop3::ClientSession::Want;
  struct Connection {
    Connection(const Pop3Mailbox& mailbox, pop3::ClientOptions with);
    pop3::ClientOptions options;
    Wire wire;
    pop3::ClientSession session;
    std::string out;
  };
  struct Entry {
    std::uint32_t number = 0;
    std::uint64_t size = 0;
    std::string key;  ///< empty: the mail has none, and is read each time
  };

  Status open(Deadline deadline);
  Status open_once(Deadline deadline);
  Status run(Want want, Deadline deadline);
  Status fault() const;
  [[nodiscard]] std::string server() const { return connection_->wire.where(); }
  Result<Looked> look_connected(const MailboxPosition& position, std::size_t most, const Take& take, Deadline deadline);
  Result<std::vector<Entry>> list(Deadline deadline);
  Status begin(const std::vector<Entry>& entries, std::unordered_set<std::string>& seen, MailboxPosition& at);
  Status finish(const std::vector<std::uint32_t>& numbers, const std::vector<std::string>& keys, Looked& looked,
                Deadline deadline);
  bool comes_again(const std::string& uid);
  void set_description();

  const MailboxSettings settings_;
  const std::uint16_t port_;
  const net::TlsContext tls_;
  const std::unique_ptr<Clock> clock_;
  net::StopSignal stop_;
  TokenSource tokens_;
  std::unique_ptr<Connection> connection_;
  std::map<std::string, int> cut_;  ///< how often a mail came cut off
  std::set<std::string> stuck_;     ///< keys of mails at which a look broke off; they come last in the next
  mutable std::mutex description_mutex_;
  std::string description_ = "POP3, not yet connected";
};

}  // namespace orgo::mailbox
