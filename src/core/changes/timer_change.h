#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"
#include "core/changes/subject.h"

namespace orgo {

/// What happens to a pending instant at which something is to be looked at again. A timer is known by its subject and
/// its name; at most one of each is pending.
struct TimerChange {
  enum class Kind : std::int8_t {
    set,      ///< pending at `due_at` from now on, in place of an earlier instant
    cleared,  ///< pending no more; also when there is none
    fired,    ///< used up. It must still be pending at `due_at`, or the whole Changes is refused (conflict): of two
              ///< workers, or two attempts, one wins. Only as the first change of its timer
  };
  Subject subject{};
  std::string name{};  ///< of the feature that looks: "deadline"; at most kNameMax bytes
  Kind kind = Kind::set;
  TimePoint due_at{};

  static constexpr std::size_t kNameMax = 64;

  static TimerChange set(Subject subject, std::string_view name, TimePoint due_at) {
    return {subject, std::string(name), Kind::set, due_at};
  }
  static TimerChange cleared(Subject subject, std::string_view name) {
    return {subject, std::string(name), Kind::cleared, {}};
  }
  static TimerChange fired(Subject subject, std::string_view name, TimePoint due_at) {
    return {subject, std::string(name), Kind::fired, due_at};
  }
  [[nodiscard]] bool is_same_timer(const TimerChange& other) const {
    return subject == other.subject && name == other.name;
  }
  friend bool operator==(const TimerChange&, const TimerChange&) = default;
};

}  // namespace orgo
