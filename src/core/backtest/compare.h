#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/id.h"
#include "core/changes/changes.h"

namespace orgo {

/// One thing that a decision says of a message, in words: {"routed to", "maintenance@..., boiler@..."}.
struct OutcomeField {
  std::string name;
  std::string value;
  friend bool operator==(const OutcomeField&, const OutcomeField&) = default;
};

/// What a decision comes to, as people compare it; always the same fields in the same order: outcome, routed to,
/// assigned to, priority, tags, escalation, answered with, told, webhooks. An empty value: nothing.
std::vector<OutcomeField> outcome_fields(const Changes& changes);

struct OutcomeChange {
  std::string field;
  std::string before, after;
  friend auto operator<=>(const OutcomeChange&, const OutcomeChange&) = default;
};
/// Where two decisions about one message differ. Of two that don't both open a task only the outcome is compared: all
/// else follows from that.
std::vector<OutcomeChange> compare_outcomes(const Changes& before, const Changes& after);

/// A message whose outcome would be another.
struct ChangedMessage {
  MessageId id;      ///< 0: not a stored one
  std::string name;  ///< of a file, when it is not a stored one
  std::string subject, from;
  std::vector<OutcomeChange> changes;
  std::vector<std::string> rules_before, rules_after;  ///< names of the rules that acted
};

/// The sum over many messages. Memory is bounded: examples by `examples_max`, kinds of change by `kinds_max`.
class Comparison {
 public:
  static constexpr std::size_t kKindsMax = 10'000;
  explicit Comparison(std::size_t examples_max = 1'000) : examples_max_(examples_max) {}

  void add_same(bool by_rules) {
    ++messages_;
    if (by_rules) ++asked_;
  }
  void add_changed(ChangedMessage message);
  void add_unreadable() { ++unreadable_; }
  /// Takes over what another has counted.
  void merge(Comparison&& other);

  [[nodiscard]] std::int64_t messages() const { return messages_; }
  [[nodiscard]] std::int64_t asked() const { return asked_; }  ///< of which the rules decided
  [[nodiscard]] std::int64_t changed() const { return changed_; }
  [[nodiscard]] std::int64_t unreadable() const { return unreadable_; }
  [[nodiscard]] std::int64_t kinds_left_out() const { return kinds_left_out_; }
  struct Kind {
    OutcomeChange change;
    std::int64_t count = 0;
  };
  /// Most frequent first.
  [[nodiscard]] std::vector<Kind> kinds() const;
  /// Stored messages newest first, then files by name.
  [[nodiscard]] std::vector<ChangedMessage> examples() const;

 private:
  std::size_t examples_max_;
  std::int64_t messages_ = 0, asked_ = 0, changed_ = 0, unreadable_ = 0, kinds_left_out_ = 0;
  std::map<OutcomeChange, std::int64_t> kinds_;
  std::vector<ChangedMessage> examples_;
};

}  // namespace orgo
