#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace orgo::mailbox {

/// Which mails of an IMAP folder broke a connection off while they were read: the server tells a wrong size, or stops
/// in the middle. As with a cut network nobody knows at first whose fault it was: what was asked for together is asked
/// for alone, the mail at which it broke off after all others, and what broke off alone a few times in a row is given
/// up until later. In memory only, so that a new start asks anew.
class Suspects {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr int kTimesMost = 3;  ///< times that a mail may break off alone
  static constexpr std::size_t kKnownMost = 1'000;
  static constexpr std::chrono::minutes kPause{5};  ///< until mails that were given up are tried again

  /// Forgets all when the folder was made anew.
  void adopt(std::uint32_t uid_validity);
  /// While `asked` were read, at `at`. UIDs grow.
  void broke_off(std::span<const std::uint32_t> asked, std::uint32_t at, Time now);
  /// It came, or is gone.
  void forget(std::uint32_t uid) { broke_.erase(uid); }

  [[nodiscard]] bool is_alone(std::uint32_t uid) const { return uid <= alone_up_to_ || broke_.contains(uid); }
  [[nodiscard]] bool comes_last(std::uint32_t uid) const { return broke_.contains(uid); }
  [[nodiscard]] bool is_given_up(std::uint32_t uid) const;
  /// Which of these that are held back to ask for now, in which order; `anyway`: also those that broke nothing off.
  [[nodiscard]] std::vector<std::uint32_t> due(std::span<const std::uint32_t> held_back, bool anyway, Time now) const;

 private:
  struct Broke {
    int times = 0;           ///< alone
    std::uint64_t last = 0;  ///< counts up
  };
  std::uint32_t uid_validity_ = 0;
  std::uint32_t alone_up_to_ = 0;
  std::map<std::uint32_t, Broke> broke_;
  std::uint64_t counter_ = 0;
  Time again_at_{};
};

}  // namespace orgo::mailbox
