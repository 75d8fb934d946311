#include "core/processing/decide.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/json_writer.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/mail/findings/find_all.h"
#include "core/mail/findings/find_auto_reply.h"
#include "core/processing/answer_task.h"
#include "core/processing/ask_rules.h"
#include "core/processing/draft.h"
#include "core/processing/follow_report.h"
#include "core/processing/join_copy.h"
#include "core/processing/join_task.h"
#include "core/processing/message_decision.h"
#include "core/processing/open_task.h"
#include "core/processing/trace.h"
#include "core/task/task_change.h"
#include "core/threading/thread_alias.h"

namespace orgo {
namespace {

constexpr std::size_t kReasonMax = 500;     // bytes
constexpr std::size_t kSendsToldMax = 200;  // in the event; the outbox has them all

std::vector<Finding> findings_of(const Draft& draft) {
  const auto& thread = draft.context.thread;
  KnownToStore known;
  if (thread.task) known.task = thread.task->number;
  known.evidence = thread.evidence;
  known.same_content = thread.same_content;
  known.known_id = draft.incoming.known_id;
  const auto& settings = draft.settings;
  return find_all(draft.envelope, draft.message,
                  {draft.envelope.tenant, settings.domain, settings.own_sender, settings.hops_max}, known);
}

/// What a machine wrote by itself, and what came back to us: kept, and no more.
const Finding* only_recorded(const std::vector<Finding>& findings) {
  for (const auto kind :
       {FindingKind::own_loop, FindingKind::bounce, FindingKind::out_of_office, FindingKind::auto_reply})
    if (const auto* finding = finding_of(findings, kind)) return finding;
  return nullptr;
}

void record(Draft& draft, const Finding& finding) {
  draft.outcome = Outcome::recorded;
  if (draft.context.thread.task) draft.task = draft.context.thread.task->number;
  draft.reason.append(to_string(finding.kind)).append(": ").append(finding.detail);
  if (draft.incoming.report && (finding.kind == FindingKind::bounce || tells_of_delivery(draft.message)))
    follow_report({draft.incoming, draft.context, draft.rules, draft.settings, draft.now, draft.quiet}, draft.changes,
                  draft.task, draft.reason);
}

void drop(Draft& draft) {
  draft.outcome = Outcome::dropped;
  draft.reason = "dropped by rule '" + *draft.verdict.drop + "'";
}

/// What goes on from a task that was done: each shows the other. The one that was done stays as old as it is.
void link_with_new(Draft& draft, const Task& before) {
  Task known = before;
  known.version = before.version + 1;
  if (known.ties.links.size() >= TaskTies::kLinksMax) return;
  known.ties.links.insert(known.ties.links.begin(), draft.task);
  draft.changes.all<TaskChange>().front().task.ties.links = {before.number};
  draft.changes.add(TaskChange{std::move(known)});
  const auto subject = draft.task;
  draft.task = before.number;
  JsonWriter(draft.event(EventKind::task_linked).data).begin_object().field("by", "reply").end_object();
  draft.task = subject;
}

Trace trace_of(Draft& draft) {
  Trace trace;
  for (auto& finding : draft.findings)
    trace.findings.push_back({std::string(to_string(finding.kind)), std::move(finding.detail)});
  trace.keywords = std::move(draft.verdict.keywords);
  trace.rules = std::move(draft.verdict.trace);
  if (draft.settings.trace == TraceDepth::decided) {
    trace.acted = std::move(draft.verdict.matched);
    trace.asked = std::move(draft.asked);
  }
  trace.routed_to = std::move(draft.verdict.route_to);
  trace.thread = draft.context.thread.evidence;
  trace.thread_refused = draft.context.thread.refused_claim;
  if (draft.no_answer) trace.not_answered = "because of " + *draft.no_answer;
  return trace;
}

/// The end of each: the decision's own row and event.
Changes finish(Draft& draft) {
  if (draft.reason.size() > kReasonMax) draft.reason.resize(cut_utf8(draft.reason, kReasonMax).size());
  Event& decided = draft.event(EventKind::message_decided);
  JsonWriter json(decided.data);
  json.begin_object().field("outcome", to_string(draft.outcome)).field("reason", draft.reason);
  if (!draft.changes.sends.empty()) {
    json.key("sends").begin_array();
    const auto told = std::span(draft.changes.sends).first(std::min(draft.changes.sends.size(), kSendsToldMax));
    for (const auto& made : told)
      json.begin_object()
          .field("kind", to_string(made.kind))
          .field("to", to_string(made.recipient))
          .field("template", made.template_name)
          .end_object();
    json.end_array();
  }
  json.end_object();

  MessageDecision decision;
  decision.message = draft.incoming.id;
  decision.outcome = draft.outcome;
  decision.task = draft.task;
  decision.subject = draft.subject;
  decision.from = draft.sender();
  decision.rules_version = draft.rules.version();
  if (draft.settings.trace != TraceDepth::none) decision.trace = stored_form(trace_of(draft));
  decision.reason = std::move(draft.reason);
  draft.changes.add(std::move(decision));
  if ((draft.outcome == Outcome::task_opened && !draft.is_copy) || draft.outcome == Outcome::task_joined)
    for (const auto hash : draft.context.thread.names) draft.changes.add(ThreadAlias{hash, draft.task});
  return std::move(draft.changes);
}

}  // namespace

Changes decide(const Incoming& incoming, const Context& context, const rules::RuleSet& rules,
               const DecideSettings& settings, TimePoint now) {
  Draft draft(incoming, context, rules, settings, now);
  if (incoming.envelope.channel == Channel::answer) {
    answer_task(draft);
    return finish(draft);
  }
  draft.findings = findings_of(draft);
  const auto& thread = context.thread;
  if (const auto* finding = only_recorded(draft.findings)) {
    record(draft, *finding);
  } else if (thread.same_content && thread.task) {
    join_copy(draft, *thread.task);
  } else if (thread.task && !opens_alert(draft, *thread.task) && !opens_anew(draft, *thread.task)) {
    join_task(draft, *thread.task);
  } else {
    draft.related = thread.task ? thread.task->number : thread.related;
    ask_rules(draft, nullptr);
    if (draft.verdict.drop) drop(draft);
    else open_task(draft);
    if (draft.outcome == Outcome::task_opened && thread.task) link_with_new(draft, *thread.task);
  }
  return finish(draft);
}

}  // namespace orgo
