#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orgo::rules {

/// Names that every action may use beside variables: what the message itself says.
std::vector<std::string_view> message_names();

/// Is there a {{name}} in it?
inline bool has_names(std::string_view text) {
  return text.find("{{") != std::string_view::npos;
}

/// A {{name}} of an action: where it stands, with its braces.
struct NamePlace {
  std::string name;
  std::size_t offset = 0;
  std::size_t length = 0;
};
/// nullopt: a {{ is never closed.
std::optional<std::vector<NamePlace>> names_in(std::string_view text);

/// Puts in what `value` says of each name; the outcome is not looked through again, so that nothing a stranger wrote
/// can name anything. nullopt when one of them holds nothing: then the action is left out.
std::optional<std::string> fill(std::string_view text, const std::function<std::string(std::string_view name)>& value);
/// The same for URLs: what is put in is percent-encoded (RFC 3986, section 2.1).
std::optional<std::string> fill_url(std::string_view text,
                                    const std::function<std::string(std::string_view name)>& value);

/// What actions accept, with and without names filled in.
bool is_action_address(std::string_view text);
/// An address, or the name of a team or person.
bool is_action_target(std::string_view text);
bool is_action_url(std::string_view text);
bool is_action_tag(std::string_view text);

}  // namespace orgo::rules
