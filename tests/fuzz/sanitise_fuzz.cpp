#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/mail/show/sanitise_html.h"

/// In the result every "<" begins a tag of ours and every value is quoted: outside of quotes nothing of a stranger
/// stands.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orgo::SanitiseOptions options;
  options.fold = size % 2 == 0;
  const auto result = orgo::sanitise_html({reinterpret_cast<const char*>(data), size}, options);
  bool tag = false, quoted = false;
  std::string_view html = result.html;
  for (std::size_t i = 0; i < html.size(); ++i) {
    const char c = html[i];
    if (quoted) {
      if (c == '<' || c == '>') __builtin_trap();
      quoted = c != '"';
    } else if (tag) {
      if (c == '<' || c == '\'' || c == '\\' || c == '`') __builtin_trap();
      if (c == '>') tag = false;
      quoted = c == '"';
    } else if (c == '<') {
      tag = true;
    } else if (c == '>' || c == '"') {
      __builtin_trap();
    }
  }
  if (tag || quoted) __builtin_trap();
  return 0;
}
