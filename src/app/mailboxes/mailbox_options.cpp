#include "app/mailboxes/mailbox_options.h"

#include "app/node/endpoint.h"
#include "app/options/checks.h"
#include "core/task/task.h"

namespace orgo {
namespace {

using namespace std::chrono_literals;

constexpr auto kSingle = "imap";  ///< the block without a list, and the name of its mailbox

std::string check_after(std::string_view text) {
  if (text == "keep" || text == "flag" || text == "delete") return "";
  return text.starts_with("move:") && text.size() > 5 ? option::check_one_line(text)
                                                      : "is none of keep, flag, delete and move:FOLDER";
}
std::string check_archive_state(std::string_view text) {
  return parse_task_state(text) ? "" : "is no state of a task: new, open, pending, acknowledged, resolved or closed";
}

void declare_mailbox(OptionSet& options, const std::string& prefix, MailboxConfig& mailbox) {
  const auto key = [&](const char* name) { return prefix + "." + name; };
  options
      .choice<MailboxProtocol>(
          {key("protocol"), "IMAP hears of new mail at once (IDLE), POP3 looks now and then.", "pop3"},
          mailbox.protocol, {{"imap", MailboxProtocol::imap}, {"pop3", MailboxProtocol::pop3}})
      .text({key("host"), "Name or address of the server.", "imap.school.org"}, mailbox.host, option::check_host)
      .integer({key("port"), "0: the usual one, 993 (IMAP) or 995 (POP3) with implicit TLS, else 143 or 110.", "993"},
               mailbox.port, 0, 65'535)
      .choice<MailboxTls>(
          {key("tls"),
           "implicit from the first byte, starttls before the login, none in the clear. Certificates are verified.",
           "starttls"},
          mailbox.tls,
          {{"implicit", MailboxTls::implicit}, {"starttls", MailboxTls::starttls}, {"none", MailboxTls::none}})
      .text({key("username"), "For the login.", "office@school.org"}, mailbox.username, option::check_one_line)
      .text({key("password"), "For the login.", "", Applies::at_start, Secret::yes}, mailbox.password,
            option::check_one_line)
      .text({key("token_command"),
             "Instead of a password: a command that prints an OAuth token (XOAUTH2); run again when the server refuses "
             "the old one.",
             "/etc/orgo/token.sh office"},
            mailbox.token_command, option::check_one_line)
      .text({key("folder"), "Folder to read (IMAP).", "INBOX"}, mailbox.folder, option::check_one_line)
      .text({key("recipient"),
             "Address that its mail is for. Empty: the username when it is an address, else what the mail says "
             "(Delivered-To, To).",
             "office@school.org"},
            mailbox.recipient, option::check_address)
      .text({key("after"),
             "What becomes of a mail on the server once it is stored here: keep, flag, delete, or move:FOLDER.",
             "move:Done"},
            mailbox.after, check_after)
      .boolean({key("only_new"), "Leave out what lay there before Orgo first looked.", "true"}, mailbox.only_new)
      .duration({key("poll"), "How often to look when the server does not tell by itself.", "1 minute"}, mailbox.poll,
                1s, 24h)
      .boolean(
          {key("archive"), "Take its mail as history: tasks dated by their mails, nobody told, no chains.", "true"},
          mailbox.archive)
      .text(
          {key("archive_until"), "With archive: only mail from before this day is history. Empty: all.", "2026-01-01"},
          mailbox.archive_until, option::check_day)
      .text({key("archive_state"), "With archive: the state of its tasks.", "closed"}, mailbox.archive_state,
            check_archive_state)
      .text({key("ca_file"),
             "PEM file of the authorities that may sign the server's certificate; empty: those of the system.",
             "/etc/ssl/our-ca.pem"},
            mailbox.ca_file)
      .bytes(
          {key("message_size"), "Largest mail that is fetched; larger ones stay on the server and are told.", "25 MB"},
          mailbox.message_size, 64 * option::kKilobyte, 1024 * option::kMegabyte);
}

void check_mailbox(const MailboxConfig& mailbox, const std::string& prefix, const OptionSet& options,
                   std::vector<Diagnostic>& errors) {
  const auto wrong = [&](const char* key, const std::string& what, std::string hint) {
    errors.push_back(options.at(prefix + "." + key, prefix + what, std::move(hint)));
  };
  if (mailbox.host.peek().empty()) wrong("host", " has no host", "as in host: imap.school.org");
  if (mailbox.username.peek().empty()) wrong("username", " has no username", "as in username: office@school.org");
  const bool has_password = !mailbox.password.peek().empty();
  if (has_password && !mailbox.token_command.peek().empty())
    wrong("token_command", " has both a password and a token_command", "leave one out");
  if (!has_password && mailbox.token_command.peek().empty())
    wrong("password", " has no password",
          "set password_file, the variable " + environment_name(prefix + ".password") + ", or token_command");
  if (mailbox.tls.peek() == MailboxTls::none && !is_loopback(mailbox.host.peek()))
    wrong("tls", ".tls is none, so password and mails would cross the network in the clear", "write starttls");
  if (mailbox.protocol.peek() == MailboxProtocol::pop3) {
    if (mailbox.folder.peek() != "INBOX")
      wrong("folder", ".folder is for IMAP: POP3 has only one folder", "leave it out");
    if (mailbox.after.peek() != "keep" && mailbox.after.peek() != "delete")
      wrong("after", ".after can be only keep or delete with POP3", "");
  }
  if (!mailbox.archive.peek() && !mailbox.archive_until.peek().empty())
    wrong("archive_until", ".archive_until without archive", "write archive: true");
}

}  // namespace

std::uint16_t MailboxConfig::port_or_usual() const {
  if (*port != 0) return static_cast<std::uint16_t>(*port);
  if (*protocol == MailboxProtocol::imap) return *tls == MailboxTls::implicit ? 993 : 143;
  return *tls == MailboxTls::implicit ? 995 : 110;
}

std::vector<std::string> MailboxesConfig::addresses() const {
  std::vector<std::string> out;
  for (const auto& mailbox : all()) {
    const auto& address = mailbox.recipient->empty() ? *mailbox.username : *mailbox.recipient;
    if (address.find('@') != std::string::npos) out.push_back(address);
  }
  return out;
}

std::vector<MailboxConfig> MailboxesConfig::all() const {
  std::vector<MailboxConfig> every(list.begin(), list.end());
  if (!single.host.peek().empty()) every.push_back(single);
  return every;
}

void declare(OptionSet& options, MailboxesConfig& mailboxes) {
  options
      .section("mailboxes",
               "Mailboxes elsewhere that mail is fetched from: a list, each entry with a `name` of its own and the "
               "keys below.")
      .records("mailboxes", 200, [&mailboxes](OptionSet& set, const std::string& prefix, const std::string& name) {
        auto& mailbox = mailboxes.list.emplace_back();
        mailbox.name = name;
        declare_mailbox(set, prefix, mailbox);
      });
  mailboxes.single.name = kSingle;
  options.section(kSingle, "One mailbox without a list, named imap; the same keys as in mailboxes.");
  declare_mailbox(options, kSingle, mailboxes.single);
}

void check(const MailboxesConfig& mailboxes, const OptionSet& options, std::vector<Diagnostic>& errors) {
  for (const auto& mailbox : mailboxes.list) check_mailbox(mailbox, "mailboxes." + mailbox.name, options, errors);
  const auto& single = mailboxes.single;
  if (!single.host.peek().empty() || !single.username.peek().empty()) check_mailbox(single, kSingle, options, errors);
  if (single.host.peek().empty()) return;
  for (const auto& mailbox : mailboxes.list)
    if (mailbox.name == kSingle)
      errors.push_back(options.at("mailboxes.imap.host",
                                  "there is an entry named imap in mailboxes, and the block imap beside it",
                                  "name the entry otherwise"));
}

}  // namespace orgo
