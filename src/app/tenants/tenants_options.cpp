#include "app/tenants/tenants_options.h"

namespace orgo {

void declare(OptionSet& options, TenantsConfig& tenants) {
  options.section("tenants", "Several organizations on one server (docs/tenants.md).")
      .integer({"tenants.policies",
                "Tenants whose rules and settings are kept in memory; those that were used last stay.", "1000"},
               tenants.policies, 1, 1'000'000);
}

}  // namespace orgo
