#include "adapter/sql/postgres/postgres_signals.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "base/log.h"
#include "base/planted.h"
#include "base/text.h"

namespace orgo::sql {
namespace {

constexpr std::size_t kSelfBytes = 8;
constexpr std::size_t kAtOnce = 500;      ///< signals in one statement
constexpr Millis kBetweenProofs{30'000};  ///< of a connection over which nothing comes
constexpr Millis kBetweenLooks{1'000};    ///< whether another session has found a newer primary
constexpr Millis kPauseFirst{100};        ///< before it connects again; it doubles
constexpr Millis kPauseMost{5'000};

/// Of to_hex(); nullopt: of something else.
std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    unsigned char byte = 0;
    const auto* const end = hex.data() + i + 2;
    if (const auto read = std::from_chars(hex.data() + i, end, byte, 16); read.ec != std::errc{} || read.ptr != end)
      return std::nullopt;
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

}  // namespace

PostgresSignals::PostgresSignals(PostgresOptions options)
    : options_(std::move(options)), self_(random_hex(kSelfBytes)), session_(options_),
      wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

PostgresSignals::~PostgresSignals() {
  stopping_ = true;
  wake();
  if (thread_.joinable()) thread_.join();
  close(wake_);
}

void PostgresSignals::wake() const {
  (void)eventfd_write(wake_, 1);
}

void PostgresSignals::begin() {
  const std::lock_guard lock(mutex_);
  if (thread_.joinable()) return;
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "orgo-listen");
}

void PostgresSignals::publish(std::string_view topic, std::string_view text) {
  if (topic.size() > kTopicMax || text.size() > kTextMax) return;
  local_.publish(topic, text);
  begin();
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kWaitingMax) return;
    // In hex: any bytes, in a text of the server's encoding that needs no quotes. Some 2,200 of the 8,000 that it
    // takes.
    waiting_.push_back(self_ + " " + to_hex(topic) + " " + to_hex(text));
  }
  wake();
}

std::unique_ptr<Signals::Subscription> PostgresSignals::subscribe(std::string topic, Listener listener) {
  begin();
  return local_.subscribe(std::move(topic), std::move(listener));
}

void PostgresSignals::run() {
  auto pause_before = kPauseFirst;
  bool is_known = false;
  while (!stopping_) {
    const auto served = serve();
    if (is_listening_.exchange(false)) {
      pause_before = kPauseFirst;
      is_known = false;
    }
    if (stopping_) break;
    if (!is_known && !served) log::warn("signals.cut", {{"cause", served.error().message}});
    is_known = true;
    session_.cut();
    pause(pause_before);
    pause_before = std::min(pause_before * 2, kPauseMost);
  }
  session_.cut();
}

Status PostgresSignals::serve() {
  ORGO_CHECK(session_.connect());
  ORGO_CHECK(session_.execute("LISTEN \"" + options_.schema + "\""));
  ORGO_CHECK(prove_to_hear());
  // What others told in between went past: whoever subscribes here looks.
  if (!ORGO_PLANT(nobody_looks_after_a_cut)) local_.publish_to_all("");
  is_listening_ = true;
  auto prove_at = within(kBetweenProofs);
  while (!stopping_) {
    ORGO_CHECK(tell_all_that_waits());
    const auto left = std::chrono::ceil<Millis>(prove_at - std::chrono::steady_clock::now());
    if (left > Millis{0}) {
      ORGO_CHECK(hear(std::min(left, kBetweenLooks)));
      continue;
    }
    ORGO_CHECK(prove_to_hear());
    prove_at = within(kBetweenProofs);
  }
  return {};
}

Status PostgresSignals::hear(Millis time) {
  ORGO_TRY(told, session_.hear(time, wake_));
  eventfd_t ignored = 0;
  (void)eventfd_read(wake_, &ignored);
  for (const auto& one : told) take(one);
  return {};
}

void PostgresSignals::take(std::string_view told) {
  const auto words = split(told, ' ');
  if (words.front() == self_) {
    if (words.size() == 1) has_heard_itself_ = true;
    return;
  }
  if (words.size() != 3) return;
  const auto topic = from_hex(words[1]);
  const auto text = from_hex(words[2]);
  if (topic && text) local_.publish(*topic, *text);
}

/// They wait until they are out: cut off in between, they go out again.
Status PostgresSignals::tell_all_that_waits() {
  for (;;) {
    std::string all;
    std::size_t count = 0;
    {
      const std::lock_guard lock(mutex_);
      count = std::min(kAtOnce, waiting_.size());
      for (std::size_t i = 0; i < count; ++i) all += (i == 0 ? "'" : ", '") + waiting_[i] + "'";
    }
    if (count == 0) return {};
    ORGO_CHECK(
        session_.execute("SELECT pg_notify('" + options_.schema + "', told) FROM unnest(ARRAY[" + all + "]) AS told"));
    const std::lock_guard lock(mutex_);
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
  }
}

Status PostgresSignals::prove_to_hear() {
  has_heard_itself_ = false;
  ORGO_CHECK(session_.execute("SELECT pg_notify('" + options_.schema + "', '" + self_ + "')"));
  for (const auto until = within(options_.patience); !has_heard_itself_ && !stopping_;) {
    const auto left = std::chrono::ceil<Millis>(until - std::chrono::steady_clock::now());
    if (left <= Millis{0})
      return failure(Errc::unavailable,
                     "PostgreSQL: what is told does not come back; database.url must lead to the server itself, and "
                     "not to a pool that gives each transaction another session");
    ORGO_CHECK(hear(left));
  }
  return {};
}

void PostgresSignals::pause(Millis time) {
  for (const auto until = within(time); !stopping_;) {
    const auto left = std::chrono::ceil<Millis>(until - std::chrono::steady_clock::now());
    if (left <= Millis{0}) return;
    pollfd event{wake_, POLLIN, 0};
    if (poll(&event, 1, static_cast<int>(left.count())) <= 0) continue;
    eventfd_t ignored = 0;
    (void)eventfd_read(wake_, &ignored);  // of what waits; it goes out when it is connected
  }
}

}  // namespace orgo::sql
