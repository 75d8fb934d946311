#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/changes/changes.h"
#include "port/clock.h"
#include "port/outbound_channel.h"
#include "tests/world/support/fakes.h"
#include "tests/world/support/random.h"

namespace orgo::world {

inline constexpr std::string_view kDomain = "orgo.example";
inline constexpr std::string_view kGone = "gone@home.example";  ///< a mailbox that does not exist

/// How often the way to a peer goes wrong; each is a probability per mail, but `stall`: per call.
struct PeerFaults {
  double temporary = 0;    ///< 4xx
  double lose_answer = 0;  ///< half of them were taken
  double stall = 0;        ///< answers only after the lease of its mails has run out
  double crash = 0;        ///< our process dies, before or after the peer took it
};

/// Something that reached a peer: an effect outside.
struct Taken {
  SendId send;
  std::string recipient;
  std::string message_id;  ///< of a mail; empty for a webhook
  std::string text;        ///< the mail, or the body of the webhook
  bool automatic = false;  ///< went out with the null sender: an automatic answer
  TimePoint at{};
};

/// All peers that Orgo sends to, and what they have seen. Survives Orgo's crashes.
class Peers {
 public:
  Peers(Random& random, SimulatedClock& clock) : random_(random), clock_(clock) {}

  void set_faults(const PeerFaults& faults) { faults_ = faults; }
  /// How long a peer that stalls keeps us waiting.
  Millis stall_time{};
  /// Called when a peer begins to stall. The time that goes by is everybody's: who was interrupted between a peer's
  /// answer and the store loses his lease, too.
  std::function<void()> on_stall;
  /// Called while a peer stalls: other workers go on meanwhile.
  std::function<void()> interleave;

  /// One attempt; the answer as Orgo hears it.
  SendResult take(Taken effect);
  /// Called at the beginning of each call with what is in it.
  void begin_call(const std::vector<SendId>& sends);
  /// This send may reach its peer once more without that being a mistake of Orgo's.
  void excuse(SendId send) { ++excuses_[send]; }

  [[nodiscard]] const std::vector<Taken>& taken() const { return taken_; }
  [[nodiscard]] int excuses(SendId send) const {
    const auto found = excuses_.find(send);
    return found == excuses_.end() ? 0 : found->second;
  }
  [[nodiscard]] bool was_told_no(SendId send) const { return refused_.contains(send); }
  [[nodiscard]] const std::vector<std::string>& breaches() const { return breaches_; }

 private:
  Random& random_;
  SimulatedClock& clock_;
  PeerFaults faults_;
  std::vector<Taken> taken_;
  std::map<SendId, int> excuses_;
  std::map<SendId, std::string> message_ids_;
  std::set<SendId> refused_;
  std::vector<std::string> breaches_;
};

/// One worker's way to the peers.
class SimulatedMailChannel final : public OutboundChannel {
 public:
  explicit SimulatedMailChannel(Peers& peers) : peers_(peers) {}
  [[nodiscard]] const ChannelTraits& capabilities() const override { return *find_channel("mail"); }
  void send_each(std::span<const Outgoing> mails, Deadline deadline, const Told& told) override;
  void interrupt() override {}

 private:
  Peers& peers_;
};
class SimulatedWebhookChannel final : public OutboundChannel {
 public:
  explicit SimulatedWebhookChannel(Peers& peers) : peers_(peers) {}
  [[nodiscard]] const ChannelTraits& capabilities() const override { return *find_channel("webhook"); }
  void send_each(std::span<const Outgoing> webhooks, Deadline deadline, const Told& told) override;
  void interrupt() override {}

 private:
  Peers& peers_;
};

/// The value of a header field of a mail, unfolded; empty when there is none.
std::string header_of(std::string_view mail, std::string_view name);

}  // namespace orgo::world
