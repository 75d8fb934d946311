#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace orgo::smtp {

enum class Protocol {
  lmtp,  ///< RFC 2033: LHLO, and after the data one reply per recipient. For the mail server in front of us
  smtp,  ///< RFC 5321: EHLO or HELO, and one reply for all recipients
};

/// Who gets mail here. Asked once per RCPT; must be quick and pure.
enum class RecipientVerdict {
  accept,
  unknown,    ///< ours, but nobody: 550 5.1.1
  not_ours,   ///< no domain of ours, and we don't relay: 550 5.7.1
  try_later,  ///< can't say now: 451 4.3.0
};
using RecipientPolicy = std::function<RecipientVerdict(std::string_view recipient)>;

/// What to do with a message that has a CR or LF which is not part of a CRLF. Neither choice lets it end the data.
enum class BareLineEnds {
  refuse,  ///< 550 5.5.2 after the data, for all recipients (as Postfix does with smtpd_forbid_bare_newline=reject):
           ///< such mail is against RFC 5321, section 2.3.8, and mostly an attempt at smuggling
  keep,    ///< stored as it came; for a front server that passes on what its users send
};

/// Limits of one session. Past each stands a reply, never a crash, and the session lives on unless said otherwise.
struct ServerLimits {
  std::size_t message_size = 25U * 1024 * 1024;  ///< octets of one message; 552 5.3.4. Announced by SIZE (RFC 1870)
  std::size_t recipients = 100;                  ///< of one message, RFC 5321 wants 100 at least; 452 4.5.3
  std::size_t command_line = 2048;               ///< octets with CRLF; 512 at least (section 4.5.3.1.4); 500 5.5.2
  std::size_t address = 512;                     ///< octets of one mailbox, 256 at least; 501 5.1.3 or 5.1.7
  int bad_commands = 20;                         ///< then 421 4.7.0 and the connection is closed
  int received_fields = 50;                      ///< hops; one more is a loop: 554 5.4.6
  /// A peer that goes on sending what was refused is cut off after that many octets in one command or message.
  /// Message text past `message_size` counts, and so does a line without end.
  std::size_t discarded = 100U * 1024 * 1024;
};

/// How a door's sessions behave; one object for all of them, unchanged while they live.
struct ServerOptions {
  Protocol protocol = Protocol::lmtp;
  std::string host_name = "localhost";  ///< what we call ourselves in the greeting
  bool offers_starttls = false;         ///< the driver has a certificate
  bool requires_tls = false;            ///< 530 5.7.0 to MAIL in the clear
  BareLineEnds bare_line_ends = BareLineEnds::refuse;
  ServerLimits limits;
  /// Empty: accepts all. Right for LMTP behind a mail server that knows the recipients; on an SMTP door it means that
  /// every address of the world is taken in (though never relayed), so the configuration sets domains there.
  RecipientPolicy recipient_policy;
};

}  // namespace orgo::smtp
