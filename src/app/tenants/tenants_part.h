#pragma once
#include "app/node/node.h"
#include "app/storage/storage_part.h"
#include "service/tenants/tenant_directory.h"

namespace orgo {

/// Who lives on this server: what doors and requests ask.
class TenantsPart {
 public:
  static TenantsPart& open(Node& node, StoragePart& storage);
  TenantsPart(StoragePart& storage, Clock& clock)
      : operators_(storage.tenant()), directory_(storage.stores().tenants, clock) {}

  [[nodiscard]] TenantDirectory& directory() { return directory_; }
  /// The tenant of those who run the server.
  [[nodiscard]] TenantId operators() const { return operators_; }

 private:
  const TenantId operators_;
  TenantDirectory directory_;
};

}  // namespace orgo
