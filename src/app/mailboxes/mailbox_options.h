#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/options.h"
#include "base/setting.h"
#include "base/time.h"

namespace orgo {

enum class MailboxProtocol : std::uint8_t { imap, pop3 };
enum class MailboxTls : std::uint8_t {
  implicit,  ///< from the first byte
  starttls,  ///< required before the login
  none,      ///< in the clear: only for a server on this machine
};

/// One mailbox that mail is fetched from; docs/configuration.md says what each key means.
struct MailboxConfig {
  std::string name;
  Setting<MailboxProtocol> protocol{MailboxProtocol::imap};
  Setting<std::string> host;
  Setting<std::int64_t> port{0};  ///< 0: the usual one, see port_or_usual()
  Setting<MailboxTls> tls{MailboxTls::implicit};
  Setting<std::string> username;
  Setting<std::string> password;
  Setting<std::string> token_command;
  Setting<std::string> folder{"INBOX"};
  Setting<std::string> recipient;
  Setting<std::string> after{"keep"};  ///< keep, flag, delete, or move:FOLDER
  Setting<bool> only_new;
  Setting<Millis> poll{Millis{60'000}};
  Setting<bool> archive;
  Setting<std::string> archive_until;
  Setting<std::string> archive_state{"closed"};
  Setting<std::string> ca_file;
  Setting<std::uint64_t> message_size{25U << 20U};

  [[nodiscard]] std::uint16_t port_or_usual() const;
  friend bool operator==(const MailboxConfig&, const MailboxConfig&) = default;
};

struct MailboxesConfig {
  std::deque<MailboxConfig> list;  ///< a deque, since options are bound to its elements
  MailboxConfig single;            ///< the block `imap`; without a host there is none

  /// Those of the list, then the single block.
  [[nodiscard]] std::vector<MailboxConfig> all() const;
  /// For whom their mail is, as far as that is told: what is sent to one of these comes back.
  [[nodiscard]] std::vector<std::string> addresses() const;
};

void declare(OptionSet& options, MailboxesConfig& mailboxes);
/// Keys that contradict each other.
void check(const MailboxesConfig& mailboxes, const OptionSet& options, std::vector<Diagnostic>& errors);

}  // namespace orgo
