#pragma once
#include <cstdint>
#include <string>

#include "base/options.h"
#include "base/setting.h"
#include "base/time.h"
#include "core/processing/decide.h"

namespace orgo {

struct QueueConfig {
  Setting<std::string> url{"embedded"};
  Setting<std::string> password{""};
  Setting<Millis> lease_time{Millis{300'000}};
  Setting<std::int64_t> attempts{5};
  Setting<Millis> retry_first{Millis{10'000}};
  Setting<Millis> retry_most{Millis{600'000}};
};

struct ProcessingConfig {
  Setting<std::int64_t> workers{2};
  Setting<std::int64_t> batch{200};
  Setting<bool> trace{true};
  Setting<Millis> subject_time{Millis{2'592'000'000LL}};
  Setting<Millis> reopen_time{Millis{2'592'000'000LL}};
  Setting<CopyPolicy> copies{CopyPolicy::join};
  Setting<AlertPolicy> alerts{AlertPolicy::reopen};
};

void declare(OptionSet& options, QueueConfig& queue);
void declare(OptionSet& options, ProcessingConfig& processing);
/// The pauses grow.
void check(const QueueConfig& queue, const OptionSet& options, std::vector<Diagnostic>& errors);

}  // namespace orgo
