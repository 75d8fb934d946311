#include "service/loop/loop_group.h"

#include <utility>

namespace orgo {

void LoopGroup::add(std::string name, Loop::Step step) {
  loops_.push_back(std::make_unique<Loop>(std::move(name), std::move(step)));
}

void LoopGroup::start() {
  for (auto& loop : loops_) loop->start();
}

void LoopGroup::wake() {
  for (auto& loop : loops_) loop->wake();
}

void LoopGroup::stop() {
  for (auto& loop : loops_) loop->ask_to_stop();
  for (auto& loop : loops_) loop->stop();
}

void LoopGroup::stop(Deadline until, const std::function<void()>& cut) {
  for (auto& loop : loops_) loop->ask_to_stop();
  bool all = true;
  for (auto& loop : loops_) all = loop->wait_for_end(until) && all;
  if (!all) cut();
  for (auto& loop : loops_) loop->stop();
}

}  // namespace orgo
