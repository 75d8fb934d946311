#pragma once
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace orgo {

/// Hashing of passwords, a few at a time: each needs 19 MiB and some 30 ms of one core, on purpose, and strangers can
/// ask for it. Who comes while too many wait, or waits too long, is sent away. Any thread.
class PasswordWork {
 public:
  struct Limits {
    int at_once = 2;
    int waiting = 1;  ///< each holds one of the few threads of the HTTP door
    Millis patience{3'000};
  };
  PasswordWork() = default;
  explicit PasswordWork(Limits limits) : limits_(limits) {}

  /// hash_password() with a salt of its own. Errors: its own, and resource_exhausted: too many at once.
  Result<std::string> hash(std::string_view password);
  /// is_password(). An empty hash is nobody's, and takes as long as any other. resource_exhausted: too many at once.
  Result<bool> verify(std::string_view password, const std::string& hash);

 private:
  class Turn;
  Status begin();
  void end();

  const Limits limits_{};
  std::mutex mutex_;
  std::condition_variable free_;
  int running_ = 0;
  int waiting_ = 0;
};

}  // namespace orgo
