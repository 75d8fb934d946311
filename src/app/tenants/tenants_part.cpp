#include "app/tenants/tenants_part.h"

namespace orgo {

TenantsPart& TenantsPart::open(Node& node, StoragePart& storage) {
  return node.lifecycle().own(std::make_unique<TenantsPart>(storage, node.clock()));
}

}  // namespace orgo
