#include "core/threading/thread_hints.h"

#include <algorithm>
#include <array>

#include "base/planted.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/mail/findings/find_follow_up.h"
#include "core/mail/findings/find_own_loop.h"
#include "core/message/reply_subject.h"

namespace orgo {
namespace {

constexpr std::size_t kIdsMax = 24;
constexpr std::size_t kReferencesMax = 20;
constexpr std::size_t kAliasesMax = 8;
constexpr std::size_t kIdMax = 998;
constexpr std::size_t kQuotedMax = 65'536;  // of the text, in which a marker is looked for

// Where providers put the Message-ID that they have replaced.
constexpr auto kCopyFields = std::to_array<std::string_view>({
    "X-Original-Message-ID",
    "X-Google-Original-Message-ID",
    "X-Gmail-Original-Message-ID",
    "X-Microsoft-Original-Message-ID",
    "X-MS-Original-Message-ID",
    "Original-Message-ID",
    "X-Orig-Message-ID",
    "X-Pm-External-Id",
    "X-SES-Original-Message-ID",
    "X-Mailgun-Original-Message-ID",
    "X-Orgo-ID",
});

std::string_view bare_id(std::string_view value) {
  value = trim(value);
  if (const auto open = value.find('<'); open != std::string_view::npos) {
    const auto close = value.find('>', open);
    value = close == std::string_view::npos ? value.substr(open + 1) : value.substr(open + 1, close - open - 1);
  }
  value = trim(value);
  return value.size() > kIdMax || value.find_first_of(" \t") != std::string_view::npos ? std::string_view{} : value;
}

void add_id(std::vector<std::string>& ids, std::string_view id, std::size_t most) {
  if (id.empty() || ids.size() >= most || std::find(ids.begin(), ids.end(), id) != ids.end()) return;
  ids.emplace_back(id);
}

/// Outlook's conversation: 6 bytes of time and a GUID (MS-OXOMSG 2.2.1.3); what follows grows with each answer. 28 of
/// the base64 digits are 21 of its 22 bytes, which is unique enough and needs no decoding.
std::string thread_index(const Message& message) {
  const auto value = trim(message.header("Thread-Index"));
  if (value.size() < 30 || value.size() > 4096) return {};
  const auto head = value.substr(0, 28);
  const bool digits = std::all_of(head.begin(), head.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  });
  return digits ? "thread-index:" + std::string(head) : std::string();
}

/// Amazon SES writes "<0100...-000000@eu-west-1.amazonses.com>" or "@email.amazonses.com", and tells only what is
/// before the @.
std::string ses_id(std::string_view id) {
  const auto domain = domain_part(id);
  if (!ascii_iequals(domain, "amazonses.com") &&
      !(domain.size() > 14 && ascii_iequals(domain.substr(domain.size() - 14), ".amazonses.com")))
    return {};
  return "ses:" + ascii_lower(local_part(id));
}

/// A marker in the lines that are quoted from a mail of ours.
TaskNumber quoted_marker(std::string_view text) {
  text = text.substr(0, kQuotedMax);
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = trim(text.substr(at, end - at));
    if (line.starts_with('>'))
      if (const auto task = task_marker(line)) return task;
    at = end + 1;
  }
  return {};
}

}  // namespace

ThreadHints thread_hints(const Message& message, TenantId tenant, std::string_view domain, std::string_view key) {
  ThreadHints hints;
  const auto add = [&](std::string_view id) {
    if (id.empty() || id.size() > kIdMax || hints.message_ids.size() >= kReferencesMax) return;
    if (!domain.empty() && !hints.proven) {
      if (const auto own = parse_own_message_id(tenant, id, domain, key)) {
        hints.proven = own->task;
        hints.proven_send = own->send;
      } else if (const auto claim = claimed_own_message_id(tenant, id, domain); claim && !hints.marker && claim->task) {
        // Made before the key, or by a stranger who wants in: as good as a marker.
        hints.marker = claim->task;
        hints.marker_place = "References";
      }
    }
    add_id(hints.message_ids, id, kReferencesMax);
  };
  add(message.in_reply_to);
  hints.in_reply_to = !hints.message_ids.empty();
  if (ORGO_PLANT(oldest_reference_counts_first))
    for (const auto& id : message.references) add(id);
  for (auto id = message.references.rbegin(); id != message.references.rend(); ++id) add(*id);
  for (std::size_t i = 0, known = hints.message_ids.size(); i < known; ++i)
    if (const auto ses = ses_id(hints.message_ids[i]); !ses.empty()) add_id(hints.message_ids, ses, kIdsMax);
  if (const auto conversation = thread_index(message); !conversation.empty()) {
    add_id(hints.message_ids, conversation, kIdsMax);
    add_id(hints.aliases, conversation, kAliasesMax);
  }
  for (const auto& field : message.as_mail().headers)
    for (const auto name : kCopyFields)
      if (field.name.size() == name.size() && ascii_iequals(field.name, name))
        if (const auto id = bare_id(field.value); !id.empty() && id != message.message_id)
          add_id(hints.aliases, id, kAliasesMax);

  const bool of_another_orgo = !message.header(kLoopField).empty();
  const bool reply = is_reply_subject(message.subject);
  if (!hints.proven && !of_another_orgo) {
    if (const auto task = task_marker(message.subject)) {
      hints.marker = task;
      hints.marker_place = "subject";
    } else if (!hints.marker && (reply || !message.in_reply_to.empty())) {
      hints.marker = quoted_marker(message.text);
      if (hints.marker) hints.marker_place = "quoted text";
    }
  }
  if (reply) {
    hints.reply_subject = plain_subject(message.subject);
    if (hints.reply_subject.size() < 3) hints.reply_subject.clear();
  }
  return hints;
}

}  // namespace orgo
