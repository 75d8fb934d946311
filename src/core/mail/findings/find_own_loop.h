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
  TenantId tenant;          ///< whose mail is looked at
  std::string_view domain;  ///< of our Message-IDs and of X-Orgo-Loop; empty: nothing is ours
  std::string_view sender;  ///< the address that we send as; empty: none
  int hops_max = 0;         ///< a mail that was answered by more programs like us is a loop; 0: not looked at
};

/// The name of the field that every mail of ours carries; its value is the domain.
inline constexpr std::string_view kLoopField = "X-Orgo-Loop";

/// Our Message-ID once more: relays of some providers put one of their own in place of it, and a report then quotes
/// this.
inline constexpr std::string_view kIdField = "X-Orgo-ID";
/// How many automatic mails led to this one, over all systems that know the field: each of ours about a message says
/// one more than that message did. Two systems that answer each other under new subjects and ids end by it.
inline constexpr std::string_view kHopField = "X-Orgo-Hop";
inline constexpr int kHopsDefault = 5;
/// What the field says, 0 to 1,000; 0 where there is none or no number. The largest of several.
int hops_of(const Message& message);

/// The Message-ID of one send, without <>: "orgo-s5-t12-1a2b3c4d@example.org", of a further tenant
/// "orgo-n2-s5-t12-...": two tenants of one domain have sends and tasks of the same numbers (see outer_prefix()). A
/// pure function of its arguments, so that a send that is repeated is the same mail. With a key its end are 16 digits
/// of an HMAC: nobody else can make one, so that one in a report or a reply proves that we sent it. Without, it is 8
/// digits of SHA-256: they tell our ids from those that merely look so; they are no signature.
std::string own_message_id(TenantId tenant, SendId send, TaskNumber task, std::string_view domain,
                           std::string_view key = {});
struct OwnMessageId {
  SendId send;
  TaskNumber task;
};
/// Reads an id made by own_message_id() for this tenant and domain and with this key (with or without <>); nullopt: not
/// one of ours.
std::optional<OwnMessageId> parse_own_message_id(TenantId tenant, std::string_view message_id, std::string_view domain,
                                                 std::string_view key = {});
/// What it says, if it looks like one of this tenant by its form and domain; also with a wrong end: only a claim.
std::optional<OwnMessageId> claimed_own_message_id(TenantId tenant, std::string_view message_id,
                                                   std::string_view domain);
/// The first of this tenant's ids anywhere in `bytes`, as they stand in the copy of a mail within a delivery report.
/// Linear.
std::optional<OwnMessageId> find_own_message_id(TenantId tenant, std::string_view bytes, std::string_view domain,
                                                std::string_view key = {});

/// Is this one of our own mails, come back through a forward or a shared mailbox? Then everything about it is known
/// already, and taking it for work would make another mail, and so on. Told by X-Orgo-Loop, by our Message-ID, and,
/// since some providers replace both, by our own sending address together with a task marker in the subject or another
/// field of ours; without any mark it is no loop: a form may send as that address. What another tenant of our domain
/// wrote to us (its X-Orgo-ID or Message-ID says so) is work like any other mail. Or has it gone through too many
/// programs like us (X-Orgo-Hop)?
std::optional<Finding> find_own_loop(const Message& message, const OwnMarks& ours);

}  // namespace orgo
