#pragma once
#include <span>
#include <string>
#include <string_view>

#include "core/task/task.h"

namespace orgo {

/// Which part has `address` in the task, in words ("the requester"); empty: none, a stranger. Who asked (has_asked()),
/// assignee,
/// team, who wrote or got mail about it (`participants`, lower case), who shares a domain with the requester unless
/// that is one where everybody has mailboxes, and whoever is of the house (`own`: addresses and "@domains"). The
/// address is what From says. Whoever can write mail in another's name into this house is believed here.
std::string part_in_task(std::string_view address, const Task& task, std::span<const std::string> participants,
                         std::span<const std::string> own);

/// Does everybody have mailboxes at this domain (gmail.com, gmx.de, ...)? Then it says nothing about who belongs
/// together.
bool is_public_mail_domain(std::string_view domain);

}  // namespace orgo
