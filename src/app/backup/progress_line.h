#pragma once
#include <chrono>
#include <cstdint>
#include <string_view>

#include "adapter/backup/make_backup.h"

namespace orgo {

/// A line on the terminal that tells how far a backup, a restore or a move is, about four times a second; elsewhere
/// nothing.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine() { end(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const BackupProgress& progress);
  void show(std::string_view doing, std::int64_t done, std::int64_t of, std::string_view what);
  /// Wipes it away. Twice is harmless.
  void end();
  [[nodiscard]] BackupWatch watch() {
    return [this](const BackupProgress& progress) { show(progress); };
  }

 private:
  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point shown_at_{};
};

}  // namespace orgo
