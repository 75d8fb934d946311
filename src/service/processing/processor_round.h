#pragma once
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/planted.h"
#include "core/message/reply_subject.h"
#include "core/processing/context.h"
#include "core/processing/title.h"
#include "core/task/task_change.h"
#include "service/processing/processor.h"

namespace orgo {

struct Processor::Work {
  WorkLease lease;
  Incoming incoming;
  ContextQuery query;
  std::shared_ptr<const Policy> policy = {};  ///< by which it is decided
  int conflicts = 0;
};

/// What this round has touched, and what it must not touch again before that is committed.
class Processor::Round {
 public:
  /// Those that depend on nothing that is undecided in `works`, with what the store knows of each; the others stay.
  static std::vector<Work> independent(std::vector<Work>& works) {
    std::unordered_set<std::int64_t> undecided;  // Message-IDs of this batch whose decision is not committed yet
    std::set<Subject> subjects;                  // of tasks that they may open
    const bool by_subject =
        std::ranges::any_of(works, [](const Work& work) { return asks_by_subject(work.query.thread); });
    std::vector<Work> free;
    std::vector<Work> bound;
    free.reserve(works.size());
    for (auto& work : works) {
      const auto& thread = work.query.thread;
      const auto pending = [&](std::int64_t hash) { return undecided.contains(hash); };
      const bool depends = pending(thread.id) || std::ranges::any_of(thread.answers, pending) ||
                           (asks_by_subject(thread) && !ORGO_PLANT(subject_of_a_batch_forgotten) &&
                            subjects.contains({work.query.tenant, thread.sender, thread.hints.reply_subject}));
      undecided.insert(thread.id);
      undecided.insert(thread.aliases.begin(), thread.aliases.end());
      undecided.insert(thread.answers.begin(), thread.answers.end());
      if (by_subject) subjects.insert({work.query.tenant, thread.sender, subject_of(work.incoming.message)});
      (depends ? bound : free).push_back(std::move(work));
    }
    works = std::move(bound);
    return free;
  }

  /// False: its task or the address that it reports about has a change in this round, and a second one must see that;
  /// or it claims a task that has one, which may be what gives its sender a part.
  bool take(const ContextQuery& query, const Context& context) {
    const auto& task = context.thread.task;
    if (!task && query.thread.hints.marker && tasks_.contains({query.tenant, query.thread.hints.marker})) return false;
    if (task && !tasks_.emplace(query.tenant, task->number).second) return false;
    return !context.reported_mail ||
           addresses_.emplace(query.tenant, contact_key(context.reported_mail->send.recipient)).second;
  }

  /// What this round decides is not stored yet, and is known all the same.
  void add_known(const ContextQuery& query, Context& context) const {
    if (ORGO_PLANT(first_of_a_batch_forgotten)) return;
    const auto known = senders_.find(key_of(query));
    if (!context.sender || known == senders_.end()) return;
    context.sender->earlier_messages += known->second.earlier_messages;
    context.sender->open_tasks += known->second.open_tasks;
  }
  void note(const ContextQuery& query, const Context& context, const Changes& changes) {
    if (!query.sender_history) return;
    auto& known = senders_[key_of(query)];
    ++known.earlier_messages;
    // Opened, or opened again: the requester may be another person than the sender.
    const auto& before = context.thread.task;
    for (const auto& change : changes.all<TaskChange>())
      if (is_open(change.task.state) && (!before || !is_open(before->state)))
        ++senders_[{query.tenant,
                    ORGO_PLANT(task_counts_for_who_sent_it) ? query.thread.sender : change.task.requester.address}]
              .open_tasks;
  }

 private:
  using Subject = std::tuple<TenantId, std::string, std::string>;  // tenant, sender, plain subject
  static std::string subject_of(const Message& message) {
    return plain_subject(make_title(message.subject, message.text));
  }
  static std::pair<TenantId, std::string> key_of(const ContextQuery& query) {
    return {ORGO_PLANT(sender_of_another_tenant_counts) ? TenantId{0} : query.tenant, query.thread.sender};
  }
  std::set<std::pair<TenantId, TaskNumber>> tasks_;
  std::set<std::pair<TenantId, std::string>> addresses_;  // of the suppression list
  std::map<std::pair<TenantId, std::string>, rules::SenderHistory> senders_;
};

}  // namespace orgo
