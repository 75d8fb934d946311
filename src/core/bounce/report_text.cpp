#include "core/bounce/report_text.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/text.h"
#include "base/work.h"
#include "core/contact/mail_address.h"

namespace orgo {
namespace {

constexpr std::size_t kWordsMax = 2'000;  // kept of what is said about one recipient

bool is_address_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_domain_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80;
}

struct FoundAddress {
  std::size_t begin = 0, end = 0;
};

/// The address around text[at] == '@'; begin == end: none.
FoundAddress address_around(std::string_view text, std::size_t at) {
  auto begin = at, end = at + 1;
  if (begin > 0 && text[begin - 1] == '"') {  // "some one"@example.com
    const auto quote = begin >= 2 ? text.rfind('"', begin - 2) : std::string_view::npos;
    if (quote != std::string_view::npos && at - quote < 70) begin = quote;
  } else {
    while (begin > 0 && at - begin < 256 && is_address_char(text[begin - 1])) --begin;
    while (begin < at && (text[begin] == '\'' || text[begin] == '.' || text[begin] == '*' || text[begin] == '='))
      ++begin;
  }
  while (end < text.size() && end - at < 256 && is_domain_char(text[end])) ++end;
  while (end > at + 1 && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
  if (begin == at || end == at + 1) return {};
  return {begin, end};
}

std::string_view strip(std::string_view text, std::string_view what) {
  while (!text.empty() && what.find(text.front()) != std::string_view::npos) text.remove_prefix(1);
  while (!text.empty() && what.find(text.back()) != std::string_view::npos) text.remove_suffix(1);
  return text;
}

bool ends_with_any(std::string_view text, auto&& words) {
  return std::any_of(std::begin(words), std::end(words), [&](std::string_view word) { return text.ends_with(word); });
}

/// What stands before an address that is no recipient.
constexpr auto kNotRecipient = std::to_array<std::string_view>({
    "from:",
    "from",
    "mail from:",
    "sender:",
    "sender",
    "contact",
    "contact:",
    "reply-to:",
    "return-path:",
    "envelope-from",
    "generated from",
    "mailto:",
    "by",
    "write to",
    "mail to",
    "e-mail to",
    "email",
    "e-mail",
    "please email",
    "at:",
    "cc:",
    "bcc:",
    "message-id:",
    "support:",
    "(envelope-from",
    "x-postfix-sender: rfc822;",
    "arrival-id:",
    "in-reply-to:",
    "references:",
    "auth=",
    "helpdesk",
    "postmaster:",
    "de:",
    "von:",
    "help:",
    "for assistance,",
    "id",
    "id:",
    "from: <",
});

/// What stands before an address that surely is one.
constexpr auto kRecipient = std::to_array<std::string_view>({
    "rcpt to:",
    "rcpt to",
    "recipient:",
    "recipients:",
    "unknown user:",
    "user unknown:",
    "delivered to:",
    "delivered to",
    "deliver to",
    "deliver message to",
    "deliver mail to",
    "delivering your mail to",
    "delivery failed 20 attempts:",
    "failed:",
    "the following recipient:",
    "following address:",
    "is full:",
    "full:",
    "final-recipient: rfc822;",
    "original-recipient: rfc822;",
    "addressed to",
    "account:",
    "mailbox:",
    "address:",
    "message to",
    "e-mail to:",
    "mail to:",
    "for:",
    "attempts:",
    "user:",
    "invalid recipient:",
    "invalid address:",
    "delivery to",
    "delivery to:",
    "recipient",
    "receiver:",
    "to",
    "to:",
});

struct Line {
  std::string_view text;  ///< without its end
  bool quoted_command = false;
};

class Reader {
 public:
  Reader(std::string_view text, const std::vector<std::string>& own, std::size_t max)
      : text_(text), own_(own), max_(max) {}

  std::vector<NamedRecipient> run() {
    bool after_blank = true;
    count_work(text_.size());
    for (std::size_t at = 0; at < text_.size();) {
      auto end = text_.find('\n', at);
      if (end == std::string_view::npos) end = text_.size();
      take(text_.substr(at, end - at), after_blank);
      after_blank = trim(text_.substr(at, end - at)).empty();
      at = end + 1;
    }
    const bool any_sure = std::any_of(found_.begin(), found_.end(), [](const auto& r) { return r.sure; });
    if (any_sure) std::erase_if(found_, [](const auto& r) { return !r.sure; });
    const bool any_other = std::any_of(found_.begin(), found_.end(), [&](const auto& r) { return !is_own(r.address); });
    if (any_other) std::erase_if(found_, [&](const auto& r) { return is_own(r.address); });
    return std::move(found_);
  }

 private:
  bool is_own(std::string_view address) const {
    return std::any_of(own_.begin(), own_.end(), [&](const auto& one) { return is_same_address(one, address); });
  }

  NamedRecipient* name(std::string_view address, bool sure) {
    if (address.size() < 3 || address.size() > 320) return nullptr;
    const auto key = ascii_lower(address);
    if (const auto known = places_.find(key); known != places_.end()) {
      auto& recipient = found_[known->second];
      recipient.sure = recipient.sure || sure;
      return &recipient;
    }
    if (found_.size() >= max_) return nullptr;
    places_.emplace(key, found_.size());
    auto& recipient = found_.emplace_back();
    recipient.address = address;
    recipient.sure = sure;
    return &recipient;
  }

  void say(std::string_view words) {
    if (current_ == kNobody) return;
    auto& to = found_[current_].words;
    words = trim(words);
    if (words.empty() || to.size() >= kWordsMax) return;
    if (!to.empty()) to += ' ';
    to += words.substr(0, kWordsMax);
  }

  void take(std::string_view raw_line, bool after_blank) {
    const auto line = trim(raw_line);
    if (line.empty()) {
      // The reason may stand behind an empty line, if there was none yet.
      if (current_ != kNobody && !found_[current_].words.empty()) current_ = kNobody;
      return;
    }
    // "554 <a@b>... 550 Host unknown": a transcript says it line by line; what was said to and by the other host before
    // (">>>", "<<<") belongs to it.
    if (is_answer_about(line)) {
      begin_answer(line);
      return;
    }
    if (line.starts_with("<<<") || line.starts_with(">>>") || ascii_istarts_with(line, "while talking to")) {
      current_ = line.starts_with("W") || line.starts_with("w") ? kNobody : current_;
      if (current_ == kNobody) {
        if (talk_.size() < kWordsMax) {
          talk_ += line.substr(0, kWordsMax);
          talk_ += '\n';
        }
        return;
      }
      say(line);
      return;
    }
    if (const auto command = ascii_lower(line.substr(0, 9)); command.starts_with("rcpt to:")) current_ = kNobody;
    const auto at = line.find('@');
    if (at == std::string_view::npos || line.size() > 4'000) {
      say(line);
      return;
    }
    auto found = address_around(line, at);
    if (found.begin == found.end) {
      say(line);
      return;
    }
    const auto address = line.substr(found.begin, found.end - found.begin);
    auto before = line.substr(0, found.begin), after = line.substr(found.end);
    const bool indented = raw_line.front() == ' ' || raw_line.front() == '\t';
    const auto bare = strip(before, " \t<\"'*-([");
    if (bare.empty()) {
      const bool bracketed = before.ends_with('<') && after.starts_with('>');
      auto rest = strip_closing(after);
      // "<a@b>: ..." and "a@b: ...": the form of most systems. In a block of words it may be the quoted answer of a
      // server, which goes on where the line before ended.
      if (rest.starts_with(':') && (bracketed || after_blank || !indented || current_ == kNobody)) {
        if (indented && current_ != kNobody && !found_[current_].words.empty() && !after_blank) {
          say(line);
          return;
        }
        begin(address, true);
        say(rest.substr(1));
        return;
      }
      // A line of its own; some say in brackets why, or when.
      if (rest.empty() || rest.starts_with("[") || rest.starts_with("(") || rest.starts_with("<mailto:") ||
          rest.starts_with("on ") || rest.starts_with("...")) {
        if (!rest.starts_with("...") || current_ == kNobody) {
          begin(address, true);
          if (!rest.starts_with("<mailto:")) say(rest);
          return;
        }
      }
      if (bracketed && current_ != kNobody && !after_blank) {
        say(line);
        return;
      }
      // "a@b Invalid Address, ERROR_CODE :550"
      if (after_blank && !is_own(address)) {
        begin(address, !bracketed);
        say(rest);
        return;
      }
      say(line);
      return;
    }
    // Behind words: in the middle of what is said about somebody it is part of that.
    const auto words = ascii_lower(strip(before, " \t<\"'(["));
    if (current_ != kNobody && !after_blank) {
      say(line);
      return;
    }
    if (ends_with_any(words, kNotRecipient)) {
      say(line);
      return;
    }
    if (ends_with_any(words, kRecipient)) {
      // "To: a@b" in a list of facts about the mail is whom it was for, not who failed.
      begin(address, words != "to:" && words != "to");
      say(line);
      return;
    }
    // "554 <a@b>... 550 Host unknown"
    const bool answer = words.size() >= 3 && words[0] >= '4' && words[0] <= '5';
    if (answer || !is_own(address)) {
      begin(address, answer);
      say(line);
    }
  }

  /// Three digits, then an address in brackets.
  static bool is_answer_about(std::string_view line) {
    return line.size() > 8 && (line[0] == '4' || line[0] == '5') && line[1] >= '0' && line[1] <= '5' &&
           line[2] >= '0' && line[2] <= '9' && line[3] == ' ' && line.find('<') < 12 &&
           line.find("... ") != std::string_view::npos;
  }
  void begin_answer(std::string_view line) {
    const auto at = line.find('@');
    const auto found = at == std::string_view::npos ? FoundAddress{} : address_around(line, at);
    if (found.begin == found.end) {
      say(line);
      return;
    }
    begin(line.substr(found.begin, found.end - found.begin), true);
    say(talk_);
    talk_.clear();
    say(line);
  }

  static std::string_view strip_closing(std::string_view after) {
    while (!after.empty() && std::string_view(">\"') \t]").find(after.front()) != std::string_view::npos)
      after.remove_prefix(1);
    return after;
  }

  void begin(std::string_view address, bool sure) {
    if (auto* const recipient = name(address, sure); recipient != nullptr)
      current_ = static_cast<std::size_t>(recipient - found_.data());
  }

  static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);
  std::string_view text_;
  const std::vector<std::string>& own_;
  std::size_t max_;
  std::vector<NamedRecipient> found_;
  std::unordered_map<std::string, std::size_t> places_;
  std::size_t current_ = kNobody;
  std::string talk_;  ///< lines of a transcript that belong to a recipient who is named behind them
};

}  // namespace

std::vector<NamedRecipient> find_named_recipients(std::string_view text, const std::vector<std::string>& own,
                                                  std::size_t recipients_max) {
  return Reader(text, own, recipients_max).run();
}

}  // namespace orgo
