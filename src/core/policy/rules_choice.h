#pragma once
#include <cstdint>
#include <string_view>

namespace orgo {

/// By which rules a node works that has its files on a disk of its own, and the history in common with others.
enum class RulesChoice : std::uint8_t {
  files,    ///< what lies here; new to the history, where it is
  newest,   ///< the newest of the history, which another node has put in force
  unknown,  ///< the same; and nobody can tell whether what lies here is newer, or was never meant for these nodes
};

struct RulesAtHand {
  std::string_view files;    ///< version of what lies here
  std::string_view seen;     ///< the same when it was read last; empty: it is read first now
  std::string_view newest;   ///< of the history; empty: it has none
  bool is_known = false;     ///< the history has `files` somewhere
  bool others_live = false;  ///< and work by `newest`
};

/// What was changed last counts, on whichever disk; a start changes nothing for those that work already.
RulesChoice choose_rules(const RulesAtHand& rules);

}  // namespace orgo
