#include "adapter/in_process/in_process_signals.h"

#include <pthread.h>

#include <set>
#include <utility>

namespace orgo {

class InProcessSignals::Held final : public Subscription {
 public:
  Held(InProcessSignals& signals, std::int64_t id) : signals_(signals), id_(id) {}
  ~Held() override { signals_.forget(id_); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  InProcessSignals& signals_;
  const std::int64_t id_;
};

InProcessSignals::InProcessSignals() : thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), "orgo-signals");
}

InProcessSignals::~InProcessSignals() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void InProcessSignals::publish(std::string_view topic, std::string_view text) {
  if (topic.size() > kTopicMax || text.size() > kTextMax) return;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kWaitingMax) return;
    waiting_.push_back({std::string(topic), std::string(text)});
  }
  changed_.notify_all();
}

void InProcessSignals::publish_to_all(std::string_view text) {
  std::set<std::string> topics;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, entry] : subscriptions_) topics.insert(entry.topic);
  }
  for (const auto& topic : topics) publish(topic, text);
}

std::unique_ptr<Signals::Subscription> InProcessSignals::subscribe(std::string topic, Listener listener) {
  const std::lock_guard lock(mutex_);
  const auto id = ++last_id_;
  subscriptions_.emplace(id, Entry{std::move(topic), std::make_shared<const Listener>(std::move(listener))});
  return std::make_unique<Held>(*this, id);
}

void InProcessSignals::forget(std::int64_t id) {
  std::unique_lock lock(mutex_);
  subscriptions_.erase(id);
  changed_.wait(lock, [&] { return telling_ != id; });
}

void InProcessSignals::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    const auto signal = std::move(waiting_.front());
    waiting_.pop_front();
    // By id, not by iterator: subscriptions come and go while a listener runs. Those made since hear the next one.
    const auto newest = last_id_;
    for (auto at = subscriptions_.begin(); at != subscriptions_.end() && at->first <= newest;) {
      const auto id = at->first;
      if (at->second.topic == signal.topic) {
        const auto listener = at->second.listener;
        telling_ = id;
        lock.unlock();
        (*listener)(signal.text);
        lock.lock();
        telling_ = 0;
        changed_.notify_all();
        if (stopping_) return;
      }
      at = subscriptions_.upper_bound(id);
    }
  }
}

}  // namespace orgo
