#include "app/mailboxes/mailboxes.h"

#include <utility>

#include "adapter/mailbox/settings.h"
#include "base/text.h"
#include "core/contact/mail_address.h"

namespace orgo {
namespace {

constexpr std::string_view kMove = "move:";

std::optional<TimePoint> begin_of_day(const std::string& day) {
  if (day.empty()) return std::nullopt;
  const auto at = parse_rfc3339(day + "T00:00:00Z");
  if (!at) return std::nullopt;
  return *at;
}

/// Stands for a mailbox that can't even be opened (a CA file that is gone): says so at each look, like any other that
/// fails.
class UnopenedMailbox final : public Mailbox {
 public:
  explicit UnopenedMailbox(Error error) : error_(std::move(error)) {}
  Result<Looked> look(const MailboxPosition&, std::size_t, const Take&, Deadline) override {
    return tl::unexpected(error_);
  }
  Status wait(Deadline) override { return tl::unexpected(error_); }
  void stop() override {}
  [[nodiscard]] std::string describe() const override { return {}; }

 private:
  Error error_;
};

}  // namespace

std::string mailbox_source(const MailboxConfig& config) {
  const bool imap = *config.protocol == MailboxProtocol::imap;
  return std::string(imap ? "imap://" : "pop3://") + *config.username + "@" + ascii_lower(*config.host) + ":" +
         std::to_string(config.port_or_usual()) + (imap ? "/" + *config.folder : std::string());
}

std::string mailbox_address(const MailboxConfig& config) {
  if (!config.recipient->empty()) return *config.recipient;
  return is_mail_address(*config.username) ? *config.username : std::string();
}

MailboxSetup mailbox_setup(const Tenant& tenant, const MailboxConfig& config) {
  MailboxSetup setup{.tenant = tenant.id};
  setup.name = config.name;
  setup.label_of_metrics = tenant.name == kFirstTenantName ? config.name : tenant.name + "/" + config.name;
  setup.source = mailbox_source(config);
  setup.channel = *config.protocol == MailboxProtocol::imap ? Channel::imap : Channel::pop3;
  setup.recipient = mailbox_address(config);
  if (!ascii_iequals(*config.folder, "INBOX")) setup.label = config.folder->substr(0, kLabelMax);
  setup.archive = *config.archive;
  setup.archive_until = begin_of_day(*config.archive_until);
  setup.archive_state = parse_task_state(*config.archive_state).value_or(TaskState::closed);
  return setup;
}

Result<std::unique_ptr<Mailbox>> open_configured(const MailboxConfig& config, MailboxUse use) {
  MailboxSettings settings;
  settings.protocol =
      *config.protocol == MailboxProtocol::imap ? MailboxSettings::Protocol::imap : MailboxSettings::Protocol::pop3;
  settings.host = *config.host;
  settings.port = config.port_or_usual();
  settings.tls = *config.tls == MailboxTls::implicit   ? MailboxSettings::Tls::implicit
                 : *config.tls == MailboxTls::starttls ? MailboxSettings::Tls::starttls
                                                       : MailboxSettings::Tls::none;
  settings.username = *config.username;
  settings.password = *config.password;
  settings.token.shell = *config.token_command;
  settings.folder = *config.folder;
  settings.only_new = *config.only_new;
  settings.bytes_max = *config.message_size;
  settings.poll = *config.poll;
  settings.ca_file = *config.ca_file;
  if (use == MailboxUse::reading) {
    settings.only_new = true;
    settings.poll = Millis{2'000};
  } else if (*config.after == "flag") {
    settings.after = MailboxSettings::After::flag;
  } else if (*config.after == "delete") {
    settings.after = MailboxSettings::After::remove;
  } else if (config.after->starts_with(kMove)) {
    settings.after = MailboxSettings::After::move;
    settings.move_to = config.after->substr(kMove.size());
  }
  auto opened = open_mailbox(std::move(settings));
  if (!opened) return tl::unexpected(opened.error().in("mailbox " + config.name));
  return opened;
}

void add_mailbox(MailboxService& service, const Tenant& tenant, const MailboxConfig& config, std::unique_ptr<Turn> turn,
                 TimePoint restored_at, std::function<bool()> stands_still) {
  auto opened = open_configured(config, MailboxUse::serving);
  if (!opened) opened = std::make_unique<UnopenedMailbox>(opened.error());
  auto setup = mailbox_setup(tenant, config);
  setup.restored_at = restored_at;
  setup.stands_still = std::move(stands_still);
  service.add(std::move(setup), *std::move(opened), std::move(turn));
}

std::vector<gateway::ReadyCheck> mailbox_checks(const MailboxService& service) {
  std::vector<gateway::ReadyCheck> checks;
  for (auto& status : service.statuses()) {
    auto name = "mailbox " + outer_prefix(status.record.tenant) + status.record.name;
    const auto check = [status = std::move(status)]() -> Status {
      if (status.state != MailboxStatus::State::failing) return {};
      return failure(Errc::unavailable, status.record.last_error);
    };
    checks.push_back({.name = std::move(name), .check = check, .required = false});
  }
  return checks;
}

std::string mailbox_trouble(const MailboxService& service, TenantId tenant, const std::string& source) {
  for (const auto& status : service.statuses())
    if (status.record.tenant == tenant && source == "mailbox:" + status.record.name &&
        status.state == MailboxStatus::State::failing)
      return "the mailbox fails: " + status.record.last_error;
  return {};
}

std::vector<MailboxStatus> stored_mailboxes(MailboxStore& store, TenantId tenant) {
  std::vector<MailboxStatus> all;
  auto records = store.list_mailboxes(tenant);
  if (!records) return all;
  for (auto& record : *records) {
    record.position = {};
    all.push_back({.record = std::move(record)});
  }
  return all;
}

}  // namespace orgo
