#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapter/mailbox/settings.h"
#include "adapter/net/socket.h"
#include "adapter/net/stop_signal.h"
#include "adapter/net/tls.h"

namespace orgo::mailbox {

/// A connection to the server of a mailbox: TCP and TLS, each step with a deadline, and all of it ends at once by
/// stop(). Errors: unavailable, or deadline_exceeded when the caller's time is up.
class Wire {
 public:
  /// `protocol` is for errors.
  Wire(std::string protocol, const MailboxSettings& settings, std::uint16_t port, const net::TlsContext& tls,
       const net::StopSignal& stop)
      : protocol_(std::move(protocol)), settings_(settings), port_(port), tls_(tls), stop_(stop) {}

  /// Resolves the name and tries its addresses one by one.
  Status connect(Deadline deadline);
  /// The certificate must be valid and carry the host's name, unless the settings say otherwise.
  Status start_tls(Deadline deadline);
  /// Empties `out`.
  Status write(std::string& out, Deadline deadline);
  /// What came, as soon as something came; valid until the next call. After `reply_time` without a word: unavailable.
  Result<std::string_view> read(Deadline deadline);
  /// Waits for something to read. False: `until` has come.
  Result<bool> readable(Deadline until);

  /// Tells the peer that nothing more comes, and closes.
  void close();
  [[nodiscard]] std::string tls_version() const { return socket_.tls_version(); }
  /// "IMAP to mail.example:993", for errors.
  [[nodiscard]] std::string where() const { return protocol_ + " to " + settings_.host + ":" + std::to_string(port_); }

 private:
  /// `late` is what is said when `until` has come before the caller's deadline.
  Status wait(net::Io what, Deadline until, Deadline deadline, const std::string& late);
  Status lost(const std::string& why) const;

  const std::string protocol_;
  const MailboxSettings& settings_;
  std::uint16_t port_;
  const net::TlsContext& tls_;
  const net::StopSignal& stop_;
  net::Socket socket_;
  std::array<char, 64U << 10U> buffer_;
  std::size_t held_ = 0;  ///< octets in buffer_ that readable() found already
};

}  // namespace orgo::mailbox
