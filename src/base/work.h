#pragma once
#include <cstddef>
#include <cstdint>

namespace orgo {

/// How many bytes this thread's reading of strangers' bytes has looked at, each time it looked. Tests double each
/// repeated element of a mail and assert that this grows no more than it may (R27): a count is the same on every
/// machine, a time is not.
inline thread_local constinit std::uint64_t work_done = 0;
inline void count_work(std::size_t bytes) {
  work_done += bytes;
}

}  // namespace orgo
