#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "core/message/finding.h"
#include "core/message/message.h"

namespace orgo {

/// How our own mail is recognised when it comes back.
struct OwnMarks {
  std::string_view domain;  ///< of our Message-IDs and of X-Orgo-Loop; empty: nothing is ours
  std::string_view sender;  ///< the address that we send as; empty: none
};

/// The name of the field that every mail of ours carries; its value is the domain.
inline constexpr std::string_view kLoopField = "X-Orgo-Loop";

/// The Message-ID of one send, without <>: "orgo-s5-t12-1a2b3c4d@example.org". A pure function of its arguments, so that a
/// send that is repeated is the same mail. The last eight digits are of SHA-256 over the rest: they tell our ids from those
/// that merely look so; they are no signature.
std::string own_message_id(SendId send, TaskNumber task, std::string_view domain);
struct OwnMessageId {
  SendId send;
  TaskNumber task;
};
/// Reads an id made by own_message_id() for this domain (with or without <>); nullopt: not one of ours.
std::optional<OwnMessageId> parse_own_message_id(std::string_view message_id, std::string_view domain);

/// Is this one of our own mails, come back through a forward or a shared mailbox? Then everything about it is known already,
/// and taking it for work would make another mail, and so on. Told by X-Orgo-Loop, by our Message-ID, and by our own sending
/// address (some providers replace both of the former).
std::optional<Finding> find_own_loop(const Message& message, const OwnMarks& ours);

}  // namespace orgo
