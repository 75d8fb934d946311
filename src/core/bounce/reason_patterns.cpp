#include "core/bounce/reason_patterns.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/text.h"
#include "base/unicode.h"
#include "base/work.h"
#include "core/bounce/reason_words.h"
#include "core/bounce/status_reason.h"

namespace orgo {
namespace {

using enum BounceReason;

constexpr std::size_t kLookAt = 8 * 1024;
constexpr std::size_t kGapMax = 120;  // between the pieces of a pattern

struct Pattern {
  BounceReason reason;
  std::string_view words;  ///< "*": up to kGapMax bytes of anything
};

std::string_view trimmed(std::string_view piece) {
  while (piece.starts_with(' ')) piece.remove_prefix(1);
  while (piece.ends_with(' ')) piece.remove_suffix(1);
  return piece;
}

/// Does `text` begin with the first piece of a pattern, and do the others follow, each within kGapMax?
bool stands_at(std::string_view text, std::string_view pattern) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return text.starts_with(pattern);
  const auto head = trimmed(pattern.substr(0, star));
  if (!text.starts_with(head)) return false;
  auto rest = text.substr(head.size());
  for (pattern.remove_prefix(star + 1); !pattern.empty();) {
    const auto next = pattern.find('*');
    const auto piece = trimmed(pattern.substr(0, next));
    pattern.remove_prefix(next == std::string_view::npos ? pattern.size() : next + 1);
    const auto found = rest.substr(0, kGapMax + piece.size()).find(piece);
    if (found == std::string_view::npos) return false;
    rest.remove_prefix(found + piece.size());
  }
  return true;
}

/// Each address becomes "@", since people and mailboxes are called anything: <spam-policy@example.com>.
std::string without_addresses(std::string_view text) {
  constexpr std::string_view kEnds = " <>()[]\"',;:";
  std::string out;
  std::size_t word = 0;
  const auto take = [&](std::size_t end) {
    const auto piece = text.substr(word, end - word);
    const auto at = piece.find('@');
    if (at != std::string_view::npos && at > 0 && at + 1 < piece.size()) {
      out += '@';
    } else {
      out += piece;
    }
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kEnds.find(text[i]) == std::string_view::npos) continue;
    take(i);
    // "<a@b> does" and "a@b does" read the same.
    if (text[i] != '<' && text[i] != '>') out += text[i];
    word = i + 1;
  }
  take(text.size());
  return out;
}

/// One line in the form that the patterns are written in: reports break their lines anywhere.
std::string comparable(std::string_view text) {
  count_work(text.size());
  const auto folded = fold_case(cut_utf8(text, kLookAt));
  std::string line;
  line.reserve(folded.size() + 1);
  line += ' ';
  for (const char c : folded) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!space) {
      line += c;
    } else if (line.back() != ' ') {
      line += ' ';
    }
  }
  // Postfix says so of a whole queue; what counts is the reason behind it.
  constexpr std::string_view kPostfix = "delivery temporarily suspended:";
  if (const auto at = line.find(kPostfix); at != std::string::npos) line.erase(at, kPostfix.size());
  return without_addresses(line);
}

/// Patterns by their first two bytes, so that a text is looked through once and not once for each of them.
class PatternIndex {
 public:
  explicit PatternIndex(std::span<const ReasonWords> words) : begins_(65'536 + 1) {
    for (const auto& [reason, all] : words)
      for (const auto one : split(all, '|')) patterns_.push_back({reason, one});
    for (const auto& pattern : patterns_) ++begins_[key(pattern.words) + 1];
    for (std::size_t i = 1; i < begins_.size(); ++i)
      begins_[i] = static_cast<std::uint16_t>(begins_[i] + begins_[i - 1]);
    auto next = begins_;
    order_.resize(patterns_.size());
    for (std::size_t i = 0; i < patterns_.size(); ++i)
      order_[next[key(patterns_[i].words)]++] = static_cast<std::uint16_t>(i);
  }

  /// The reason of the first pattern in the list that stands anywhere in `line`.
  BounceReason find(std::string_view line) const {
    auto best = static_cast<std::uint16_t>(patterns_.size());
    for (std::size_t at = 0; at + 1 < line.size(); ++at) {
      const auto bucket = key(line.substr(at));
      for (auto i = begins_[bucket]; i < begins_[bucket + 1] && order_[i] < best; ++i)
        if (stands_at(line.substr(at), patterns_[order_[i]].words)) {
          best = order_[i];
          break;
        }
    }
    return best == patterns_.size() ? undefined : patterns_[best].reason;
  }

 private:
  static std::size_t key(std::string_view text) {
    return static_cast<std::size_t>(static_cast<unsigned char>(text[0])) << 8 | static_cast<unsigned char>(text[1]);
  }

  std::vector<Pattern> patterns_;
  std::vector<std::uint16_t> begins_;  ///< by key: where its patterns begin in order_
  std::vector<std::uint16_t> order_;   ///< patterns by key, within that in the order of the list
};

const PatternIndex& telling_patterns() {
  static const PatternIndex kIndex(telling_words());
  return kIndex;
}
const PatternIndex& vague_patterns() {
  static const PatternIndex kIndex(vague_words());
  return kIndex;
}

}  // namespace

BounceReason reason_of_words(std::string_view text) {
  const auto line = comparable(text);
  const auto reason = telling_patterns().find(line);
  return reason != undefined ? reason : vague_patterns().find(line);
}

BounceReason reason_of(std::string_view words, std::string_view status, int reply_code, SmtpCommand command) {
  const auto by_status = reason_of_status(status);
  // Codes that no system writes by chance say more than its words.
  if (is_telling_status(status)) return by_status;
  const auto line = comparable(words);
  auto reason = telling_patterns().find(line);
  if (reason == undefined) reason = by_status;
  if (reason == undefined) {
    reason = vague_patterns().find(line);
    if (command == SmtpCommand::mail && (reason == undefined || reason == securityerror)) return rejected;
  }
  if (reason == userunknown && by_status != userunknown) {
    if (command == SmtpCommand::mail) return rejected;
    if (command == SmtpCommand::data) return filtered;
    // A code of policy with these words: a filter that does not say what it is.
    if (status.size() > 3 && status.substr(1, 3) == ".7.") return filtered;
    // An answer to RCPT repeats the address; one that does not may have come later.
    const bool by_address = status.size() > 4 && status.substr(1, 3) == ".1." && status.size() < 7;
    if (command == SmtpCommand::unknown && reply_code != 0 && !by_address && line.find('@') == std::string::npos)
      return filtered;
  }
  if (reason == undefined && (command == SmtpCommand::connect || command == SmtpCommand::hello)) return blocked;
  if (reason == undefined && reply_code == 552) return mailboxfull;
  return reason;
}

}  // namespace orgo
