#pragma once
#include <memory>
#include <string>
#include <vector>

#include "adapter/signature/keyring_verifier.h"
#include "adapter/sql/stores.h"
#include "app/commands.h"
#include "app/config.h"
#include "base/result.h"
#include "core/processing/decide.h"
#include "core/rules/rule_set.h"
#include "core/tenant/tenant.h"

namespace orgo {

/// What the tools of the command line need of the configuration.
struct ToolSettings {
  std::string config_path;               ///< empty: there is none, the defaults hold
  std::string data;                      ///< data folder
  SqlStoreOptions stores;                ///< where its stores are
  std::string tenant{kFirstTenantName};  ///< its name
  std::string home;                      ///< folder in which the tenant's modules are: the data folder, or one below it
  std::vector<std::string> rules;        ///< rule files
  std::string modules;                   ///< folder of the modules that can be added; empty: there is none
  std::vector<std::string> fetched;      ///< addresses of the mailboxes that mail is fetched from
  DecideSettings decide;
  KeyringSettings keyring;  ///< whose signatures count
};

/// Nobody has said where the rules are, and where they are looked for there are none.
bool has_no_rules(const LoadedConfig& loaded);
/// The configuration as `orgo serve` would read it, with what stands on the command line over it; may have errors.
LoadedConfig load_config_for(const CommonOptions& common);
/// The same of the tenant that a command is about. not_found: there is none of this name, or no data yet.
Result<LoadedConfig> load_own_config(const CommonOptions& common);
/// The configuration of the tenant that a command is about, with what its folder says, and its number (kTrialTenant:
/// the first, whatever its number is). Errors as read_settings().
struct OwnConfig {
  TenantId tenant;
  LoadedConfig loaded;
};
Result<OwnConfig> read_own_config(const CommonOptions& common);
/// The same, checked. invalid_input: all mistakes, as `orgo config check` prints them. With --tenant what holds for
/// that tenant; not_found: there is none of this name.
Result<ToolSettings> read_settings(const CommonOptions& common);

/// Loads `files` alone, or the configured rules with the modules in force when it is empty. invalid_input: all
/// mistakes, as `orgo rules check` prints them.
Result<std::shared_ptr<const rules::RuleSet>> load_rule_files(const std::vector<std::string>& files,
                                                              const ToolSettings& settings);

}  // namespace orgo
