#pragma once
#include <string_view>

#include "port/tenant_store.h"
#include "service/gateway/core/call.h"

namespace orgo::gateway {

/// The tenant of those who run the server, if the caller is one of them; not_permitted: he is not. `what`, in the
/// plural: whose business it is said to be theirs.
Result<TenantId> operators_only(TenantStore& tenants, const Call& call, std::string_view what);

}  // namespace orgo::gateway
