#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "core/message/message.h"

/// To which task does a mail belong, when programs on the way have rewritten its ids, and when a stranger only says so?
namespace orgo {

/// What a mail says about its thread, best first. What it proves stands apart from what it claims.
struct ThreadHints {
  /// Looked up among the ids of stored mails and aliases: In-Reply-To, then References from the end, then what
  /// providers keep beside them (pseudo ids "thread-index:..." of Outlook and "ses:..." of Amazon); at most 24, no
  /// doubles.
  std::vector<std::string> message_ids;
  bool in_reply_to = false;  ///< the first of them stands in In-Reply-To
  /// By what else this very mail may be answered: ids that a provider has replaced, its Thread-Index; at most 8.
  std::vector<std::string> aliases;
  TaskNumber proven;          ///< it answers a mail of ours, by its Message-ID with a right end; 0: none
  SendId proven_send;         ///< which mail of ours that is
  TaskNumber marker;          ///< only claimed: "[T-12]", or an id of ours with a wrong end; 0: none
  std::string marker_place;   ///< "subject", "quoted text", "References"
  std::string reply_subject;  ///< of a mail whose subject says that it is a reply: plain_subject(); empty: says nothing
};
/// `tenant`, `domain` and `key` as own_message_id() takes them. The marker of another Orgo's mail (X-Orgo-Loop) counts
/// tasks of theirs and is not taken.
ThreadHints thread_hints(const Message& message, TenantId tenant, std::string_view domain = {},
                         std::string_view key = {});

}  // namespace orgo
