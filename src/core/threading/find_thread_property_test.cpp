#include "core/threading/find_thread.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <ranges>

#include "core/message/reply_subject.h"
#include "core/threading/part_in_task.h"
#include "tests/support/thread_fixture.h"

namespace orgo {
namespace {

// A whole world of few mails, ids and tasks, in which everything meets everything; what the store would answer, and the
// rule of find_thread() written down once more, step by step, as slowly as it reads.
struct World {
  std::vector<KnownMessage> mails;  ///< newest first
  std::map<std::int64_t, TaskNumber> aliases;
  std::vector<Task> tasks;
  std::map<TaskNumber, std::vector<std::string>> participants;

  std::vector<KnownMessage> known(std::int64_t hash) const {
    std::vector<KnownMessage> found;
    for (const auto& mail : mails)
      if (mail.id_hash == hash) found.push_back(mail);
    return found;
  }
  std::optional<Task> task(TaskNumber number) const {
    for (const auto& one : tasks)
      if (one.number == number) return one;
    return {};
  }
  std::vector<Task> of_sender(const std::string& sender, TimePoint since) const {
    std::vector<Task> found;
    for (const auto& one : tasks)
      if (one.requester.address == sender && one.created_at >= since) found.push_back(one);
    return found;
  }
};

/// Before `end` the newest, and the oldest.
std::vector<KnownMessage> kept_of(std::vector<KnownMessage> mails, MessageId end) {
  std::erase_if(mails, [&](const KnownMessage& mail) { return mail.id >= end; });
  const auto most = static_cast<std::size_t>(kKnownPerId);
  if (mails.size() > most) mails.erase(mails.begin() + kKnownPerId, mails.end() - 1);
  return mails;
}

/// What the services fetch: only what is asked for, in any order where the order says nothing.
ThreadFacts fetched(const World& world, const ThreadQuery& query, std::mt19937_64& random) {
  ThreadFacts facts;
  for (const auto hash : known_ids(query))
    for (const auto& mail : kept_of(world.known(hash), known_before(query, hash))) facts.known.push_back(mail);
  for (const auto hash : alias_ids(query))
    if (const auto at = world.aliases.find(hash); at != world.aliases.end())
      facts.aliases.push_back({hash, at->second, {}});
  std::shuffle(facts.aliases.begin(), facts.aliases.end(), random);
  const auto needs = thread_needs(query, facts);
  for (const auto number : {needs.claimed, needs.task, needs.shared})
    if (auto task = world.task(number)) facts.tasks.push_back(*task);
  if (needs.claimed)
    if (const auto at = world.participants.find(needs.claimed); at != world.participants.end())
      facts.participants = at->second;
  if (needs.shared)
    if (const auto at = world.participants.find(needs.shared); at != world.participants.end())
      facts.sharers = at->second;
  if (needs.same_subject) facts.of_sender = world.of_sender(query.sender, *query.since);
  return facts;
}

struct Answer {
  MessageId waits_for;
  TaskNumber task;
  MessageId same_content;
  bool refused = false;
  friend bool operator==(const Answer&, const Answer&) = default;
};

Answer model(const World& world, const ThreadQuery& query) {
  Answer answer;
  std::vector<TaskNumber> proofs;  // best first
  const auto must_wait = [&](const KnownMessage& mail) {
    return !mail.decided && query.may_wait && mail.id < query.message;
  };
  if (query.known_id)
    for (const auto& mail : world.known(query.id)) {
      if (mail.id >= query.message || mail.content != query.content || !proofs.empty()) continue;
      if (must_wait(mail)) return {.waits_for = mail.id, .task = {}, .same_content = {}};
      answer.same_content = mail.id;
      if (mail.task) proofs.push_back(*mail.task);
    }
  for (const auto hash : query.answers)
    for (const auto& mail : world.known(hash)) {
      if (mail.id == query.message || mail.id >= known_before(query, hash) || !proofs.empty()) continue;
      if (must_wait(mail)) return {.waits_for = mail.id, .task = {}, .same_content = {}};
      if (mail.task) proofs.push_back(*mail.task);
    }
  if (query.hints.proven) proofs.push_back(query.hints.proven);
  auto named = query.answers;
  if (query.names_itself) named.push_back(query.id);
  named.insert(named.end(), query.aliases.begin(), query.aliases.end());
  if (proofs.empty())
    for (const auto hash : named) {
      if (!world.aliases.contains(hash)) continue;
      const auto shared = world.task(world.aliases.at(hash));
      if (!shared) return answer;
      const auto at = world.participants.find(shared->number);
      const bool itself = query.names_itself && hash == query.id &&
                          std::find(query.answers.begin(), query.answers.end(), hash) == query.answers.end();
      if (itself || query.by_list ||
          !part_in_task(query.sender, *shared, at == world.participants.end() ? std::vector<std::string>() : at->second,
                        kOwn)
               .empty())
        proofs.push_back(shared->number);
      break;
    }
  if (!proofs.empty()) {
    answer.task = world.task(proofs.front()) ? proofs.front() : TaskNumber{};
    return answer;
  }
  if (const auto claimed = world.task(query.hints.marker)) {
    const auto at = world.participants.find(claimed->number);
    const auto part = part_in_task(query.sender, *claimed,
                                   at == world.participants.end() ? std::vector<std::string>() : at->second, kOwn);
    if (!part.empty()) {
      answer.task = claimed->number;
      return answer;
    }
    answer.refused = true;
  }
  if (query.since && !query.hints.reply_subject.empty() && !query.sender.empty())
    for (const auto& task : world.of_sender(query.sender, *query.since))
      if (plain_subject(task.title) == query.hints.reply_subject) {
        answer.task = task.number;
        answer.refused = false;
        return answer;
      }
  return answer;
}

class RandomThreads {
 public:
  explicit RandomThreads(std::uint64_t seed) : random_(seed) {}

  World world() {
    World world;
    for (std::int64_t number = 6; number > 0; --number) {
      if (chance(5)) continue;
      auto task = task_of(number, pick(kAddresses), pick(kTitles));
      task.created_at = TimePoint{Millis{upto(10)}};
      world.tasks.push_back(task);
      if (chance(2)) world.participants[task.number] = {pick(kAddresses)};
    }
    for (std::int64_t id = 12; id > 0; --id) {
      KnownMessage mail{.id = MessageId{id}, .id_hash = upto(8), .content = content_of(static_cast<int>(upto(2)))};
      mail.decided = !chance(4);
      if (mail.decided && chance(2)) mail.task = TaskNumber{1 + upto(6)};
      world.mails.push_back(mail);
    }
    for (std::int64_t hash = 0; hash < 8; ++hash)
      if (chance(4)) world.aliases[hash] = TaskNumber{1 + upto(6)};
    return world;
  }

  ThreadQuery query() {
    ThreadQuery query;
    query.message = MessageId{1 + upto(14)};
    query.content = content_of(static_cast<int>(upto(2)));
    query.id = upto(8);
    query.known_id = chance(3);
    query.names_itself = !chance(4);
    for (auto count = chance(2) ? 0 : upto(4); count > 0; --count)
      if (const auto hash = upto(8); std::find(query.answers.begin(), query.answers.end(), hash) == query.answers.end())
        query.answers.push_back(hash);
    for (const auto hash : query.answers) query.hints.message_ids.push_back(std::to_string(hash) + "@x");
    for (auto count = upto(3); count > 0; --count) query.aliases.push_back(upto(8));
    if (chance(6)) query.hints.proven = TaskNumber{1 + upto(7)};
    else if (chance(2)) query.hints.marker = TaskNumber{1 + upto(7)};
    if (chance(2)) query.hints.reply_subject = plain_subject(pick(kTitles));
    if (!chance(8)) query.sender = pick(kAddresses);
    if (!chance(4)) query.since = TimePoint{Millis{upto(10)}};
    query.may_wait = chance(2);
    query.by_list = chance(3);
    return query;
  }

  std::mt19937_64& source() { return random_; }

 private:
  static inline const std::vector<std::string> kAddresses{"anna@customer.example", "bert@school.example",
                                                          "carla@gmail.com", "dora@elsewhere.example"};
  static inline const std::vector<std::string> kTitles{"Water leak", "Re: water leak", "Window"};
  std::int64_t upto(std::int64_t end) { return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(end)); }
  bool chance(std::int64_t in) { return upto(in) == 0; }
  const std::string& pick(const std::vector<std::string>& from) {
    return from[static_cast<std::size_t>(upto(static_cast<std::int64_t>(from.size())))];
  }
  std::mt19937_64 random_;
};

TEST(FindThreadProperty, DoesAsTheRuleReads) {
  const char* given = std::getenv("ORGO_TEST_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  SCOPED_TRACE("ORGO_TEST_SEED=" + std::to_string(seed));
  RandomThreads some(seed);
  std::map<std::string, int> seen;
  for (int i = 0; i < 20'000; ++i) {
    const auto world = some.world();
    const auto query = some.query();
    const auto thread = find_thread(query, fetched(world, query, some.source()), kOwn);
    const Answer answer{thread.waits_for.value_or(MessageId{}), thread.task ? thread.task->number : TaskNumber{},
                        thread.same_content.value_or(MessageId{}), !thread.refused_claim.empty()};
    ASSERT_EQ(answer, model(world, query)) << "round " << i << ": " << thread.evidence << thread.refused_claim;
    ASSERT_EQ(thread.evidence.empty(), !thread.task) << "a place has a reason, and no place has none";
    ASSERT_LT(answer.waits_for, query.message) << "else two mails wait for each other";
    ++seen[thread.waits_for      ? "waits"
           : thread.task         ? thread.evidence.substr(0, thread.evidence.find_first_of(" :"))
           : answer.refused      ? "refused"
           : thread.same_content ? "copy of no task"
                                 : "none"];
  }
  for (const char* way :
       {"waits", "References", "copy", "it", "a", "task", "the", "refused", "copy of no task", "none"})
    EXPECT_GT(seen[way], 20) << "no world led " << way;
}

TEST(FindThreadProperty, HoweverManyCopiesThereIsOneTask) {
  // All are there when the first is looked at, between others that bear the same id; each is decided in its turn.
  for (const std::int64_t count : {2, 9, 14, 100}) {
    World world;
    for (std::int64_t id = count; id > 0; --id)
      world.mails.push_back({.id = MessageId{id}, .id_hash = 1, .content = content_of(id % 5 == 3 ? 2 : 1)});
    world.tasks = {task_of(1, "anna@customer.example", "Water leak"), task_of(2, "dora@elsewhere.example", "Other")};
    std::mt19937_64 random(1);
    for (auto& mail : world.mails | std::views::reverse) {
      ThreadQuery query;
      query.message = mail.id;
      query.content = mail.content;
      query.id = 1;
      query.known_id = mail.id.value > 1;
      const auto thread = find_thread(query, fetched(world, query, random), kOwn);
      const auto own = TaskNumber{mail.content == content_of(1) ? 1 : 2};
      const bool first = mail.id.value == 1 || mail.id.value == 3;
      ASSERT_EQ(thread.task.has_value(), !first) << mail.id.value << " of " << count;
      if (!first) {
        ASSERT_EQ(thread.task->number, own) << mail.id.value << " of " << count;
      }
      mail.decided = true;
      mail.task = own;
    }
  }
}

}  // namespace
}  // namespace orgo
