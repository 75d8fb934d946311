#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "core/intake/raw_message.h"
#include "core/mail/findings/find_own_loop.h"
#include "core/message/finding.h"
#include "core/message/message.h"

namespace orgo {

/// What the store knows about a message that makes a finding.
struct KnownToStore {
  TaskNumber task;                        ///< it belongs to; 0: none
  std::string_view evidence;              ///< of that, in words
  std::optional<MessageId> same_content;  ///< earlier message with this id and content, for another recipient
  bool known_id = false;                  ///< its Message-ID was seen under another body
};

/// All findings, in this order: own_loop, bounce, out_of_office, auto_reply, mailing_list, follow_up, duplicate. This
/// list is the only place that names them all. A bounce or own loop is not also called an automatic answer, though it
/// bears its marks.
std::vector<Finding> find_all(const Envelope& envelope, const Message& message,
                              const OwnMarks& ours = {.tenant = kTrialTenant}, const KnownToStore& known = {});

/// The finding of this kind, or nullptr.
const Finding* finding_of(const std::vector<Finding>& findings, FindingKind kind);

}  // namespace orgo
