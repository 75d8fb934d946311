#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace orgo {

/// What a child process may use at most.
struct ChildLimits {
  int cpu_seconds = 5;
  std::size_t memory_bytes = 512U << 20U;
  std::size_t output_bytes = 64U << 10U;  ///< of its standard output; what is behind is not read
};

struct ChildResult {
  int status = 0;  ///< as waitpid() tells it
  std::string output;
};

/// Runs `program` (an absolute path) with no network where the kernel lets us, no new rights, no files to write, and an
/// environment of LC_ALL=C only. `inputs` are given as /proc/self/fd/3, 4, ... (files in memory). It and what it
/// started ends with the deadline, and with this program. Errors: unavailable (can't be started), deadline_exceeded.
Result<ChildResult> run_restricted(const std::string& program, const std::vector<std::string>& arguments,
                                   const std::vector<std::string_view>& inputs, Deadline deadline,
                                   const ChildLimits& limits = {});

}  // namespace orgo
