#include "core/message/find_own_loop.h"

#include <charconv>

#include "base/hash.h"
#include "base/text.h"
#include "core/message/mail_address.h"

namespace orgo {
namespace {

std::string check_digits(std::string_view stem, std::string_view domain) {
  std::string seed = "orgo message id\n";
  seed += stem;
  seed += '\n';
  seed += ascii_lower(domain);
  return to_hex(sha256(seed)).substr(0, 8);
}

/// A positive number at the start of `text`, which is shortened by it; 0: none.
std::int64_t take_number(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0) return -1;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

}  // namespace

std::string own_message_id(SendId send, TaskNumber task, std::string_view domain) {
  const auto stem = "orgo-s" + std::to_string(send.value) + "-t" + std::to_string(task.value);
  return stem + "-" + check_digits(stem, domain) + "@" + std::string(domain);
}

std::optional<OwnMessageId> parse_own_message_id(std::string_view message_id, std::string_view domain) {
  if (message_id.starts_with('<')) message_id.remove_prefix(1);
  if (message_id.ends_with('>')) message_id.remove_suffix(1);
  if (domain.empty() || message_id.size() > 300 || !message_id.starts_with("orgo-s") ||
      !ascii_iequals(domain_part(message_id), domain))
    return std::nullopt;
  auto rest = local_part(message_id);
  const auto whole = rest;
  rest.remove_prefix(6);
  const auto send = take_number(rest);
  if (send < 0 || !rest.starts_with("-t")) return std::nullopt;
  rest.remove_prefix(2);
  const auto task = take_number(rest);
  if (task < 0 || rest.size() != 9 || rest.front() != '-') return std::nullopt;
  const auto stem = whole.substr(0, whole.size() - rest.size());
  if (check_digits(stem, domain) != rest.substr(1)) return std::nullopt;
  return OwnMessageId{SendId{send}, TaskNumber{task}};
}

std::optional<Finding> find_own_loop(const Message& message, const OwnMarks& ours) {
  if (!ours.domain.empty()) {
    for (const auto& [name, value] : message.headers)
      if (name.size() == kLoopField.size() && ascii_iequals(name, kLoopField) && ascii_iequals(trim(value), ours.domain))
        return Finding{FindingKind::own_loop, std::string(kLoopField) + ": " + std::string(ours.domain)};
    if (message.message_id.starts_with("orgo-s") && parse_own_message_id(message.message_id, ours.domain))
      return Finding{FindingKind::own_loop, "Message-ID of ours: " + message.message_id};
  }
  if (!ours.sender.empty() && message.from && ascii_iequals(message.from->address, ours.sender))
    return Finding{FindingKind::own_loop, "From: " + std::string(ours.sender) + ", the address that Orgo sends as"};
  return std::nullopt;
}

}  // namespace orgo
