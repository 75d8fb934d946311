#include "app/doors/mail_doors_part.h"

#include <algorithm>
#include <future>
#include <utility>

#include "app/doors/doors_probe.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/contact/mail_address.h"

namespace orgo {
namespace {

const MailDoorsProbe& probe() {
  static const MailDoorsProbe instance;
  return instance;
}

/// Is it one of these addresses and domains ("@school.example" or "school.example")?
bool is_one_of(const std::vector<std::string>& ours, std::string_view recipient) {
  const auto domain = domain_part(recipient);
  return std::any_of(ours.begin(), ours.end(), [&](const std::string& one) {
    const auto plain = std::string_view(one).substr(one.starts_with('@') ? 1 : 0);
    return is_same_address(plain, recipient) || (!domain.empty() && is_same_domain(plain, domain));
  });
}

/// A recipient is the tenant's that has its address or domain. What no tenant has is the operator's own, if it is one
/// of `ours`; with an empty list all are, as smtp_in.recipients says.
TenantOf tenant_of(TenantDirectory& directory, TenantId operators, std::vector<std::string> ours) {
  return [&directory, operators, ours = std::move(ours)](std::string_view recipient) -> Result<TenantId> {
    auto tenant = directory.of_recipient(recipient);
    if (tenant || tenant.error().code != Errc::not_found) return tenant;
    if (ours.empty() || is_one_of(ours, recipient)) return operators;
    return tenant;
  };
}

/// What both doors have in common.
MailDoorOptions door_options(const Config& config, TenantOf tenant_of) {
  MailDoorOptions options{.tenant_of = std::move(tenant_of)};
  options.session.protocol = smtp::Protocol::lmtp;
  options.session.host_name = config.organization.wire_domain();
  if (!ORGO_PLANT(message_size_unheard)) options.session.limits.message_size = *config.limits.message_size;
  options.session.limits.recipients = static_cast<std::size_t>(*config.limits.recipients);
  options.connections = static_cast<int>(*config.limits.connections);
  options.command_time = *config.limits.idle_time;
  options.tls = {*config.smtp_in.tls.certificate, *config.smtp_in.tls.key};
  return options;
}

MailDoorOptions smtp_options(const Config& config, TenantOf tenant_of) {
  auto options = door_options(config, std::move(tenant_of));
  options.session.protocol = smtp::Protocol::smtp;
  options.session.requires_tls = *config.smtp_in.require_tls && !ORGO_PLANT(require_tls_unheard);
  return options;
}

}  // namespace

Result<MailDoorsPart*> MailDoorsPart::open(Node& node, const Config& config, TenantsPart& tenants, IntakePart& intake) {
  auto& part = node.lifecycle().own(std::make_unique<MailDoorsPart>());
  node.lifecycle().on_stop("mail doors", [&part](Deadline deadline) { part.stop(deadline); });
  const auto& ours = config.smtp_in.recipients->empty() || ORGO_PLANT(smtp_recipients_unheard)
                         ? *config.organization.addresses
                         : *config.smtp_in.recipients;
  auto& directory = tenants.directory();
  // By LMTP comes what a mail server in front has looked at already.
  auto lmtp = door_options(config, tenant_of(directory, tenants.operators(), {}));
  auto smtp = smtp_options(config, tenant_of(directory, tenants.operators(), ours));
  ORGO_CHECK(part.open_door(part.lmtp_, *config.lmtp.listen, std::move(lmtp), intake, node.clock()));
  ORGO_CHECK(part.open_door(part.smtp_, *config.smtp_in.listen, std::move(smtp), intake, node.clock()));
  part.scrape_ = std::make_unique<metrics::ScrapeHook>([&part] {
    if (part.lmtp_.door)
      probe().connections.with({ORGO_PLANT(lmtp_counts_as_smtp) ? "smtp" : "lmtp"}).set(part.lmtp_.door->connections());
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
