#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace orgo {

/// Mails to be brought to an LMTP door.
struct LmtpLoad {
  std::string host = "127.0.0.1";
  int port = 0;
  std::string recipient{};
  int connections = 20;   ///< at once, 1 to 1,000: a thread each
  int count = 1'000;      ///< mails in all
  double per_second = 0;  ///< 0: as fast as they are taken
  std::function<std::string(int number)> mail{};
  /// Asked before each mail; false ends it early. Any of its threads.
  std::function<bool(int taken)> go_on{};
};

/// How a door bore it.
struct LmtpLoadResult {
  int taken = 0;
  /// What the door, or the network, said of the others: how often, of at most kErrorsNamed different ones.
  std::map<std::string, int> errors{};
  int failed = 0;
  double seconds = 0;  ///< from the first to the last answer
  /// Of each that was taken, in ms: from when it was due to its 250. At a pace the n-th is due at n / pace, so that a
  /// door that stalls can't hide it ("coordinated omission", Gil Tene: How NOT to Measure Latency).
  std::vector<float> waits_ms{};
  static constexpr std::size_t kErrorsNamed = 5;
};

/// Blocks until all have their answer. A connection that breaks is made anew; a mail that failed is not tried again.
/// unavailable: nobody listens there.
Result<LmtpLoadResult> run_lmtp_load(const LmtpLoad& load);

}  // namespace orgo
