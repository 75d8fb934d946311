#include "core/backtest/compare.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "core/processing/message_decision.h"
#include "core/task/task_change.h"

namespace orgo {
namespace {

void append(std::string& list, std::string_view one) {
  if (!list.empty()) list += ", ";
  list += one;
}

bool newer_first(const ChangedMessage& a, const ChangedMessage& b) {
  return a.id != b.id ? a.id > b.id : a.name < b.name;
}

}  // namespace

std::vector<OutcomeField> outcome_fields(const Changes& changes) {
  std::string teams, replies, told, webhooks, escalation;
  for (const auto& send : changes.sends) {
    if (send.kind == SendKind::webhook) append(webhooks, to_string(send.recipient));
    else if (send.kind == SendKind::reply) append(replies, send.template_name);
    else append(told, to_string(send.recipient));
  }
  std::string assignee, priority, tags;
  if (!changes.all<TaskChange>().empty()) {
    const auto& task = changes.all<TaskChange>().front().task;
    teams = task.team;
    assignee = task.assignee;
    priority = to_string(task.priority);
    tags = join(task.tags, ", ");
    for (const auto& step : task.escalation.steps)
      append(escalation, "after " + format_duration(step.after) + " " +
                             (!step.tells       ? ""
                              : step.to.empty() ? "the team"
                                                : step.to) +
                             (step.effects ? (step.tells ? ": " : "") + in_words(*step.effects) : std::string()));
  }
  const std::string outcome = changes.find<MessageDecision>()
                                  ? std::string(to_string(changes.find<MessageDecision>()->outcome))
                                  : std::string();
  return {{"outcome", outcome},       {"routed to", teams}, {"assigned to", assignee},
          {"priority", priority},     {"tags", tags},       {"escalation", escalation},
          {"answered with", replies}, {"told", told},       {"webhooks", webhooks}};
}

std::vector<OutcomeChange> compare_outcomes(const Changes& before, const Changes& after) {
  const auto a = outcome_fields(before);
  const auto b = outcome_fields(after);
  if (a.front() != b.front()) return {{a.front().name, a.front().value, b.front().value}};
  std::vector<OutcomeChange> changes;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i]) changes.push_back({a[i].name, a[i].value, b[i].value});
  return changes;
}

void Comparison::add_changed(ChangedMessage message) {
  ++messages_;
  ++asked_;
  ++changed_;
  for (const auto& change : message.changes) {
    if (const auto known = kinds_.find(change); known != kinds_.end()) ++known->second;
    else if (kinds_.size() < kKindsMax) kinds_.emplace(change, 1);
    else ++kinds_left_out_;
  }
  examples_.push_back(std::move(message));
  if (examples_.size() < 2 * examples_max_ + 2) return;
  std::nth_element(examples_.begin(), examples_.begin() + static_cast<std::ptrdiff_t>(examples_max_), examples_.end(),
                   newer_first);
  examples_.resize(examples_max_);
}

void Comparison::merge(Comparison&& other) {
  messages_ += other.messages_;
  asked_ += other.asked_;
  changed_ += other.changed_;
  unreadable_ += other.unreadable_;
  kinds_left_out_ += other.kinds_left_out_;
  for (const auto& [change, count] : other.kinds_) {
    if (const auto known = kinds_.find(change); known != kinds_.end()) known->second += count;
    else if (kinds_.size() < kKindsMax) kinds_.emplace(change, count);
    else kinds_left_out_ += count;
  }
  std::move(other.examples_.begin(), other.examples_.end(), std::back_inserter(examples_));
}

std::vector<Comparison::Kind> Comparison::kinds() const {
  std::vector<Kind> kinds;
  for (const auto& [change, count] : kinds_) kinds.push_back({change, count});
  std::stable_sort(kinds.begin(), kinds.end(), [](const Kind& a, const Kind& b) { return a.count > b.count; });
  return kinds;
}

std::vector<ChangedMessage> Comparison::examples() const {
  auto sorted = examples_;
  std::sort(sorted.begin(), sorted.end(), newer_first);
  if (sorted.size() > examples_max_) sorted.resize(examples_max_);
  return sorted;
}

}  // namespace orgo
