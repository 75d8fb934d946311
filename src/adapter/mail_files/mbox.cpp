#include "adapter/mail_files/mbox.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace orgo {
namespace {

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

bool has_bare_from(std::string_view text) {
  return text.starts_with("From ") || text.find("\nFrom ") != std::string_view::npos;
}

}  // namespace

bool MboxReader::is_separator(std::string_view line) {
  if (!line.starts_with("From ")) return false;
  // "From anna@example.org Mon Nov 16 08:12:41 2026", also with a zone behind the year: four digits in one of the last
  // words.
  const auto words = split(trim(line), ' ');
  for (std::size_t i = words.size() < 4 ? 1 : words.size() - 3; i < words.size(); ++i) {
    const auto word = words[i];
    if (word.size() == 4 && (word[0] == '1' || word[0] == '2') &&
        std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; }))
      return true;
  }
  return false;
}

void MboxReader::seek(std::uint64_t offset) {
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(offset));
  at_ = offset;
  separator_.clear();
  started_ = false;
}

bool MboxReader::read_line(std::string& line) {
  line.clear();
  char buffer[4096];
  while (line.size() < kLineMax) {
    file_.getline(buffer, sizeof(buffer));
    const auto count = file_.gcount();
    if (count == 0 && !file_) return !line.empty();
    if (file_.eof()) {  // the last line has no newline
      line.append(buffer, static_cast<std::size_t>(count));
      at_ += static_cast<std::uint64_t>(count);
      return !line.empty();
    }
    if (file_.fail()) {  // the line is longer than the buffer
      file_.clear();
      line.append(buffer, static_cast<std::size_t>(count));
      at_ += static_cast<std::uint64_t>(count);
      continue;
    }
    line.append(buffer, static_cast<std::size_t>(count) - 1).push_back('\n');
    at_ += static_cast<std::uint64_t>(count);
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

std::optional<MboxReader::Mail> MboxReader::next() {
  std::string line;
  if (!started_) {
    started_ = true;
    separator_.clear();
    for (auto begin = at_; read_line(line); begin = at_)
      if (is_separator(line)) {
        separator_ = line;
        separator_at_ = begin;
        break;
      }
  }
  if (separator_.empty()) return std::nullopt;
  Mail mail;
  mail.separator = std::string(trim(separator_));
  mail.offset = separator_at_;
  separator_.clear();

  bool in_header = true, blank_before = false;
  for (auto begin = at_; read_line(line); begin = at_) {
    if (blank_before && is_separator(line)) {
      separator_ = line;
      separator_at_ = begin;
      break;
    }
    blank_before = is_blank(line);
    add(mail, is_quoted_from(line) ? std::string_view(line).substr(1) : std::string_view(line));
    if (!in_header || !blank_before) continue;
    in_header = false;
    const auto end = trusted_end(mail.bytes);
    if (!end) continue;
    std::string body(static_cast<std::size_t>(*end - at_), '\0');
    file_.read(body.data(), static_cast<std::streamsize>(body.size()));
    at_ = *end;
    add(mail, has_bare_from(body) ? body : without_quotes(body));
    blank_before = true;  // the separator may follow with or without an empty line
    // The empty line between two mails is not part of this one.
    if (const auto behind = at_; read_line(line)) {
      if (is_separator(line)) {
        separator_ = line;
        separator_at_ = behind;
        mail.next = behind;
        return mail;
      }
      if (!is_blank(line)) add(mail, line);
      else if (const auto later = at_; read_line(line)) {
        if (is_separator(line)) {
          separator_ = line;
          separator_at_ = later;
          mail.next = later;
          return mail;
        }
        add(mail, "\n");
        add(mail, line);
      }
    }
  }
  mail.next = separator_.empty() ? at_ : separator_at_;
  // What every writer of mbox puts behind a mail.
  if (mail.bytes.ends_with("\r\n\r\n")) mail.bytes.resize(mail.bytes.size() - 2);
  else if (mail.bytes.ends_with("\n\n")) mail.bytes.resize(mail.bytes.size() - 1);
  return mail;
}

}  // namespace orgo
