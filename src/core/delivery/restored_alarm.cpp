#include "core/delivery/restored_alarm.h"

#include "base/json_writer.h"
#include "base/stored_text.h"
#include "core/alarm/alarm_change.h"
#include "core/alarm/alarm_task.h"
#include "core/delivery/send_outcome.h"

namespace orgo {
namespace {

constexpr std::string_view kActor = "restore";
constexpr std::size_t kDetailMax = 1024;

Changes move(TenantId tenant, RestoredSendMoved moved, Subject subject, MessageId message, std::string_view actor,
             TimePoint now) {
  Changes changes{.tenant = tenant, .at = now};
  Event event;
  event.kind = moved.to == RestoredSendMoved::To::queued ? EventKind::send_released : EventKind::send_dropped;
  event.subject = subject;
  event.message = message;
  event.send = moved.send;
  event.at = now;
  event.actor = actor;
  if (!moved.detail.empty()) JsonWriter(event.data).begin_object().field("reason", moved.detail).end_object();
  changes.events.push_back(std::move(event));
  changes.add(std::move(moved));
  return changes;
}

}  // namespace

Changes raise_restored_alarm(TenantId tenant, std::int64_t sends, std::span<const std::string> administrators,
                             TimePoint now) {
  const auto held = std::to_string(sends) + (sends == 1 ? " mail or webhook" : " mails and webhooks");
  return raise_alarm(tenant,
                     {.source = std::string(kRestoredAlarm),
                      .actor = kActor,
                      .title = "A backup was put back: " + held + (sends == 1 ? " waits" : " wait") + " for your word",
                      .why = "The database is a restored or copied one. " + held +
                             " waited in it, or come of what was older than it, and may have gone out long ago, so " +
                             (sends == 1 ? "it is" : "they are") +
                             " held. Look at them on the page /queue or with `orgo queue restored`. `orgo queue "
                             "release --all` sends them, `orgo queue drop --all --reason '...'` never does; both "
                             "take single ones, too (s5). What came since goes out as ever.",
                      .priority = Priority::urgent},
                     administrators, now);
}

Changes end_restored_alarm(TenantId tenant, TaskNumber task, TimePoint now) {
  Changes changes{.tenant = tenant, .at = now};
  changes.add(AlarmClosed{std::string(kRestoredAlarm)});
  changes.events.push_back(alarm_comment(kActor, task, "Nothing is held by the restore any more.", now));
  return changes;
}

Changes release_restored(TenantId tenant, SendId send, Subject subject, MessageId message, std::string_view actor,
                         TimePoint now) {
  return move(tenant, {.send = send, .to = RestoredSendMoved::To::queued}, subject, message, actor, now);
}

Changes drop_restored(TenantId tenant, SendId send, Subject subject, MessageId message, std::string_view reason,
                      std::string_view actor, TimePoint now) {
  return move(tenant, {.send = send, .to = RestoredSendMoved::To::dropped, .detail = stored_text(reason, kDetailMax)},
              subject, message, actor, now);
}

}  // namespace orgo
