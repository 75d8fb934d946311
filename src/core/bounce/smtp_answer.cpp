#include "core/bounce/smtp_answer.h"

#include <cstddef>

#include "base/work.h"
#include "core/bounce/status_reason.h"

namespace orgo {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// The status code at `at`, if one stands there as a word.
std::string_view status_at(std::string_view text, std::size_t at) {
  if (at > 0 && (is_digit(text[at - 1]) || text[at - 1] == '.' || text[at - 1] == '@')) return {};
  auto end = at;
  while (end < text.size() && end - at < 12 && (is_digit(text[end]) || text[end] == '.')) ++end;
  // "5.1.1." at the end of a sentence.
  if (end > at && text[end - 1] == '.' && (end == text.size() || !is_digit(text[end]))) --end;
  const auto word = text.substr(at, end - at);
  if (!is_status_code(word)) return {};
  if (end < text.size() &&
      (is_letter(text[end]) || (text[end] == '.' && end + 1 < text.size() && is_digit(text[end + 1]))))
    return {};
  return word;
}

/// The reply code at `at`, if one stands there as a word; 0: none.
int reply_at(std::string_view text, std::size_t at) {
  if (at + 3 > text.size()) return 0;
  const char a = text[at], b = text[at + 1], c = text[at + 2];
  if ((a != '2' && a != '4' && a != '5') || b < '0' || b > '5' || !is_digit(c)) return 0;
  if (at > 0) {
    const char before = text[at - 1];
    if (is_digit(before) || is_letter(before) || before == '.' || before == '-' || before == '+' || before == '_' ||
        before == '@' || before == '/' || before == '=' || before == '#')
      return 0;
    if (before == ':' && at > 1 && is_digit(text[at - 2])) return 0;  // a time, a port
  }
  if (at + 3 < text.size()) {
    const char after = text[at + 3];
    if (is_digit(after) || is_letter(after) || after == '@' || after == '_' || after == '/' || after == '%') return 0;
    // "550.example.org", "250.5"; "550." ends a sentence.
    if (after == '.' && at + 4 < text.size() && (is_digit(text[at + 4]) || is_letter(text[at + 4]))) return 0;
    if (after == ':' && at + 4 < text.size() && is_digit(text[at + 4])) return 0;
  }
  const int code = (a - '0') * 100 + (b - '0') * 10 + (c - '0');
  // Of those that accept only these end a delivery; other numbers are sizes and counts.
  return code >= 400 || (code >= 250 && code <= 253) ? code : 0;
}

}  // namespace

SmtpAnswer find_smtp_answer(std::string_view text) {
  count_work(text.size());
  SmtpAnswer answer;
  int first_reply = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c != '2' && c != '4' && c != '5') continue;
    if (const auto reply = reply_at(text, at); reply != 0) {
      // One with a status behind it is surely one, and both belong together.
      std::size_t next = at + 3;
      if (next < text.size() && (text[next] == ' ' || text[next] == '-')) ++next;
      while (next < text.size() && (text[next] == ' ' || text[next] == '#' || text[next] == '(')) ++next;
      if (next < text.size())
        if (const auto status = status_at(text, next); !status.empty() && status[0] == c) {
          answer.reply_code = reply;
          answer.status = status;
          return answer;
        }
      // A failure says more than the 250 or 220 before it in a transcript.
      if (first_reply == 0 || (first_reply < 400 && reply >= 400)) first_reply = reply;
      at += 2;
    } else if (const auto status = status_at(text, at); !status.empty()) {
      if (answer.status.empty() || (answer.status[0] == '2' && status[0] != '2')) answer.status = status;
      at += status.size() - 1;
    }
  }
  answer.reply_code = first_reply;
  return answer;
}

}  // namespace orgo
