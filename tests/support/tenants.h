#pragma once
#include "base/id.h"

namespace orgo {

/// The tenant that a test is about, as the first migration makes it, and another one whose data must not be seen there.
inline constexpr TenantId kTenant{1};
inline constexpr TenantId kOtherTenant{2};
/// One that lives in every contract world with data of its own, and that no test is about (neighbour.h).
inline constexpr TenantId kNeighbour{3};

}  // namespace orgo
