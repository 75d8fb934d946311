#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "adapter/net/stop_signal.h"
#include "adapter/net/tls.h"
#include "base/result.h"
#include "base/time.h"
#include "port/outbound_channel.h"
#include "protocol/smtp/client_session.h"

namespace orgo {

struct SmtpChannelOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 25;
  /// Name for EHLO, TLS policy, login. Under `required`, under implicit TLS and where a password goes out the
  /// certificate is checked; under `opportunistic` it is not, since whoever could forge it could as well hide that TLS
  /// is offered.
  smtp::ClientOptions session;
  bool implicit_tls = false;  ///< TLS from the first octet (RFC 8314: port 465)
  std::string ca_file;        ///< PEM; empty: the system's certificate authorities
  /// False: any certificate will do, also a wrong or expired one. For tests and servers on the loopback only.
  bool verify_certificate = true;
  Millis connect_time{30'000};      ///< for each address of the host
  Millis reply_time{60'000};        ///< until a reply, and until a step of writing
  Millis acceptance_time{600'000};  ///< until the reply to the final dot (RFC 5321, section 4.5.3.2.6: 10 minutes)
};

/// Sends by SMTP to one server, with smtp::ClientSession. See OutboundChannel for the contract. A connection lives for
/// one send_each() and ends with QUIT. A mail that the peer hung up on before its text was sent, on a connection that
/// carried others before, is tried once more on a new connection: that is how servers limit mails per connection.
class SmtpChannel final : public OutboundChannel {
 public:
  /// invalid_input: the CA file can't be read, or TLS is contradictory. Connects to nobody.
  static Result<std::unique_ptr<SmtpChannel>> open(SmtpChannelOptions options);
  [[nodiscard]] const ChannelTraits& capabilities() const override { return *find_channel("mail"); }
  /// When the peer ends the connection between two mails, a new one is opened for the rest, and again as long as the
  /// last one got something through.
  void send_each(std::span<const Outgoing> mails, Deadline deadline, const Told& told) override;
  void interrupt() override;

 private:
  SmtpChannel(SmtpChannelOptions options, net::TlsContext tls);
  SmtpChannelOptions options_;
  net::TlsContext tls_;
  net::StopSignal stop_;
};

}  // namespace orgo
