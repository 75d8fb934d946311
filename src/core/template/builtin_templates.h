#pragma once
#include <array>
#include <string_view>

#include "core/template/mail_template.h"

namespace orgo {

/// What Orgo says when the rule file does not say it otherwise. A template of the same name in the rule file goes
/// before. Names: task_opened, task_replied, task_assigned, escalated, task_overdue, task_woken, reply_received,
/// answer_bounced, task_resolved, answer (what a person of ours writes to a customer), answer_kept.
/// nullptr: there is none of this name.
const MailTemplate* builtin_template(std::string_view name);

/// The one in which the words of an answer to a customer stand; it always has {{text}}.
inline constexpr std::string_view kAnswerTemplate = "answer";

/// What may stand in {{...}}: task ("T-12"), title, subject (of the mail it is about, else the title), state, priority,
/// team, assignee, requester, tags, due, created, note, from, text (the first 2,000 bytes of the mail), domain, link,
/// type (of the task), fields (a line "Room: 102" for each that has a value), missing (the labels of the required ones
/// that have none). Of an answer: person (who wrote it) and signature (a line "-- ", the person, and what the answers
/// of their team end with).
inline constexpr auto kPlaceholders = std::to_array<std::string_view>(
    {"task", "title", "subject", "state",  "priority", "team", "assignee", "requester", "tags",   "due",      "created",
     "note", "from",  "text",    "domain", "link",     "type", "fields",   "missing",   "person", "signature"});

}  // namespace orgo
