#pragma once
#include <string>
#include <string_view>

#include "core/processing/draft.h"
#include "core/task/task.h"

/// Whom a decision tells, and what: the part that opening and joining have in common.
namespace orgo {

/// A team is told at its address; who is on call is for escalations.
std::string address_of(const Draft& draft, const std::string& target);
/// Tells `target` (an address, or a team's name) once of this message; not of his own mail when he is one of ours.
/// `rule`: which wants it; empty: none.
void notify(Draft& draft, const std::string& target, std::string_view template_name, Priority priority,
            std::string rule);
/// Tells whom the rules route to and notify.
void tell_rules_targets(Draft& draft, std::string_view template_name, Priority priority);
/// Calls the rules' webhooks, and answers the sender as they say, unless that must not be answered (RFC 3834): then
/// Draft::no_answer says why.
void call_and_answer(Draft& draft, std::string_view about);
/// Steps that answer the customer know whom; who is not answered now is not answered later, either.
void answer_later(const Draft& draft, Escalation& escalation);

}  // namespace orgo
