#include "app/rules/rules_of_version.h"

#include <memory>
#include <utility>

#include "adapter/module_folder/module_folder.h"

namespace orgo {

TraceService::RulesOf rules_of_version(RuleStore& history, const std::string& data_folder, PastRules::Current current) {
  const auto copies = [home = std::make_shared<ModuleHome>(data_folder)](
                          TenantId, const modules::InForce::One& one) -> Result<modules::ModuleSource> {
    return home->source({one.name, one.version, one.name + "/" + one.version + "-" + one.fingerprint, true});
  };
  return [past = std::make_shared<PastRules>(history, copies, std::move(current))](
             TenantId tenant, const std::string& version) { return past->of(tenant, version); };
}

}  // namespace orgo
