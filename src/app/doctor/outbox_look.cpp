#include "app/doctor/outbox_look.h"

#include "app/output.h"
#include "base/ago.h"

namespace orgo {
namespace {

constexpr Millis kUsual{300'000};  ///< an outbox that is that far behind waits for something

std::string reason(const WaitingSend& oldest, bool relay, bool served) {
  if (!relay) return "no relay is set (smtp.host): they go out as soon as there is one";
  if (!served) return "no server runs: they go out when one is started";
  if (oldest.attempts == 0 && oldest.detail.empty()) return "nobody has tried yet";
  const auto tries = std::to_string(oldest.attempts) + (oldest.attempts == 1 ? " attempt" : " attempts");
  return "after " + tries + " " +
         (oldest.detail.empty() ? "without an answer" : "the last answer was: " + oldest.detail);
}

}  // namespace

Look look_at_outbox(const Workload& load, const std::optional<WaitingSend>& oldest, bool relay, bool served,
                    TimePoint now) {
  if (load.sends == 0 || !oldest) return {.name = "outbox", .text = "nothing waits"};
  const auto count =
      std::to_string(load.sends) + (load.sends == 1 ? " mail or webhook waits" : " mails and webhooks wait");
  const bool usual = relay && served && now - oldest->created_at < kUsual;
  return {.name = "outbox",
          .mood = usual ? Mood::well : Mood::warning,
          .text = count + "; the oldest, " + to_string(oldest->id) + " to " + cell(oldest->recipient, 100) +
                  ", was made " + ago(oldest->created_at, now) + "; " + cell(reason(*oldest, relay, served), 500)};
}

}  // namespace orgo
