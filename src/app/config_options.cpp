#include "app/config_options.h"

#include <charconv>

#include "adapter/webhook/address_rule.h"
#include "base/text.h"
#include "core/task/task.h"

namespace orgo {
namespace {

using namespace std::chrono_literals;
constexpr auto kOnReload = Applies::on_reload;
constexpr auto kAtStart = Applies::at_start;
constexpr std::uint64_t kKilobyte = 1U << 10U;
constexpr std::uint64_t kMegabyte = 1U << 20U;

bool is_domain(std::string_view text) {
  if (text.empty() || text.size() > 253 || text.front() == '.' || text.back() == '.' ||
      text.find("..") != std::string_view::npos)
    return false;
  for (const char c : text) {
    const bool ascii =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (!ascii && static_cast<unsigned char>(c) < 0x80) return false;
  }
  return true;
}

bool is_address(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || text.size() > 320) return false;
  return text.substr(0, at).find_first_of(" <>(),;:\"@\t\r\n") == std::string_view::npos &&
         is_domain(text.substr(at + 1));
}

std::string check_domain(std::string_view text) {
  return is_domain(text) ? "" : "is not a domain";
}
std::string check_address(std::string_view text) {
  return text.empty() || is_address(text) ? "" : "is not an address";
}
std::string check_own(std::string_view text) {
  const bool domain = text.starts_with('@') && is_domain(text.substr(1));
  return domain || is_address(text) ? "" : "is neither an address nor a domain with @ in front";
}
std::string check_recipient(std::string_view text) {
  return is_domain(text) || (text.starts_with('@') && is_domain(text.substr(1))) || is_address(text)
             ? ""
             : "is neither a domain nor an address";
}
std::string check_listen(std::string_view text) {
  if (text == "off") return "";
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return "is not HOST:PORT";
  const auto port = text.substr(colon + 1);
  unsigned number = 0;
  const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (problem != std::errc{} || end != port.data() + port.size() || number > 65535)
    return "has no port from 0 to 65535";
  const auto host = text.substr(0, colon);
  const bool bracketed = host.front() == '[' && host.back() == ']';
  if (!bracketed && (host.find(':') != std::string_view::npos || host.find(' ') != std::string_view::npos))
    return "is not HOST:PORT; an IPv6 address stands in brackets, as in [::1]:5000";
  return "";
}
std::string check_database(std::string_view text) {
  if (text == "sqlite" || (text.starts_with("sqlite:") && text.size() > 7)) return "";
  return "is not supported: only sqlite is built in so far";
}
std::string check_url(std::string_view text) {
  if (text.empty()) return "";
  const bool scheme = text.starts_with("http://") || text.starts_with("https://");
  return scheme && text.size() > 8 && text.find(' ') == std::string_view::npos ? "" : "is not an http or https URL";
}
std::string check_one_line(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20) return "has more than one line";
  return text.size() > 200 ? "is longer than 200 bytes" : "";
}
std::string check_network(std::string_view text) {
  const auto network = Network::parse(text);
  return network ? "" : "is no network; write it as in 10.0.0.0/8 or fd00::/8";
}
std::string check_zone(std::string_view text) {
  if (text.empty()) return "";
  const auto zone = TimeZone::find(text);
  if (zone) return "";
  const std::vector<std::string_view> names(time_zone_names().begin(), time_zone_names().end());
  const auto near = nearest_name(text, names);
  return near.empty() ? "is no time zone; write its IANA name"
                      : "is no time zone; did you mean " + std::string(near) + "?";
}
std::string check_path(std::string_view text) {
  return text.empty() ? "is not a path" : "";
}
std::string check_host(std::string_view text) {
  return text.empty() || text.find_first_of(" /@\t\r\n") == std::string_view::npos ? "" : "is not a host";
}

void doors(OptionSet& options, Config& config) {
  options.section("http", "The HTTP interface and the page of tasks.")
      .text({"http.listen", "Address and port; `off`: no HTTP at all.", "127.0.0.1:5000"}, config.http.listen,
            check_listen)
      .text({"http.tls.certificate", "PEM file with the certificate and its chain; with one, only HTTPS is spoken.",
             "/etc/orgo/tls/cert.pem"},
            config.http.tls.certificate)
      .text({"http.tls.key", "PEM file with the private key.", "/etc/orgo/tls/key.pem"}, config.http.tls.key)
      .bytes({"http.max_body", "Largest request body; a message that is posted has to fit.", "26 MB"},
             config.http.max_body, kKilobyte, 1024 * kMegabyte)
      .integer({"http.connections", "Connections at once; more are closed.", "1000"}, config.http.connections, 1,
               100'000)
      .duration({"http.idle_time", "How long a connection may be silent.", "1 minute"}, config.http.idle_time, 1s, 1h)
      .text({"http.public_url", "How people reach this server; with it, mails carry links to their tasks.",
             "https://orgo.school.org"},
            config.http.public_url, check_url)
      .choice<MetricsAccess>(
          {"http.metrics",
           "Who may read /metrics: loopback opens it to everybody where HTTP listens on the loopback only, and asks "
           "for a token elsewhere.",
           "token"},
          config.http.metrics,
          {{"loopback", MetricsAccess::loopback}, {"open", MetricsAccess::open}, {"token", MetricsAccess::token}});
  options.section("lmtp", "Mail from a mail server that knows the recipients (Postfix, Exim, Dovecot).")
      .text({"lmtp.listen", "Address and port; `off`: no LMTP.", "127.0.0.1:2424"}, config.lmtp.listen, check_listen);
  options.section("smtp_in", "Mail by SMTP, also straight from the Internet.")
      .text({"smtp_in.listen", "Address and port; `off`: no SMTP.", "127.0.0.1:2525"}, config.smtp_in.listen,
            check_listen)
      .text({"smtp_in.tls.certificate", "PEM file with the certificate and its chain; with one, STARTTLS is offered.",
             "/etc/orgo/tls/cert.pem"},
            config.smtp_in.tls.certificate)
      .text({"smtp_in.tls.key", "PEM file with the private key.", "/etc/orgo/tls/key.pem"}, config.smtp_in.tls.key)
      .boolean({"smtp_in.require_tls", "Take no mail in the clear.", "true"}, config.smtp_in.require_tls)
      .list({"smtp_in.recipients",
             "Domains and addresses that mail is taken for; others are refused. Empty: organization.addresses; where "
             "these are empty, too, all, which is right on loopback only.",
             "[school.org, office@college.org]", kOnReload},
            config.smtp_in.recipients, check_recipient);
  options.section("limits", "What both mail doors take from one peer.")
      .bytes({"limits.message_size", "Largest mail.", "25 MB"}, config.limits.message_size, 64 * kKilobyte,
             1024 * kMegabyte)
      .integer({"limits.recipients", "Recipients of one mail; RFC 5321 wants 100 at least.", "100"},
               config.limits.recipients, 1, 10'000)
      .integer({"limits.connections", "Connections at once to one door.", "500"}, config.limits.connections, 1, 100'000)
      .duration({"limits.idle_time", "How long a peer may be silent; RFC 5321 wants 5 minutes.", "5 minutes"},
                config.limits.idle_time, 1s, 1h);
}

std::string check_after(std::string_view text) {
  if (text == "keep" || text == "flag" || text == "delete") return "";
  return text.starts_with("move:") && text.size() > 5 ? check_one_line(text)
                                                      : "is none of keep, flag, delete and move:FOLDER";
}
std::string check_day(std::string_view text) {
  return text.empty() || parse_rfc3339(std::string(text) + "T00:00:00Z") ? "" : "is not a date, as in 2026-12-24";
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
      .text({key("host"), "Name or address of the server.", "imap.school.org"}, mailbox.host, check_host)
      .integer({key("port"), "0: the usual one, 993 (IMAP) or 995 (POP3) with implicit TLS, else 143 or 110.", "993"},
               mailbox.port, 0, 65'535)
      .choice<MailboxTls>(
          {key("tls"),
           "implicit from the first byte, starttls before the login, none in the clear. Certificates are verified.",
           "starttls"},
          mailbox.tls,
          {{"implicit", MailboxTls::implicit}, {"starttls", MailboxTls::starttls}, {"none", MailboxTls::none}})
      .text({key("username"), "For the login.", "office@school.org"}, mailbox.username, check_one_line)
      .text({key("password"), "For the login.", "", kAtStart, Secret::yes}, mailbox.password, check_one_line)
      .text({key("token_command"),
             "Instead of a password: a command that prints an OAuth token (XOAUTH2); run again when the server refuses "
             "the old one.",
             "/etc/orgo/token.sh office"},
            mailbox.token_command, check_one_line)
      .text({key("folder"), "Folder to read (IMAP).", "INBOX"}, mailbox.folder, check_one_line)
      .text({key("recipient"),
             "Address that its mail is for. Empty: the username when it is an address, else what the mail says "
             "(Delivered-To, To).",
             "office@school.org"},
            mailbox.recipient, check_address)
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
          mailbox.archive_until, check_day)
      .text({key("archive_state"), "With archive: the state of its tasks.", "closed"}, mailbox.archive_state,
            check_archive_state)
      .text({key("ca_file"),
             "PEM file of the authorities that may sign the server's certificate; empty: those of the system.",
             "/etc/ssl/our-ca.pem"},
            mailbox.ca_file)
      .bytes(
          {key("message_size"), "Largest mail that is fetched; larger ones stay on the server and are told.", "25 MB"},
          mailbox.message_size, 64 * kKilobyte, 1024 * kMegabyte);
}

void mailboxes(OptionSet& options, Config& config) {
  options
      .section("mailboxes",
               "Mailboxes elsewhere that mail is fetched from: a list, each entry with a `name` of its own and the "
               "keys below.")
      .records("mailboxes", 200, [&config](OptionSet& set, const std::string& prefix, const std::string& name) {
        auto& mailbox = config.mailboxes.emplace_back();
        mailbox.name = name;
        declare_mailbox(set, prefix, mailbox);
      });
  config.imap.name = "imap";
  options.section("imap", "One mailbox without a list, named imap; the same keys as in mailboxes.");
  declare_mailbox(options, "imap", config.imap);
  options
      .section("silence",
               "The silence alarm: mail that stops to come opens a task for the administrators, though nothing failed "
               "(docs/mailboxes.md).")
      .boolean(
          {"silence.alarm", "Learn how often mail comes through each mailbox and door, and raise the alarm.", "true"},
          config.silence.alarm)
      .list({"silence.holidays", "Days on which silence means nothing.", "[2026-12-25, 2026-12-26]"},
            config.silence.holidays, check_day)
      .text({"silence.calendar",
             "The calendar of the rules on whose holidays and closed days silence means nothing, too. Empty: the "
             "default one; none: silence.holidays alone.",
             "office"},
            config.silence.calendar, check_one_line);
}

void showing(OptionSet& options, Config& config) {
  options.section("mail", "How mails are shown (docs/mail.md).")
      .text({"mail.trusted_certificates",
             "PEM file, or folder of PEM files, of the authorities and persons whose S/MIME signatures count. Empty: "
             "those of the system.",
             "/etc/orgo/certificates"},
            config.mail.trusted_certificates, check_one_line)
      .text({"mail.pgp_keyring",
             "Public keys whose PGP signatures count, as `gpg --export` writes them. Empty: PGP signatures are not "
             "checked.",
             "/etc/orgo/keys.gpg"},
            config.mail.pgp_keyring, check_one_line);
}

void sending(OptionSet& options, Config& config) {
  options.section("smtp", "The mail server that our mails go out through.")
      .text({"smtp.host",
             "Name or address. Empty: no mail is sent, and what should be waits in the outbox; webhooks go out.",
             "mail.school.org"},
            config.smtp.host, check_host)
      .integer({"smtp.port", "25, or 587 for submission with a password.", "587"}, config.smtp.port, 1, 65'535)
      .text({"smtp.username", "For AUTH; empty: none.", "orgo@school.org"}, config.smtp.username, check_one_line)
      .text({"smtp.password", "For AUTH.", "", kAtStart, Secret::yes}, config.smtp.password, check_one_line)
      .choice<OutgoingTls>(
          {"smtp.tls",
           "required refuses to send without TLS and checks the certificate; opportunistic uses TLS where the server "
           "offers it, and checks the certificate only where a password goes out; none never uses it.",
           "required"},
          config.smtp.tls,
          {{"none", OutgoingTls::none},
           {"opportunistic", OutgoingTls::opportunistic},
           {"required", OutgoingTls::required}})
      .text({"smtp.from", "Address that our mails come from. Empty: orgo@ and the organization's domain.",
             "helpdesk@school.org"},
            config.smtp.from, check_address)
      .text({"smtp.from_name", "Name beside that address.", "School helpdesk"}, config.smtp.from_name, check_one_line)
      .text({"smtp.ca_file",
             "PEM file of the authorities that may sign the server's certificate; empty: those of the system.",
             "/etc/ssl/our-ca.pem"},
            config.smtp.ca_file)
      .duration({"smtp.timeout", "How long one answer of the server may take.", "1 minute"}, config.smtp.timeout, 1s,
                10min);
  options.section("delivery", "Sending from the outbox: mails and webhooks.")
      .integer({"delivery.workers", "Sends at once, by each channel.", "4"}, config.delivery.workers, 1, 64)
      .integer({"delivery.attempts", "After so many temporary failures a send has failed.", "20"},
               config.delivery.attempts, 1, 100)
      .duration({"delivery.retry_first",
                 "Wait before the second attempt; it doubles with each further one, with jitter.", "1 minute"},
                config.delivery.retry_first, 1s, 24h)
      .duration({"delivery.retry_most", "Longest wait between attempts.", "4 hours"}, config.delivery.retry_most, 1s,
                168h)
      .integer({"delivery.total_factor",
                "Brake against loops: all tasks together may send this many times what one task may send to one "
                "address (10 mails in 10 "
                "minutes, 15 in 30, 25 in 60, 50 in 180, 100 in 600); past it mails wait. 0: no brake on the whole.",
                "100"},
               config.delivery.total_factor, 0, 1'000'000)
      .integer(
          {"delivery.hops",
           "A mail that so many automatic mails of Orgos have led to (X-Orgo-Hop) is kept and makes no further ones.",
           "5"},
          config.delivery.hops, 1, 100);
  options
      .section("suppression",
               "Addresses that mails of ours did not reach are not written to any more (`orgo suppression`).")
      .boolean({"suppression.enabled", "Put addresses on the list by what delivery reports say.", "true"},
               config.suppression.enabled)
      .integer({"suppression.failures",
                "So many failures for a passing reason (mailbox full, no connection) within the window put an address "
                "on the list; 0: none ever do. A dead mailbox is on it at once.",
                "3"},
               config.suppression.failures, 0, 1'000)
      .duration({"suppression.window", "Within which these failures count.", "7 days"}, config.suppression.window, 1min,
                8760h)
      .duration({"suppression.temporary_time", "How long such an address stays on the list; 0: until it is removed.",
                 "7 days"},
                config.suppression.temporary_time, 0s, 87'600h)
      .duration({"suppression.permanent_time", "How long a dead mailbox stays on it; 0: until it is removed.", "0 s"},
                config.suppression.permanent_time, 0s, 87'600h);
  options.section("webhooks", "Calls to other programs by the rules.")
      .text({"webhooks.secret",
             "Signs each call by Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature); whsec_ and "
             "base64, or any text. Empty: not signed.",
             "", kAtStart, Secret::yes},
            config.webhooks.secret, check_one_line)
      .list({"webhooks.allow_networks",
             "Networks outside the public internet that may be called; without any, none may, so that no rule reaches "
             "into this house.",
             "[10.1.0.0/16, 127.0.0.1]"},
            config.webhooks.allow_networks, check_network);
}

void work(OptionSet& options, Config& config) {
  options.section("database", "Where state is kept.")
      .text({"database.url", "`sqlite`: in the data folder; nothing else is built in so far.", "sqlite"},
            config.database.url, check_database);
  options.section("rules", "What is to be done with which message (docs/rules.md).")
      .list({"rules.files", "Rule files, in order. They are read again when they change.",
             "[rules.yaml, more-rules.yaml]", kOnReload},
            config.rules.files);
  options
      .section("feeds",
               "Holidays and shifts that the rules name by URL (docs/calendars.md). The last good version is kept in "
               "the data folder.")
      .duration(
          {"feeds.refresh",
           "How often a feed is looked at, a tenth sooner or later; unchanged ones cost nothing (ETag).", "6 hours"},
          config.feeds.refresh, 1s, 8760h)
      .duration({"feeds.timeout", "How long one look may take.", "30 seconds"}, config.feeds.timeout, 1s, 10min)
      .bytes({"feeds.size", "Largest feed.", "4 MB"}, config.feeds.size, kKilobyte, 10 * kMegabyte)
      .list({"feeds.allow_networks",
             "Networks outside the public internet from which feeds may come, also without TLS; without any, feeds "
             "come by https from the public internet only.",
             "[10.1.0.0/16, 127.0.0.1]"},
            config.feeds.allow_networks, check_network)
      .text({"feeds.ca_file",
             "PEM file of the authorities that may sign a feed server's certificate; empty: those of the system.",
             "/etc/ssl/our-ca.pem"},
            config.feeds.ca_file);
  options
      .section("modules",
               "Rules for a whole field of work, to be added and removed while running (docs/guide/write-a-module.md).")
      .text({"modules.dir", "Folder that `orgo module add NAME` takes modules from. Empty: those that come with Orgo.",
             "/srv/orgo/modules"},
            config.modules.dir);
  options.section("queue", "Accepted messages on their way to a decision.")
      .duration({"queue.lease_time", "How long a worker owns a message before another may take it.", "5 minutes"},
                config.queue.lease_time, 1s, 1h)
      .integer({"queue.attempts", "After so many failures a message goes to the dead letters.", "5"},
               config.queue.attempts, 1, 100)
      .duration(
          {"queue.retry_first", "Wait before the second attempt; it doubles with each further one.", "10 seconds"},
          config.queue.retry_first, 1s, 1h)
      .duration({"queue.retry_most", "Longest wait between attempts.", "10 minutes"}, config.queue.retry_most, 1s, 24h);
  options.section("processing", "Parsing mails and asking the rules.")
      .integer({"processing.workers", "Threads.", "2"}, config.processing.workers, 1, 64)
      .integer({"processing.batch", "Messages decided in one transaction, at most.", "200"}, config.processing.batch, 1,
               1'000)
      .boolean({"processing.trace", "Keep for each message which rules were tried and why they did or did not match.",
                "true"},
               config.processing.trace)
      .duration(
          {"processing.subject_time",
           "A reply whose ids are of no use joins a task of the same sender and subject that is no older; 0: never.",
           "30 days"},
          config.processing.subject_time, 0s, 87'600h);
  options.section("log", "What is written to standard error.")
      .choice<LogLevel>(
          {"log.level", "The least that is written.", "info", kOnReload}, config.log.level,
          {{"debug", LogLevel::debug}, {"info", LogLevel::info}, {"warn", LogLevel::warn}, {"error", LogLevel::error}})
      .choice<LogFormat>({"log.format", "text for people, json for programs.", "json"}, config.log.format,
                         {{"text", LogFormat::text}, {"json", LogFormat::json}});
}

}  // namespace

OptionSet config_options(Config& config) {
  OptionSet options;
  options.section("organization", "Who we are.")
      .text({"organization.name", "Name, as it stands on pages and in mails.", "Hillside School"},
            config.organization.name, check_one_line)
      .text({"organization.domain", "Domain of the message ids that we make.", "school.org"},
            config.organization.domain, check_domain)
      .list({"organization.addresses",
             "Our own addresses and @domains: mail that we sent ourselves is known by them, and never answered.",
             "[helpdesk@school.org, \"@orgo.school.org\"]", kOnReload},
            config.organization.addresses, check_own)
      .list({"organization.administrators", "Who looks after Orgo itself: addresses that its own alarms go to.",
             "[it@school.org]"},
            config.organization.administrators, check_address)
      .text({"organization.time_zone",
             "Our time zone (IANA), with its summer time: hours, weekdays and dates in rules, times on pages and in "
             "mails, the silence alarm. A default calendar in the rules says it instead.",
             "Europe/Berlin"},
            config.organization.time_zone, check_zone)
      .utc_offset({"organization.utc_offset",
                   "The older way to say it, without summer time; organization.time_zone counts more.", "\"+01:00\"",
                   kOnReload},
                  config.organization.utc_offset_minutes);
  options.section("data", "Where everything is kept.")
      .text({"data.dir", "Folder of the database and the raw messages; made when it is missing.", "/var/lib/orgo"},
            config.data.dir, check_path);
  doors(options, config);
  mailboxes(options, config);
  showing(options, config);
  sending(options, config);
  work(options, config);
  return options;
}

}  // namespace orgo
