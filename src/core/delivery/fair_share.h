#pragma once
#include <span>
#include <vector>

namespace orgo {

/// Divides `limit` places among those who wait (each number: how many of one tenant wait), so that nobody gets a second
/// place while another who waits has none: a tenant with a million sends in front keeps no other waiting. What is left
/// over goes to the first ones. The sum is min(limit, all that wait); nobody gets more than it has.
std::vector<int> fair_share(std::span<const int> waiting, int limit);

}  // namespace orgo
