#include "adapter/mail_in/envelopes.h"

#include <utility>

#include "core/contact/kept_address.h"

namespace orgo {

smtp::RecipientPolicy recipient_policy(TenantOf tenant_of) {
  return [tenant_of = std::move(tenant_of)](std::string_view recipient) {
    const auto tenant = tenant_of(recipient);
    if (tenant) return smtp::RecipientVerdict::accept;
    return tenant.error().code == Errc::not_found ? smtp::RecipientVerdict::not_ours
                                                  : smtp::RecipientVerdict::try_later;
  };
}

Result<std::vector<Envelope>> envelopes_of(const smtp::Delivery& delivery, const TenantOf& tenant_of, Channel channel,
                                           std::string_view peer, TimePoint received_at) {
  std::vector<Envelope> envelopes;
  envelopes.reserve(delivery.recipients.size());
  for (const auto& recipient : delivery.recipients) {
    const auto tenant = tenant_of(recipient);
    if (!tenant) return failure(Errc::unavailable, tenant.error().message);
    envelopes.push_back({.tenant = *tenant,
                         .channel = channel,
                         .sender = mail_contact(kept_address(std::string(delivery.sender))),
                         .recipient = mail_contact(recipient),
                         .peer = std::string(peer),
                         .received_at = received_at});
  }
  return envelopes;
}

}  // namespace orgo
