// R27: any mail of 25 MB costs at most 1 s of CPU and 4 times its size + 64 MB of memory. One line of JSON for each
// kind of repeated element (tests/oracle/hostile_mail.h), the worst last. Each is read in a child process, for its
// memory's sake.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/mail/read/read_message.h"
#include "tests/oracle/hostile_mail.h"

int main(int argc, char** argv) {
  const std::size_t bytes = (argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 25) << 20;
  double worst_seconds = 0, worst_memory = 0;
  std::string slowest, largest;
  for (const auto& kind : orgo::testing::hostile_mails()) {
    std::fflush(stdout);
    int ends[2];
    if (pipe(ends) != 0) return 1;
    const auto child = fork();
    if (child == 0) {
      auto mail = kind.with_bytes(bytes);
      rusage before{}, after{};
      getrusage(RUSAGE_SELF, &before);
      const auto message = orgo::read_message(mail);
      getrusage(RUSAGE_SELF, &after);
      const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
      };
      const double result[2] = {
          seconds(after.ru_utime) + seconds(after.ru_stime) - seconds(before.ru_utime) - seconds(before.ru_stime),
          static_cast<double>(after.ru_maxrss) / 1024};
      const auto written = write(ends[1], result, sizeof result);
      _exit(written == sizeof result && message.size == mail.size() ? 0 : 1);
    }
    double result[2] = {-1, -1};
    const bool got = read(ends[0], result, sizeof result) == sizeof result;
    int status = 0;
    waitpid(child, &status, 0);
    close(ends[0]);
    close(ends[1]);
    if (!got || status != 0) {
      std::printf("{\"bench\":\"parse_cost\",\"kind\":\"%s\",\"failed\":%d}\n", kind.name.c_str(), status);
      return 1;
    }
    std::printf("{\"bench\":\"parse_cost\",\"kind\":\"%s\",\"bytes\":%zu,\"cpu_s\":%.3f,\"rss_mb\":%.0f}\n",
                kind.name.c_str(), bytes, result[0], result[1]);
    if (result[0] > worst_seconds) {
      worst_seconds = result[0];
      slowest = kind.name;
    }
    if (result[1] > worst_memory) {
      worst_memory = result[1];
      largest = kind.name;
    }
  }
  const double memory_max = 4.0 * static_cast<double>(bytes >> 20) + 64;
  std::printf(
      "{\"bench\":\"parse_cost\",\"slowest\":\"%s\",\"cpu_s\":%.3f,\"most_memory\":\"%s\",\"rss_mb\":%.0f,\"rss_mb_"
      "max\":%.0f}\n",
      slowest.c_str(), worst_seconds, largest.c_str(), worst_memory, memory_max);
  return worst_seconds <= 1.0 && worst_memory <= memory_max ? 0 : 1;
}
