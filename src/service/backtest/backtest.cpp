#include "service/backtest/backtest.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "core/mail/read/read_message.h"
#include "core/processing/message_decision.h"
#include "core/processing/trace.h"

namespace orgo {
namespace {

constexpr int kPage = 1'000;  // of the list of messages
constexpr std::size_t kChunk = 250;
constexpr auto kTell = std::chrono::milliseconds(200);

std::vector<std::string> names_of_rules(const rules::RuleSet& rules, const Incoming& incoming,
                                        const DecideSettings& settings, TimePoint now) {
  auto traced = settings;
  traced.trace = TraceDepth::near;
  const auto changes = decide(incoming, {}, rules, traced, now);
  std::vector<std::string> names;
  if (const auto trace = parse_trace(changes.find<MessageDecision>()->trace))
    for (const auto& rule : trace->rules)
      if (rule.matched) names.push_back(rule.rule);
  return names;
}

}  // namespace

void Backtest::decide_one(const BacktestMail& mail, Comparison& comparison) const {
  if (!mail.bytes) {
    comparison.add_unreadable();
    return;
  }
  if (mail.decided == Outcome::task_joined) {
    comparison.add_same(false);
    return;
  }
  Incoming incoming{.id = mail.id ? mail.id : MessageId{1},  // a decision needs a number
                    .envelope = mail.envelope};
  // An imported mail makes no sends; here the question is what the rules say of it.
  if (incoming.envelope.channel == Channel::import_) incoming.envelope.channel = Channel::lmtp;
  incoming.key = mail.key;
  incoming.message = read_message(*mail.bytes);
  if (before_->needs().raw || after_->needs().raw) incoming.raw = *mail.bytes;
  const auto now = incoming.envelope.received_at;
  const auto before = decide(incoming, {}, *before_, settings_.decide, now);
  const auto& decision = *before.find<MessageDecision>();
  const bool by_rules = decision.outcome == Outcome::task_opened || decision.outcome == Outcome::dropped;
  if (!by_rules) {
    comparison.add_same(false);
    return;
  }
  const auto after = decide(incoming, {}, *after_, settings_.decide, now);
  auto changes = compare_outcomes(before, after);
  if (changes.empty()) {
    comparison.add_same(true);
    return;
  }
  ChangedMessage changed;
  changed.id = mail.id;
  changed.name = mail.name;
  changed.subject = decision.subject;
  changed.from = decision.from;
  changed.changes = std::move(changes);
  changed.rules_before = names_of_rules(*before_, incoming, settings_.decide, now);
  changed.rules_after = names_of_rules(*after_, incoming, settings_.decide, now);
  comparison.add_changed(std::move(changed));
}

Result<Comparison> Backtest::run(const Source& source, const Progress& progress) {
  settings_.decide.trace = TraceDepth::none;
  std::mutex mutex;  // of the source, the sum, and what is told
  Status trouble;
  bool end = false;
  std::int64_t seen = 0;
  auto told = std::chrono::steady_clock::now();
  Comparison sum(settings_.examples_max);
  const auto work = [&] {
    Comparison own(settings_.examples_max);
    for (;;) {
      Chunk chunk;
      {
        const std::lock_guard lock(mutex);
        if (end) break;
        auto next = source();
        if (!next) trouble = tl::unexpected(next.error());
        if (!next || !*next) {
          end = true;
          break;
        }
        chunk = std::move(**next);
      }
      const auto mails = chunk();
      for (const auto& mail : mails) decide_one(mail, own);
      const std::lock_guard lock(mutex);
      seen += static_cast<std::int64_t>(mails.size());
      const auto now = std::chrono::steady_clock::now();
      if (!progress || now - told < kTell) continue;
      told = now;
      if (!progress(seen) && !end) {
        end = true;
        trouble = failure(Errc::conflict, "the back-test was stopped after " + std::to_string(seen) + " messages");
      }
    }
    const std::lock_guard lock(mutex);
    sum.merge(std::move(own));
  };
  const auto count = settings_.threads > 0 ? settings_.threads : std::max(1U, std::thread::hardware_concurrency());
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 1; i < count; ++i) workers.emplace_back(work);
    work();
  }
  ORGO_CHECK(trouble);
  return sum;
}

Backtest::Source stored_messages(MessageStore& store, TenantId tenant, TimePoint since) {
  struct State {
    MessageId before;
    std::vector<MessageSummary> page;
    std::size_t at = 0;
    bool last = false;
  };
  return [&store, tenant, since, state = std::make_shared<State>()]() -> Result<std::optional<Backtest::Chunk>> {
    while (state->at >= state->page.size()) {
      if (state->last) return std::optional<Backtest::Chunk>();
      MessageListRequest request{.tenant = tenant};
      request.before = state->before;
      request.limit = kPage;
      ORGO_TRY(page, store.list(request));
      state->page = std::move(page);
      state->at = 0;
      state->last = static_cast<int>(state->page.size()) < kPage;
      if (!state->page.empty()) state->before = state->page.back().message.id;
      // Numbers grow as mail is accepted, and so does the time, but for what a batch had still to wait for.
      if (!state->page.empty() && state->page.back().message.envelope.received_at < since - std::chrono::hours(24))
        state->last = true;
      std::erase_if(state->page, [&](const MessageSummary& one) { return one.message.envelope.received_at < since; });
    }
    const auto count = std::min(kChunk, state->page.size() - state->at);
    std::vector<MessageSummary> part(
        std::make_move_iterator(state->page.begin() + static_cast<std::ptrdiff_t>(state->at)),
        std::make_move_iterator(state->page.begin() + static_cast<std::ptrdiff_t>(state->at + count)));
    state->at += count;
    return std::optional<Backtest::Chunk>([&store, tenant, part = std::move(part)] {
      std::vector<std::pair<TenantId, MessageId>> ids;
      for (const auto& one : part) ids.emplace_back(tenant, one.message.id);
      auto loaded = store.load(ids);
      std::vector<BacktestMail> mails;
      for (std::size_t i = 0; i < part.size(); ++i) {
        const auto& message = part[i].message;
        BacktestMail mail{
            .id = message.id, .envelope = message.envelope, .key = message.key, .known_id = message.known_id};
        if (part[i].decision) mail.decided = part[i].decision->outcome;
        if (loaded[i]) mail.bytes = std::move(loaded[i]->bytes);
        else mail.bytes = tl::unexpected(loaded[i].error());
        mails.push_back(std::move(mail));
      }
      return mails;
    });
  };
}

}  // namespace orgo
