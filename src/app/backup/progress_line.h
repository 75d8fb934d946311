#pragma once
#include <chrono>

#include "adapter/backup/make_backup.h"

namespace orgo {

/// A line on the terminal that tells how far a backup or a restore is, about four times a second; elsewhere nothing.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine() { end(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const BackupProgress& progress);
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
