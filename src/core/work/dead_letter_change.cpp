#include "core/work/dead_letter_change.h"

#include "base/json_writer.h"

namespace orgo {
namespace {

Changes move(const WorkKey& work, DeadLetterMoved::To to, Event event, std::string_view error,
             std::string_view reason) {
  Changes changes{.tenant = work.tenant, .at = event.at};
  if (work.kind == WorkKind::process) event.message = MessageId{work.reference};
  JsonWriter json(event.data);
  json.begin_object().field("item", to_string(QueueItemId{work.reference})).field("error", error);
  if (!reason.empty()) json.field("reason", reason);
  json.end_object();
  changes.events.push_back(std::move(event));
  changes.add(DeadLetterMoved{.kind = work.kind, .reference = work.reference, .to = to});
  return changes;
}

}  // namespace

Changes retry_dead_letter(const WorkKey& work, std::string_view error, std::string_view actor, TimePoint now) {
  return move(work, DeadLetterMoved::To::waiting,
              {.kind = EventKind::queue_retried, .at = now, .actor = std::string(actor)}, error, {});
}

Changes drop_dead_letter(const WorkKey& work, std::string_view error, std::string_view reason, std::string_view actor,
                         TimePoint now) {
  return move(work, DeadLetterMoved::To::dropped,
              {.kind = EventKind::queue_dropped, .at = now, .actor = std::string(actor)}, error, reason);
}

}  // namespace orgo
