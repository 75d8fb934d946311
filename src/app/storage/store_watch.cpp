#include "app/storage/store_watch.h"

#include <utility>

#include "base/log.h"
#include "base/planted.h"

namespace orgo {
namespace {

using TrialClock = std::chrono::steady_clock;

constexpr Millis kTrialPatience{5'000};  ///< of a trial; a commit under load takes a small part of it
constexpr Millis kBetweenTrials{5'000};
constexpr Millis kBetweenTroubledTrials{1'000};

}  // namespace

std::string store_trouble(const StoreTrials& trials, Deadline now) {
  if (trials.begun && now - *trials.begun > kTrialPatience && !ORGO_PLANT(hanging_store_is_ready))
    return "it has not answered for " +
           std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now - *trials.begun).count()) + " seconds";
  return ORGO_PLANT(refused_trial_is_ready) ? std::string() : trials.trouble;
}

bool is_trial_due(const StoreTrials& trials, Deadline now) {
  if (trials.begun) return false;
  return !trials.ended || now - *trials.ended >= (trials.trouble.empty() ? kBetweenTrials : kBetweenTroubledTrials);
}

std::string StoreWatch::trouble() {
  const auto now = TrialClock::now();
  std::string found;
  {
    const std::lock_guard lock(mutex_);
    found = store_trouble(trials_, now);
    if (asked_ || !is_trial_due(trials_, now)) return found;
    asked_ = true;
  }
  wake_();
  return found;
}

void StoreWatch::step() {
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(asked_, false)) return;
    trials_.begun = TrialClock::now();
  }
  const auto tried = trial_();
  const std::lock_guard lock(mutex_);
  trials_.begun.reset();
  trials_.ended = TrialClock::now();
  const auto before = std::exchange(trials_.trouble, tried ? std::string() : tried.error().message);
  if (!tried && before != trials_.trouble) log::error("store.trouble", {{"cause", trials_.trouble}});
  if (tried && !before.empty()) log::info("store.well_again", {});
}

}  // namespace orgo
