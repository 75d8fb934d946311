#include "app/settings.h"

#include <algorithm>
#include <filesystem>

#include "adapter/module_folder/module_folder.h"
#include "adapter/sql/stores.h"
#include "app/policies/policy_sources.h"
#include "app/rules/rule_sources.h"
#include "app/storage/store_place.h"

namespace orgo {

Result<std::shared_ptr<const rules::RuleSet>> load_rule_files(const std::vector<std::string>& files,
                                                              const ToolSettings& settings) {
  RuleSources reader(files.empty() ? settings.rules : files, settings.data, settings.home);
  ORGO_TRY(read, reader.read());
  auto loaded = rules::load_rules(
      read.files,
      {.people = people_in(settings.stores, settings.tenant), .fetched = settings.fetched, .must_have_rules = true});
  if (!loaded.rules)
    return failure(Errc::invalid_input, "the rules have errors\n" + to_string(loaded.errors, read.files));
  if (!files.empty()) return loaded.rules;
  if (!read.trouble.empty()) return failure(Errc::invalid_input, read.trouble);
  const auto shelf = modules::load_modules(read.modules.enabled, read.files);
  for (const auto& refused : shelf.refused)
    return failure(Errc::invalid_input, "module '" + refused.name + "' has errors\n" + to_string(refused.errors, {}));
  std::vector<modules::Remains> retired;
  for (const auto& source : read.modules.retired) retired.push_back(modules::read_remains(source));
  return modules::combine(loaded.rules, shelf.modules, retired, read.modules.addresses, settings.decide.zone);
}

bool has_no_rules(const LoadedConfig& loaded) {
  std::error_code ignored;
  return std::ranges::any_of(loaded.entries, [&](const auto& entry) {
    return entry.name == "rules.files" && entry.origin == "default" &&
           !std::filesystem::exists(loaded.config.rules.files.peek().front(), ignored);
  });
}

LoadedConfig load_config_for(const CommonOptions& common) {
  ConfigSources sources;
  if (!common.config.empty()) sources.path = common.config;
  sources.environment = orgo_environment();
  if (!common.data.empty()) sources.overrides.push_back({"data.dir", common.data, "--data"});
  return load_config(sources);
}

namespace {

/// The configuration with what holds for a tenant other than the first; may have errors.
Result<OwnConfig> find_tenant(const Config& config, const std::string& name) {
  ORGO_TRY(store, SqlStores::open(to_read(store_place(config))));
  ORGO_TRY(tenant, store->tenants.find_tenant(name));
  return OwnConfig{.tenant = tenant.id, .loaded = load_tenant_config(config, tenant)};
}

Result<OwnConfig> load_tenant(const Config& config, const std::string& name) {
  ORGO_TRY(own, find_tenant(config, name));
  if (!own.loaded.errors.empty())
    return failure(Errc::invalid_input, "the settings of tenant '" + name + "' have errors\n" +
                                            to_string(own.loaded.errors, own.loaded.sources));
  return own;
}

void set_decisions(ToolSettings& settings, const Config& config) {
  settings.decide.domain = config.organization.wire_domain();
  settings.decide.own_addresses = *config.organization.addresses;
  settings.decide.zone = config.organization.zone();
  settings.decide.own_sender = *config.smtp.from;
  settings.fetched = config.mailboxes.addresses();
  settings.keyring = keyring_of(config.mail);
}

}  // namespace

Result<LoadedConfig> load_own_config(const CommonOptions& common) {
  auto loaded = load_config_for(common);
  if (common.tenant.empty() || common.tenant == kFirstTenantName || !loaded.errors.empty()) return loaded;
  ORGO_TRY(own, find_tenant(loaded.config, common.tenant));
  return std::move(own.loaded);
}

Result<OwnConfig> read_own_config(const CommonOptions& common) {
  auto loaded = load_config_for(common);
  if (!loaded.errors.empty())
    return failure(Errc::invalid_input, "the configuration has errors\n" + to_string(loaded.errors, loaded.sources));
  if (common.tenant.empty() || common.tenant == kFirstTenantName)
    return OwnConfig{.tenant = kTrialTenant, .loaded = std::move(loaded)};
  return load_tenant(loaded.config, common.tenant);
}

Result<ToolSettings> read_settings(const CommonOptions& common) {
  const auto loaded = load_config_for(common);
  if (!loaded.errors.empty())
    return failure(Errc::invalid_input, "the configuration has errors\n" + to_string(loaded.errors, loaded.sources));
  ToolSettings settings;
  const auto& config = loaded.config;
  settings.config_path = loaded.path;
  settings.data = settings.home = *config.data.dir;
  settings.stores = store_place(config);
  settings.modules = shipped_modules(*config.modules.dir);
  if (!common.tenant.empty() && common.tenant != kFirstTenantName) {
    ORGO_TRY(own, load_tenant(config, common.tenant));
    settings.tenant = common.tenant;
    settings.home = tenant_folder(settings.data, common.tenant);
    settings.rules = tenant_rule_files(own.loaded, settings.home);
    set_decisions(settings, own.loaded.config);
    return settings;
  }
  settings.rules = *config.rules.files;
  // Looking at mails wants no rules.
  if (has_no_rules(loaded)) settings.rules.clear();
  set_decisions(settings, config);
  return settings;
}

}  // namespace orgo
