#include "core/rules/action_text.h"

#include <algorithm>

#include "base/text.h"

namespace orgo::rules {
namespace {

constexpr std::size_t kFilledMax = 2048;

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
  return out;
}

}  // namespace

std::vector<std::string_view> message_names() {
  return {"from", "from_domain", "from_name", "recipient", "subject"};
}

std::optional<std::vector<NamePlace>> names_in(std::string_view text) {
  std::vector<NamePlace> places;
  for (auto at = text.find("{{"); at != std::string_view::npos;) {
    const auto end = text.find("}}", at);
    if (end == std::string_view::npos) return std::nullopt;
    places.push_back({std::string(trim(text.substr(at + 2, end - at - 2))), at, end + 2 - at});
    at = text.find("{{", end + 2);
  }
  return places;
}

std::optional<std::string> fill(std::string_view text, const std::function<std::string(std::string_view)>& value) {
  const auto places = names_in(text);
  if (!places) return std::nullopt;
  std::string out;
  std::size_t at = 0;
  for (const auto& place : *places) {
    const auto held = value(place.name);
    if (held.empty()) return std::nullopt;
    out += text.substr(at, place.offset - at);
    out += held;
    at = place.offset + place.length;
    if (out.size() > kFilledMax) return std::nullopt;
  }
  out += text.substr(at);
  return out;
}

std::optional<std::string> fill_url(std::string_view text, const std::function<std::string(std::string_view)>& value) {
  return fill(text, [&](std::string_view name) { return percent_encoded(value(name)); });
}

bool is_action_address(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size() || text.size() > 320) return false;
  if (text.find_first_of(" <>(),;\"") != std::string_view::npos || has_control(text)) return false;
  return text.substr(0, at).find('@') == std::string_view::npos;
}

bool is_action_target(std::string_view text) {
  return text.find('@') != std::string_view::npos ? is_action_address(text)
                                                  : !text.empty() && text.size() <= 100 && !has_control(text);
}

bool is_action_url(std::string_view text) {
  std::string_view rest;
  if (ascii_istarts_with(text, "https://")) rest = text.substr(8);
  if (ascii_istarts_with(text, "http://")) rest = text.substr(7);
  if (rest.empty() || rest.front() == '/' || rest.front() == ':' || text.size() > 2048) return false;
  return text.find_first_of(" <>\"") == std::string_view::npos && !has_control(text);
}

bool is_action_tag(std::string_view text) {
  return !text.empty() && text.size() <= 64 && !has_control(text) && text.find(',') == std::string_view::npos;
}

}  // namespace orgo::rules
