#pragma once
#include <cstdint>
#include <string>

namespace orgo {

enum class Mood : std::uint8_t { well, warning, wrong };

/// One thing that `orgo doctor` looked at, and what to do about it.
struct Look {
  std::string name;
  Mood mood = Mood::well;
  std::string text;
};

}  // namespace orgo
