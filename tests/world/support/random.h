#pragma once
#include <cstdint>

namespace orgo::world {

/// The only source of chance in a simulated world: the same seed gives the same numbers on every machine.
/// Source: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30U) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27U) * 0x94d049bb133111ebU;
    return z ^ z >> 31U;
  }
  /// 0 to `bound` - 1
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(bound));
  }
  double real() { return static_cast<double>(next() >> 11U) / 9007199254740992.0; }
  bool chance(double probability) { return real() < probability; }

 private:
  std::uint64_t state_;
};

}  // namespace orgo::world
