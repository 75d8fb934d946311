#include "core/mail/findings/find_own_loop.h"

#include <algorithm>
#include <charconv>

#include "base/hash.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/mail/findings/find_follow_up.h"

namespace orgo {
namespace {

std::string check_digits(std::string_view stem, std::string_view domain, std::string_view key) {
  std::string seed = "orgo message id\n";
  seed += stem;
  seed += '\n';
  seed += ascii_lower(domain);
  if (!key.empty()) return to_hex(hmac_sha256(key, seed)).substr(0, 16);
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

constexpr std::string_view kStart = "orgo-";

bool is_of(TenantId theirs, TenantId ours) {
  return outer_prefix(theirs) == outer_prefix(ours);
}

struct OwnParts {
  TenantId tenant;
  OwnMessageId id;
  std::string_view stem;    ///< "orgo-s5-t12", "orgo-n2-s5-t12"
  std::string_view digits;  ///< behind it
};
std::optional<OwnParts> parts_of(std::string_view message_id, std::string_view domain) {
  if (message_id.starts_with('<')) message_id.remove_prefix(1);
  if (message_id.ends_with('>')) message_id.remove_suffix(1);
  if (domain.empty() || message_id.size() > 320 || !message_id.starts_with(kStart) ||
      !is_same_domain(domain_part(message_id), domain))
    return std::nullopt;
  auto rest = local_part(message_id);
  const auto whole = rest;
  rest.remove_prefix(kStart.size());
  TenantId tenant{1};
  if (rest.starts_with('n')) {
    rest.remove_prefix(1);
    tenant.value = take_number(rest);
    if (tenant.value < 2 || !rest.starts_with('-')) return std::nullopt;
    rest.remove_prefix(1);
  }
  if (!rest.starts_with('s')) return std::nullopt;
  rest.remove_prefix(1);
  const auto send = take_number(rest);
  if (send < 0 || !rest.starts_with("-t")) return std::nullopt;
  rest.remove_prefix(2);
  const auto task = take_number(rest);
  if (task < 0 || (rest.size() != 9 && rest.size() != 17) || rest.front() != '-') return std::nullopt;
  return OwnParts{
      tenant, {SendId{send}, TaskNumber{task}}, whole.substr(0, whole.size() - rest.size()), rest.substr(1)};
}

/// Another tenant of this domain has written it. A stranger may claim that; he might as well leave our marks out.
bool is_of_neighbour(const Message& message, const OwnMarks& ours) {
  const auto says = [&](std::string_view id) {
    const auto parts = parts_of(trim(id), ours.domain);
    return parts && !is_of(parts->tenant, ours.tenant);
  };
  return says(message.header(kIdField)) || says(message.message_id);
}

}  // namespace

int hops_of(const Message& message) {
  int most = 0;
  for (const auto& [name, value] : message.as_mail().headers) {
    if (name.size() != kHopField.size() || !ascii_iequals(name, kHopField)) continue;
    const auto text = trim(value);
    int hops = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), hops);
    if (error == std::errc::result_out_of_range) hops = 1000;
    else if (error != std::errc{}) continue;
    most = std::max(most, std::clamp(hops, 0, 1000));
  }
  return most;
}

std::string own_message_id(TenantId tenant, SendId send, TaskNumber task, std::string_view domain,
                           std::string_view key) {
  const auto stem =
      std::string(kStart) + outer_prefix(tenant) + "s" + std::to_string(send.value) + "-t" + std::to_string(task.value);
  return stem + "-" + check_digits(stem, domain, key) + "@" + std::string(domain);
}

std::optional<OwnMessageId> parse_own_message_id(TenantId tenant, std::string_view message_id, std::string_view domain,
                                                 std::string_view key) {
  const auto parts = parts_of(message_id, domain);
  if (!parts || !is_of(parts->tenant, tenant)) return std::nullopt;
  if (!ORGO_PLANT(forged_id_is_ours) && !same_secret(check_digits(parts->stem, domain, key), parts->digits))
    return std::nullopt;
  return parts->id;
}

std::optional<OwnMessageId> claimed_own_message_id(TenantId tenant, std::string_view message_id,
                                                   std::string_view domain) {
  const auto parts = parts_of(message_id, domain);
  if (!parts || !is_of(parts->tenant, tenant)) return std::nullopt;
  return parts->id;
}

std::optional<OwnMessageId> find_own_message_id(TenantId tenant, std::string_view bytes, std::string_view domain,
                                                std::string_view key) {
  constexpr std::size_t kLongest = 90;  // of what stands before the @
  int tries = 1000;                     // each costs a hash
  for (auto at = bytes.find(kStart); at != std::string_view::npos && tries > 0; at = bytes.find(kStart, at + 1)) {
    const auto sign = bytes.substr(at, kLongest + 1).find('@');
    if (sign == std::string_view::npos) continue;
    const auto whole = bytes.substr(at, sign + 1 + domain.size());
    if (!parts_of(whole, domain)) continue;
    --tries;
    if (const auto id = parse_own_message_id(tenant, whole, domain, key)) return id;
  }
  return std::nullopt;
}

std::optional<Finding> find_own_loop(const Message& message, const OwnMarks& ours) {
  if (!ours.domain.empty() && !is_of_neighbour(message, ours)) {
    for (const auto& [name, value] : message.as_mail().headers)
      if (name.size() == kLoopField.size() && ascii_iequals(name, kLoopField) &&
          is_same_domain(trim(value), ours.domain))
        return Finding{FindingKind::own_loop, std::string(kLoopField) + ": " + std::string(ours.domain)};
    if (claimed_own_message_id(ours.tenant, message.message_id, ours.domain))
      return Finding{FindingKind::own_loop, "Message-ID of ours: " + message.message_id};
  }
  // Only with a mark of ours: forms, too, are set up to send as the address that they are for.
  if (!ours.sender.empty() && message.from && is_same_address(message.from->address, ours.sender) &&
      (task_marker(message.subject) || !message.header(kIdField).empty() || !message.header(kHopField).empty()))
    return Finding{FindingKind::own_loop, "From: " + std::string(ours.sender) + ", the address that Orgo sends as"};
  if (ours.hops_max > 0)
    if (const int hops = hops_of(message); hops > ours.hops_max)
      return Finding{FindingKind::own_loop, std::string(kHopField) + ": " + std::to_string(hops) + ", more than " +
                                                std::to_string(ours.hops_max) + " automatic mails led to this one"};
  return std::nullopt;
}

}  // namespace orgo
