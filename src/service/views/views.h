#pragma once
#include <optional>

#include "base/json_writer.h"
#include "base/time.h"
#include "core/ledger/ledger.h"
#include "core/message/message.h"
#include "core/search/match.h"
#include "port/message_store.h"
#include "port/outbox.h"
#include "port/task_store.h"
#include "port/token_store.h"
#include "port/work_store.h"

/// Values as the JSON that programs see, in one form for the API, the command line and everything later. Each function
/// writes one JSON object. Instants are RFC 3339, ids as people write them ("T-12", "m17"), what is unknown is null.
/// Fields may be added; none is renamed or taken away.
namespace orgo::views {

/// `now`: to say whether it is overdue; nullopt: that is left out. `found`: where somebody's words stand in it, in
/// pieces for pages; null: nobody searched.
void write_task(JsonWriter& writer, const Task& task, std::optional<TimePoint> now = std::nullopt,
                const search::Snippet* found = nullptr);
void write_event(JsonWriter& writer, const StoredEvent& event);
/// The stored facts of a message and, if it was decided, what was decided.
void write_message(JsonWriter& writer, const StoredMessage& message, const std::optional<MessageDecision>& decision);
/// What the parser saw, without the texts: sender, recipients, subject, ids, attachments, defects, sizes.
void write_parsed(JsonWriter& writer, const Message& message);
void write_send(JsonWriter& writer, const StoredSend& send);
void write_suppression(JsonWriter& writer, const Suppression& suppression, TimePoint now);
void write_dead_letter(JsonWriter& writer, const DeadLetter& letter);
void write_ledger_line(JsonWriter& writer, const LedgerLine& line);
void write_token(JsonWriter& writer, const ApiToken& token);

/// An id as people write it, null for none.
template <typename Tag>
void write_id(JsonWriter& writer, std::string_view name, Id<Tag> id) {
  writer.key(name);
  if (id) writer.string(to_string(id));
  else writer.null();
}
void write_time(JsonWriter& writer, std::string_view name, const std::optional<TimePoint>& time);

}  // namespace orgo::views
