// What becomes of the words of one mailbox: its address, its name, or a name that waits for the next.
#include "protocol/mime/address_parser.h"

namespace orgo::mime {

void AddressParser::join_open_group() {
  if (group_.empty() || list_.mailboxes.empty()) return;
  auto& last = list_.mailboxes.back();
  const auto members = std::count_if(list_.mailboxes.begin(), list_.mailboxes.end(),
                                     [&](const Mailbox& one) { return one.group == group_; });
  if (members != 1 || last.group != group_ || last.name.empty() || last.address.empty()) return;
  last.name = group_ + ": " + last.name;
  last.group.clear();
}

void AddressParser::end_mailbox(bool by_comma) {
  Mailbox mailbox;
  if (!comment_.empty()) mailbox.comment = decode_header(comment_, charset_);
  auto phrase = trim(phrase_);
  if (has_angle_ && angle_.find('@') == std::string::npos && phrase.find('@') != std::string_view::npos) {
    // <Anna> anna@example.org
    take_phrase(phrase, mailbox);
    if (mailbox.name.empty()) mailbox.name = decode_header(angle_, charset_);
    angle_.clear();
  } else if (has_angle_) {
    mailbox.address = std::move(angle_);
    angle_.clear();
    if (mailbox.address.find("=?") != std::string::npos)
      mailbox.address = without_spaces(decode_header(mailbox.address));
    if (!phrase.empty()) mailbox.name = decode_header(phrase, charset_);
    // Müller, Bernd <bernd@example.com>: the name needed quotes.
    if (!held_.empty() && !mailbox.address.empty()) {
      std::string name = std::move(held_);
      held_.clear();
      if (!mailbox.name.empty()) name += ", " + mailbox.name;
      mailbox.name = std::move(name);
    }
  } else if (!phrase.empty()) {
    take_phrase(phrase, mailbox);
    take_from_name(mailbox);
    if (mailbox.address.empty() && by_comma && mailbox.comment.empty() && !mailbox.name.empty() &&
        (!quoted_ || glued_)) {
      if (!held_.empty()) held_ += ", ";
      held_ += mailbox.name;
      clear();
      return;
    }
  }
  take_from_comment(mailbox);
  if (mailbox.address.empty() && mailbox.name.empty() && !mailbox.comment.empty()) mailbox.name.swap(mailbox.comment);
  clean_address(mailbox.address);
  release_held();
  clear();
  add(std::move(mailbox));
}

/// Anna (anna@example.org): who knows no better form puts the address where others put the name.
void AddressParser::take_from_comment(Mailbox& mailbox) {
  if (inner_ || mailbox.address.find('@') != std::string::npos || mailbox.comment.find('@') == std::string::npos)
    return;
  AddressParser inner(mailbox.comment, charset_, limits_);
  inner.inner_ = true;
  const auto found = inner.run().mailboxes;
  if (found.size() != 1 || found.front().address.find('@') == std::string::npos || !found.front().name.empty()) return;
  if (mailbox.name.empty()) mailbox.name = mailbox.address;
  mailbox.address = found.front().address;
  mailbox.comment.clear();
}

void AddressParser::take_from_name(Mailbox& mailbox) {
  if ((!quoted_ && !encoded_) || inner_) return;
  const auto whole = mailbox.address.empty()                          ? mailbox.name
                     : mailbox.address.find('<') != std::string::npos ? decode_header(phrase_, charset_)
                                                                      : std::string();
  if (whole.find('@') == std::string::npos) return;
  AddressParser inner(whole, charset_, limits_);
  inner.inner_ = true;
  auto found = inner.run().mailboxes;
  std::erase_if(found, [](const Mailbox& one) { return one.address.find('@') == std::string::npos; });
  if (found.size() != 1) return;
  // What stands before the address is its name, commas and all.
  auto name = trim(std::string_view(whole).substr(0, std::min(whole.find('<'), whole.size())));
  while (name.starts_with('"')) name.remove_prefix(1);
  while (name.ends_with('"')) name.remove_suffix(1);
  mailbox.address = std::move(found.front().address);
  mailbox.name = whole.find('<') == std::string::npos ? std::move(found.front().name) : std::string(trim(name));
}

bool AddressParser::has_plain_at(std::string_view phrase) {
  for (std::size_t at = 0; (at = phrase.find_first_of("@=", at)) != std::string_view::npos; ++at) {
    if (phrase[at] == '@') return true;
    EncodedWord word;
    if (at + 1 < phrase.size() && phrase[at + 1] == '?' && find_encoded_word(phrase, at, word)) at = word.end - 1;
  }
  return false;
}

void AddressParser::take_phrase(std::string_view phrase, Mailbox& mailbox) {
  const auto at_sign = phrase.find('@');
  if (at_sign != std::string_view::npos && (encoded_ || quoted_) && !inner_ && !has_plain_at(phrase)) {
    mailbox.name = decode_header(phrase, charset_);  // take_from_name() finds the address that a person sees there
    return;
  }
  constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
  if (at_sign != std::string_view::npos && phrase.find(kNoBreakSpace) != std::string_view::npos) {
    std::string spaced(phrase);
    for (std::size_t at = 0; (at = spaced.find(kNoBreakSpace, at)) != std::string::npos;) spaced.replace(at, 2, " ");
    return take_phrase(trim(spaced), mailbox);
  }
  if (at_sign == std::string_view::npos) {
    const bool one_word = phrase.find_first_of(" \t") == std::string_view::npos;
    const bool ascii =
        std::all_of(phrase.begin(), phrase.end(), [](char c) { return static_cast<signed char>(c) > 0; });
    if (one_word && ascii && !quoted_ && !encoded_ && (!mailbox.comment.empty() || is_last_and_only())) {
      mailbox.address = std::string(phrase);
    } else {
      mailbox.name = decode_header(phrase, charset_);
    }
    return;
  }
  // jdoe@test  . example, or: Some Name jdoe@example.org. White space around dots and @ belongs to the address.
  std::size_t begin = at_sign, end = at_sign + 1;
  const auto joins = [](char c) { return c == '.' || c == '@'; };
  if (phrase[0] == '"' && phrase.find("\"@") == at_sign - 1) {
    begin = 0;
  } else {
    for (;;) {
      while (begin > 0 && !is_space(phrase[begin - 1])) --begin;
      auto before = begin;
      while (before > 0 && is_space(phrase[before - 1])) --before;
      if (before == begin || before == 0 || !(joins(phrase[before - 1]) || joins(phrase[begin]))) break;
      begin = before;
    }
  }
  for (;;) {
    while (end < phrase.size() && !is_space(phrase[end])) ++end;
    auto after = end;
    while (after < phrase.size() && is_space(phrase[after])) ++after;
    if (after == end || after == phrase.size() || !(joins(phrase[end - 1]) || joins(phrase[after]))) break;
    end = after;
  }
  const auto address = phrase.substr(begin, end - begin);
  mailbox.address = address[0] == '"' ? std::string(address) : without_spaces(address);
  auto name = std::string(trim(phrase.substr(0, begin)));
  const auto rest = trim(phrase.substr(end));
  if (!rest.empty()) {
    if (!name.empty()) name += ' ';
    name += rest;
  }
  if (!name.empty()) mailbox.name = decode_header(name, charset_);
}

void AddressParser::release_held() {
  if (held_.empty()) return;
  std::string names = std::move(held_);
  held_.clear();
  for (const auto piece : split(names, ',')) {
    Mailbox mailbox;
    const auto name = trim(piece);
    if (name.find(' ') == std::string_view::npos && is_plain(name)) {
      mailbox.address = std::string(name);
    } else {
      mailbox.name = std::string(name);
    }
    add(std::move(mailbox));
  }
}

}  // namespace orgo::mime
