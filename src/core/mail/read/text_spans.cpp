// What a text that was taken apart holds of each kind.
#include <algorithm>

#include "base/text.h"
#include "core/mail/read/split_text.h"

namespace orgo {

std::string_view to_string(TextKind kind) {
  switch (kind) {
    case TextKind::fresh:
      return "new";
    case TextKind::quoted:
      return "quoted";
    case TextKind::signature:
      return "signature";
  }
  return "new";
}

bool SplitText::has(TextKind kind) const {
  return std::any_of(spans.begin(), spans.end(), [&](const TextSpan& span) { return span.kind == kind; });
}

std::string text_of(std::string_view text, const SplitText& split, TextKind kind) {
  std::string out;
  for (const auto& span : split.spans) {
    if (span.kind != kind) continue;
    if (!out.empty() && out.back() != '\n') out += '\n';
    out += text.substr(span.begin, span.end - span.begin);
  }
  return std::string(trim(out));
}

std::string new_text(const Message& message) {
  auto out = text_of(message.text, split_text(message), TextKind::fresh);
  return out.empty() ? std::string(trim(message.text)) : out;
}

}  // namespace orgo
