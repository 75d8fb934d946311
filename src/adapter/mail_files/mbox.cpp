#include "adapter/mail_files/mbox.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <vector>

#include "base/text.h"

namespace orgo {
namespace {

constexpr std::size_t kSeparatorMax = 500, kWordsMax = 20;
constexpr std::size_t kLineMax = 1 << 20;  // a longer line is taken in pieces; only "From " lines must be whole

bool is_blank(std::string_view line) {
  return line == "\n" || line == "\r\n";
}

/// Lines that begin with ">", ">>"... before "From ".
bool is_quoted_from(std::string_view line) {
  const auto at = line.find_first_not_of('>');
  return at != 0 && at != std::string_view::npos && line.substr(at, 5) == "From ";
}

std::string without_quotes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size() - 1) + 1;
    const auto line = text.substr(at, end - at);
    out += is_quoted_from(line) ? line.substr(1) : line;
    at = end;
  }
  return out;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (const auto word : split(text, ' '))
    if (!trim(word).empty() && words.size() < kWordsMax) words.push_back(trim(word));
  return words;
}

/// "08:12", "08:12:41", "8:12:41.123", "08:12:41Z", also behind the T of an ISO date.
bool is_time(std::string_view word) {
  if (const auto t = word.find('T'); t == 10) word.remove_prefix(11);
  std::size_t i = 0;
  while (i < word.size() && i < 3 && is_digit(word[i])) ++i;
  if (i == 0 || i > 2 || i + 2 >= word.size() || word[i] != ':') return false;
  return is_digit(word[i + 1]) && is_digit(word[i + 2]);
}

bool has_time(std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(), is_time);
}

/// A year of four digits, or an ISO date.
bool has_day(std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [](std::string_view word) {
    if (word.size() < 4 || (!word.starts_with("19") && !word.starts_with("20"))) return false;
    if (!is_digit(word[2]) || !is_digit(word[3])) return false;
    return word.size() == 4 || (word.size() >= 10 && word[4] == '-' && word[7] == '-');
  });
}

bool is_weekday(std::string_view word) {
  if (word.ends_with(',')) word.remove_suffix(1);
  constexpr auto kDays = std::to_array<std::string_view>({"mon", "tue", "wed", "thu", "fri", "sat", "sun"});
  const auto lower = ascii_lower(word.substr(0, 10));
  return std::find(kDays.begin(), kDays.end(), lower) != kDays.end();
}

/// A header field's first line: a name, then the colon.
bool is_field_line(std::string_view line) {
  std::size_t i = 0;
  while (i < line.size() && line[i] > ' ' && line[i] < 0x7F && line[i] != ':') ++i;
  return i > 0 && i < line.size() && line[i] == ':';
}

bool has_bare_from(std::string_view text) {
  return text.starts_with("From ") || text.find("\nFrom ") != std::string_view::npos;
}

/// A field that the header of a mail begins with.
bool begins_header(std::string_view line) {
  constexpr std::string_view kFields =
      " from to cc subject date received return-path delivered-to message-id mime-version sender reply-to status "
      "content-type content-length envelope-to dkim-signature authentication-results delivery-date in-reply-to "
      "references lines newsgroups organization user-agent importance priority list-id received-spf return-receipt-to ";
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon > 40) return false;
  const auto name = ascii_lower(trim(line.substr(0, colon)));
  return name.starts_with("x-") || name.starts_with("arc-") ||
         (name.find(' ') == std::string::npos && kFields.find(' ' + name + ' ') != std::string_view::npos);
}

/// Of those that a mail has by programs only.
bool is_by_program(std::string_view line) {
  constexpr auto kFields = std::to_array<std::string_view>(
      {"date:", "message-id:", "received:", "return-path:", "mime-version:", "delivered-to:", "x-mozilla-status:"});
  return std::any_of(kFields.begin(), kFields.end(), [&](auto name) { return ascii_istarts_with(line, name); });
}

/// Behind the sender: nothing, or a date of any form, of words with digits and the names of days, months and zones.
bool may_be_date(std::span<const std::string_view> words) {
  constexpr std::string_view kMonths = "jan feb mar apr may jun jul aug sep oct nov dec";
  bool digits = words.empty();
  for (const auto word : words) {
    if (word.find_first_of("0123456789") != std::string_view::npos) digits = true;
    else if (!is_weekday(word) && kMonths.find(ascii_lower(word.substr(0, 3))) == std::string_view::npos &&
             (word.size() > 5 || ascii_lower(word.substr(0, 1)) == word.substr(0, 1)))
      return false;
  }
  return digits;
}

/// "Anna M" before "Mon Nov 16 08:12:41 2026": how many words the name has; 0: that is none.
std::size_t name_before_date(std::span<const std::string_view> words) {
  for (std::size_t i = 1; i < words.size() && i <= 4; ++i)
    if (is_weekday(words[i]) && words.size() >= i + 4) return i;
  return 0;
}

}  // namespace

bool MboxReader::is_separator(std::string_view line) {
  const auto form = form_of(line);
  return form != Separator::none && form != Separator::loose;
}

bool MboxReader::begins_mbox(std::string_view lines) {
  const auto end = std::min(lines.find('\n'), lines.size());
  const auto form = form_of(lines.substr(0, end));
  if (form == Separator::loose) return end < lines.size() && begins_header(lines.substr(end + 1));
  return form != Separator::none;
}

MboxReader::Separator MboxReader::form_of(std::string_view line) {
  if (!line.starts_with("From ") || line.size() > kSeparatorMax) return Separator::none;
  const auto rest = trim(line.substr(5));
  if (rest == "-") return Separator::loose;
  // "Anna M"@example.org
  const auto quote = rest.starts_with('"') ? rest.find('"', 1) : std::string_view::npos;
  const auto space = rest.find(' ', quote == std::string_view::npos ? 0 : quote);
  if (space == std::string_view::npos)
    return rest.find('@') != std::string_view::npos ? Separator::loose : Separator::none;
  const auto sender = rest.substr(0, space);
  const auto words = words_of(rest.substr(space + 1));
  // git format-patch: an object name and a time that never was.
  if (sender.size() >= 40 && std::all_of(sender.begin(), sender.end(), is_hex) &&
      rest.ends_with("Mon Sep 17 00:00:00 2001"))
    return Separator::patch;
  const bool of_mail = sender == "-" || sender.find('@') != std::string_view::npos;
  if (!has_time(words) || !has_day(words)) return of_mail && may_be_date(words) ? Separator::loose : Separator::none;
  // By an address, what stands for one, or "anna at example.org" of archives; "From now on at 08:12 ..." by none.
  if (of_mail || sender.starts_with("MAILER-DAEMON") ||
      (words.size() > 2 && words[0] == "at" && words[1].find('.') != std::string_view::npos))
    return Separator::address;
  // A local user ("From root Mon Nov 16 08:12:41 2026"), or none at all, by a whole date of asctime().
  if ((is_weekday(sender) && words.size() >= 4) || (words.size() >= 5 && is_weekday(words[0]))) return Separator::user;
  return name_before_date(words) > 0 ? Separator::loose : Separator::none;
}

/// Does `line` begin a mail? `blank_before`: an empty line, or nothing, stands before it. Every writer puts one there,
/// but some forget; then only an address makes sure, or a whole header. A header field has to follow.
bool MboxReader::is_begin(std::string_view line, bool blank_before) {
  const auto form = form_of(line);
  if (form == Separator::none || (form == Separator::patch && !of_patches_)) return false;
  if (!blank_before && form == Separator::patch) return false;
  std::string behind;
  if (!peek(behind)) return blank_before && form != Separator::loose;
  if (!blank_before && form != Separator::address) return has_header(behind, form == Separator::user);
  if (form == Separator::loose) return begins_header(behind);
  return is_field_line(behind) || (blank_before && form == Separator::address && is_quoted_from(behind));
}

bool MboxReader::has_header(std::string_view behind, bool dated) {
  constexpr std::size_t kLinesMost = 100;
  file_.clear();
  const auto here = file_.tellg();
  std::string line(behind);
  std::size_t known = 0;
  bool by_program = dated;
  for (std::size_t i = 0; i < kLinesMost && (known < 3 || !by_program); ++i) {
    const bool fold = i > 0 && (line.starts_with(' ') || line.starts_with('\t'));
    if (!fold && !is_field_line(line)) break;
    known += !fold && begins_header(line);
    by_program = by_program || is_by_program(line);
    std::uint64_t bytes = 0;
    if (!read_raw(line, bytes)) break;
  }
  file_.clear();
  file_.seekg(here);
  return known >= 3 && by_program;
}

bool MboxReader::peek(std::string& line) {
  if (!ahead_) {
    ahead_.emplace();
    ahead_bytes_ = 0;
    if (!read_raw(*ahead_, ahead_bytes_)) ahead_->clear();
  }
  line = *ahead_;
  return !line.empty();
}

void MboxReader::seek(std::uint64_t offset) {
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(offset));
  at_ = offset;
  ahead_.reset();
  separator_.clear();
  started_ = false;
}

bool MboxReader::read_line(std::string& line) {
  if (ahead_) {
    line = std::move(*ahead_);
    ahead_.reset();
    at_ += ahead_bytes_;
    return !line.empty();
  }
  std::uint64_t bytes = 0;
  const bool read = read_raw(line, bytes);
  at_ += bytes;
  return read;
}

bool MboxReader::read_raw(std::string& line, std::uint64_t& bytes) {
  line.clear();
  char buffer[4096];
  while (line.size() < kLineMax) {
    file_.getline(buffer, sizeof(buffer));
    const auto count = file_.gcount();
    if (count == 0 && !file_) return !line.empty();
    if (file_.eof()) {  // the last line has no newline
      line.append(buffer, static_cast<std::size_t>(count));
      bytes += static_cast<std::uint64_t>(count);
      return !line.empty();
    }
    if (file_.fail()) {  // the line is longer than the buffer
      file_.clear();
      line.append(buffer, static_cast<std::size_t>(count));
      bytes += static_cast<std::uint64_t>(count);
      continue;
    }
    line.append(buffer, static_cast<std::size_t>(count) - 1).push_back('\n');
    bytes += static_cast<std::uint64_t>(count);
    return true;
  }
  return true;
}

/// Where the body ends by Content-Length, if something that can be an end stands there.
std::optional<std::uint64_t> MboxReader::trusted_end(std::string_view header) {
  for (std::size_t at = 0; at < header.size();) {
    const auto end = std::min(header.find('\n', at), header.size() - 1) + 1;
    const auto line = header.substr(at, end - at);
    at = end;
    if (!ascii_istarts_with(line, "content-length:")) continue;
    const auto text = trim(line.substr(15));
    std::uint64_t length = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error != std::errc{} || stop != text.data() + text.size() || length > mail_max_) return std::nullopt;
    const auto here = file_.tellg();
    file_.seekg(here + static_cast<std::streamoff>(length));
    char behind[8] = "";
    file_.read(behind, 7);
    const std::string_view seen(behind, static_cast<std::size_t>(file_.gcount()));
    const bool at_end = file_.eof() && seen.size() < 2;
    file_.clear();
    file_.seekg(0, std::ios::end);
    const bool within = file_.tellg() >= here + static_cast<std::streamoff>(length);
    file_.seekg(here);
    if (within && (at_end || seen.starts_with("From ") || seen.starts_with("\nFrom ") || seen.starts_with("\r\nFrom ")))
      return at_ + length;
    return std::nullopt;
  }
  return std::nullopt;
}

void MboxReader::add(Mail& mail, std::string_view line) {
  if (mail.too_long || mail.bytes.size() + line.size() > mail_max_) {
    mail.too_long = true;
    mail.bytes.clear();
  } else {
    mail.bytes += line;
  }
}

/// The first mail of what is to be read: from here on everything is between separators.
void MboxReader::start() {
  started_ = true;
  separator_.clear();
  std::string line;
  bool blank_before = true;
  for (auto begin = at_; read_line(line); begin = at_) {
    std::string_view text = line;
    if (begin == 0 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    const auto form = form_of(text);
    if (form == Separator::patch) of_patches_ = true;  // the file that git format-patch made
    if (form != Separator::none && ((begin == 0 && form != Separator::loose) || is_begin(text, blank_before))) {
      separator_ = text;
      separator_at_ = begin;
      return;
    }
    blank_before = is_blank(text);
  }
}

/// Takes a body whose length the header told, and the empty line behind it. True: the next separator was read.
bool MboxReader::take_body(Mail& mail, std::uint64_t end) {
  std::string body(static_cast<std::size_t>(end - at_), '\0');
  file_.read(body.data(), static_cast<std::streamsize>(body.size()));
  at_ = end;
  add(mail, has_bare_from(body) ? body : without_quotes(body));
  // The empty line between two mails is not part of this one.
  std::string line;
  const auto begins = [&](std::uint64_t begin) {
    if (!is_begin(line, true)) return false;
    separator_ = line;
    separator_at_ = begin;
    return true;
  };
  const auto behind = at_;
  if (!read_line(line)) return false;
  if (begins(behind)) return true;
  if (!is_blank(line)) {
    add(mail, line);
    return false;
  }
  const auto later = at_;
  if (!read_line(line)) return false;
  if (begins(later)) return true;
  add(mail, "\n");
  add(mail, line);
  return false;
}

std::optional<MboxReader::Mail> MboxReader::next() {
  if (!started_) start();
  if (separator_.empty()) return std::nullopt;
  Mail mail;
  mail.separator = std::string(trim(separator_));
  mail.offset = separator_at_;
  separator_.clear();

  std::string line;
  bool in_header = true, blank_before = false, by_length = false;
  for (auto begin = at_; read_line(line); begin = at_) {
    if (line.starts_with("From ") && is_begin(line, blank_before)) {
      separator_ = line;
      separator_at_ = begin;
      break;
    }
    blank_before = is_blank(line);
    add(mail, is_quoted_from(line) ? std::string_view(line).substr(1) : std::string_view(line));
    if (!in_header || !blank_before) continue;
    in_header = false;
    mail.aside = set_aside_by_header(mail.bytes);
    if (const auto end = trusted_end(mail.bytes)) {
      by_length = take_body(mail, *end);
      if (by_length) break;
    }
  }
  mail.next = separator_.empty() ? at_ : separator_at_;
  if (by_length) return mail;
  // What every writer of mbox puts behind a mail.
  if (mail.bytes.ends_with("\r\n\r\n")) mail.bytes.resize(mail.bytes.size() - 2);
  else if (mail.bytes.ends_with("\n\n")) mail.bytes.resize(mail.bytes.size() - 1);
  return mail;
}

}  // namespace orgo
