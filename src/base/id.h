#pragma once
#include <charconv>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace orgo {

/// A number that the store gave to one thing, typed so that a task can't be passed for a message.
/// 0 is "none yet"; ids are per tenant, grow, and are printed with a letter: m17 (message), T-12 (task), s5 (send).
template <typename Tag>
struct Id {
  std::int64_t value = 0;
  constexpr explicit operator bool() const { return value != 0; }
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

struct TenantTag {
  static constexpr std::string_view prefix = "t";
};
/// Whose it is. Never "none yet", and so without a default: what carries a tenant is made with one, and what forgets it
/// does not compile.
template <>
struct Id<TenantTag> {
  std::int64_t value;
  constexpr explicit Id(std::int64_t number) : value(number) {}
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

struct MessageTag {
  static constexpr std::string_view prefix = "m";
};
struct TaskTag {
  static constexpr std::string_view prefix = "T-";
};
struct SendTag {
  static constexpr std::string_view prefix = "s";
};
struct QueueItemTag {
  static constexpr std::string_view prefix = "q";
};

using TenantId = Id<TenantTag>;
/// Of what is decided on trial and never stored: cases, `orgo parse`, a back-test of files. No tenant has this number.
inline constexpr TenantId kTrialTenant{0};
/// What stands before the number of something of this tenant where it goes out to others, who see the ids of all
/// tenants beside each other: "n2-". Empty for the tenant that the first migration made (number 1, before there could
/// be others), so that what went out before there were several, and what is repeated, is still called the same.
inline std::string outer_prefix(TenantId tenant) {
  return tenant.value <= 1 ? std::string() : "n" + std::to_string(tenant.value) + "-";
}
using MessageId = Id<MessageTag>;
/// Small and per tenant, because people say it aloud: "T-1042".
using TaskNumber = Id<TaskTag>;
using SendId = Id<SendTag>;
using QueueItemId = Id<QueueItemTag>;

template <typename Tag>
std::string to_string(Id<Tag> id) {
  return std::string(Tag::prefix) + std::to_string(id.value);
}

/// Reads "T-12", and also "12" and "t-12", since people type what is shortest. nullopt: not such an id.
template <typename Tag>
std::optional<Id<Tag>> parse_id(std::string_view text) {
  const auto prefix = Tag::prefix;
  if (text.size() > prefix.size()) {
    bool same = true;
    for (std::size_t i = 0; i < prefix.size(); ++i) same = same && (text[i] | 0x20) == (prefix[i] | 0x20);
    if (same) text.remove_prefix(prefix.size());
  }
  Id<Tag> id{0};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id.value);
  if (error != std::errc{} || end != text.data() + text.size() || id.value <= 0) return std::nullopt;
  return id;
}

}  // namespace orgo

template <typename Tag>
struct std::hash<orgo::Id<Tag>> {
  std::size_t operator()(orgo::Id<Tag> id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
