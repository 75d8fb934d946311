#include "app/backup/progress_line.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <string>

#include "app/command_line/neutral_output.h"

namespace orgo {

ProgressLine::ProgressLine() : terminal_(::isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(const BackupProgress& progress) {
  show(progress.doing, progress.done >> 20, progress.of >> 20, " MiB");
}

void ProgressLine::show(std::string_view doing, std::int64_t done, std::int64_t of, std::string_view what) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || (shown_ && now - shown_at_ < std::chrono::milliseconds(250))) return;
  shown_at_ = now;
  shown_ = true;
  const auto share = of > 0 ? std::min<std::int64_t>(100, done * 100 / of) : 0;
  write_marked(std::cerr, "\r" + std::string(doing) + ": " + std::to_string(done) + " of " + std::to_string(of) +
                              std::string(what) + ", " + std::to_string(share) + "%\x1b[K");
}

void ProgressLine::end() {
  if (shown_) write_marked(std::cerr, "\r\x1b[K");
  shown_ = false;
}

}  // namespace orgo
