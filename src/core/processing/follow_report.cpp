#include "core/processing/follow_report.h"

#include "base/json_writer.h"
#include "base/one_line.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/channel/channel_traits.h"
#include "core/contact/mail_address.h"
#include "core/escalation/escalate.h"

namespace orgo {
namespace {

std::string bounce_words(const FailedRecipient& recipient) {
  std::string words(to_string(recipient.reason));
  if (!recipient.diagnostic.empty()) words.append(" (").append(one_line(recipient.diagnostic, 300)).append(")");
  else if (!recipient.status.empty()) words.append(" (").append(recipient.status).append(")");
  return words;
}

/// Whoever has the task is told once that the requester knows nothing, since a bounced send does not bounce again.
void tell_of_lost_answer(const ReportedCase& reported, Changes& changes, const SentMail& mail,
                         const std::string& words) {
  const auto& task = reported.context.thread.task;
  if (reported.quiet || !task || task->number != mail.send.subject.task()) return;
  const auto who = reported.rules.workplace().address_of_holder(task->assignee, task->team, reported.now);
  if (auto told = lost_answer(*task, who, mail.id, mail.send.recipient, words, reported.now))
    changes.sends.push_back(std::move(*told));
}

/// The one of the report to whom the mail went; nullptr: it names others.
const FailedRecipient* recipient_of(const BounceReport& report, std::string_view to) {
  const FailedRecipient* found = nullptr;
  if (ORGO_PLANT(bounce_of_another_recipient) && !report.recipients.empty()) return &report.recipients.front();
  for (const auto& one : report.recipients)
    if (is_same_address(one.address, to) || is_same_address(one.final_address, to)) found = &one;
  return found;
}

void note(const ReportedCase& reported, Changes& changes, EventKind kind, const FailedRecipient& recipient,
          bool permanent) {
  const auto& mail = *reported.context.reported_mail;
  const auto& report = *reported.incoming.report;
  Event& told = changes.events.emplace_back();
  told.kind = kind;
  told.subject = mail.send.subject;
  told.message = reported.incoming.id;
  told.send = mail.id;
  told.at = reported.now;
  told.actor = "rules";
  JsonWriter json(told.data);
  json.begin_object().field("to", to_string(mail.send.recipient)).field("reason", to_string(recipient.reason));
  json.field("permanent", permanent);
  if (mail.send.content) json.field("content", to_string(mail.send.content));
  if (!recipient.status.empty()) json.field("status", recipient.status);
  if (!recipient.diagnostic.empty()) json.field("answer", recipient.diagnostic);
  if (!report.reporting_mta.empty()) json.field("reported_by", report.reporting_mta);
  json.end_object();
}

void follow_failure(const ReportedCase& reported, const FailedRecipient& recipient, Changes& changes,
                    std::string& reason) {
  const SentMail& mail = *reported.context.reported_mail;
  const auto name = to_string(mail.id);
  const bool complaint = recipient.reason == BounceReason::feedback;
  const bool delayed = recipient.action == DeliveryAction::delayed && !complaint;
  const auto words = bounce_words(recipient);
  const auto verdict = judge_address(recipient.reason, recipient.permanence, recipient.action);
  reason += "; " + name +
            (complaint ? " was complained about"
             : delayed ? " is delayed"
                       : " did not arrive") +
            ": " + words;
  if (mail.state == SendState::bounced && (!complaint || ORGO_PLANT(complaint_behind_a_bounce_unheard))) {
    reason += "; that is known already";
    return;
  }
  note(reported, changes,
       complaint ? EventKind::send_complained
       : delayed ? EventKind::send_delayed
                 : EventKind::send_bounced,
       recipient, verdict == AddressVerdict::permanent);
  if (delayed && !ORGO_PLANT(delay_is_a_bounce)) return;
  if (!complaint) changes.add(SendBounced{mail.id, "bounced: " + words});
  const auto& to = mail.send.recipient.address;
  const bool ours = reaches_our_own(mail.send.kind) || reported.rules.workplace().is_staff(to);
  const bool suppressed = note_failure(changes, reported.context.suppression,
                                       {.contact = mail.send.recipient,
                                        .verdict = verdict,
                                        .reason = std::string(to_string(recipient.reason)),
                                        .detail = recipient.diagnostic,
                                        .message = reported.incoming.id,
                                        .send = mail.id,
                                        .task = mail.send.subject.task(),
                                        .actor = "rules",
                                        .ours = ours},
                                       reported.settings.suppression, reported.now);
  if (suppressed) reason += "; nothing is sent to that address any more";
  else if (ours) reason += "; it is one of ours and is written to on";
  if (!complaint && (mail.send.kind == SendKind::reply || mail.send.kind == SendKind::answer))
    tell_of_lost_answer(reported, changes, mail, words);
  // A promise that the answer had kept is open again: escalate() reads it from the history at once.
  if (const auto& task = reported.context.thread.task;
      !complaint && mail.send.content && task && task->number == mail.send.subject.task() && settles_later(*task))
    changes.timers.push_back(deadline_set(task->number, reported.now));
}

}  // namespace

void follow_report(const ReportedCase& reported, Changes& changes, TaskRef& task, std::string& reason) {
  const auto& context = reported.context;
  if (!context.reported) {
    reason += "; it names no mail of ours";
    return;
  }
  const auto name = to_string(context.reported);
  if (!context.reported_mail) {
    reason += "; there is no send " + name;
    return;
  }
  const SentMail& mail = *context.reported_mail;
  const bool went_out = mail.state == SendState::delivered || mail.state == SendState::bounced ||
                        mail.state == SendState::restored || mail.attempts > 0;
  if ((!went_out && !ORGO_PLANT(bounce_before_it_went_out)) || mail.state == SendState::refused ||
      !may_be_reported(lane_of(mail.send))) {
    reason += "; " + name + " never went out: not believed";
    return;
  }
  const auto* const recipient = recipient_of(*reported.incoming.report, mail.send.recipient.address);
  if (recipient == nullptr) {
    reason += "; " + name + " did not go to whom it names: not believed";
    return;
  }
  if (!task) task = mail.send.subject.task_ref();
  const bool complaint = recipient->reason == BounceReason::feedback;
  if (recipient->action != DeliveryAction::failed && recipient->action != DeliveryAction::delayed && !complaint) {
    reason += "; " + name + " was " + std::string(to_string(recipient->action));
    return;
  }
  follow_failure(reported, *recipient, changes, reason);
}

}  // namespace orgo
