#include "core/tenant/commands.h"

#include <algorithm>

#include "base/domain_name.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/contact/mail_address.h"

namespace orgo {
namespace {

bool is_small_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

Result<std::vector<std::string>> kept_recipients(const std::vector<std::string>& texts) {
  if (texts.size() > kTenantRecipientsMax)
    return failure(Errc::invalid_input,
                   "a tenant may have at most " + std::to_string(kTenantRecipientsMax) + " domains and addresses");
  std::vector<std::string> kept;
  for (const auto& text : texts) {
    ORGO_TRY(one, tenant_recipient(text));
    if (std::find(kept.begin(), kept.end(), one) == kept.end()) kept.push_back(std::move(one));
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

TenantUpdate changing(Tenant next, EventKind kind, std::string_view actor, TimePoint now) {
  Event event;
  event.kind = kind;
  event.at = now;
  event.actor = actor;
  JsonWriter json(event.data);
  json.begin_object().field("tenant", next.name).key("recipients").begin_array();
  for (const auto& one : next.recipients) json.string(one);
  json.end_array().end_object();
  return {std::move(next), std::move(event)};
}

Result<TenantUpdate> moving(const Tenant& seen, TenantState to, EventKind kind, std::string_view actor, TimePoint now) {
  if (seen.name == kFirstTenantName)
    return failure(Errc::not_permitted, "'" + seen.name + "' is the operator's own tenant and stays active");
  if (seen.state == to)
    return failure(Errc::conflict, "tenant '" + seen.name + "' is " + std::string(to_string(to)) + " already");
  auto next = seen;
  ++next.version;
  next.state = to;
  return changing(std::move(next), kind, actor, now);
}

}  // namespace

Status check_tenant_name(std::string_view name) {
  const bool well =
      !name.empty() && name.size() <= kTenantNameMax && name.front() != '-' && name.back() != '-' &&
      std::all_of(name.begin(), name.end(), [](char c) { return is_small_letter_or_digit(c) || c == '-'; });
  if (well) return {};
  return failure(Errc::invalid_input, "a tenant's name has 1 to " + std::to_string(kTenantNameMax) +
                                          " lower-case letters, digits and \"-\", as in hillside-school");
}

std::string recipient_key(std::string_view address) {
  const auto sign = address.rfind('@');
  if (sign == std::string_view::npos) return ascii_domain(address);
  return fold_case(address.substr(0, sign)) + '@' + ascii_domain(address.substr(sign + 1));
}

Result<std::string> tenant_recipient(std::string_view text) {
  text = trim(text);
  if (text.starts_with('@')) text.remove_prefix(1);
  const auto is_domain = text.find('@') == std::string::npos;
  auto kept = recipient_key(text);
  if (is_mail_address(is_domain ? "a@" + kept : kept) &&
      is_domain_name(kept.substr(is_domain ? 0 : kept.rfind('@') + 1)))
    return kept;
  return failure(Errc::invalid_input,
                 "'" + std::string(text.substr(0, 100)) +
                     "' is neither a domain nor an address, as in school.org or office@school.org");
}

std::string taken_from(std::span<const std::string> own, std::span<const std::string> recipients) {
  for (const auto& one : own) {
    const auto key = recipient_key(std::string_view(one).substr(one.starts_with('@') ? 1 : 0));
    const auto sign = key.rfind('@');
    for (const auto& recipient : recipients)
      if (recipient == key || (sign != std::string::npos && recipient == std::string_view(key).substr(sign + 1)))
        return one;
  }
  return {};
}

namespace commands {

Result<TenantUpdate> add_tenant(std::string_view name, const std::vector<std::string>& recipients,
                                std::string_view actor, TimePoint now) {
  ORGO_CHECK(check_tenant_name(name));
  ORGO_TRY(kept, kept_recipients(recipients));
  return changing({.version = 1, .name = std::string(name), .created_at = now, .recipients = std::move(kept)},
                  EventKind::tenant_added, actor, now);
}

Result<TenantUpdate> suspend_tenant(const Tenant& seen, std::string_view actor, TimePoint now) {
  return moving(seen, TenantState::suspended, EventKind::tenant_suspended, actor, now);
}

Result<TenantUpdate> resume_tenant(const Tenant& seen, std::string_view actor, TimePoint now) {
  return moving(seen, TenantState::active, EventKind::tenant_resumed, actor, now);
}

Result<TenantUpdate> set_tenant_recipients(const Tenant& seen, const std::vector<std::string>& recipients,
                                           std::string_view actor, TimePoint now) {
  if (seen.name == kFirstTenantName)
    return failure(Errc::not_permitted,
                   "mail that no other tenant takes is for '" + seen.name + "'; the configuration says which is taken");
  ORGO_TRY(kept, kept_recipients(recipients));
  auto next = seen;
  ++next.version;
  next.recipients = std::move(kept);
  return changing(std::move(next), EventKind::tenant_changed, actor, now);
}

}  // namespace commands
}  // namespace orgo
