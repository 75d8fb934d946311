#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/html.h"
#include "core/mail/read/split_text.h"

/// Nothing is lost: the spans cover the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t at = 0;
  for (const auto& span : orgo::split_text(text).spans) {
    if (span.begin != at || span.end <= span.begin) __builtin_trap();
    at = span.end;
  }
  if (at != size) __builtin_trap();
  orgo::Message message;
  message.make_mail().html = text;
  message.text = orgo::html_to_text(text);
  at = 0;
  for (const auto& span : orgo::split_text(message).spans) {
    if (span.begin != at || span.end <= span.begin) __builtin_trap();
    at = span.end;
  }
  if (at != message.text.size()) __builtin_trap();
  return 0;
}
