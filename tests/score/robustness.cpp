// Any folder of raw mails. Each is read in a child process, which may crash or hang without taking the others along.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "base/charset.h"
#include "core/bounce/bounce.h"
#include "core/mail/findings/find_all.h"
#include "core/mail/read/read_message.h"
#include "tests/score/allocated.h"
#include "tests/score/score.h"
#include "tests/support/tenants.h"

namespace orgo::score {
namespace {

constexpr unsigned kSecondsMax = 10;             // far beyond what any mail may need
constexpr std::size_t kMemoryFloor = 64 * 1024;  // what even an empty mail may take

struct Outcome {
  bool said_something = false;  ///< text, HTML or an attachment, or a defect that says why not
  bool well_formed = false;     ///< all text is UTF-8
  bool bounce = false;
  std::size_t memory = 0;
};

Outcome read_one(const std::string& raw) {
  // Once before, so that tables and converters that are kept for good are not counted.
  static_cast<void>(read_message(raw));
  reset_most_allocated();
  const auto before = allocated();
  const auto message = read_message(raw);
  Outcome outcome;
  outcome.memory = most_allocated() - before;
  outcome.said_something = !message.text.empty() || !message.as_mail().html.empty() || !message.attachments.empty() ||
                           !message.defects.empty();
  outcome.well_formed = is_utf8(message.text) && is_utf8(message.as_mail().html) && is_utf8(message.subject);
  for (const auto& attachment : message.attachments)
    outcome.well_formed = outcome.well_formed && is_utf8(attachment.filename);
  Envelope envelope{.tenant = kTenant};
  envelope.channel = Channel::import_;
  outcome.bounce = finding_of(find_all(envelope, message), FindingKind::bounce) != nullptr;
  static_cast<void>(read_bounce(raw, message));
  return outcome;
}

}  // namespace

Score score_robustness(const fs::path& folder) {
  Score score;
  Measure crash{"no_crash", 100}, hang{"no_hang", 100}, silent{"no_silent_nothing", 100}, utf8{"well_formed_text", 100},
      memory{"memory_under_10_times", 100}, bounce{"not_taken_for_a_bounce", 0};
  for (const auto& path : mails_of(folder)) {
    ++score.mails;
    const auto name = fs::relative(path, folder).string();
    const auto raw = read_file(path);
    int ends[2];
    if (pipe(ends) != 0) break;
    const auto child = fork();
    if (child == 0) {
      alarm(kSecondsMax);
      const auto outcome = read_one(raw);
      const auto written = write(ends[1], &outcome, sizeof outcome);
      _exit(written == sizeof outcome ? 0 : 1);
    }
    close(ends[1]);
    Outcome outcome;
    const bool got = read(ends[0], &outcome, sizeof outcome) == sizeof outcome;
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    const bool hung = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
    hang.count(!hung, {name, "hang", "over " + std::to_string(kSecondsMax) + " s", ""});
    crash.count(hung || (got && WIFEXITED(status)), {name, "crash", "status " + std::to_string(status), ""});
    if (!got) continue;
    silent.count(outcome.said_something, {name, "silent", "nothing, and no defect", ""});
    utf8.count(outcome.well_formed, {name, "utf8", "text that is not UTF-8", ""});
    const auto most = std::max(10 * raw.size(), kMemoryFloor);
    memory.count(outcome.memory < most,
                 {name, "memory", std::to_string(outcome.memory), "under " + std::to_string(most)});
    bounce.count(!outcome.bounce, {name, "bounce", "taken for a bounce", ""});
  }
  score.measures = {crash, hang, silent, utf8, memory, bounce};
  return score;
}

}  // namespace orgo::score
