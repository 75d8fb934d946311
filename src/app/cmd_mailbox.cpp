#include <unistd.h>

#include <iostream>
#include <optional>

#include "adapter/clock/system_clock.h"
#include "adapter/data_folder/data_folder.h"
#include "adapter/mail_out/smtp_channel.h"
#include "adapter/net/port_probe.h"
#include "app/api.h"
#include "app/command_line/neutral_output.h"
#include "app/commands.h"
#include "app/mailboxes/mailboxes.h"
#include "app/output.h"
#include "app/settings.h"
#include "app/table.h"
#include "base/ago.h"
#include "base/hash.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/delivery/compose.h"
#include "core/delivery/render.h"
#include "core/mail/findings/find_own_loop.h"
#include "core/mail/read/read_message.h"
#include "service/gateway/core/url.h"

namespace orgo {
namespace {

constexpr Millis kReach{15'000};
constexpr Millis kLook{90'000};
constexpr Millis kSend{90'000};
constexpr Millis kBetweenLooks{5'000};

// --- orgo mailbox status ---

std::string ago(const std::string& at, TimePoint now) {
  const auto time = parse_rfc3339(at);
  return time ? orgo::ago(*time, now) : at;
}

std::string number_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_int64() ? std::to_string(value->as_int64()) : "0";
}

void print_statuses(const json::array& items, TimePoint now) {
  Table table({"MAILBOX", "STATE", "LAST SUCCESS", "TAKEN", "CONNECTION", "LAST ERROR"});
  for (const auto& item : items) {
    const auto& one = item.as_object();
    const auto success = text_of(one, "last_success");
    std::string error;
    if (const auto* last = one.if_contains("last_error"); last != nullptr && last->is_object())
      error = ago(text_of(last->as_object(), "at"), now) + ": " + text_of(last->as_object(), "what");
    auto state = text_of(one, "state");
    if (const auto failures = number_of(one, "failures"); failures != "0") state += " (" + failures + " in a row)";
    table.add({text_of(one, "name"), state, success.empty() ? "never" : ago(success, now), number_of(one, "taken"),
               cell(text_of(one, "connection"), 40), cell(error, 160)});
  }
  std::cout << (table.empty() ? "no mailboxes are configured (docs/mailboxes.md)\n" : table.text());
}

int status(const MailboxOptions& options) {
  const auto settings = read_settings(options.common);
  if (!settings) return report(settings.error());
  const auto server = DataFolder::running(settings->data);
  if (!server) return report(server.error());
  // A server knows what goes on right now; without one, what it wrote down last is read.
  const bool ask_server = *server && !(*server)->http.empty() && !(*server)->token.empty();
  json::array items;
  auto api = Api::open(options.common, ask_server ? Api::Purpose::change : Api::Purpose::read);
  if (api) {
    auto page = (*api)->ask("GET", "/api/v1/mailboxes");
    if (!page) return report(page.error());
    items = page->as_object().at("items").as_array();
  } else if (api.error().code != Errc::not_found) {
    return report(api.error());
  }
  const auto own = read_own_config(options.common);
  if (!own) return report(own.error());
  for (const auto& config : own->loaded.config.mailboxes.all()) {
    const bool known = std::any_of(items.begin(), items.end(), [&](const json::value& item) {
      return text_of(item.as_object(), "name") == config.name;
    });
    if (known) continue;
    json::object never;
    never["name"] = config.name;
    never["source"] = mailbox_source(config);
    never["state"] = "off";
    never["last_success"] = nullptr;
    never["last_error"] = nullptr;
    items.push_back(std::move(never));
  }
  if (options.common.json) {
    std::cout << json::serialize(items) << '\n';
  } else {
    print_statuses(items, SystemClock().now());
    if (!ask_server && !items.empty())
      std::cout << "no server runs on " << settings->data << ": nothing is fetched now\n";
  }
  return kDone;
}

// --- orgo mailbox test ---

/// Tells each step as it goes, and all of them at the end for programs.
class Steps {
 public:
  Steps(std::string mailbox, std::string source, bool as_json) : mailbox_(std::move(mailbox)), json_(as_json) {
    if (!json_) std::cout << "mailbox " << mailbox_ << ", " << source << "\n";
  }
  void went_well(std::string_view step, const std::string& what) { add(step, true, what, {}); }
  /// The first failure ends the check; so this is also the answer of the command.
  int failed(std::string_view step, const std::string& what, const std::string& remedy) {
    add(step, false, what, remedy);
    return end();
  }
  int end() {
    if (json_) {
      std::string out;
      JsonWriter(out)
          .begin_object()
          .field("mailbox", mailbox_)
          .field("ok", ok_)
          .key("steps")
          .raw("[" + steps_ + "]")
          .end_object();
      std::cout << out << '\n';
    } else {
      std::cout << (ok_ ? "all is well\n" : "");
    }
    return ok_ ? kDone : kFailed;
  }
  /// How long something takes already, on a terminal only.
  void waits(const std::string& what) const {
    if (json_ || ::isatty(STDERR_FILENO) == 0) return;
    std::cerr << "\r  ..    " << what;
    write_marked(std::cerr, "\x1b[K");
    std::cerr.flush();
  }
  void waits_no_more() const {
    if (!json_ && ::isatty(STDERR_FILENO) != 0) write_marked(std::cerr, "\r\x1b[K");
  }

 private:
  void add(std::string_view step, bool ok, const std::string& what, const std::string& remedy) {
    ok_ = ok_ && ok;
    if (!json_) {
      std::cout << (ok ? "  ok    " : "  FAIL  ") << cell(what, 500) << "\n";
      if (!remedy.empty()) std::cout << "        " << remedy << "\n";
      std::cout << std::flush;
      return;
    }
    if (!steps_.empty()) steps_ += ',';
    JsonWriter json(steps_);
    json.begin_object().field("step", step).field("ok", ok).field("what", what);
    if (!remedy.empty()) json.field("remedy", remedy);
    json.end_object();
  }

  std::string mailbox_;
  bool json_;
  bool ok_ = true;
  std::string steps_;
};

std::string_view word(MailboxTls tls) {
  return tls == MailboxTls::implicit ? "implicit" : tls == MailboxTls::starttls ? "starttls" : "none";
}

/// Which step an error of the first look is about, and what to do.
int tell_failure(Steps& steps, const MailboxConfig& config, const Error& error) {
  const bool imap = *config.protocol == MailboxProtocol::imap;
  if (error.code == Errc::not_permitted) {
    steps.went_well("connect", "the server greets as it should, tls: " + std::string(word(*config.tls)));
    return steps.failed(
        "login", error.message,
        config.token_command->empty()
            ? "check username and password; many providers want a password for this one program, or have to be told to "
              "allow " +
                  std::string(imap ? "IMAP" : "POP3")
            : "check username and token_command: does it print a token that is not expired and is for mail?");
  }
  if (error.code == Errc::invalid_input) {
    steps.went_well("connect", "the server greets as it should, tls: " + std::string(word(*config.tls)));
    steps.went_well("login", "the login of " + *config.username + " works");
    return steps.failed(
        "folder", error.message,
        "check folder; its name is as the server has it, with its separator, as in Shared/Office or INBOX.Office");
  }
  std::string remedy = "check tls, port and ca_file: implicit TLS is usual on " + std::string(imap ? "993" : "995") +
                       ", starttls on " + (imap ? "143" : "110");
  if (!config.token_command->empty()) remedy += "; and that token_command prints a token by itself";
  return steps.failed("connect", error.message, remedy);
}

struct Probe {
  std::string message_id;
  std::string subject;
  Outgoing mail;
};

Probe make_probe(const OwnConfig& own, const MailboxConfig& mailbox, TimePoint now) {
  const auto& config = own.loaded.config;
  RenderSettings render;
  render.domain = config.organization.wire_domain();
  render.from_address = *config.smtp.from;
  Probe probe;
  // A number that no send has; the mark makes Orgo know it as its own, so that it becomes no task.
  probe.message_id = own_message_id(own.tenant, SendId{to_ms(now)}, {}, config.organization.wire_domain());
  probe.subject = "Orgo looks whether this mailbox works (" + random_hex(4) + ")";
  probe.mail.sender = mail_contact(sending_address(render));
  probe.mail.recipient = mail_contact(mailbox_address(mailbox));
  probe.mail.body =
      "From: Orgo <" + address_on_wire(probe.mail.sender.address) + ">\r\nTo: <" +
      address_on_wire(probe.mail.recipient.address) + ">\r\nSubject: " + probe.subject +
      "\r\nDate: " + compose::rfc5322_date(now) + "\r\nMessage-ID: <" + probe.message_id +
      ">\r\nAuto-Submitted: auto-generated\r\n" + std::string(kLoopField) + ": " + config.organization.wire_domain() +
      "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSent by `orgo mailbox test`. It can be deleted.\r\n";
  return probe;
}

SmtpChannelOptions relay_of(const Config& config) {
  SmtpChannelOptions relay;
  relay.host = *config.smtp.host;
  relay.port = static_cast<std::uint16_t>(*config.smtp.port);
  relay.session.host_name = config.organization.wire_domain();
  relay.session.username = *config.smtp.username;
  relay.session.password = *config.smtp.password;
  relay.session.tls = *config.smtp.tls == OutgoingTls::none       ? smtp::TlsPolicy::none
                      : *config.smtp.tls == OutgoingTls::required ? smtp::TlsPolicy::required
                                                                  : smtp::TlsPolicy::opportunistic;
  relay.implicit_tls = *config.smtp.port == 465;
  relay.ca_file = *config.smtp.ca_file;
  relay.reply_time = *config.smtp.timeout;
  return relay;
}

/// A server that runs takes the probe like any mail, and may move or delete it before we look: so it is asked, too.
bool server_has_it(const MailboxOptions& options, const Probe& probe) {
  auto api = Api::open(options.common, Api::Purpose::read);
  if (!api) return false;
  const auto page = (*api)->ask("GET", "/api/v1/messages?limit=200");
  if (!page || !page->is_object()) return false;
  for (const auto& item : page->as_object().at("items").as_array()) {
    const auto* decision = item.as_object().if_contains("decision");
    if (decision != nullptr && decision->is_object() && text_of(decision->as_object(), "subject") == probe.subject)
      return true;
  }
  return false;
}

int send_probe(const MailboxOptions& options, const OwnConfig& own, const MailboxConfig& mailbox, Mailbox& open,
               MailboxPosition position, Steps& steps, Millis timeout) {
  const auto& config = own.loaded.config;
  if (mailbox_address(mailbox).empty())
    return steps.failed("send", "it is not known which address the mail for this mailbox goes to", "set its recipient");
  if (config.smtp.host->empty())
    return steps.failed("send", "no mail server is set that a probe could go out through", "set smtp.host");
  const auto probe = make_probe(own, mailbox, SystemClock().now());
  auto channel = SmtpChannel::open(relay_of(config));
  if (!channel) return steps.failed("send", channel.error().message, "check the section smtp");
  const auto sent = (*channel)->send(std::span(&probe.mail, 1), within(kSend)).front();
  if (sent.kind != SendResult::Kind::delivered)
    return steps.failed("send", "the probe to " + probe.mail.recipient.address + " did not go out: " + sent.detail,
                        "check the section smtp; `orgo config explain smtp` shows it");
  steps.went_well("send", "a probe to " + probe.mail.recipient.address + " went out through " + *config.smtp.host);

  const auto began = std::chrono::steady_clock::now();
  const auto deadline = began + timeout;
  bool there = false;
  const auto watch = [&](const Mailbox::Batch& batch) -> Status {
    for (const auto& mail : batch.mails)
      if (read_message(mail.bytes).message_id == probe.message_id) there = true;
    return {};
  };
  std::string trouble;
  for (;;) {
    auto looked = open.look(position, 100, watch, std::min(deadline, within(kLook)));
    trouble = looked ? std::string() : looked.error().message;
    if (looked) position = std::move(looked->position);
    const auto passed = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began);
    if (there || server_has_it(options, probe)) {
      steps.waits_no_more();
      steps.went_well("arrive", "it arrived after " + format_duration(std::max(passed, std::chrono::seconds(1))));
      return steps.end();
    }
    if (std::chrono::steady_clock::now() >= deadline) break;
    steps.waits("the probe is under way for " + format_duration(passed));
    (void)open.wait(std::min(deadline, within(kBetweenLooks)));
  }
  steps.waits_no_more();
  return steps.failed(
      "arrive",
      "the probe did not arrive within " + format_duration(timeout) +
          (trouble.empty() ? "" : "; the last look said: " + trouble),
      "does mail for " + probe.mail.recipient.address +
          " come into this mailbox and folder? Look into its spam folder, and at what the mail server says of it");
}

int test(const MailboxOptions& options) {
  const auto own = read_own_config(options.common);
  if (!own) return report(own.error());
  const auto timeout = parse_duration(options.timeout);
  if (!timeout) return report(timeout.error().in("--timeout"));
  const auto all = own->loaded.config.mailboxes.all();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const MailboxConfig& one) { return one.name == options.name; });
  if (found == all.end()) {
    std::vector<std::string> names;
    for (const auto& one : all) names.push_back(one.name);
    const std::vector<std::string_view> known(names.begin(), names.end());
    const auto near = nearest_name(options.name, known);
    return report(
        {Errc::invalid_input, "there is no mailbox '" + cell(options.name, 50) + "' in the configuration" +
                                  (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?") +
                                  (names.empty() ? "; add it under mailboxes:" : "; there are " + join(names, ", "))});
  }
  const auto& config = *found;
  log::configure({.level = log::Level::error});
  Steps steps(config.name, mailbox_source(config), options.common.json);

  std::string address;
  const auto port = config.port_or_usual();
  if (const auto reached = port_answers(*config.host, port, kReach, address); !reached) {
    if (reached.error().code == Errc::invalid_input)
      return steps.failed("name", "the name is not known: " + reached.error().message, "check host");
    return steps.failed("reach", "nobody answers: " + reached.error().message,
                        "check host and port, and that no firewall is in between");
  }
  steps.went_well("reach", *config.host + (address == *config.host ? "" : " is " + address) + " and answers at port " +
                               std::to_string(port));

  auto open = open_configured(config, MailboxUse::reading);
  if (!open) return steps.failed("connect", open.error().message, "");
  const auto looked = (*open)->look(
      {}, 1, [](const Mailbox::Batch&) -> Status { return {}; }, within(kLook));
  if (!looked) return tell_failure(steps, config, looked.error());
  steps.went_well("connect", "connected: " + (*open)->describe());
  steps.went_well("login", "the login of " + *config.username + " works");
  steps.went_well("folder", *config.protocol == MailboxProtocol::imap ? "the folder " + *config.folder + " can be read"
                                                                      : std::string("the mails can be listed"));
  if (!options.probe) return steps.end();
  return send_probe(options, *own, config, **open, looked->position, steps, *timeout);
}

}  // namespace

int cmd_mailbox(const MailboxOptions& options) {
  return options.action == "test" ? test(options) : status(options);
}

}  // namespace orgo
