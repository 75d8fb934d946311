#include "core/threading/reply_subject.h"

#include <algorithm>
#include <array>

#include "base/one_line.h"
#include "base/text.h"
#include "base/unicode.h"

namespace orgo {
namespace {

// What stands for "Re:" in mail programs of other languages; in the form of fold_case().
constexpr auto kReply = std::to_array<std::string_view>(
    {"re",  "aw",  "antw", "antwort", "sv", "vs", "rv",  "ref",  "rif",  "r",    "odp",  "ynt",
     "yan", "res", "atb",  "bls",     "vá", "απ", "отв", "回复", "答复", "回覆", "返信", "답장"});
constexpr auto kForward = std::to_array<std::string_view>(
    {"fw", "fwd", "wg", "tr", "enc", "vb", "doorst", "pd", "转发", "轉寄", "転送", "전달", "пересл"});

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

}  // namespace orgo
