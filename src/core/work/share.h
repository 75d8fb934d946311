#pragma once
#include <cstddef>

namespace orgo {

/// What a node knows when it asks how much of its work it should offer to others.
struct ShareView {
  std::size_t waiting_here = 0;   ///< to be taken by its own workers
  std::size_t waiting_there = 0;  ///< at the broker, of all nodes
  std::size_t room_there = 0;     ///< the most that may wait there
  bool decides = true;            ///< it has workers
  bool has_others = true;         ///< another node may fetch
};

inline constexpr std::size_t kKeptAtLeast = 20;  ///< fewer are done before another node has heard of them

/// How many of those that wait here go to the broker. Half, counting what is there: then an idle node finds as much
/// there as a busy one keeps, whatever one piece of work costs, and what is alone keeps all. Never more than there is
/// room for, since what waits at a broker waits in line, and no tenant's turn comes there.
inline std::size_t to_share(const ShareView& view) {
  const auto room = view.room_there > view.waiting_there ? view.room_there - view.waiting_there : 0;
  if (!view.decides) return view.waiting_here < room ? view.waiting_here : room;
  if (!view.has_others || view.waiting_here <= kKeptAtLeast) return 0;
  const auto fair = view.waiting_here / 2;
  const auto more = fair > view.waiting_there ? fair - view.waiting_there : 0;
  return more < room ? more : room;
}

}  // namespace orgo
