#pragma once
#include <functional>

#include "base/result.h"

namespace orgo {
struct Tenant;
}

namespace orgo::gateway {

/// Makes ready what a new tenant needs outside of the store: its folder. What was there already stays. The answer takes
/// away again what this call has made, for a tenant that comes to nothing; it is called once at most.
using PrepareTenant = std::function<Result<std::function<void()>>(const Tenant& tenant)>;

/// May the tenant have these recipients? conflict: another calls one of them his own, in the sentence.
using CheckRecipients = std::function<Status(const Tenant& tenant)>;

}  // namespace orgo::gateway
