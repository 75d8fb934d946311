#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/changes/changes.h"
#include "core/tenant/tenant.h"

namespace orgo {

inline constexpr std::size_t kTenantNameMax = 50;  ///< bytes: it stands in paths and domains
inline constexpr std::size_t kTenantRecipientsMax = 1'000;

/// Lower-case letters (names that differ by case only do not exist), digits and "-", beginning with a letter or digit:
/// it is a folder and a part of domains.
Status check_tenant_name(std::string_view name);
/// One form for an address whatever way it is written: a domain by ascii_domain(), what stands before the @ folded.
std::string recipient_key(std::string_view address);
/// A domain ("school.org", also "@school.org") or an address as a tenant keeps it; invalid_input: it is neither.
Result<std::string> tenant_recipient(std::string_view text);

/// Which of `own`, addresses and "@domains" that somebody else calls his (organization.addresses), a tenant with these
/// recipients would take the mail of: the same address, the same domain, or an address of its domains. An address out
/// of somebody's domain may be another's. Empty: none.
std::string taken_from(std::span<const std::string> own, std::span<const std::string> recipients);

/// A new tenant (version 1) or the next version of one (the version seen + 1), with the event that says so.
struct TenantUpdate {
  Tenant tenant;
  Event event;
};

/// What can be done with tenants.
namespace commands {

/// invalid_input: the name or a recipient is none.
Result<TenantUpdate> add_tenant(std::string_view name, const std::vector<std::string>& recipients,
                                std::string_view actor, TimePoint now);
/// conflict: it is suspended (active) already; not_permitted: the first tenant can't be.
Result<TenantUpdate> suspend_tenant(const Tenant& seen, std::string_view actor, TimePoint now);
Result<TenantUpdate> resume_tenant(const Tenant& seen, std::string_view actor, TimePoint now);
/// Other recipients in place of those that it has. not_permitted: those of the first tenant stand in the configuration.
Result<TenantUpdate> set_tenant_recipients(const Tenant& seen, const std::vector<std::string>& recipients,
                                           std::string_view actor, TimePoint now);

}  // namespace commands
}  // namespace orgo
