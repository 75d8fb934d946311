#pragma once
#include <string>
#include <string_view>

#include "adapter/mail_out/smtp_channel.h"
#include "adapter/net/socket.h"
#include "adapter/net/stop_signal.h"

namespace orgo::mail_out {

/// One connection to the server with its session: the driver that waits where smtp::ClientSession wants to be fed.
class SmtpConnection {
 public:
  /// All of it ends soon when `stop` says so.
  SmtpConnection(const SmtpChannelOptions& options, const net::TlsContext& tls, const net::StopSignal& stop);

  /// Connects, greets, starts TLS and logs in. The error is for a person: "SMTP to mx:25: connection refused".
  Status open(Deadline deadline);
  smtp::MailOutcome send(const Outgoing& mail, Deadline deadline);
  /// Of an open() that failed: see ClientSession::refused().
  [[nodiscard]] bool refused() const { return session_.refused(); }
  [[nodiscard]] bool usable() const { return socket_.open() && session_.usable(); }
  /// QUIT, and waits for the goodbye for at most a second.
  void close();

 private:
  enum class Waited { ready, late, lost };
  Status connect(Deadline deadline);
  Status start_tls(Deadline deadline);
  /// Runs the session from `want` until it wants neither to read nor a handshake. lost: see lost_.
  Waited run(smtp::ClientSession::Want& want, Deadline deadline);
  /// Writes what is in out_, reading nothing. lost or late: lost_ says why.
  Waited write_all(Deadline deadline);
  Waited wait(net::Io what, Deadline deadline);
  [[nodiscard]] std::string where() const;

  const SmtpChannelOptions& options_;
  const net::TlsContext& tls_;
  const net::StopSignal& stop_;
  net::Socket socket_;
  smtp::ClientSession session_;
  std::string out_;
  std::string lost_;
};

}  // namespace orgo::mail_out
