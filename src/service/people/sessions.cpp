#include "service/people/sessions.h"

#include <charconv>
#include <vector>

#include "base/hash.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/people/people_commands.h"

namespace orgo {
namespace {

constexpr std::size_t kTextMost = 300;  // bytes of a cookie; ours have some 170

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The parts of "kind/tenant/ms/.../login": a login name has no "/".
std::vector<std::string_view> parts_of(std::string_view text, std::string_view kind, std::size_t count) {
  auto parts = split(text, '/');
  if (parts.size() != count || parts[0] != kind || !number(parts[1]) || !number(parts[2])) parts.clear();
  return parts;
}

}  // namespace

std::string Sessions::sign(std::string_view text) const {
  auto signed_text = std::string(text);
  return signed_text + "/" + to_hex(hmac_sha256(key_, "login\n" + signed_text));
}

std::optional<std::string_view> Sessions::verified(std::string_view text) const {
  const auto last = text.rfind('/');
  if (text.size() > kTextMost || last == std::string_view::npos) return std::nullopt;
  const auto inner = text.substr(0, last);
  if (!same_secret(sign(inner), text)) return std::nullopt;
  return inner;
}

std::string Sessions::begin(const Person& person) const {
  return sign("s/" + std::to_string(person.tenant.value) + "/" +
              std::to_string(to_ms(person.last_login.value_or(TimePoint{}))) + "/" + person.login);
}

Result<std::optional<Person>> Sessions::find(std::string_view session, TimePoint now) {
  const auto text = verified(session);
  const auto parts = text ? parts_of(*text, "s", 4) : std::vector<std::string_view>();
  if (parts.empty()) return std::optional<Person>();
  const auto began_at = from_ms(*number(parts[2]));
  if (began_at + kLifetime <= now && !ORGO_PLANT(session_never_ends)) return std::optional<Person>();
  ORGO_TRY(person, people_.find_person(TenantId{*number(parts[1])}, parts[3]));
  if (!person || !people::session_holds(*person, began_at)) return std::optional<Person>();
  return person;
}

std::string Sessions::new_device(const Person& person, TimePoint now) const {
  return sign("d/" + std::to_string(person.tenant.value) + "/" + std::to_string(to_ms(now)) + "/" + random_hex(8) +
              "/" + person.login);
}

std::optional<Sessions::Device> Sessions::device(std::string_view text, TimePoint now) const {
  const auto inner = verified(text);
  const auto parts = inner ? parts_of(*inner, "d", 5) : std::vector<std::string_view>();
  if (parts.empty() || (from_ms(*number(parts[2])) + kDeviceLifetime <= now && !ORGO_PLANT(device_never_ends)))
    return std::nullopt;
  return Device{TenantId{*number(parts[1])}, std::string(parts[4]), std::string(parts[3])};
}

}  // namespace orgo
