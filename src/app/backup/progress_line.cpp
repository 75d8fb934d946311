#include "app/backup/progress_line.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <string>

#include "app/command_line/neutral_output.h"

namespace orgo {

ProgressLine::ProgressLine() : terminal_(::isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(const BackupProgress& progress) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || (shown_ && now - shown_at_ < std::chrono::milliseconds(250))) return;
  shown_at_ = now;
  shown_ = true;
  const auto share = progress.of > 0 ? std::min<std::int64_t>(100, progress.done * 100 / progress.of) : 0;
  write_marked(std::cerr, "\r" + std::string(progress.doing) + ": " + std::to_string(progress.done >> 20) + " of " +
                              std::to_string(progress.of >> 20) + " MiB, " + std::to_string(share) + "%\x1b[K");
}

void ProgressLine::end() {
  if (shown_) write_marked(std::cerr, "\r\x1b[K");
  shown_ = false;
}

}  // namespace orgo
