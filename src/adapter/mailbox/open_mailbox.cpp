#include "adapter/clock/system_clock.h"
#include "adapter/mailbox/imap_mailbox.h"
#include "adapter/mailbox/pop3_mailbox.h"
#include "adapter/mailbox/settings.h"
#include "base/text.h"
#include "protocol/imap/command_text.h"
#include "protocol/imap/mailbox_name.h"

namespace orgo {
namespace {

Status check(const MailboxSettings& settings) {
  using After = MailboxSettings::After;
  const auto wrong = [](std::string why) { return failure(Errc::invalid_input, std::move(why)); };
  if (settings.host.empty()) return wrong("a mailbox needs a host");
  if (settings.username.empty()) return wrong("a mailbox needs a username");
  if (settings.password.empty() == settings.token.empty())
    return wrong("a mailbox needs a password or a token command, one of both");
  if (!settings.token.program.empty() && !settings.token.shell.empty())
    return wrong("a token command is a list of words or one text, not both");
  if (settings.bytes_max == 0 || settings.batch_mails == 0) return wrong("the limits of a mailbox are at least 1");
  if (settings.protocol == MailboxSettings::Protocol::pop3) {
    if (settings.after == After::flag || settings.after == After::move)
      return wrong("POP3 knows neither flags nor folders: after is 'keep' or 'delete'");
    if (!ascii_iequals(settings.folder, "INBOX"))
      return wrong("POP3 has one folder, INBOX; '" + settings.folder + "' needs IMAP");
    return {};
  }
  if (auto name = imap::encode_mailbox_name(settings.folder); !name) return tl::unexpected(name.error().in("folder"));
  if (settings.after == After::move) {
    if (auto name = imap::encode_mailbox_name(settings.move_to); !name)
      return tl::unexpected(name.error().in("the folder to move to"));
    if (settings.move_to == settings.folder ||
        (ascii_iequals(settings.move_to, "INBOX") && ascii_iequals(settings.folder, "INBOX"))) {
      return wrong("mails can't be moved to the folder they come from");
    }
  }
  if (settings.after == After::flag && !imap::is_flag(settings.flag)) {
    return wrong("'" + settings.flag +
                 "' is no flag: \\Seen, \\Flagged, \\Answered, \\Deleted, \\Draft or a word like $Orgo");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Mailbox>> open_mailbox(MailboxSettings settings) {
  ORGO_CHECK(check(settings));
  ORGO_TRY(tls, net::client_tls(settings.ca_file));
  auto clock = std::make_unique<SystemClock>();
  if (settings.protocol == MailboxSettings::Protocol::imap) {
    return std::make_unique<mailbox::ImapMailbox>(std::move(settings), std::move(tls), std::move(clock));
  }
  return std::make_unique<mailbox::Pop3Mailbox>(std::move(settings), std::move(tls), std::move(clock));
}

}  // namespace orgo
