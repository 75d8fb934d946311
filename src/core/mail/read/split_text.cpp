#include "core/mail/read/split_text.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "base/html.h"
#include "base/text.h"
#include "base/work.h"
#include "core/mail/read/folded_line.h"
#include "core/mail/read/mail_phrases.h"
#include "core/mail/read/reply_marker.h"
#include "core/mail/read/text_line.h"
#include "core/message/reply_subject.h"

namespace orgo {
namespace {

using namespace text_line;

constexpr std::size_t kLinesMax = 50'000;
constexpr std::size_t kAttributionsMax = 2'000;  // candidates: each is joined from up to four lines
constexpr std::size_t kAttributionLines = 4;

struct Line {
  std::uint32_t begin = 0, end = 0;  ///< with the line end
  TextKind kind = TextKind::fresh;
  bool decided = false;  ///< by a mark in the HTML, or by a ">"
  bool forwarded = false;
  bool blank = false;
};

class Splitter {
 public:
  /// `answers`: the mail answers or passes something on, as far as it says itself.
  Splitter(std::string_view text, std::span<const HtmlRegion> regions, bool answers) : text_(text), answers_(answers) {
    count_work(text.size());
    read_lines();
    apply(regions);
  }

  SplitText run() {
    mark_angle_quotes();
    find_quoted_headers();
    settle_maybe_quotes();
    find_signatures();
    return to_spans();
  }

 private:
  std::string_view raw(std::size_t i) const {
    auto line = text_.substr(lines_[i].begin, lines_[i].end - lines_[i].begin);
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    return line;
  }
  std::string_view trimmed(std::size_t i) const { return trim(raw(i)); }

  void read_lines() {
    for (std::size_t at = 0; at < text_.size();) {
      auto end = lines_.size() + 1 < kLinesMax ? text_.find('\n', at) : std::string_view::npos;
      end = end == std::string_view::npos ? text_.size() : end + 1;
      Line line;
      line.begin = static_cast<std::uint32_t>(at);
      line.end = static_cast<std::uint32_t>(end);
      line.blank = trim(text_.substr(at, std::min<std::size_t>(end - at, kLineRead))).empty();
      lines_.push_back(line);
      at = end;
    }
  }

  /// A line belongs to a region when its first character does. The later region is the inner one and wins, but within a
  /// quote all is quote.
  void apply(std::span<const HtmlRegion> regions) {
    using Kind = HtmlRegion::Kind;
    std::size_t first = 0;  // regions are sorted by begin, lines too
    for (const auto& region : regions) {
      while (first < lines_.size() && lines_[first].end <= region.begin) ++first;
      for (auto i = first; i < lines_.size() && lines_[i].begin < region.end; ++i) {
        auto& line = lines_[i];
        const auto ink = line.begin + (raw(i).size() - trim_left(raw(i)).size());
        if (ink < region.begin || ink >= region.end) continue;
        if (line.decided && line.kind == TextKind::quoted) continue;
        if (region.kind == Kind::maybe_quote) {
          maybe_.push_back(i);
          continue;
        }
        line.decided = true;
        line.kind = region.kind == Kind::signature ? TextKind::signature : TextKind::quoted;
      }
    }
  }

  bool has_angle(std::size_t i) const {
    auto line = raw(i);
    std::size_t spaces = 0;
    while (spaces < 3 && !line.empty() && (line[0] == ' ' || line[0] == '\t')) {
      line.remove_prefix(1);
      ++spaces;
    }
    if (line.starts_with('>')) return true;
    // Supercite: "AB> text".
    std::size_t letters = 0;
    while (letters < line.size() && letters < 4 && line[letters] >= 'A' && line[letters] <= 'Z') ++letters;
    return letters >= 2 && letters < line.size() && line[letters] == '>';
  }

  void mark_angle_quotes() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i].decided || !has_angle(i)) continue;
      // mbox writes "From " at the begin of a line as ">From ": that is no quote.
      if (raw(i).starts_with(">From ") && (i == 0 || !has_angle(i - 1)) &&
          (i + 1 == lines_.size() || !has_angle(i + 1)))
        continue;
      quote(i);
    }
  }
  void quote(std::size_t i) {
    lines_[i].kind = TextKind::quoted;
    lines_[i].decided = true;
    lines_[i].forwarded = forwarded_;
  }
  void quote_rest(std::size_t from) {
    for (auto i = from; i < lines_.size(); ++i) quote(i);
  }
  std::size_t next_ink(std::size_t from) const {
    while (from < lines_.size() && lines_[from].blank) ++from;
    return from;
  }
  bool is_quoted(std::size_t i) const { return i < lines_.size() && lines_[i].kind == TextKind::quoted; }

  /// The lines above a quote. When ">" lines follow, those are the quote and text behind them is an answer; else there
  /// is no telling where the quote ends, and in practice it does not.
  void find_quoted_headers() {
    std::string folded;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const auto& line = lines_[i];
      if (line.blank || line.decided || line.end - line.begin > kLineRead) continue;
      fold_line(raw(i), folded);
      if (folded.empty()) continue;
      std::size_t first = i;
      if (is_reply_marker(folded)) {
        if (has_text_above(i)) return quote_rest(with_rule_above(i));
        quote_marker(i);
        continue;
      }
      if (is_original_message_line(folded)) {
        forwarded_ = is_forward_line(folded);
      } else if (!is_header_block(i, folded) && !is_attribution(i, folded, first)) {
        continue;
      }
      first = with_rule_above(first);
      for (auto k = first; k <= i; ++k) quote(k);
      auto next = next_ink(i + 1);
      // The fields under the marker.
      while (next < lines_.size() && next < i + 12 && !is_quoted(next) &&
             quoted_field(folded_line(raw(next))) != QuotedField::none)
        next = next_ink(next + 1);
      if (next < lines_.size() && !is_quoted(next) && !angles_follow(next) && !quote_by_prefix(next)) {
        quote_rest(i + 1);
        return;
      }
      for (auto k = i + 1; k < next; ++k) quote(k);
      forwarded_ = false;
    }
  }
  bool has_text_above(std::size_t i) const {
    for (std::size_t k = 0; k < i; ++k)
      if (lines_[k].kind == TextKind::fresh && !lines_[k].blank && !is_rule(trimmed(k))) return true;
    return false;
  }
  /// A reply marker above all text is the ticket system's own mail: what it says stands below. The rules around the
  /// marker belong to it.
  void quote_marker(std::size_t i) {
    for (auto k = with_rule_above(i); k <= i; ++k) quote(k);
    for (auto k = i + 1; k < lines_.size() && !lines_[k].decided && (lines_[k].blank || is_rule(trimmed(k))); ++k)
      quote(k);
  }
  /// "<snip>" may stand between the attribution and the quote.
  bool angles_follow(std::size_t next) const {
    if (trimmed(next).size() > 20) return false;
    for (auto i = next; i < lines_.size() && i < next + 5; ++i)
      if (is_quoted(i)) return true;
    return false;
  }
  /// Some quote with marks of their own, "| " or "--]": then all lines that begin so are quotes.
  bool quote_by_prefix(std::size_t next) {
    if (++prefixes_ > 20) return false;
    const auto line = trimmed(next);
    std::size_t size = 0;
    while (size < line.size() && size < 3 && std::string_view("|#:}]%-=+").find(line[size]) != std::string_view::npos)
      ++size;
    if (size == 0 || std::string_view("|#:}]%").find(line[size - 1]) == std::string_view::npos) return false;
    const std::string prefix(line.substr(0, size));
    for (auto i = next; i < lines_.size(); ++i)
      if (!lines_[i].decided && trimmed(i).starts_with(prefix)) quote(i);
    return true;
  }
  /// A line of underscores or dashes directly above belongs to the header.
  std::size_t with_rule_above(std::size_t first) const {
    auto above = first;
    while (above > 0 && lines_[above - 1].blank && first - above < 2) --above;
    if (above == 0) return first;
    const auto line = trimmed(above - 1);
    if (line.size() < 5 || lines_[above - 1].decided) return first;
    return line.find_first_not_of("_-*= ") == std::string_view::npos ? above - 1 : first;
  }

  /// "From: ... Sent: ... To: ... Subject: ...": three different fields within the next lines, one of them who or when.
  bool is_header_block(std::size_t i, std::string_view folded) const {
    const auto begins = quoted_field(folded);
    if (begins != QuotedField::from && begins != QuotedField::sent && begins != QuotedField::subject) return false;
    bool seen[6] = {};
    bool address = false, time = false, form = false;
    std::size_t fields = 0, others = 0;
    for (auto k = i; k < lines_.size() && k < i + 10 && others < 3; ++k) {
      if (lines_[k].blank) {
        if (k > i + 1) break;  // some leave one between the first two
        continue;
      }
      const auto text = k == i ? std::string(folded) : folded_line(raw(k));
      const auto field = quoted_field(text);
      if (field == QuotedField::none) {
        form = form || is_message_label(text);
        ++others;  // a long list of recipients goes on in the next line
        continue;
      }
      if (!std::exchange(seen[static_cast<int>(field)], true)) ++fields;
      address = address || (field == QuotedField::from && raw(k).find('@') != std::string_view::npos);
      time = time || (field == QuotedField::sent && has_time(raw(k)));
    }
    // In a first mail such lines are those of a form, unless all of them are there and say what a mail's say.
    if (!answers_ && !(fields >= 4 && seen[static_cast<int>(QuotedField::to)] && address && time) &&
        (form || with_rule_above(i) == i))
      return false;
    return fields >= 3 && seen[static_cast<int>(QuotedField::from)] &&
           (seen[static_cast<int>(QuotedField::sent)] || seen[static_cast<int>(QuotedField::subject)]);
  }

  /// "On 12 March 2026 at 10:45, Anna <anna@example.org> wrote:", in up to four lines of which `i` is the last.
  bool is_attribution(std::size_t i, std::string_view folded, std::size_t& first) {
    const auto next = next_ink(i + 1);
    const bool quote_follows = is_quoted(next);
    const bool colon = ends_with_colon(folded);
    if (!colon && !(quote_follows && has_wrote(folded))) return false;
    if (++attributions_ > kAttributionsMax) return false;
    std::string joined(folded);
    std::optional<std::size_t> found;
    for (std::size_t k = i;; --k) {
      const bool begins = begins_attribution(joined);
      const bool wrote = has_wrote(joined);
      const bool address = joined.find('@') != std::string::npos;
      const bool when = has_time(joined) || has_year(joined);
      const bool strong =
          (wrote && (when || address) && begins) || (colon && address && when) || (wrote && when && address);
      const bool weak = quote_follows && (wrote || (begins && when && colon));
      if (strong || (weak && (!found || begins))) {
        if (!found || begins) found = k;
      }
      if (k == 0 || i - k + 1 >= kAttributionLines || lines_[k - 1].blank || lines_[k - 1].decided ||
          lines_[k - 1].end - lines_[k - 1].begin > 200)
        break;
      // A sentence that ended is none of ours.
      const auto above = folded_line(raw(k - 1));
      if (above.ends_with('.') || above.ends_with('!') || above.ends_with('?') || ends_with_colon(above)) break;
      joined = above + " " + joined;
    }
    if (!found) return false;
    first = *found;
    return true;
  }

  /// A bare <blockquote> is a quote, unless it is all that there is: then somebody only indented.
  void settle_maybe_quotes() {
    if (maybe_.empty()) return;
    std::vector<bool> in(lines_.size(), false);
    for (const auto i : maybe_) in[i] = true;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (in[i] || lines_[i].blank || lines_[i].kind != TextKind::fresh) continue;
      for (const auto k : maybe_)
        if (!lines_[k].decided) quote(k);
      return;
    }
  }

  // ---- signatures

  /// Each run of lines that are not quoted may have one at its end.
  void find_signatures() {
    for (std::size_t i = 0; i < lines_.size();) {
      if (lines_[i].kind != TextKind::fresh) {
        ++i;
        continue;
      }
      auto end = i;
      while (end < lines_.size() && lines_[end].kind == TextKind::fresh) ++end;
      find_signature(i, end);
      i = end;
    }
  }

  std::size_t ink_between(std::size_t begin, std::size_t end) const {
    return static_cast<std::size_t>(std::count_if(lines_.begin() + static_cast<std::ptrdiff_t>(begin),
                                                  lines_.begin() + static_cast<std::ptrdiff_t>(end),
                                                  [](const Line& line) { return !line.blank; }));
  }
  void sign(std::size_t begin, std::size_t end) {
    for (auto i = begin; i < end; ++i) lines_[i].kind = TextKind::signature;
  }

  void find_signature(std::size_t begin, std::size_t end) {
    static constexpr std::size_t kTail = 100;  // lines from the end that may hold one
    const auto from = end - begin > kTail ? end - kTail : begin;
    std::vector<std::string> folded;
    folded.reserve(end - from);
    for (auto i = from; i < end; ++i)
      folded.push_back(lines_[i].blank || lines_[i].end - lines_[i].begin > 2 * kLineRead ? std::string()
                                                                                          : folded_line(raw(i)));
    const auto line = [&](std::size_t i) -> const std::string& { return folded[i - from]; };

    bool form = false;
    auto stop = end;  // of what may still be text, from below
    for (auto i = from; i < end; ++i) {
      const auto bare = raw(i);
      const auto below = ink_between(i + 1, end);
      const bool delimiter = bare == "-- " || (bare == "--" && below <= 15) || (bare == "--\xC2\xA0" && below <= 40);
      const bool rule = bare.size() >= 40 && bare.find_first_not_of('_') == std::string_view::npos && below <= 15 &&
                        mentions_list(i + 1, end, from, folded);
      const bool of_form = delimiter && !answers_ && is_form_rule(i, end, from, folded);
      form = form || of_form;
      if ((delimiter && !of_form) || rule) {
        stop = i;
        break;
      }
    }
    // Something must stand before it, or it is the text.
    const auto first_ink = next_ink(begin);
    for (auto i = std::max(from, first_ink + 1); i < stop; ++i) {
      if (lines_[i].blank) continue;
      const auto below = ink_between(i + 1, stop);
      if (below > 40) continue;
      const auto closing = closing_line(line(i));
      const bool names_follow = closing == Closing::weak && below > 0 && below <= 25 && name_follows(i + 1);
      const bool mobile = below <= 6 && is_mobile_signature(line(i));
      const bool legal = begins_disclaimer(line(i)) && below <= 30 && (i == 0 || lines_[i - 1].blank);
      if (closing != Closing::sure && !names_follow && !mobile && !legal) continue;
      if (closing == Closing::sure && !is_short_tail(i + 1, stop, from, folded)) continue;
      take_with_postscript(i, stop, from, folded);
      sign(stop, end);
      return;
    }
    if (const auto block = contact_block(std::max(from, first_ink + 1), stop, from, folded); block && !form)
      stop = *block;
    sign(stop, end);  // "-- " in the first line: then all is signature, by RFC 3676
  }

  /// "--" between the parts of a form: another one follows, or what is below has labels that are no contact's; or what
  /// is above is all labels. Or below stands prose, as in no signature.
  bool is_form_rule(std::size_t at, std::size_t end, std::size_t from, const std::vector<std::string>& folded) const {
    for (auto i = at + 1; i < end; ++i)
      if (!lines_[i].blank && (trimmed(i) == "--" || is_form_label(folded[i - from]))) return true;
    return raw(at) == "--" && (stands_below_form(at) || has_prose(at + 1, end, from, folded));
  }
  bool stands_below_form(std::size_t at) const {
    std::size_t labels = 0, forms = 0, ink = 0;
    for (auto i = at > 30 ? at - 30 : 0; i < at; ++i) {
      if (lines_[i].blank || lines_[i].kind != TextKind::fresh) continue;
      const auto text = folded_line(raw(i));
      ++ink;
      forms += is_form_label(text);
      labels += is_form_label(text) || is_contact_line(text);
    }
    return forms >= 1 && labels >= 2 && 2 * labels > ink;
  }
  bool has_prose(std::size_t begin, std::size_t end, std::size_t from, const std::vector<std::string>& folded) const {
    for (auto i = begin; i < end && !begins_disclaimer(folded[i - from]); ++i)
      if (is_prose(trimmed(i), folded[i - from])) return true;
    return false;
  }

  bool mentions_list(std::size_t begin, std::size_t end, std::size_t from,
                     const std::vector<std::string>& folded) const {
    for (auto i = begin; i < end; ++i) {
      const auto& text = folded[i - from];
      if (text.find("list") != std::string::npos || text.find("http") != std::string::npos) return true;
    }
    return false;
  }
  bool name_follows(std::size_t from) const {
    const auto next = next_ink(from);
    return looks_like_name(next) && closing_line(folded_line(raw(next))) != Closing::sure;
  }
  bool looks_like_name(std::size_t i) const {
    if (i >= lines_.size()) return false;
    const auto text = trimmed(i);
    if (text.size() > 48 || text.ends_with('.') || text.ends_with('?') || text.ends_with(':')) return false;
    return std::count(text.begin(), text.end(), ' ') <= 4;
  }
  /// Behind a closing: names, addresses, disclaimers; prose means that the text goes on.
  bool is_short_tail(std::size_t begin, std::size_t end, std::size_t from,
                     const std::vector<std::string>& folded) const {
    std::size_t seen = 0;
    for (auto i = begin; i < end && seen < 8; ++i) {
      if (lines_[i].blank) continue;
      ++seen;
      const auto& text = folded[i - from];
      if (begins_disclaimer(text) || begins_postscript(text)) return true;
      const auto size = trimmed(i).size();
      if (is_prose(trimmed(i), text)) return false;
      if (seen == 1 && (text.ends_with('?') || size > 75)) return false;
    }
    return true;
  }
  /// [begin, end) is the signature, but a "PS:" in it is text again, up to the next empty line.
  void take_with_postscript(std::size_t begin, std::size_t end, std::size_t from,
                            const std::vector<std::string>& folded) {
    bool text = false;
    for (auto i = begin; i < end; ++i) {
      if (lines_[i].blank) {
        text = false;
      } else if (begins_postscript(folded[i - from])) {
        text = true;
      }
      if (!text) lines_[i].kind = TextKind::signature;
    }
  }

  /// Without a closing: at least two lines of telephone numbers and addresses at the very end, and the few short lines
  /// with the name above them. A form ("Name: ... Phone: ...") is none: there such lines have neighbours with other
  /// labels.
  std::optional<std::size_t> contact_block(std::size_t begin, std::size_t end, std::size_t from,
                                           const std::vector<std::string>& folded) const {
    std::size_t contacts = 0, between = 0, ink = 0;
    std::optional<std::size_t> top;
    for (auto i = end; i > begin && ink < 25; --i) {
      const auto k = i - 1;
      if (lines_[k].blank) continue;
      ++ink;
      const auto& text = folded[k - from];
      if (is_contact_line(text)) {
        ++contacts;
        between = 0;
        top = k;
        continue;
      }
      if (trimmed(k).size() > 90 && !begins_disclaimer(text)) break;
      // Between such lines stand the firm and the street; many of those are something else.
      if (top && (++between > 6 || trimmed(k).size() > 60 || text.ends_with('?') || text.ends_with('!'))) break;
    }
    if (!top || contacts < 2) return std::nullopt;
    // Up to the name.
    auto first = *top;
    std::size_t names = 0;
    for (auto i = *top; i > begin && names < 5; --i) {
      const auto k = i - 1;
      if (lines_[k].blank) {
        if (names >= 2) break;
        continue;
      }
      const auto text = trimmed(k);
      if (!looks_like_name(k) || text.size() > 45 || text.ends_with(',') || text.ends_with('!')) break;
      const auto colon = text.find(':');
      if (colon != std::string_view::npos && colon < 30) return std::nullopt;
      ++names;
      first = k;
    }
    return first;
  }

  SplitText to_spans() {
    SplitText out;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      auto& line = lines_[i];
      // Empty lines belong to what stands before them.
      if (line.blank && i > 0) {
        line.kind = lines_[i - 1].kind;
        line.forwarded = lines_[i - 1].forwarded;
      }
      if (!out.spans.empty() && out.spans.back().kind == line.kind && out.spans.back().forwarded == line.forwarded) {
        out.spans.back().end = line.end;
      } else {
        out.spans.push_back({line.kind, line.begin, line.end, line.forwarded});
      }
    }
    return out;
  }

  std::string_view text_;
  std::vector<Line> lines_;
  std::vector<std::size_t> maybe_;  ///< lines in a <blockquote> without marks
  std::size_t attributions_ = 0;
  bool answers_;
  int prefixes_ = 0;  ///< looked for; each looks at all lines
  bool forwarded_ = false;
};

}  // namespace

SplitText split_text(std::string_view text) {
  return Splitter(text.substr(0, UINT32_MAX), {}, true).run();
}

SplitText split_text(const Message& message) {
  const bool answers = !message.in_reply_to.empty() || !message.references.empty() ||
                       is_reply_subject(message.subject) || is_forward_subject(message.subject);
  if (!message.as_mail().html.empty()) {
    std::vector<HtmlRegion> regions;
    // Only when the text is that of the HTML do its marks mean these bytes.
    if (html_to_text(message.as_mail().html, regions) == message.text)
      return Splitter(std::string_view(message.text).substr(0, UINT32_MAX), regions, answers).run();
  }
  return Splitter(std::string_view(message.text).substr(0, UINT32_MAX), {}, answers).run();
}

}  // namespace orgo
