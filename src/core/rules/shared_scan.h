#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/message/message.h"
#include "core/rules/folded_text.h"
#include "core/rules/literal_set.h"

namespace orgo::rules {

class RuleSet;

/// What a rule set looks for in subject and body; null: nothing that can be shared.
struct TextLiterals {
  const LiteralSet* subject = nullptr;
  const LiteralSet* body = nullptr;
};

/// What one rule set would have found in a field by itself.
struct ScannedField {
  struct Place {
    std::uint32_t literal = 0;  ///< number in the set's own literals
    std::uint32_t at = 0, length = 0;
  };
  std::vector<Place> places;
  const FoldedText* text = nullptr;
  bool complete = true;  ///< false: words may be missing (LiteralSet::scan)
};
struct Scanned {
  ScannedField subject;
  ScannedField body;
};

/// Looks through subject and body of a message once for the organization's rules and those of all its modules: the
/// literals of all sets stand in one set for each field, and each hit is told to those that asked for it. So a module
/// more costs its hits, and not a pass over each mail. Immutable; any number of threads.
class SharedScan {
 public:
  /// The sets must live as long; those that can't share get nothing.
  explicit SharedScan(std::span<const RuleSet* const> sets);

  /// For each set, in their order, what it asked for; nullptr in place of those that can't share. Valid until the next
  /// call in this thread.
  [[nodiscard]] std::span<const Scanned* const> scan(const Message& message) const;

 private:
  struct User {
    std::uint32_t set = 0;
    std::uint32_t literal = 0;  ///< its number there
  };
  struct Field {
    LiteralSet literals;
    std::vector<std::uint32_t> first;  ///< into users, for each literal; one more at the end
    std::vector<User> users;
  };
  static void build(Field& field, std::span<const LiteralSet* const> parts);

  std::vector<bool> shares_;
  Field subject_;
  Field body_;
};

}  // namespace orgo::rules
