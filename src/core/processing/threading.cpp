#include "core/processing/threading.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/unicode.h"
#include "core/contact/mail_address.h"
#include "core/mail/findings/answer_allowed.h"
#include "core/mail/findings/find_follow_up.h"
#include "core/mail/findings/find_own_loop.h"
#include "core/processing/title.h"

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

// What stands for "Re:" in mail programs of other languages; in the form of fold_case().
constexpr auto kReply = std::to_array<std::string_view>(
    {"re",  "aw",  "antw", "antwort", "sv", "vs", "rv",  "ref",  "rif",  "r",    "odp",  "ynt",
     "yan", "res", "atb",  "bls",     "vá", "απ", "отв", "回复", "答复", "回覆", "返信", "답장"});
constexpr auto kForward = std::to_array<std::string_view>(
    {"fw", "fwd", "wg", "tr", "enc", "vb", "doorst", "pd", "转发", "轉寄", "転送", "전달", "пересл"});

constexpr auto kPublicDomains = std::to_array<std::string_view>({
    "126.com",     "163.com",        "aol.com",        "bluewin.ch",    "bt.com",         "btinternet.com",
    "comcast.net", "cox.net",        "email.com",      "fastmail.com",  "fastmail.fm",    "free.fr",
    "freenet.de",  "gmail.com",      "gmx.at",         "gmx.ch",        "gmx.com",        "gmx.de",
    "gmx.net",     "googlemail.com", "hey.com",        "hotmail.co.uk", "hotmail.com",    "hotmail.de",
    "hotmail.fr",  "hotmail.it",     "hushmail.com",   "icloud.com",    "inbox.com",      "inbox.ru",
    "interia.pl",  "laposte.net",    "libero.it",      "list.ru",       "live.com",       "live.de",
    "live.fr",     "mac.com",        "mail.com",       "mail.de",       "mail.ru",        "mailbox.org",
    "me.com",      "msn.com",        "naver.com",      "o2.pl",         "onet.pl",        "online.de",
    "orange.fr",   "outlook.com",    "outlook.de",     "outlook.fr",    "outlook.in",     "pm.me",
    "posteo.de",   "proton.me",      "protonmail.com", "qq.com",        "rediffmail.com", "rocketmail.com",
    "seznam.cz",   "sfr.fr",         "sina.com",       "t-online.de",   "telenet.be",     "terra.com.br",
    "tiscali.it",  "tutanota.com",   "uol.com.br",     "verizon.net",   "vodafone.de",    "wanadoo.fr",
    "web.de",      "wp.pl",          "yahoo.ca",       "yahoo.co.in",   "yahoo.co.jp",    "yahoo.co.uk",
    "yahoo.com",   "yahoo.com.br",   "yahoo.de",       "yahoo.es",      "yahoo.fr",       "yahoo.in",
    "yahoo.it",    "yandex.com",     "yandex.ru",      "ymail.com",     "zoho.com",
});
static_assert(std::ranges::is_sorted(kPublicDomains));

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

bool is_ses_token(std::string_view word) {
  if (word.size() < 50 || word.size() > 70 || word.front() != '0') return false;
  return std::count(word.begin(), word.end(), '-') >= 5 && std::all_of(word.begin(), word.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
         });
}

/// One "Re:", "AW[2]:", "Fwd :" at the start; npos: there is none. `reply` is set when it is one of answers.
std::size_t prefix_end(std::string_view folded, bool& reply) {
  const auto colon = folded.substr(0, 24).find_first_of(":");
  std::size_t end = colon;
  std::size_t width = 1;
  const auto wide = folded.substr(0, 24).find("：");  // the full-width colon of East Asian programs
  if (wide != std::string_view::npos && (colon == std::string_view::npos || wide < colon)) {
    end = wide;
    width = std::string_view("：").size();
  }
  if (end == std::string_view::npos) return end;
  auto word = trim(folded.substr(0, end));
  if (const auto count = word.find_first_of("[(");
      count != std::string_view::npos && count > 0) {  // "re[2]:", "re(3):"
    if (word.substr(count + 1).find_first_not_of("0123456789])") != std::string_view::npos)
      return std::string_view::npos;
    word = trim(word.substr(0, count));
  }
  const bool answers = std::find(kReply.begin(), kReply.end(), word) != kReply.end();
  const bool forwards = std::find(kForward.begin(), kForward.end(), word) != kForward.end();
  if (!answers && !forwards) return std::string_view::npos;
  reply = reply || answers;
  return end + width;
}

/// "[T-12]" or the name of a list in brackets at the start; npos: none.
std::size_t bracket_end(std::string_view folded) {
  if (!folded.starts_with('[')) return std::string_view::npos;
  const auto close = folded.substr(0, 60).find(']');
  return close == std::string_view::npos ? close : close + 1;
}

/// What is left when all prefixes are gone.
std::string_view strip(std::string_view folded, bool& reply) {
  for (int i = 0; i < 20; ++i) {
    folded = trim(folded);
    auto end = prefix_end(folded, reply);
    if (end == std::string_view::npos) end = bracket_end(folded);
    // A subject that is nothing but a bracket is its own name.
    if (end == std::string_view::npos || trim(folded.substr(end)).empty()) break;
    folded.remove_prefix(end);
  }
  return trim(folded);
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

std::string plain_subject(std::string_view subject) {
  bool reply = false;
  const auto folded = fold_case(one_line(subject, 500));
  return one_line(strip(folded, reply), 500);
}

bool is_reply_subject(std::string_view subject) {
  bool reply = false;
  const auto folded = fold_case(one_line(subject, 500));
  strip(folded, reply);
  return reply;
}

ThreadHints thread_hints(const Message& message, std::string_view domain, std::string_view key) {
  ThreadHints hints;
  const auto add = [&](std::string_view id) {
    if (id.empty() || id.size() > kIdMax || hints.message_ids.size() >= kReferencesMax) return;
    if (!domain.empty() && !hints.proven) {
      if (const auto own = parse_own_message_id(id, domain, key)) {
        hints.proven = own->task;
      } else if (!hints.marker && looks_like_own_message_id(id, domain)) {
        // Made before the key, or by a stranger who wants in: as good as a marker.
        const auto digits = id.substr(id.find("-t") + 2);
        if (const auto task = parse_id<TaskTag>(digits.substr(0, digits.find('-')))) {
          hints.marker = *task;
          hints.marker_place = "References";
        }
      }
    }
    add_id(hints.message_ids, id, kReferencesMax);
  };
  add(message.in_reply_to);
  for (auto id = message.references.rbegin(); id != message.references.rend(); ++id) add(*id);
  for (std::size_t i = 0, known = hints.message_ids.size(); i < known; ++i)
    if (const auto ses = ses_id(hints.message_ids[i]); !ses.empty()) add_id(hints.message_ids, ses, kIdsMax);
  if (const auto conversation = thread_index(message); !conversation.empty()) {
    add_id(hints.message_ids, conversation, kIdsMax);
    add_id(hints.aliases, conversation, kAliasesMax);
  }
  for (const auto& field : message.headers)
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

bool is_public_mail_domain(std::string_view domain) {
  const auto lower = ascii_lower(domain);
  return std::ranges::binary_search(kPublicDomains, std::string_view(lower));
}

std::string part_in_task(std::string_view address, const Task& task, std::span<const std::string> participants,
                         std::span<const std::string> own) {
  if (address.empty()) return {};
  if (ascii_iequals(address, task.requester)) return "the requester";
  if (ascii_iequals(address, task.assignee)) return "the assignee";
  if (ascii_iequals(address, task.team)) return "the team";
  const auto lower = ascii_lower(address);
  if (std::find(participants.begin(), participants.end(), lower) != participants.end())
    return "somebody who wrote or got mail about it";
  if (is_own_address(address, own)) return "somebody of the house";
  const auto domain = domain_part(address);
  if (!domain.empty() && ascii_iequals(domain, domain_part(task.requester)) && !is_public_mail_domain(domain))
    return "a colleague of the requester";
  return {};
}

std::vector<std::string> ids_in_answer(std::string_view answer) {
  std::vector<std::string> ids;
  answer = answer.substr(0, 1024);
  // Only where Exchange says that it is the mail's id: other systems put the recipient in brackets, which anybody
  // knows.
  if (const auto open = answer.find('<');
      open != std::string_view::npos && answer.find("InternalId=") != std::string_view::npos) {
    const auto id = answer.substr(open + 1, answer.substr(open + 1).find('>'));
    if (id.find('@') != std::string_view::npos && id.size() <= 250 &&
        id.find_first_of(" \t<") == std::string_view::npos)
      add_id(ids, id, 4);
  }
  for (const auto word : split(answer, ' '))
    if (is_ses_token(word)) add_id(ids, "ses:" + std::string(word), 4);
  return ids;
}

}  // namespace orgo
