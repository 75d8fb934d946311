#include "app/node/node.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <random>
#include <utility>

#include "base/hash.h"
#include "base/log.h"
#include "base/planted.h"

namespace orgo {
namespace {

constexpr std::size_t kBootBytes = 8;
constexpr Millis kGraceOfPeers{3'000};  ///< a peer that has not answered by then is not waited for

}  // namespace

Node::Node(std::string name, Clock& clock, Signals& signals, Locks& locks, Lifecycle& lifecycle)
    : name_(std::move(name)), boot_(random_hex(kBootBytes)), clock_(clock), signals_(signals), locks_(locks),
      lifecycle_(lifecycle) {}

void Node::fail() {
  has_failed_ = true;
  (void)::kill(::getpid(), SIGTERM);
}

void Node::tell_others(std::string_view topic) {
  if (has_others() && !ORGO_PLANT(others_are_not_told)) signals_.publish(topic, boot_);
}

std::unique_ptr<Signals::Subscription> Node::hear_others(std::string_view topic, std::function<void()> listener) {
  return signals_.subscribe(std::string(topic), [this, listener = std::move(listener)](std::string_view by) {
    if (by != boot_) listener();
  });
}

LoopGroup& Node::add_loops(std::string name, std::function<void()> then) {
  auto& loops = lifecycle_.own(std::make_unique<LoopGroup>());
  when_open([&loops] { loops.start(); });
  lifecycle_.on_stop(std::move(name), [&loops, then = std::move(then)](Deadline) {
    loops.stop();
    if (then) then();
  });
  return loops;
}

LoopGroup& Node::add_loops(std::string name, LoopStop stop) {
  auto& loops = lifecycle_.own(std::make_unique<LoopGroup>());
  when_open([&loops] { loops.start(); });
  lifecycle_.on_stop(std::move(name), [&loops, stop = std::move(stop)](Deadline deadline) {
    stop.ask();
    loops.stop(within(std::min(grace_until(deadline), kGraceOfPeers)), stop.cut);
  });
  return loops;
}

void Node::begin() {
  for (const auto& begin : std::exchange(begins_, {})) begin();
}

double random_share() {
  thread_local std::mt19937_64 engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

Millis sleep_until(std::optional<TimePoint> due, TimePoint now) {
  if (!due) return kIdle;
  return std::clamp(*due - now, Millis{1}, kIdle);
}

Millis grace_until(Deadline deadline) {
  const auto left = std::chrono::duration_cast<Millis>(deadline - std::chrono::steady_clock::now());
  return std::clamp(left / 2, Millis{0}, Millis{5'000});
}

Millis after_trouble(std::string_view event, const Error& error) {
  log::error(event, {{"cause", error.message}});
  return kAfterTrouble;
}

}  // namespace orgo
