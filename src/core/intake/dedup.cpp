#include <array>
#include <charconv>

#include "base/text.h"
#include "core/intake/raw_message.h"

namespace orgo {
namespace {

// Fields that every relay keeps. Trace fields (Received, Return-Path, Delivered-To, DKIM results...) differ between two
// deliveries of the same mail, so they must not make it another message.
constexpr std::array<std::string_view, 10> kKept{
    "from",       "to",          "cc",         "subject",      "date",
    "message-id", "in-reply-to", "references", "content-type", "content-transfer-encoding"};

bool is_kept(std::string_view name) {
  for (const auto kept : kKept)
    if (ascii_iequals(name, kept)) return true;
  return false;
}

void add_number(Sha256Stream& hash, std::int64_t number) {
  std::array<char, 24> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  hash.add({digits.data(), static_cast<std::size_t>(end - digits.data())});
  hash.add("\n");
}

}  // namespace

std::int64_t message_id_hash(TenantId tenant, std::string_view message_id) {
  Sha256Stream hash;
  hash.add("id\n");
  add_number(hash, tenant.value);
  hash.add(message_id);
  return head64(hash.finish());
}

DedupKey dedup_key(const Envelope& envelope, std::string_view bytes) {
  Sha256Stream content;
  std::string_view message_id;
  std::size_t at = 0;
  while (at < bytes.size()) {
    // One field with its continuation lines.
    auto end = bytes.find('\n', at);
    if (end == std::string_view::npos) end = bytes.size() - 1;
    if (end == at || (end == at + 1 && bytes[at] == '\r')) {
      at = end + 1;
      break;  // the empty line: what follows is the body
    }
    while (end + 1 < bytes.size() && (bytes[end + 1] == ' ' || bytes[end + 1] == '\t')) {
      end = bytes.find('\n', end + 1);
      if (end == std::string_view::npos) end = bytes.size() - 1;
    }
    const auto field = bytes.substr(at, end + 1 - at);
    const auto colon = field.find(':');
    const auto first_line_end = field.find('\n');
    if (colon == std::string_view::npos || colon > first_line_end) break;  // no header block (any more): all is body
    const auto name = trim(field.substr(0, colon));
    if (is_kept(name)) {
      content.add(name);
      content.add(field.substr(colon));
      if (message_id.empty() && ascii_iequals(name, "message-id")) {
        const auto value = field.substr(colon + 1);
        const auto open = value.find('<');
        const auto close = value.find('>', open);
        message_id = open != std::string_view::npos && close != std::string_view::npos
                         ? value.substr(open + 1, close - open - 1)
                         : trim(value);
      }
    }
    at = end + 1;
  }
  content.add("\n");
  content.add(bytes.substr(std::min(at, bytes.size())));

  DedupKey key;
  key.content = content.finish();
  const std::string_view content_bytes(reinterpret_cast<const char*>(key.content.data()), key.content.size());
  key.id_hash = message_id_hash(envelope.tenant, message_id.empty() ? content_bytes : message_id);
  Sha256Stream copy;
  copy.add("copy\n");
  add_number(copy, static_cast<std::int64_t>(envelope.channel));
  copy.add(ascii_lower(envelope.recipient.address));
  copy.add("\n");
  copy.add(content_bytes);
  key.copy_hash = head64(copy.finish());
  return key;
}

}  // namespace orgo
