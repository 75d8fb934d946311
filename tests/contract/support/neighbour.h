#pragma once
#include <string>

#include "tests/contract/support/world.h"

namespace orgo::contract {

/// A tenant that no test is about. It has of everything, with the same numbers, ids, names and addresses as the data of
/// the tests, so that whoever forgets whose a row is meets its rows.
void settle_neighbour(Stores stores);
/// All that a tenant has, in words: the same before and after a test, else somebody moved its things.
std::string belongings_of(Stores stores, TenantId tenant);

}  // namespace orgo::contract
