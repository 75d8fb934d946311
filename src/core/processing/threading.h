#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "core/message/message.h"
#include "core/task/task.h"

/// To which task does a mail belong, when programs on the way have rewritten its ids, and when a stranger only says so?
namespace orgo {

/// What a mail says about its thread, best first. What it proves stands apart from what it claims.
struct ThreadHints {
  /// Looked up among the ids of stored mails and aliases: In-Reply-To, then References from the end, then what
  /// providers keep beside them (pseudo ids "thread-index:..." of Outlook and "ses:..." of Amazon); at most 24, no
  /// doubles.
  std::vector<std::string> message_ids;
  /// By what else this very mail may be answered: ids that a provider has replaced, its Thread-Index; at most 8.
  std::vector<std::string> aliases;
  TaskNumber proven;          ///< it answers a mail of ours, by its Message-ID with a right end; 0: none
  TaskNumber marker;          ///< only claimed: "[T-12]", or an id of ours with a wrong end; 0: none
  std::string marker_place;   ///< "subject", "quoted text", "References"
  std::string reply_subject;  ///< of a mail whose subject says that it is a reply: plain_subject(); empty: says nothing
};
/// `domain` and `key` as own_message_id() takes them. The marker of another Orgo's mail (X-Orgo-Loop) counts tasks of
/// theirs and is not taken.
ThreadHints thread_hints(const Message& message, std::string_view domain = {}, std::string_view key = {});

/// A subject without "Re:", "AW:", "Fwd:", "[list]" in front and without task markers, folded: what stays the same in a
/// thread.
std::string plain_subject(std::string_view subject);
/// Does it begin with "Re:" or what mail programs of other languages write for it?
bool is_reply_subject(std::string_view subject);

/// Which part has `address` in the task, in words ("the requester"); empty: none, a stranger. Requester, assignee,
/// team, who wrote or got mail about it (`participants`, lower case), who shares a domain with the requester unless
/// that is one where everybody has mailboxes, and whoever is of the house (`own`: addresses and "@domains"). The
/// address is what From says. Whoever can write mail in another's name into this house is believed here.
std::string part_in_task(std::string_view address, const Task& task, std::span<const std::string> participants,
                         std::span<const std::string> own);

/// Does everybody have mailboxes at this domain (gmail.com, gmx.de, ...)? Then it says nothing about who belongs
/// together.
bool is_public_mail_domain(std::string_view domain);

/// Under which further ids the mail that a relay took with this answer will be known: "250 Ok 0100..." of Amazon SES,
/// "250 2.6.0 <id@...> Queued" of Exchange. At most 4.
std::vector<std::string> ids_in_answer(std::string_view answer);

}  // namespace orgo
