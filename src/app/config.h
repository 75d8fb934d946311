#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/options.h"
#include "base/time.h"
#include "base/time_zone.h"

namespace orgo {

enum class OutgoingTls : std::uint8_t {
  none,           ///< in the clear: only for a mail server on this machine
  opportunistic,  ///< STARTTLS where the server offers it
  required,       ///< no mail goes out without
};
enum class MetricsAccess : std::uint8_t {
  loopback,  ///< open to everybody where HTTP listens on the loopback only; elsewhere with a token
  open,
  token,
};
enum class LogFormat : std::uint8_t { text, json };
enum class LogLevel : std::uint8_t { debug, info, warn, error };

/// PEM files; both or none.
struct CertificateFiles {
  std::string certificate;
  std::string key;
  [[nodiscard]] bool empty() const { return certificate.empty(); }
};

enum class MailboxProtocol : std::uint8_t { imap, pop3 };
enum class MailboxTls : std::uint8_t {
  implicit,  ///< from the first byte
  starttls,  ///< required before the login
  none,      ///< in the clear: only for a server on this machine
};

/// One mailbox that mail is fetched from; docs/configuration.md says what each key means.
struct MailboxConfig {
  std::string name;
  MailboxProtocol protocol = MailboxProtocol::imap;
  std::string host;
  std::int64_t port = 0;  ///< 0: the usual one, see port_or_usual()
  MailboxTls tls = MailboxTls::implicit;
  std::string username;
  std::string password;
  std::string token_command;
  std::string folder = "INBOX";
  std::string recipient;
  std::string after = "keep";  ///< keep, flag, delete, or move:FOLDER
  bool only_new = false;
  Millis poll{60'000};
  bool archive = false;
  std::string archive_until;
  std::string archive_state = "closed";
  std::string ca_file;
  std::uint64_t message_size = 25U << 20U;

  [[nodiscard]] std::uint16_t port_or_usual() const;
};

/// All settings of one process, checked. What each means and may be: docs/configuration.md, made from the declarations
/// in config_options.cpp. The values here are the defaults.
struct Config {
  struct {
    std::string name = "Orgo";
    std::string domain = "orgo.localhost";
    std::vector<std::string> addresses;
    std::vector<std::string> administrators;
    std::string time_zone;
    int utc_offset_minutes = 0;  ///< the older way to say it; see zone()
  } organization;
  struct {
    std::string dir = "./var";
  } data;
  struct {
    std::string listen = "127.0.0.1:5000";
    CertificateFiles tls;
    std::uint64_t max_body = 26U << 20U;
    std::int64_t connections = 1'000;
    Millis idle_time{60'000};
    std::string public_url;
    MetricsAccess metrics = MetricsAccess::loopback;
  } http;
  struct {
    std::string listen = "127.0.0.1:2424";
  } lmtp;
  struct {
    std::string listen = "127.0.0.1:2525";
    CertificateFiles tls;
    bool require_tls = false;
    std::vector<std::string> recipients;
  } smtp_in;
  struct {
    std::uint64_t message_size = 25U << 20U;
    std::int64_t recipients = 100;
    std::int64_t connections = 500;
    Millis idle_time{300'000};
  } limits;
  std::deque<MailboxConfig> mailboxes;  ///< those of the list; a deque, since options are bound to its elements
  MailboxConfig imap;                   ///< the single block; without a host there is none
  struct {
    bool alarm = true;
    std::vector<std::string> holidays;
    std::string calendar;
  } silence;
  struct {
    std::string host;
    std::int64_t port = 25;
    std::string username;
    std::string password;
    OutgoingTls tls = OutgoingTls::opportunistic;
    std::string from;
    std::string from_name = "Orgo";
    std::string ca_file;
    Millis timeout{60'000};
  } smtp;
  struct {
    std::string trusted_certificates;
    std::string pgp_keyring;
  } mail;
  struct {
    std::string url = "sqlite";
  } database;
  struct {
    std::vector<std::string> files{"rules.yaml"};
  } rules;
  struct {
    std::string dir;
  } modules;
  struct {
    Millis lease_time{300'000};
    std::int64_t attempts = 5;
    Millis retry_first{10'000};
    Millis retry_most{600'000};
  } queue;
  struct {
    std::int64_t workers = 2;
    std::int64_t batch = 200;
    bool trace = true;
    Millis subject_time{2'592'000'000LL};
  } processing;
  struct {
    std::int64_t workers = 4;
    std::int64_t attempts = 20;
    Millis retry_first{60'000};
    Millis retry_most{14'400'000};
    std::int64_t total_factor = 100;
    std::int64_t hops = 5;
  } delivery;
  struct {
    bool enabled = true;
    std::int64_t failures = 3;
    Millis window{604'800'000};
    Millis permanent_time{0};
    Millis temporary_time{604'800'000};
  } suppression;
  struct {
    std::string secret;
    std::vector<std::string> allow_networks;
  } webhooks;
  struct {
    Millis refresh{86'400'000};
    Millis timeout{30'000};
    std::uint64_t size = 4U << 20U;
    std::vector<std::string> allow_networks;
    std::string ca_file;
  } feeds;
  struct {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::text;
  } log;

  /// The organization's time zone: time_zone, else utc_offset, else UTC.
  [[nodiscard]] TimeZone zone() const;

  /// Every mailbox: those of the list, then the single block.
  [[nodiscard]] std::vector<MailboxConfig> all_mailboxes() const;
};

/// Where settings come from, each over the one before it: defaults, file, environment, command line.
struct ConfigSources {
  std::optional<std::string> path;                 ///< of the file, which then has to be there; also by ORGO_CONFIG
  std::map<std::string, std::string> environment;  ///< orgo_environment() in the program, a map of its own in a test
  struct Override {
    std::string option;  ///< "data.dir"
    std::string value;
    std::string origin;  ///< "--data"
  };
  std::vector<Override> overrides;
  /// Tried in order when no path is given; none of them has to be there.
  std::vector<std::string> search{"/etc/orgo/config.yaml", "./config.yaml"};
};

struct LoadedConfig {
  Config config;                    ///< only to be used when there are no errors
  std::string path;                 ///< of the file that was read; empty: none
  std::vector<SourceFile> sources;  ///< to show lines in errors
  std::vector<Diagnostic> errors;
  std::vector<Diagnostic> warnings;
  std::vector<OptionSet::Entry> entries;  ///< each option with its value and origin, secrets hidden
};

LoadedConfig load_config(const ConfigSources& sources);
/// The variables of this process that begin with ORGO_.
std::map<std::string, std::string> orgo_environment();

/// For `orgo config explain`: every option, its value, where that comes from, and what it means. No secrets.
std::string explain_config(const LoadedConfig& loaded);
/// docs/configuration.md.
std::string configuration_markdown();

}  // namespace orgo
