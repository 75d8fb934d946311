#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "base/work.h"
#include "protocol/mime/address.h"
#include "protocol/mime/address_scan.h"
#include "protocol/mime/encoded_word.h"

namespace orgo::mime {

/// What parse_addresses() works with; nobody else does. What a mailbox is made of stands in address_name.cpp.
class AddressParser {
 public:
  AddressParser(std::string_view text, std::string_view charset, const AddressLimits& limits)
      : text_(text), charset_(charset), limits_(limits) {}

  AddressList run() {
    count_work(text_.size());
    list_.mailboxes.reserve(2);
    while (at_ < text_.size() && !list_.truncated) {
      if (nothing_begun() && read_simple()) continue;
      step();
    }
    if (!nothing_begun()) end_mailbox(false);
    release_held();
    join_open_group();
    for (auto& one : list_.mailboxes) trim_name(one.name);
    return std::move(list_);
  }

 private:
  static void trim_name(std::string& name) {
    for (const std::string_view blank : {"\xC2\xA0", "\xE2\x80\x8B"}) {  // no-break and zero-width space
      while (name.starts_with(blank)) name.erase(0, blank.size());
      while (name.ends_with(blank)) name.resize(name.size() - blank.size());
    }
  }
  /// "HowlRound: A Center for the Commons <w@howl.example>": a group that never ends and has one member is a name with
  /// a colon.
  void join_open_group();

  bool nothing_begun() const {
    return phrase_.empty() && held_.empty() && group_.empty() && comment_.empty() && !has_angle_ && !quoted_;
  }

  /// False: it is something else than nearly all are, and nothing was taken.
  bool read_simple() {
    const auto mailbox = simple_mailbox(text_, at_);
    if (!mailbox) return false;
    at_ = mailbox->end;
    add_simple(mailbox->name, mailbox->address);
    return true;
  }

  void add_simple(std::string_view name, std::string_view address) {
    space_ = false;
    if (list_.mailboxes.size() >= limits_.mailboxes) {
      list_.truncated = true;
      return;
    }
    auto& mailbox = list_.mailboxes.emplace_back();
    if (!name.empty()) append_decoded_header(mailbox.name, name, charset_);
    mailbox.address = address;
  }

  void step() {
    const char c = text_[at_];
    switch (c) {
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        space_ = true;
        ++at_;
        return;
      case ',':
        ++at_;
        end_mailbox(true);
        return;
      case ';':
        ++at_;
        end_mailbox(false);
        release_held();
        group_.clear();
        return;
      case ':':
        ++at_;
        begin_group();
        return;
      case '(':
        read_comment();
        return;
      case '<':
        if (!has_angle_) {
          read_angle();
          return;
        }
        ++at_;
        return;
      case '"':
        read_quoted();
        return;
      default:
        read_atoms();
    }
  }

  void word_break() {
    if (space_ && !phrase_.empty()) phrase_ += ' ';
    space_ = false;
  }

  void read_atoms() {
    word_break();
    while (at_ < text_.size()) {
      const auto end_of_run = run_end(text_, at_, kEndsAtom);
      phrase_.append(text_, at_, end_of_run - at_);
      at_ = end_of_run;
      if (at_ >= text_.size()) return;
      const char c = text_[at_];
      if (c == '=' && at_ + 1 < text_.size() && text_[at_ + 1] == '?') {
        EncodedWord word;
        if (find_encoded_word(text_, at_, word)) {
          // As a whole, since commas, quotes and parentheses inside it are text.
          phrase_.append(text_, at_, word.end - at_);
          encoded_ = true;
          at_ = word.end;
          continue;
        }
      }
      if (c == '[') {
        // A domain literal, if it ends soon and begins a domain; else a character of a name.
        if (!phrase_.empty() && phrase_.back() == '@') {
          const auto end = text_.substr(at_, 256).find(']');
          if (end != std::string_view::npos) {
            phrase_.append(text_, at_, end + 1);
            at_ += end + 1;
            continue;
          }
        }
      }
      if (is_space(c) || c == ',' || c == ';' || c == ':' || c == '(' || c == '<' || c == '"') return;
      if (c == '@') at_sign_ = true;
      if (c != '>' && static_cast<unsigned char>(c) >= ' ' && c != 0x7F) phrase_ += c;
      ++at_;
    }
  }

  void read_quoted() {
    word_break();
    std::size_t i = at_ + 1;
    if (!no_more_quotes_) {
      while (i < text_.size() && text_[i] != '"') i += text_[i] == '\\' ? 2 : 1;
      count_work(std::min(i, text_.size()) - at_);
      if (i >= text_.size()) no_more_quotes_ = true;
    }
    if (no_more_quotes_) {  // a quote without its end is no quote
      ++at_;
      return;
    }
    const auto begin = phrase_.size();
    phrase_.reserve(begin + (i - at_));
    for (std::size_t k = at_ + 1; k < i; ++k) {
      if (text_[k] == '\\' && k + 1 < i) ++k;
      if (text_[k] == '\r' || text_[k] == '\n') {
        while (k + 1 < i && is_space(text_[k + 1])) ++k;
        if (phrase_.size() > begin && phrase_.back() != ' ') phrase_ += ' ';
        continue;
      }
      phrase_ += text_[k];
    }
    at_ = i + 1;
    // "john doe"@example.com: the quotes belong to the address.
    if (at_ < text_.size() && text_[at_] == '@') {
      phrase_.insert(begin, 1, '"');
      phrase_ += '"';
      return;
    }
    quoted_ = true;
    glued_ = glued_ || (at_ < text_.size() && !is_space(text_[at_]) &&
                        std::string_view(",;:<(\"").find(text_[at_]) == std::string_view::npos);
  }

  void read_comment() {
    if (!no_more_comments_ && !comment_ends()) no_more_comments_ = true;
    if (no_more_comments_) {  // a parenthesis without its end is a character
      if (!has_angle_) {
        word_break();
        phrase_ += '(';
      }
      ++at_;
      return;
    }
    int depth = 0;
    const auto begin = comment_.size();
    if (!comment_.empty()) comment_ += ' ';
    const auto first = comment_.size();
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '\\' && at_ < text_.size()) {
        comment_ += text_[at_++];
        continue;
      }
      if (c == '(' && ++depth == 1) continue;
      if (c == ')' && --depth == 0) break;
      comment_ += c;
    }
    if (comment_.size() == first) comment_.resize(begin);
    space_ = true;
  }

  /// Does the comment that begins here end before the field does?
  bool comment_ends() const {
    int depth = 0;
    for (auto i = at_; i < text_.size(); ++i) {
      if (text_[i] == '\\') ++i;
      else if (text_[i] == '(') ++depth;
      else if (text_[i] == ')' && --depth == 0) return true;
    }
    return false;
  }

  void read_angle() {
    has_angle_ = true;
    ++at_;
    angle_.clear();
    bool quoted = false, at_sign = false;
    auto begin = at_;
    while (at_ < text_.size()) {
      if (!quoted) {
        const auto end_of_run = run_end(text_, at_, kOddInAngle);
        angle_.append(text_, at_, end_of_run - at_);
        at_ = end_of_run;
        if (at_ >= text_.size()) break;
      }
      const char c = text_[at_];
      if (quoted) {
        if (c == '\\' && at_ + 1 < text_.size()) {
          angle_ += c;
          angle_ += text_[at_ + 1];
          at_ += 2;
          continue;
        }
        if (c == '"') quoted = false;
        angle_ += c;
        ++at_;
        continue;
      }
      if (c == '>') {
        ++at_;
        break;
      }
      if (c == '(') {
        read_comment();
        continue;
      }
      // The bracket was never closed: a separator behind an address ends it. (Routes have commas before theirs.)
      if ((c == ',' || c == ';') && at_sign && angle_[0] != '@') break;
      at_sign = at_sign || (c == '@' && !angle_.empty());
      // "Anna <3 <anna@example.org>": what had no @ is of the name.
      if (c == '<' && !at_sign && !angle_.empty()) {
        if (!phrase_.empty()) phrase_ += " <";
        phrase_ += trim(text_.substr(begin, at_ - begin));
        angle_.clear();
        begin = ++at_;
        continue;
      }
      if (c == '"' && !no_more_quotes_) {
        if (text_.find('"', at_ + 1) == std::string_view::npos) {
          no_more_quotes_ = true;
        } else {
          quoted = true;
        }
      }
      if (!is_space(c) && c != '<') angle_ += c;
      ++at_;
    }
    if (angle_.starts_with('@')) {  // a source route (RFC 5322, section 4.4), to be ignored
      if (const auto colon = angle_.find(':'); colon != std::string::npos) angle_.erase(0, colon + 1);
    }
    space_ = true;
  }

  void begin_group() {
    // "Anna [mailto:anna@example.org]"
    if (phrase_.size() >= 6 && ascii_iequals(std::string_view(phrase_).substr(phrase_.size() - 6), "mailto")) {
      phrase_.resize(phrase_.size() - 6);
      return;
    }
    if (has_angle_ || at_sign_) {  // "Name <a@b>: ..." and "a@b:25": no group; the colon is dirt
      if (!has_angle_) phrase_ += ':';
      return;
    }
    group_ = decode_header(phrase_, charset_);
    if (group_.empty() && !comment_.empty()) group_ = decode_header(comment_, charset_);
    clear();
  }

  void clear() {
    phrase_.clear();
    angle_.clear();
    comment_.clear();
    space_ = has_angle_ = quoted_ = glued_ = encoded_ = at_sign_ = false;
  }

  /// The mailbox that was collected goes to the list.
  void end_mailbox(bool by_comma);

  /// "Anna <anna@example.org>" that was quoted or encoded as a whole: a person sees the address in it.
  void take_from_name(Mailbox& mailbox);
  void take_from_comment(Mailbox& mailbox);

  /// Is there an @ outside of encoded words?
  static bool has_plain_at(std::string_view phrase);

  /// A phrase without <>: an address, a name with an address in it, a local user, or only a name.
  void take_phrase(std::string_view phrase, Mailbox& mailbox);

  /// Is the mailbox that ends here all that the field (or group) has? "From: root" is a local user, and "To: Smith,
  /// John <john@example.com>" is none.
  bool is_last_and_only() const { return held_.empty() && at_ >= text_.size(); }

  /// A name that was kept for a following address and got none, stands by itself. A word is a local user then.
  void release_held();
  static bool is_plain(std::string_view word) {
    return std::all_of(word.begin(), word.end(), [](char c) { return static_cast<signed char>(c) > ' '; });
  }

  void add(Mailbox mailbox) {
    if (mailbox.address.empty() && mailbox.name.empty()) return;
    if (list_.mailboxes.size() >= limits_.mailboxes) {
      list_.truncated = true;
      return;
    }
    mailbox.group = group_;
    list_.mailboxes.push_back(std::move(mailbox));
  }

  std::string_view text_;
  std::string_view charset_;
  const AddressLimits& limits_;
  std::size_t at_ = 0;
  AddressList list_;

  // The mailbox that is being read.
  std::string phrase_, angle_, comment_;
  bool space_ = false, has_angle_ = false, quoted_ = false, encoded_ = false, at_sign_ = false;
  bool no_more_quotes_ = false, no_more_comments_ = false;
  bool glued_ = false;  ///< a quoted string goes on without a space, as where quotes stand within quotes
  bool inner_ = false;  ///< of what was quoted or encoded as a whole
  std::string held_;    ///< names before a comma that may belong to the address behind it
  std::string group_;   ///< that we are in
};

}  // namespace orgo::mime
