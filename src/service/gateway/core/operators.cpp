#include "service/gateway/core/operators.h"

#include <string>

namespace orgo::gateway {

Result<TenantId> operators_only(TenantStore& tenants, const Call& call, std::string_view what) {
  ORGO_TRY(first, tenants.find_tenant(kFirstTenantName));
  if (call.caller->tenant != first.id)
    return failure(Errc::not_permitted, std::string(what) + " are the business of those who run this server");
  return first.id;
}

}  // namespace orgo::gateway
