#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/net/tls.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "port/clock.h"
#include "port/mail_sink.h"
#include "protocol/smtp/server_options.h"

namespace orgo {

/// Whose mail a recipient's is. not_found: nobody's, which is a 550. Any other error: not now, which is a 451. Asked on
/// the door's event loop for each RCPT, and once more when the mail is whole: quick.
using TenantOf = std::function<Result<TenantId>(std::string_view recipient)>;

struct MailDoorOptions {
  TenantOf tenant_of;              ///< required
  std::string host = "127.0.0.1";  ///< address to listen on
  std::uint16_t port = 0;          ///< 0: a spare one, see MailDoor::port()
  /// Protocol, name, limits. `offers_starttls` is set by the door when there is a certificate, `recipient_policy` by
  /// what `tenant_of` says.
  smtp::ServerOptions session;
  bool implicit_tls = false;             ///< TLS from the first octet (RFC 8314: port 465); needs `tls`
  net::TlsFiles tls;                     ///< a certificate: STARTTLS is offered
  int connections = 500;                 ///< past it, and past net::PeerCounts: 421 4.7.0 and closed
  int threads = 1;                       ///< 1 serves more messages/s than one disk can make durable
  Millis command_time{5 * 60'000};       ///< until a command is complete (RFC 5321, section 4.5.3.2.7); then 421 4.4.2
  Millis data_time{10 * 60'000};         ///< from 354 to the end of the text, however the peer trickles
  Millis transaction_time{20 * 60'000};  ///< from MAIL to the end of the text
  /// How long a peer may stay without handing over a mail, whatever else it says; then 421 4.4.2. While more than three
  /// quarters of the connections are in use: crowded_time, and that is a command's time too.
  Millis fruitless_time{10 * 60'000};
  Millis crowded_time{30'000};
  /// Message octets in memory over all connections, received or waiting for the sink. Past it MAIL and DATA get
  /// 452 4.3.1, and of messages that are coming in those above 64 KiB are given up with it, largest budgets being
  /// bounded so: budget + connections * 64 KiB.
  std::size_t in_flight_bytes = 64U * 1024 * 1024;
};

/// Where mail comes in: listens, runs one smtp::ServerSession per connection and hands what is complete to the sink.
/// No decisions are made here; the reply to each recipient is the sink's outcome.
///
/// A loop of its own over epoll rather than Asio: a message of a peer that does not pipeline is eight small reads and
/// writes, and what Asio adds to each of them is a good part of their price (see README.md for the figures).
class MailDoor {
 public:
  /// Binds and begins. `sink` and `clock` must outlive the door. Errors as net::Listener::open, invalid_input also for
  /// implicit TLS without a certificate.
  static Result<std::unique_ptr<MailDoor>> open(MailDoorOptions options, MailSink& sink, Clock& clock);
  /// stop(), if nobody did.
  ~MailDoor();
  MailDoor(const MailDoor&) = delete;
  MailDoor& operator=(const MailDoor&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// Connections that are open now.
  [[nodiscard]] int connections() const;
  /// Accepts no more, tells idle peers 421 4.3.2, lets open messages come to their end (with their reply) for `grace`
  /// and closes what is left. Complete when it returns; again is harmless. Not from the sink's callback.
  void stop(Millis grace = Millis{5000});

 private:
  struct State;
  explicit MailDoor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace orgo
