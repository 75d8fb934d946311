#pragma once
#include <string>
#include <string_view>

namespace orgo {

/// Who holds leases: a node by its name, and the boot of it that took them. No two nodes of one store may have one
/// name.
struct LeaseOwner {
  std::string node;
  std::string boot;  ///< new at each start, hex digits
  friend bool operator==(const LeaseOwner&, const LeaseOwner&) = default;
};

/// Which leases are given back.
enum class LeasesOf {
  this_boot,      ///< at an orderly end: nobody needs to wait for the ends of the leases
  earlier_boots,  ///< at a start, before the first lease: of the same node, which has died in between
};

/// As it is stored: "5f3c0a@mail1".
inline std::string to_string(const LeaseOwner& owner) {
  return owner.boot + "@" + owner.node;
}
/// Whether leases of `stored` belong to `which` of this owner; never those of another node.
inline bool belongs_to(std::string_view stored, const LeaseOwner& owner, LeasesOf which) {
  const auto at = stored.find('@');
  if (at == std::string_view::npos || stored.substr(at + 1) != owner.node) return false;
  return (stored.substr(0, at) == owner.boot) == (which == LeasesOf::this_boot);
}

}  // namespace orgo
