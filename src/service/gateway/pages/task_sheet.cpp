#include "service/gateway/pages/task_sheet.h"

#include <optional>

#include "core/mail/read/read_message.h"
#include "core/processing/message_decision.h"
#include "service/gateway/content/view_budget.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/pages/answer_parts.h"
#include "service/gateway/pages/mail_parts.h"
#include "service/gateway/pages/page_parts.h"
#include "service/gateway/pages/sent_parts.h"
#include "service/gateway/pages/task_actions.h"
#include "service/gateway/pages/tie_parts.h"
#include "service/tasks/conversation.h"
#include "service/views/clock_view.h"

namespace orgo::gateway::page {
namespace {

constexpr int kHistoryMax = 500;
constexpr int kMessagesMax = 20;

void write_facts(Html& html, const Task& task, const TimeZone& zone, TimePoint now) {
  html.raw("<dl>\n<dt>State</dt><dd><span class=\"chip\">").text(to_string(task.state)).raw("</span>");
  if (task.pending_until) html.raw(" until ").instant(*task.pending_until, zone);
  html.raw("</dd>\n<dt>Priority</dt><dd>");
  write_priority(html, task.priority);
  html.raw("</dd>\n<dt>Team</dt><dd>").address(task.team.empty() ? "nobody yet" : task.team);
  html.raw("</dd>\n<dt>Assigned to</dt><dd>").address(task.assignee.empty() ? "nobody yet" : task.assignee);
  html.raw("</dd>\n<dt>Asked by</dt><dd>").address(task.requester.empty() ? "unknown" : to_string(task.requester));
  html.raw("</dd>\n<dt>Opened</dt><dd>")
      .instant(task.created_at, zone)
      .raw(" <span class=\"soft\">(")
      .age(task.created_at, now)
      .raw(")</span></dd>\n");
  write_ties(html, task);
  if (task.due_at) html.raw("<dt>Due</dt><dd>").instant(*task.due_at, zone).raw("</dd>\n");
  if (task.escalation.level > 0) html.raw("<dt>Escalated</dt><dd>").number(task.escalation.level).raw(" times</dd>\n");
  if (!task.tags.empty()) {
    html.raw("<dt>Tags</dt><dd>");
    for (const auto& tag : task.tags) html.raw("<span class=\"chip\">").name(tag).raw("</span> ");
    html.raw("</dd>\n");
  }
  if (!task.type.empty()) html.raw("<dt>Type</dt><dd>").name(task.type).raw("</dd>\n");
  for (const auto& field : task.fields) {
    if (field.value.empty() && field.problem.empty()) continue;
    html.raw("<dt>").name(field.label).raw("</dt><dd>").name(field.value);
    if (!field.problem.empty()) html.raw(" <span class=\"soft\">").name(field.problem).raw("</span>");
    html.raw("</dd>\n");
  }
  html.raw("</dl>\n");
}

void write_clocks(Html& html, const views::TaskClocks& clocks, const TimeZone& zone) {
  if (clocks.sla.empty() && !clocks.next_step) return;
  html.raw("<dl>\n");
  if (!clocks.sla.empty()) html.raw("<dt>Service level</dt><dd>").name(clocks.sla).raw("</dd>\n");
  for (const auto& clock : clocks.clocks)
    html.raw("<dt>")
        .text(views::title_of(clock.clock))
        .raw("</dt><dd>")
        .text(views::in_words(clock, zone))
        .raw("</dd>\n");
  if (clocks.next_step)
    html.raw("<dt>Escalates</dt><dd>")
        .instant(*clocks.next_step, zone)
        .raw(" to ")
        .address(clocks.next_to)
        .raw("</dd>\n");
  html.raw("</dl>\n");
}

void write_remark(Html& html, const TaskRemark& remark) {
  if (!remark.complaint.empty()) html.raw("<p class=\"alert\" role=\"alert\">").text(remark.complaint).raw("</p>\n");
  if (!remark.notice.empty()) html.raw("<p class=\"notice\" role=\"status\">").text(remark.notice).raw("</p>\n");
}

}  // namespace

/// Fills the box with what was written before. An id that is none of the task's answers is nothing to complain about:
/// the page is as ever.
void TaskSheet::fill_again(const Call& call, TaskNumber number, std::span<const StoredSend> sends, TaskRemark& remark) {
  const auto tenant = call.caller->tenant;
  const auto id = parse_id<MessageTag>(remark.again);
  if (!id || !may(call.caller->role, Permission::read_messages)) return;
  const auto stored = ports_.messages.read(tenant, *id);
  const auto bytes = stored && stored->envelope.channel == Channel::answer ? ports_.messages.read_bytes(tenant, *id)
                                                                           : Result<std::string>(std::string());
  if (!bytes || bytes->empty()) return;
  const auto message = read_message(*bytes);
  const auto order = order_of(*stored, message);
  if (!order || order->task != number) return;
  remark.draft = draft_of(message);
  if (is_recalled(sends, *id)) remark.notice = "Taken back; nothing was sent. The words are in the box again.";
  if (!message.attachments.empty()) remark.notice += " Choose the files again.";
}

Status TaskSheet::write_messages(Html& html, const Call& call, const Task& task, const AnswersShown& how) {
  MessageListRequest request{.tenant = call.caller->tenant};
  request.limit = kMessagesMax;
  ORGO_TRY(messages, messages_with_parts(ports_.messages, task, request));
  html.raw("<h2>Messages</h2>\n");
  const auto checks_until = within(kCheckTime);
  ViewBudget budget(call.request);
  for (const auto& [message, decision] : messages) {
    ORGO_CHECK(budget.check());
    if (!budget.take(message.size)) {
      write_left_out(html, message, how.now);
      continue;
    }
    std::optional<MailView> view;
    if (const auto bytes = ports_.messages.read_bytes(request.tenant, message.id))
      view = view_of(ports_.signatures, message, *bytes, checks_until);
    if (const auto order = view ? order_of(message, view->message) : std::nullopt) {
      const bool done = !decision || decision->outcome != Outcome::recorded;
      write_answer(html, message, *view, {*order, done ? std::string() : decision->reason}, how);
      continue;
    }
    write_mail(html, message, view ? &*view : nullptr, {.now = how.now});
    write_copies(html, message.id, how);
    if (decision) write_split(html, task, *decision, how.may_write);
  }
  if (messages.empty()) html.raw("<p class=\"card\">No messages.</p>\n");
  return {};
}

Result<HttpResponse> TaskSheet::render(const Call& call, TaskNumber number, TaskRemark remark) {
  const auto tenant = call.caller->tenant;
  ORGO_TRY(task, ports_.tasks.read(tenant, number));
  ORGO_TRY(own_history, ports_.tasks.history(tenant, number, kHistoryMax));
  ORGO_TRY(history, history_with_parts(ports_.tasks, task, kHistoryMax));
  ORGO_TRY(own_sends, ports_.outbox.sends_of_task(tenant, number));
  ORGO_TRY(sends, sends_with_parts(ports_.outbox, task));
  ORGO_TRY(policy, ports_.policies(tenant));
  const auto zone = zone_of(*call.caller, policy->zone());
  const auto now = ports_.clock.now();
  const bool may_change = may(call.caller->role, Permission::change_tasks);
  if (may_change) fill_again(call, number, own_sends, remark);
  if (parameter(call, "kept") == "1")
    remark.notice =
        "It is kept, and stands here as soon as it is processed, with what became of it: load this page again in a "
        "moment.";

  Html html;
  begin_page(html, to_string(number) + " " + task.title, call.caller);
  html.raw("<p><a href=\"/\">All tasks</a></p>\n");
  write_remark(html, remark);
  if (may_change) write_leaving(html, task, own_sends, own_history, call.caller->name, zone, now);
  html.raw("<h1><span class=\"soft\">")
      .text(to_string(number))
      .raw("</span> ")
      .name(task.title.empty() ? "(no title)" : task.title)
      .raw("</h1>\n");
  write_merged_away(html, task, may_change);
  html.raw("<div class=\"two\">\n<section class=\"card\" aria-label=\"Facts\">\n");
  write_facts(html, task, zone, now);
  write_clocks(html, views::task_clocks(task, own_history, policy->workplace(), now), zone);
  html.raw("</section>\n");
  if (may_change && !task.ties.into) {
    ORGO_TRY(customers, ports_.customers(task, *policy));
    write_answer_card(html, task, customers, *policy, remark.draft, ports_.message_max);
    ORGO_TRY(names, ports_.names(tenant));
    write_actions(html, task, *call.caller, {zone, names, policy->workplace()});
  }
  html.raw("<div class=\"rest\">\n");
  if (may(call.caller->role, Permission::read_messages))
    ORGO_CHECK(write_messages(html, call, task, {sends, zone, now, may_change}));
  html.raw("<h2>History</h2>\n<ol class=\"history card\">\n");
  for (const auto& event : history) write_event(html, event, now);
  html.raw("</ol>\n");
  if (!sends.empty()) write_sends(html, sends, now);
  html.raw("</div>\n</div>\n");
  end_page(html);
  return html_response(html, remark.status);
}

}  // namespace orgo::gateway::page
