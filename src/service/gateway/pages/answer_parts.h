#pragma once
#include <optional>
#include <span>
#include <string>

#include "base/time_zone.h"
#include "core/answer/answer_order.h"
#include "port/message_store.h"
#include "port/outbox.h"
#include "service/gateway/content/mail_content.h"
#include "service/gateway/pages/answer_card.h"
#include "service/gateway/pages/html.h"

/// What people of ours answered, among the messages of a task.
namespace orgo::gateway::page {

/// How answers are shown on the page of a task.
struct AnswersShown {
  std::span<const StoredSend> sends;  ///< of the task, of all kinds
  const TimeZone& zone;
  TimePoint now{};
  bool may_write = false;  ///< whoever looks may write such a thing themselves
};

/// The order behind what was written in Orgo; nullopt: a message of somebody else.
std::optional<AnswerOrder> order_of(const StoredMessage& stored, const Message& message);
struct ShownOrder {
  const AnswerOrder& order;
  std::string not_done;  ///< why nothing of it was done; empty: it was
};
/// One answer or note: who, to whom, the words and files, and what became of each copy.
void write_answer(Html& html, const StoredMessage& stored, const MailView& view, const ShownOrder& shown,
                  const AnswersShown& how);
/// What became of each copy of a message that went on to the customer; nothing when it did not.
void write_copies(Html& html, MessageId message, const AnswersShown& how);
/// Words and recipients of an answer or a note, to be written again.
AnswerDraft draft_of(const Message& message);
/// Was every copy of it taken back?
bool is_recalled(std::span<const StoredSend> sends, MessageId message);

}  // namespace orgo::gateway::page
