#pragma once
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapter/mailbox/imap_suspects.h"
#include "adapter/mailbox/settings.h"
#include "adapter/mailbox/token_source.h"
#include "adapter/mailbox/wire.h"
#include "adapter/net/stop_signal.h"
#include "port/clock.h"
#include "protocol/imap/client_session.h"

namespace orgo::mailbox {

/// Takes mail from a folder of an IMAP server, with imap::ClientSession. See Mailbox for the contract. One connection,
/// kept between looks. What is new is what has a UID above the position's; sizes are asked first, then mails in
/// batches.
///
/// A mail is passed over only when it was taken, was refused for its size, or the server confirms that it is gone. What
/// the server lists but will not hand out is remembered in the position (held_back) and tried again, so that one
/// damaged mail stops no other and is not forgotten. So it is with a mail at which the connection breaks off each time
/// (Suspects): what came whole before it is taken, and it is asked for alone, after all others.
class ImapMailbox final : public Mailbox {
 public:
  ImapMailbox(MailboxSettings settings, net::TlsContext tls, std::unique_ptr<Clock> clock);
  ~ImapMailbox() override;

  Result<Looked> look(const MailboxPosition& position, std::size_t most, const Take& take, Deadline deadline) override;
  Status wait(Deadline deadline) override;
  void stop() override { stop_.stop(); }
  [[nodiscard]] std::string describe() const override;

 private:
  using Want = imap::ClientSession::Want;
  struct Connection {
    Connection(const ImapMailbox& mailbox, imap::ClientOptions with);
    imap::ClientOptions options;
    Wire wire;
    imap::ClientSession session;
    std::string out;
  };
  struct Look;  ///< one look() under way

  Status open(Deadline deadline);
  Status open_once(Deadline deadline);
  /// To the end of what the session is doing.
  Status run(Want want, Deadline deadline);
  Status fault() const;
  void drop();
  void set_description();

  Status look_connected(Look& look);
  Status adopt_folder(Look& look);
  Status retry_unfinished(Look& look);
  /// What was held back before this look, and what comes last in it.
  Status retry_held_back(Look& look, std::vector<std::uint32_t> uids);
  Status retry_one_by_one(Look& look, const std::vector<std::uint32_t>& uids);
  void tell_of_the_rest(Look& look) const;
  Status find_new(Look& look, bool fresh);
  Status take_new(Look& look);
  Status take_group(Look& look, const std::vector<std::uint32_t>& uids, std::uint32_t up_to, bool advance);
  /// The mails themselves, alone where they don't come together; what does not come at all goes to `missing`.
  Status fetch_group(Look& look, const std::vector<std::uint32_t>& uids, std::vector<std::uint32_t>& missing);
  /// One FETCH. Also of what broke off the mails are there that came whole.
  Status fetch_mails(Look& look, const std::vector<std::uint32_t>& uids);
  [[nodiscard]] bool lacks(const Look& look, std::uint32_t uid) const;
  /// Of a group that broke off: those before the first that did not come.
  Status take_whole(Look& look, const std::vector<std::uint32_t>& uids);
  /// Gives what came to take(). Which are to be moved, flagged or deleted now?
  Result<std::vector<std::uint32_t>> hand_over(Look& look, const std::vector<std::uint32_t>& uids);
  /// Which of these the server still lists.
  Result<std::vector<std::uint32_t>> still_there(std::vector<std::uint32_t> uids, Deadline deadline);
  /// Moves, flags or deletes. False: the server refused; look.result.problem says what.
  Result<bool> finish(Look& look, const std::vector<std::uint32_t>& uids);
  [[nodiscard]] std::string key_of(std::uint32_t uid) const;
  [[nodiscard]] std::vector<std::uint32_t> uids_of(const std::vector<std::string>& keys) const;

  const MailboxSettings settings_;
  const std::uint16_t port_;
  const net::TlsContext tls_;
  const std::unique_ptr<Clock> clock_;
  net::StopSignal stop_;
  TokenSource tokens_;
  std::unique_ptr<Connection> connection_;
  bool fresh_ = false;              ///< connected since the last look
  bool idle_works_ = true;          ///< on this connection
  std::uint32_t uid_validity_ = 0;  ///< of the folder, as the last look found it
  Suspects suspects_;
  std::deque<std::uint32_t> pending_;  ///< found and not yet looked at: all there is above pending_above_
  std::uint32_t pending_above_ = 0;
  bool pending_cut_ = false;      ///< there is more behind them
  Deadline retry_at_{};           ///< when what was refused is tried again
  bool retry_held_back_ = false;  ///< that time has come
  mutable std::mutex description_mutex_;
  std::string description_ = "IMAP, not connected";
};

}  // namespace orgo::mailbox
