#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace orgo {

/// What a node says of itself.
struct NodeInfo {
  std::string name;
  std::string boot;     ///< another one at each start, hex digits
  std::string address;  ///< of its HTTP door; empty: it has none
  std::string version;
  std::string roles;      ///< "gateway,processing,delivery,escalation"
  std::string secret;     ///< tells two secrets apart and nothing of them
  std::string mails;      ///< the same of the mails that lie in its own folder; empty: none do
  int schema = 0;         ///< version of the tables that it works with
  std::int64_t load = 0;  ///< of its machine, in percent of what its processors can do; 100 and more: others wait
  bool draining = false;  ///< it ends, and takes nothing new
  friend bool operator==(const NodeInfo&, const NodeInfo&) = default;
};

/// A node as it stands where all nodes see it. All times are by one clock, that of the store: nodes whose own clocks
/// differ agree about who is alive.
struct NodeSeen {
  NodeInfo info;
  TimePoint started_at{};
  Millis silent{};           ///< since its last beat
  std::int64_t beats = 0;    ///< so far, of this boot; tells whether it was heard since somebody looked
  bool is_connected = true;  ///< the session that it beats over is there
  bool is_dead = false;      ///< somebody has given back what it held
  friend bool operator==(const NodeSeen&, const NodeSeen&) = default;
};

enum class NodeState : std::uint8_t { alive, draining, suspected, dead };
std::string_view to_string(NodeState state);

struct MembershipTimes {
  Millis beat{2'000};             ///< between two
  Millis suspected_after{5'000};  ///< of silence
  /// A process that ended leaves no session: then this much silence is enough, a moment to connect again left out.
  Millis gone_after{5'000};
  Millis dead_after{12'000};  ///< of silence, whatever its session says: it stands still, or its machine is gone
};

NodeState state_of(const NodeSeen& node, const MembershipTimes& times = {});

/// Who has died and still holds what was his, by one who looks at all; `boot` is the one's own. Nobody while he himself
/// was silent (his beat before is one of `all`, or he has none): then it was the server, the network, he himself or the
/// server's clock that stood still or jumped, and all would look dead.
std::vector<NodeSeen> died(std::span<const NodeSeen> all, std::string_view boot, const MembershipTimes& times = {});

/// May a process that starts take a name over from the one who has it?
enum class NameTaking : std::uint8_t {
  free,     ///< nobody has it, or who had it is gone
  wait,     ///< who has it is silent; soon it is known
  refused,  ///< who has it lives
};
/// `before`: what was seen of the holder when this was asked first; nullopt: it is asked first now.
NameTaking take_name(const NodeSeen& holder, const std::optional<NodeSeen>& before, const MembershipTimes& times = {});

}  // namespace orgo
