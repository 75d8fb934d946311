#include "core/channel/refusal.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/planted.h"
#include "base/text.h"

namespace orgo {
namespace {

using Stage = SendResult::Stage;

/// Authentication is wanted, too weak, failed, or must be encrypted (RFC 4954, section 6); commands that it does not
/// know or not now (RFC 5321, section 4.2.4): no other mail of ours would fare better.
constexpr auto kCodesAboutUs = std::to_array<std::string_view>({"500", "502", "503", "530", "534", "535", "538"});
/// The sender's address (5.1.7, 5.1.8), security of ours (5.7.8 and on: RFC 4954; 5.7.23 to 5.7.27: RFC 7372 and 7505,
/// SPF, reverse DNS), another mailbox system's "relay denied" stands in words.
constexpr auto kEnhancedAboutUs =
    std::to_array<std::string_view>({"5.1.7", "5.1.8", "5.7.4", "5.7.8", "5.7.9", "5.7.11", "5.7.12", "5.7.13",
                                     "5.7.14", "5.7.23", "5.7.24", "5.7.25", "5.7.26", "5.7.27"});
/// Each in small letters; what is refused is our mail, whoever it is for.
constexpr auto kWordsAboutUs = std::to_array<std::string_view>({"relay access denied",
                                                                "relaying denied",
                                                                "relay denied",
                                                                "relaying not allowed",
                                                                "relay not permitted",
                                                                "relaying is prohibited",
                                                                "not permitted to relay",
                                                                "unable to relay",
                                                                "we do not relay",
                                                                "relaying prohibited",
                                                                "relaying not permitted",
                                                                "relay not allowed",
                                                                "not allowed to relay",
                                                                "relay is not permitted",
                                                                "cannot relay",
                                                                "authentication required",
                                                                "authentication is required",
                                                                "must authenticate",
                                                                "must be authenticated",
                                                                "not authenticated",
                                                                "smtp auth",
                                                                "authenticate first",
                                                                "login first",
                                                                "client was not authenticated",
                                                                "sender address rejected",
                                                                "sender rejected",
                                                                "sender denied",
                                                                "sender verify failed",
                                                                "sender not allowed",
                                                                "send as",
                                                                "not owned by user",
                                                                "invalid sender",
                                                                "unknown sender",
                                                                "bad sender",
                                                                "sender is not",
                                                                "sender address is not",
                                                                "client host rejected",
                                                                "client host [",
                                                                "blocked using",
                                                                "blacklist",
                                                                "blocklist",
                                                                "block list",
                                                                "black list",
                                                                "spamhaus",
                                                                "poor reputation",
                                                                "your ip",
                                                                "your host",
                                                                "your server",
                                                                "sending ip",
                                                                "reverse dns",
                                                                "no ptr",
                                                                "ptr record",
                                                                "helo command rejected",
                                                                "sending limit",
                                                                "quota for sending",
                                                                "daily limit",
                                                                "starttls",
                                                                "sending from this",
                                                                "sending account",
                                                                "your account",
                                                                "sender account",
                                                                "account is not allowed to send"});
constexpr auto kEnhancedAboutThem =
    std::to_array<std::string_view>({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.0", "5.2.2"});

template <typename List>
bool holds(const List& list, std::string_view one) {
  return std::find(list.begin(), list.end(), one) != list.end();
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
  const auto words = ascii_lower(answer);
  const bool of_size = code == "552" || enhanced == "5.3.4" || enhanced == "5.2.3";
  if (of_size && stage != Stage::recipient && enhanced != "5.2.2") return About::mail;
  if (holds(kCodesAboutUs, code) || holds(kEnhancedAboutUs, enhanced)) return About::us;
  if (names(words, sender) && !names(words, recipient)) return About::us;
  if (std::any_of(kWordsAboutUs.begin(), kWordsAboutUs.end(),
                  [&](std::string_view one) { return words.find(one) != std::string::npos; }))
    return About::us;
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
