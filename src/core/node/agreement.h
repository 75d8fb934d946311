#pragma once
#include <span>
#include <string>

#include "core/node/membership.h"

namespace orgo {

/// May this node work beside those that live? Empty: it may. Else, in words, what would break and how it is mended:
/// nodes share a database, and each has a data folder of its own.
std::string why_not_beside(const NodeInfo& self, std::span<const NodeSeen> all, const MembershipTimes& times = {});

/// Some other node works on the database now. One that is only in its table (of a backup that was put back) does not.
bool others_live(std::span<const NodeSeen> all, const NodeInfo& self, const MembershipTimes& times = {});

}  // namespace orgo
