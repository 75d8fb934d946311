#include "core/threading/find_thread.h"

#include <algorithm>
#include <limits>

#include "base/planted.h"
#include "core/message/reply_subject.h"
#include "core/threading/part_in_task.h"

namespace orgo {
namespace {

void add_id(std::vector<std::int64_t>& ids, std::int64_t id) {
  if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
}

/// Where the ids of a mail lead.
struct Lead {
  std::optional<MessageId> waits_for;
  TaskNumber task;
  std::string evidence;
  std::optional<MessageId> same_content;
  std::vector<std::int64_t> unseen;
  bool shared = false;  ///< only by an ancestor that is not here, which strangers may answer as well
};

/// One search along the ids, best first; ends as soon as there is a task or somebody to wait for.
class Search {
 public:
  Search(const ThreadQuery& query, const ThreadFacts& facts) : query_(query), facts_(facts) {}

  Lead follow() {
    if (query_.named) {
      found(query_.named, "written in Orgo itself");
      return std::move(lead_);
    }
    if (query_.known_id) by_copy();
    if (open()) by_answer();
    if (open() && query_.hints.proven)
      found(query_.hints.proven, "it answers a mail of ours about " + to_string(query_.hints.proven));
    if (open()) by_alias_of_answer();
    if (open()) by_own_alias();
    return std::move(lead_);
  }

 private:
  [[nodiscard]] bool open() const { return !lead_.task && !lead_.waits_for; }

  void found(TaskNumber task, std::string evidence) {
    lead_.task = task;
    lead_.evidence = std::move(evidence);
  }

  bool waits_for(const KnownMessage& known) {
    if (known.decided || !query_.may_wait || known.id >= query_.message) return false;
    lead_ = {};
    lead_.waits_for = known.id;
    return true;
  }

  void by_copy() {
    for (const auto& copy : facts_.known) {
      if (copy.id_hash != query_.id || copy.id >= query_.message || copy.content != query_.content) continue;
      if (waits_for(copy)) return;
      lead_.same_content = copy.id;
      if (copy.task) return found(*copy.task, "copy of " + to_string(copy.id));
    }
  }

  void by_answer() {
    for (std::size_t i = 0; i < query_.answers.size(); ++i)
      for (const auto& earlier : facts_.known) {
        if (earlier.id_hash != query_.answers[i] || earlier.id == query_.message) continue;
        if (waits_for(earlier)) return;
        if (earlier.task) {
          note_unseen();
          return found(*earlier.task, words_of(i));
        }
      }
    note_unseen();
  }

  void note_unseen() {
    for (const auto hash : query_.answers)
      if (std::none_of(facts_.known.begin(), facts_.known.end(), [&](const auto& one) { return one.id_hash == hash; }))
        add_id(lead_.unseen, hash);
  }

  void by_alias_of_answer() {
    // An id that a relay gave to a mail of ours proves, another does not.
    const bool first = !ORGO_PLANT(id_of_a_stranger_counts_first);
    for (const bool ours : {first, !first})
      for (std::size_t i = 0; i < query_.answers.size(); ++i)
        if (const auto* const alias = alias_of(query_.answers[i]); alias != nullptr && bool(alias->send) == ours) {
          lead_.shared = !ours;
          return found(alias->task.id(), words_of(i) + ", another id of a mail of " + to_string(alias->task.id()));
        }
  }

  /// Also those under which it went before a provider changed them. All that an opening task would name is looked up,
  /// so that a conflict over it (another worker opened one for the same thread) ends in joining.
  void by_own_alias() {
    auto task = query_.names_itself ? task_of(query_.id) : TaskNumber{};
    lead_.shared = !task;
    for (const auto hash : query_.aliases)
      if (!task) task = task_of(hash);
    if (task) found(task, "a mail of " + to_string(task) + " names it");
    else lead_.shared = false;
  }

  [[nodiscard]] const ThreadAlias* alias_of(std::int64_t hash) const {
    for (const auto& alias : facts_.aliases)
      if (alias.id_hash == hash) return &alias;
    return nullptr;
  }
  [[nodiscard]] TaskNumber task_of(std::int64_t hash) const {
    const auto* const alias = alias_of(hash);
    return alias == nullptr ? TaskNumber{} : alias->task.id();
  }

  [[nodiscard]] std::string words_of(std::size_t i) const {
    return (i == 0 && query_.hints.in_reply_to ? "In-Reply-To: <" : "References: <") + query_.hints.message_ids[i] +
           ">";
  }

  const ThreadQuery& query_;
  const ThreadFacts& facts_;
  Lead lead_;
};

const Task* task_in(const std::vector<Task>& tasks, TaskNumber number) {
  for (const auto& task : tasks)
    if (task.number == number) return &task;
  return nullptr;
}

/// The task whose marker the mail bears, when its sender has a part in it; else why not.
void follow_claim(const ThreadQuery& query, const ThreadFacts& facts, std::span<const std::string> own,
                  Thread& thread) {
  const auto* claimed = goes_to(query, facts, query.hints.marker);
  if (!query.hints.marker || claimed == nullptr) return;
  const auto marker = "task marker [" + to_string(query.hints.marker) + "] (" + query.hints.marker_place + ")";
  const auto part = part_in_task(query.sender, *claimed, facts.participants, own);
  if (part.empty()) {
    thread.refused_claim = "it bears the " + marker + ", but its sender has no part in that task";
    return;
  }
  thread.evidence = marker + " from " + part;
  thread.task = *claimed;
}

void follow_subject(const ThreadQuery& query, const ThreadFacts& facts, Thread& thread) {
  if (!asks_by_subject(query)) return;
  for (const auto& candidate : facts.of_sender)
    if (plain_subject(candidate.title) == query.hints.reply_subject) {
      thread.evidence = "the same sender and subject as " + to_string(candidate.number);
      thread.refused_claim.clear();
      const auto* end = goes_to(query, facts, candidate.ties.into);
      thread.task = end != nullptr ? *end : candidate;
      return;
    }
}

}  // namespace

const Task* goes_to(const ThreadQuery& query, const ThreadFacts& facts, TaskNumber number) {
  const auto* task = task_in(facts.tasks, number);
  if (query.named || ORGO_PLANT(mails_stay_with_what_was_merged)) return task;
  for (std::size_t i = 0; task != nullptr && task->ties.into && i < facts.tasks.size(); ++i)
    if (const auto* next = task_in(facts.tasks, task->ties.into)) task = next;
  return task;
}

bool asks_by_subject(const ThreadQuery& query) {
  return query.since && !query.hints.reply_subject.empty() && !query.sender.empty();
}

std::vector<std::int64_t> known_ids(const ThreadQuery& query) {
  std::vector<std::int64_t> ids;
  if (query.known_id) ids.push_back(query.id);
  for (const auto hash : query.answers) add_id(ids, hash);
  return ids;
}

MessageId known_before(const ThreadQuery& query, std::int64_t hash) {
  const bool own = query.known_id && hash == query.id && !ORGO_PLANT(later_copies_hide_the_first);
  return own ? query.message : MessageId{std::numeric_limits<std::int64_t>::max()};
}

std::vector<std::int64_t> alias_ids(const ThreadQuery& query) {
  std::vector<std::int64_t> ids;
  if (query.names_itself) ids.push_back(query.id);
  for (const auto hash : query.answers) add_id(ids, hash);
  for (const auto hash : query.aliases) add_id(ids, hash);
  return ids;
}

ThreadNeeds thread_needs(const ThreadQuery& query, const ThreadFacts& facts) {
  const auto lead = Search(query, facts).follow();
  if (lead.waits_for) return {};
  if (lead.task && !lead.shared) return {.task = lead.task, .copied = lead.same_content ? lead.task : TaskNumber{}};
  if (lead.task) return {.claimed = query.hints.marker, .shared = lead.task, .same_subject = asks_by_subject(query)};
  return {.claimed = query.hints.marker, .same_subject = asks_by_subject(query)};
}

Thread find_thread(const ThreadQuery& query, const ThreadFacts& facts, std::span<const std::string> own) {
  auto lead = Search(query, facts).follow();
  Thread thread;
  thread.waits_for = lead.waits_for;
  if (thread.waits_for) return thread;
  thread.same_content = lead.same_content;
  thread.names = query.aliases;
  for (const auto hash : lead.unseen) add_id(thread.names, hash);
  if (lead.task) {
    const auto* task = goes_to(query, facts, lead.task);
    if (!lead.shared || task == nullptr || query.by_list ||
        !part_in_task(query.sender, *task, facts.sharers, own).empty()) {
      if (task != nullptr) {
        thread.task = *task;
        thread.evidence = std::move(lead.evidence);
        if (task->number != lead.task) thread.evidence += "; " + to_string(lead.task) + " was merged into it";
        thread.proven = query.hints.proven == lead.task;
      }
      return thread;
    }
    thread.related = task->number;
    // What another task is known by can't be this one's name.
    std::erase_if(thread.names, [&](std::int64_t hash) {
      return !ORGO_PLANT(name_of_another_task_is_taken) &&
             std::any_of(facts.aliases.begin(), facts.aliases.end(),
                         [&](const auto& one) { return one.id_hash == hash; });
    });
  }
  follow_claim(query, facts, own, thread);
  if (!thread.task) follow_subject(query, facts, thread);
  return thread;
}

}  // namespace orgo
