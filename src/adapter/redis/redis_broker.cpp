#include "adapter/redis/redis_broker.h"

#include <algorithm>

#include "adapter/broker/hint_text.h"
#include "base/hash.h"

namespace orgo {
namespace {

constexpr const char* kGroup = "nodes";
constexpr const char* kField = "k";
constexpr const char* kEntriesMost = "20000";
constexpr std::size_t kNameBytes = 8;
constexpr std::int64_t kGoneAfterMs = 24 * 3'600'000;  ///< a consumer that holds nothing and has not asked since

Status check(const std::vector<RedisReply>& replies) {
  for (const auto& reply : replies)
    if (reply.kind == RedisReply::Kind::error) return tl::unexpected(redis_error(reply.text));
  return {};
}

/// How many of a group are in somebody's hands: the first of XPENDING's summary.
std::int64_t count_pending(const RedisReply& summary) {
  return summary.list.empty() ? 0 : summary.list.front().number;
}

}  // namespace

RedisBroker::RedisBroker(const BrokerUrl& url, const std::string& password, RedisBrokerOptions options)
    : options_(std::move(options)), consumer_(random_hex(kNameBytes)), putting_(url, password, stop_),
      fetching_(url, password, stop_) {}

std::string RedisBroker::stream(WorkKind kind) const {
  return "orgo:hints:" + options_.installation + ":" + std::to_string(static_cast<int>(kind));
}

Result<std::vector<RedisReply>> RedisBroker::ask(RedisSession& session, WorkKind kind,
                                                 const std::vector<RedisCommand>& commands, Deadline until) {
  for (bool is_first = true;; is_first = false) {
    ORGO_TRY(replies, session.ask(commands, until));
    const auto has_no_group =
        std::ranges::any_of(replies, [](const RedisReply& reply) { return reply.is_error("NOGROUP"); });
    if (!has_no_group || !is_first) {
      ORGO_CHECK(check(replies));
      return replies;
    }
    ORGO_TRY(made, session.ask({{"XGROUP", "CREATE", stream(kind), kGroup, "0", "MKSTREAM"}}, until));
    if (!made.front().is_error("BUSYGROUP")) ORGO_CHECK(check(made));  // another node was as quick
  }
}

Status RedisBroker::put(WorkKind kind, std::span<const WorkKey> keys) {
  const auto name = stream(kind);
  std::vector<RedisCommand> commands;
  commands.reserve(keys.size());
  for (const auto& key : keys)
    commands.push_back({"XADD", name, "MAXLEN", "~", kEntriesMost, "*", kField, hint_text(key)});
  if (commands.empty()) return {};
  ORGO_TRY(replies, putting_.ask(commands, within(kPatience)));
  return check(replies);
}

Result<std::size_t> RedisBroker::depth(WorkKind kind) {
  const auto name = stream(kind);
  ORGO_TRY(replies, ask(putting_, kind, {{"XLEN", name}, {"XPENDING", name, kGroup}}, within(kPatience)));
  if (replies[0].kind != RedisReply::Kind::number || replies[1].kind != RedisReply::Kind::list)
    return failure(Errc::unavailable, "Redis: it answers as no Redis does");
  return static_cast<std::size_t>(std::max<std::int64_t>(0, replies[0].number - count_pending(replies[1])));
}

Status RedisBroker::take_entries(WorkKind kind, const RedisReply& entries, std::vector<Fetched>& fetched) {
  std::vector<std::string> unreadable;
  for (const auto& entry : entries.list) {
    if (entry.list.size() != 2) continue;  // trimmed meanwhile
    const auto& fields = entry.list[1].list;
    const auto key = fields.size() == 2 ? read_hint(fields[1].text, kind) : std::nullopt;
    if (key) fetched.push_back({*key, entry.list[0].text});
    else unreadable.push_back(entry.list[0].text);
  }
  if (unreadable.empty()) return {};
  tell_unreadable(stream(kind), unreadable.size());
  return ack(kind, unreadable);
}

Status RedisBroker::take(WorkKind kind, const RedisCommand& command, Deadline until, std::vector<Fetched>& fetched) {
  ORGO_TRY(replies, ask(fetching_, kind, {command}, until));
  const auto& streams = replies.front().list;
  if (streams.empty() || streams.front().list.size() != 2) return {};  // nothing came in time
  return take_entries(kind, streams.front().list[1], fetched);
}

Status RedisBroker::take_left(WorkKind kind, int limit, std::vector<Fetched>& fetched) {
  const auto name = stream(kind);
  const auto now = std::chrono::steady_clock::now();
  ORGO_CHECK(fetching_.open(within(kPatience)));
  if (known_generation_ != fetching_.generation()) {
    ORGO_CHECK(take(kind,
                    {"XREADGROUP", "GROUP", kGroup, consumer_, "COUNT", std::to_string(limit), "STREAMS", name, "0"},
                    within(kPatience), fetched));
    known_generation_ = fetching_.generation();
    if (!fetched.empty()) return {};
  }
  if (now - claimed_at_ < options_.claims_every) return {};
  claimed_at_ = now;
  ORGO_TRY(replies, ask(fetching_, kind,
                        {{"XAUTOCLAIM", name, kGroup, consumer_, std::to_string(options_.claimed_after.count()), "0-0",
                          "COUNT", std::to_string(limit)},
                         {"XINFO", "CONSUMERS", name, kGroup}},
                        within(kPatience)));
  std::vector<RedisCommand> forget;
  for (const auto& consumer : replies[1].list)  // name, pending, idle, each behind its word
    if (consumer.list.size() >= 6 && consumer.list[3].number == 0 && consumer.list[5].number > kGoneAfterMs)
      forget.push_back({"XGROUP", "DELCONSUMER", name, kGroup, consumer.list[1].text});
  if (!forget.empty()) ORGO_CHECK(fetching_.ask(forget, within(kPatience)));
  return replies[0].list.size() < 2 ? Status{} : take_entries(kind, replies[0].list[1], fetched);
}

Result<std::vector<HintsBroker::Fetched>> RedisBroker::fetch(WorkKind kind, int limit, Millis wait) {
  const auto most = std::clamp(limit, 1, kFetchMost);
  std::vector<Fetched> fetched;
  ORGO_CHECK(take_left(kind, most, fetched));
  if (!fetched.empty()) return fetched;
  RedisCommand read{"XREADGROUP", "GROUP", kGroup, consumer_, "COUNT", std::to_string(most)};
  if (wait > Millis{0}) read.insert(read.end(), {"BLOCK", std::to_string(wait.count())});
  read.insert(read.end(), {"STREAMS", stream(kind), ">"});
  ORGO_CHECK(take(kind, read, within(wait + kPatience), fetched));
  return fetched;
}

Status RedisBroker::ack(WorkKind kind, std::span<const std::string> deliveries) {
  if (deliveries.empty()) return {};
  const auto name = stream(kind);
  RedisCommand acknowledge{"XACK", name, kGroup};
  RedisCommand remove{"XDEL", name};
  acknowledge.insert(acknowledge.end(), deliveries.begin(), deliveries.end());
  remove.insert(remove.end(), deliveries.begin(), deliveries.end());
  ORGO_TRY(replies, fetching_.ask({acknowledge, remove}, within(kPatience)));
  return check(replies);
}

}  // namespace orgo
