#pragma once
#include <optional>
#include <string>

#include "core/changes/changes.h"
#include "core/processing/message_decision.h"

namespace orgo {

/// What the history still says of a decision whose own row is lost: how it ended, with which task, and why. `decided`
/// is its event; the message's subject and sender are for lists. The answer is dated as the decision was. It has no
/// trace and names no rules: those stood in the row. nullopt: the event does not say enough, and the message has to be
/// decided anew.
std::optional<Changes> decision_of_event(TenantId tenant, const Event& decided, std::string subject, std::string from);

}  // namespace orgo
