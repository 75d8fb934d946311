#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "port/mailbox.h"

namespace orgo {

/// Where a mailbox is and what becomes of its mails. For a person's configuration see `mailboxes:` in
/// docs/configuration.md.
struct MailboxSettings {
  enum class Protocol : std::uint8_t { imap, pop3 };
  enum class Tls : std::uint8_t {
    implicit,  ///< from the first octet: ports 993 and 995 (RFC 8314)
    starttls,  ///< STARTTLS or STLS on ports 143 and 110; nothing else is said before it
    none,      ///< in the clear, the password too: for servers on this machine
  };
  enum class After : std::uint8_t {
    keep,    ///< the mail stays as it is; the folder is opened read-only
    flag,    ///< it gets `flag`; not with POP3
    move,    ///< it goes to `move_to`, which is made when it isn't there; not with POP3
    remove,  ///< it is deleted
  };
  /// How a token for XOAUTH2 is got: a program that writes it, or JSON {"access_token": ..., "expires_in": seconds}, to
  /// its standard output within `time`. It has no terminal and no input; what it says on standard error goes into no
  /// log.
  struct TokenCommand {
    std::vector<std::string> program;  ///< with its arguments, no shell; found by PATH
    std::string shell;                 ///< or one text for /bin/sh -c
    Millis time{30'000};
    Millis renew_before{120'000};  ///< so long before it expires it is not used any more
    [[nodiscard]] bool empty() const { return program.empty() && shell.empty(); }
  };

  Protocol protocol = Protocol::imap;
  std::string host;
  std::uint16_t port = 0;  ///< 0: the usual one of protocol and TLS
  Tls tls = Tls::implicit;
  std::string username;
  std::string password;          ///< or
  TokenCommand token;            ///< XOAUTH2, or OAUTHBEARER where only that is offered
  std::string folder = "INBOX";  ///< UTF-8, with the server's separator between levels; IMAP only
  After after = After::keep;
  std::string flag = "\\Seen";  ///< a system flag, or a keyword like $Orgo
  std::string move_to;
  bool only_new = true;                    ///< when first read: pass over what is there already
  std::uint64_t bytes_max = 50ULL << 20U;  ///< of one mail
  Millis poll{60'000};                     ///< between looks when the server can't tell of new mail by itself
  std::string ca_file;                     ///< PEM; empty: the system's certificate authorities
  bool verify_certificate = true;  ///< false: any certificate will do. For tests and servers on the loopback only

  Millis connect_time{30'000};          ///< for each address of the host
  Millis reply_time{60'000};            ///< until something comes from the server, and until a step of writing
  Millis idle_time{25 * 60'000};        ///< IDLE is given anew (RFC 2177: at least every 29 minutes)
  std::size_t batch_bytes = 8U << 20U;  ///< a batch closes when its mails are that large together
  std::size_t batch_mails = 200;
};

/// invalid_input: the settings contradict each other, or the CA file can't be read; says what and how to mend it.
/// Connects to nobody.
Result<std::unique_ptr<Mailbox>> open_mailbox(MailboxSettings settings);

}  // namespace orgo
