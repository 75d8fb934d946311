#include "core/channel/refusal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "base/planted.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/channel/refusal_words.h"

namespace orgo {
namespace {

using namespace refusal_words;
using Stage = SendResult::Stage;

template <typename List, typename One>
bool holds(const List& list, const One& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

/// Is one of them there, at the beginning of a word? Of a script without spaces anywhere.
template <typename List>
bool says(const List& list, const std::string& words) {
  return std::any_of(list.begin(), list.end(), [&](std::string_view one) {
    const auto anywhere = (static_cast<unsigned char>(one.front()) & 0x80U) != 0;
    for (auto at = words.find(one); at != std::string::npos; at = words.find(one, at + 1)) {
      const char before = at == 0 ? ' ' : words[at - 1];
      const bool inside = (before >= 'a' && before <= 'z') || (static_cast<unsigned char>(before) & 0x80U) != 0;
      if (anywhere || !inside) return true;
    }
    return false;
  });
}

/// "192.0.2.1", "[192.0.2.1]:", "(192.0.2.1)"
bool is_net_address(std::string_view word) {
  constexpr std::string_view kAround = "[]().,:;'\"";
  const auto first = word.find_first_not_of(kAround), last = word.find_last_not_of(kAround);
  if (first == std::string_view::npos) return false;
  word = word.substr(first, last + 1 - first);
  return word.size() <= 15 && std::ranges::count(word, '.') == 3 &&
         std::ranges::all_of(word, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

/// In small letters and without addresses, whose words say nothing.
std::string words_of(std::string_view answer) {
  std::string out;
  for (const auto word : split(answer, ' ')) {
    if (word.find('@') != std::string_view::npos) continue;
    out.append(out.empty() ? "" : " ").append(is_net_address(word) ? "<ip>" : word);
  }
  return fold_case(out);
}

/// Exchange Online has a range of codes for what it holds against the sender's tenant, network or server (Microsoft's
/// "Email non-delivery reports in Exchange Online").
bool is_of_exchange_about_us(std::string_view enhanced) {
  if (!enhanced.starts_with("5.7.")) return false;
  const auto last = enhanced.substr(4);
  int number = 0;
  if (std::from_chars(last.data(), last.data() + last.size(), number).ptr != last.data() + last.size()) return false;
  constexpr auto kSingle = std::to_array<int>({57, 60, 64, 501, 502, 503, 506, 508, 509, 511});
  return holds(kSingle, number) || (number >= 606 && number <= 649) || (number >= 700 && number <= 750);
}

bool names(std::string_view lower_answer, std::string_view address) {
  return !address.empty() && lower_answer.find("<" + ascii_lower(address) + ">") != std::string_view::npos;
}

}  // namespace

std::string_view enhanced_code(std::string_view answer) {
  for (std::size_t at = 0; at + 5 <= std::min<std::size_t>(answer.size(), 40); ++at) {
    if (answer[at] != '5' || answer[at + 1] != '.' ||
        (at > 0 && answer[at - 1] != ' ' && answer[at - 1] != '-' && answer[at - 1] != '#'))
      continue;
    std::size_t end = at;
    while (end < answer.size() && ((answer[end] >= '0' && answer[end] <= '9') || answer[end] == '.')) ++end;
    const auto code = answer.substr(at, end - at);
    if (std::count(code.begin(), code.end(), '.') == 2 && !code.ends_with('.')) return code;
  }
  return {};
}

About judge_refusal(Stage stage, std::string_view answer, std::string_view sender, std::string_view recipient) {
  if (ORGO_PLANT(stage_of_refusal_ignored)) return About::them;
  const auto code = answer.substr(0, 3);
  const auto enhanced = enhanced_code(answer);
  const auto lower = ascii_lower(answer);
  const auto words = words_of(answer);
  const bool read = stage == Stage::data || stage == Stage::text;
  if (says(kGroupsForInsiders, words) || (!read && says(kRestrictedToSome, words))) return About::them;
  if (says(kLimitsOfSending, words) && enhanced != "5.2.2") return About::us;
  const bool of_size = code == "552" || enhanced == "5.3.4" || enhanced == "5.2.3";
  if (of_size && stage != Stage::recipient && enhanced != "5.2.2") return About::mail;
  if (holds(kCodesAboutUs, code) || holds(kEnhancedAboutUs, enhanced) || is_of_exchange_about_us(enhanced))
    return About::us;
  if (read && says(kWordsAboutText, words)) return About::mail;
  if (names(lower, sender) && !names(lower, recipient)) return About::us;
  if (says(kWordsAboutUs, words) || says(kSecurityOfOurs, words)) return About::us;
  switch (stage) {
    case Stage::sender:
      return About::us;
    case Stage::recipient:
      return About::them;
    case Stage::data:
    case Stage::text:
      // Who delivers by LMTP, or looks only then, judges the recipient at the end.
      return holds(kEnhancedAboutThem, enhanced) ? About::them : About::mail;
    case Stage::none:
      return About::them;
  }
  return About::them;
}

}  // namespace orgo
