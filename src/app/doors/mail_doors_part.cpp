#include "app/doors/mail_doors_part.h"

#include <future>
#include <utility>

#include "app/doors/doors_probe.h"
#include "base/text.h"

namespace orgo {
namespace {

const MailDoorsProbe& probe() {
  static const MailDoorsProbe instance;
  return instance;
}

/// Whom the SMTP door takes mail for: addresses and domains ("@school.example" or "school.example").
smtp::RecipientPolicy recipient_policy(std::vector<std::string> accepted) {
  for (auto& one : accepted) one = ascii_lower(one.starts_with('@') ? one.substr(1) : one);
  return [accepted = std::move(accepted)](std::string_view recipient) {
    const auto address = ascii_lower(recipient);
    const auto sign = address.rfind('@');
    const auto domain = sign == std::string::npos ? std::string_view() : std::string_view(address).substr(sign + 1);
    for (const auto& one : accepted)
      if (one == address || one == domain) return smtp::RecipientVerdict::accept;
    return smtp::RecipientVerdict::not_ours;
  };
}

/// What both doors have in common.
MailDoorOptions door_options(TenantId tenant, const Config& config) {
  MailDoorOptions options{.tenant = tenant};
  options.session.protocol = smtp::Protocol::lmtp;
  options.session.host_name = *config.organization.domain;
  options.session.limits.message_size = *config.limits.message_size;
  options.session.limits.recipients = static_cast<std::size_t>(*config.limits.recipients);
  options.connections = static_cast<int>(*config.limits.connections);
  options.command_time = *config.limits.idle_time;
  options.tls = {*config.smtp_in.tls.certificate, *config.smtp_in.tls.key};
  return options;
}

MailDoorOptions smtp_options(TenantId tenant, const Config& config) {
  auto options = door_options(tenant, config);
  options.session.protocol = smtp::Protocol::smtp;
  options.session.requires_tls = *config.smtp_in.require_tls;
  // Without any list all are taken, as smtp_in.recipients says: on loopback only this machine can ask.
  const auto& ours = config.smtp_in.recipients->empty() ? *config.organization.addresses : *config.smtp_in.recipients;
  options.session.recipient_policy =
      ours.empty() ? [](std::string_view) { return smtp::RecipientVerdict::accept; } : recipient_policy(ours);
  return options;
}

}  // namespace

Result<MailDoorsPart*> MailDoorsPart::open(Node& node, const Config& config, TenantId tenant, IntakePart& intake) {
  auto& part = node.lifecycle().own(std::make_unique<MailDoorsPart>());
  node.lifecycle().on_stop("mail doors", [&part](Deadline deadline) { part.stop(deadline); });
  ORGO_CHECK(part.open_door(part.lmtp_, *config.lmtp.listen, door_options(tenant, config), intake, node.clock()));
  ORGO_CHECK(part.open_door(part.smtp_, *config.smtp_in.listen, smtp_options(tenant, config), intake, node.clock()));
  part.scrape_ = std::make_unique<metrics::ScrapeHook>([&part] {
    if (part.lmtp_.door) probe().connections.with({"lmtp"}).set(part.lmtp_.door->connections());
    if (part.smtp_.door) probe().connections.with({"smtp"}).set(part.smtp_.door->connections());
  });
  return &part;
}

Status MailDoorsPart::open_door(Door& door, const std::string& listen, MailDoorOptions options, IntakePart& intake,
                                Clock& clock) {
  door.endpoint = Endpoint::parse(listen);
  if (door.endpoint.off()) return {};
  options.host = door.endpoint.host;
  options.port = door.endpoint.port;
  ORGO_TRY(opened, MailDoor::open(std::move(options), intake.service(), clock));
  door.door = std::move(opened);
  return {};
}

/// Side by side, so that both have the same time for what comes in at that moment.
void MailDoorsPart::stop(Deadline deadline) {
  scrape_.reset();
  const auto grace = grace_until(deadline);
  const auto ended = std::async(std::launch::async, [&] {
    if (smtp_.door) smtp_.door->stop(grace);
  });
  if (lmtp_.door) lmtp_.door->stop(grace);
  ended.wait();
}

std::string MailDoorsPart::address(const Door& door) {
  return door.door ? to_string(door.endpoint, door.door->port()) : std::string();
}

}  // namespace orgo
