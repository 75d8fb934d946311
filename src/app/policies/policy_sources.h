#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "app/config.h"
#include "app/rules/people_names.h"
#include "core/policy/policy.h"
#include "port/tenant_store.h"
#include "service/policy/policy_book.h"

namespace orgo {

/// What a configuration says for an organization. `id_key`: see DecideSettings.
PolicySettings policy_settings(const Config& config, std::string id_key);

/// DATA/tenants/NAME: where a tenant's own files are. The first tenant has none: its policy is the main configuration.
std::string tenant_folder(const std::string& data, std::string_view name);

/// organization.yaml in it.
std::string tenant_settings_file(const std::string& data, std::string_view name);

/// What that file says, over what the one who runs the server has decided. It may be missing.
/// Errors also for an option that is not a tenant's to decide.
LoadedConfig load_tenant_config(const Config& operators, const Tenant& tenant);
/// The rule files that it means, with paths: those of rules.files, else all rules*.yaml of the folder, by name.
std::vector<std::string> tenant_rule_files(const LoadedConfig& loaded, const std::string& folder);

/// Opens the sources of any tenant. `config` and `tenants` must outlive what is opened; `key` makes the secret for one
/// use ("message ids"), `people` says whose names a tenant's rules may say.
PolicyBook::Open policy_sources(const Config& config, TenantStore& tenants,
                                std::function<std::string(std::string_view use)> key,
                                std::function<PeopleNames(TenantId)> people);

/// The source of one tenant for whoever decides nothing by it: without the secret. `config` must outlive it.
std::unique_ptr<PolicySource> open_policy_source(const Config& config, const Tenant& tenant);
/// The folder in which a tenant's modules are.
std::string home_of(const std::string& data, const Tenant& tenant);

/// Are the settings of a tenant as they were delivered: a file without a word but comments? Then they are the defaults,
/// which is known for less than by reading them.
bool says_nothing(const Config& operators, const Tenant& tenant);

/// May a tenant have its recipients? conflict: the mail of an address that another calls his own
/// (organization.addresses) would go to it; the sentence names both. Reads the settings of all tenants.
Status check_recipients(const Config& operators, TenantStore& tenants, const Tenant& tenant);

/// Makes the folder of a new tenant with a commented starting file; what is there already stays. The answer takes away
/// what was made, as gateway::PrepareTenant says; with an error nothing is left.
Result<std::function<void()>> make_tenant_folder(const std::string& data, const Tenant& tenant);

}  // namespace orgo
