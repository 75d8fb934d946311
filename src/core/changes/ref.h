#pragma once
#include <cstddef>
#include <cstdint>

#include "base/id.h"

namespace orgo {

/// A thing of the store as a Changes names it: one that exists, by its id, or the k-th new one of the same Changes,
/// which gets its id when the Changes is committed. Made without anything it names nothing. What a store gives back
/// names existing things only.
template <typename Tag>
class Ref {
 public:
  constexpr Ref() = default;
  constexpr Ref(Id<Tag> id) : value_(id.value) {}  // NOLINT(google-explicit-constructor): an id is a reference; 0: none
  /// The k-th (from 0) of those that the same Changes makes.
  static constexpr Ref nth_new(std::size_t k) { return from_number(-static_cast<std::int64_t>(k) - 1); }

  constexpr explicit operator bool() const { return value_ != 0; }
  [[nodiscard]] constexpr bool is_new() const { return value_ < 0; }
  /// Of a new one.
  [[nodiscard]] constexpr std::size_t index() const { return static_cast<std::size_t>(-(value_ + 1)); }
  /// Of an existing one; of none and of a new one: 0.
  [[nodiscard]] constexpr Id<Tag> id() const { return {value_ > 0 ? value_ : 0}; }
  /// The same, behind `earlier` new ones of another Changes.
  [[nodiscard]] constexpr Ref behind(std::size_t earlier) const {
    return is_new() ? nth_new(index() + earlier) : *this;
  }
  friend constexpr auto operator<=>(const Ref&, const Ref&) = default;

  /// As one number: ids are positive, new ones are -1, -2, ..., none is 0.
  [[nodiscard]] constexpr std::int64_t number() const { return value_; }
  static constexpr Ref from_number(std::int64_t number) {
    Ref ref;
    ref.value_ = number;
    return ref;
  }

 private:
  std::int64_t value_ = 0;
};

using TaskRef = Ref<TaskTag>;
using SendRef = Ref<SendTag>;

/// "T-12", "new T-" for the first new one, empty for none: for messages of errors.
template <typename Tag>
std::string to_string(Ref<Tag> ref) {
  if (ref.is_new()) return "new " + std::string(Tag::prefix) + std::to_string(ref.index() + 1);
  return ref ? to_string(ref.id()) : std::string();
}

}  // namespace orgo
