#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orgo::mime {

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// What a run of the characters of an address list ends at: an atom, what needs a look within <>, a simple mailbox, a
// quoted string.
inline constexpr std::uint8_t kEndsAtom = 1, kOddInAngle = 2, kEndsSimple = 4, kEndsQuoted = 8;
inline constexpr std::array<std::uint8_t, 256> kAddressClass = [] {
  std::array<std::uint8_t, 256> table{};
  for (unsigned c = 0; c < 256; ++c)
    if (c < ' ' || c == 0x7F) table[c] = kEndsAtom | kOddInAngle | kEndsSimple | kEndsQuoted;
  for (const unsigned char c : {' ', ',', ';', ':', '(', '<', '"', '=', '[', '@', '>'}) table[c] |= kEndsAtom;
  for (const unsigned char c : {' ', ',', ';', '(', '<', '>', '"', '@'}) table[c] |= kOddInAngle;
  for (const unsigned char c : {'"', '(', ')', ',', ':', ';', '<', '>', '@', '[', ']', '\\'}) table[c] |= kEndsSimple;
  for (const unsigned char c : {'"', '\\'}) table[c] |= kEndsQuoted;
  return table;
}();
inline std::size_t run_end(std::string_view text, std::size_t at, std::uint8_t what) {
  while (at < text.size() && (kAddressClass[static_cast<unsigned char>(text[at])] & what) == 0) ++at;
  return at;
}

std::string without_spaces(std::string_view text);
/// Is there something that without_entities() changes?
bool has_entities(std::string_view text);
/// "&lt;", "&#60;", "&gt;", "&quot;" and "&amp;" as characters, and full-width brackets and @ as theirs: a header that
/// went through a web form or an East Asian keyboard.
std::string without_entities(std::string_view text);
/// Is there a link or the end of another tag of HTML?
bool has_tags(std::string_view text);
/// `<a href="mailto:anna@example.org">Anna</a>` as "Anna <anna@example.org>", and other tags as nothing: a header that
/// a web page was copied into. Linear time.
std::string without_tags(std::string_view text);
/// What is only around an address, or before it, is taken away: "mailto:", quotes, brackets, a full stop; what is not
/// seen is none of it anywhere.
void clean_address(std::string& address);

struct SimpleMailbox {
  std::string_view name, address;
  std::size_t end = 0;  ///< behind the comma
};
/// What nearly all mailboxes look like: Name <local@domain>, "Name" <local@domain>, local@domain; up to the comma or
/// the end. Views into the text, with nothing to repair. nullopt: it is something else.
std::optional<SimpleMailbox> simple_mailbox(std::string_view text, std::size_t at);

}  // namespace orgo::mime
