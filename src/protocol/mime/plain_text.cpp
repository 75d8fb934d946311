#include "protocol/mime/plain_text.h"

#include <algorithm>

#include "base/charset.h"
#include "base/charset_label.h"
#include "base/text.h"
#include "base/work.h"

namespace orgo::mime {
namespace {

constexpr std::size_t kLookAt = 2'000;   // bytes
constexpr std::size_t kWordsMax = 200;   // bytes of a text that is only a word in each line
constexpr std::size_t kFirstLine = 100;  // bytes: longer than a line of base64

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

/// "Hilfe", "HELP": a word is all capitals or has none but its first letter, which base64 is by chance only.
bool is_word(std::string_view line) {
  if (line.size() < 2) return false;
  const auto rest = line.substr(1);
  if (!is_upper(line[0]) && !is_lower(line[0])) return false;
  return std::all_of(rest.begin(), rest.end(), is_lower) ||
         (is_upper(line[0]) && std::all_of(rest.begin(), rest.end(), is_upper));
}

bool is_only_words(std::string_view body) {
  body = trim(body);
  if (body.empty() || body.size() > kWordsMax) return false;
  const auto lines = split(body, '\n');
  return std::all_of(lines.begin(), lines.end(),
                     [](std::string_view line) { return trim(line).empty() || is_word(trim(line)); });
}

/// Does the first line have what base64 has not?
bool has_foreign_character(std::string_view body) {
  body = trim(body).substr(0, kFirstLine);
  body = body.substr(0, body.find_first_of("\r\n"));
  return std::any_of(body.begin(), body.end(), [](char c) {
    return !is_upper(c) && !is_lower(c) && !(c >= '0' && c <= '9') && c != '+' && c != '/' && c != '=' && c != ' ' &&
           c != '\t';
  });
}

/// May these bytes be a text in the charset of that label?
bool reads_as_text(std::string_view bytes, std::string_view charset) {
  const auto name = charset_of_label(charset);
  const bool wide = !name.empty() && !is_ascii_charset(charset);
  if (wide) return !bytes.empty();
  if (std::any_of(bytes.begin(), bytes.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\x1B';
      }))
    return false;
  if (!name.empty() && name != "utf-8") return !bytes.empty();
  // One that says UTF-8 or nothing is sometimes wrong: a few bytes then, and not a third of all.
  const auto high = std::count_if(bytes.begin(), bytes.end(), [](char c) { return static_cast<signed char>(c) < 0; });
  return is_utf8(
             bytes.substr(0, bytes.size() - std::min<std::size_t>(bytes.size(), bytes.size() == kLookAt ? 3 : 0))) ||
         static_cast<std::size_t>(high) * 5 < bytes.size();
}

}  // namespace

bool is_prose(std::string_view body) {
  body = body.substr(0, kLookAt);
  std::size_t gaps = 0;
  for (std::size_t i = 1; i + 1 < body.size(); ++i)
    gaps += body[i] == ' ' && static_cast<unsigned char>(body[i - 1]) > ' ' &&
            static_cast<unsigned char>(body[i + 1]) > ' ';
  return gaps * 20 > body.size();
}

bool is_plain_under_base64(std::string_view body, std::string_view decoded, bool good, std::string_view charset) {
  body = body.substr(0, kLookAt);
  decoded = decoded.substr(0, kLookAt);
  count_work(body.size() + decoded.size());
  const bool prose = is_prose(body);
  if (!good && prose) return true;
  if (!prose && !is_only_words(body) && (good || !has_foreign_character(body))) return false;
  return !reads_as_text(decoded, charset);
}

bool is_plain_under_uuencode(std::string_view body) {
  body = body.substr(0, kLookAt);
  count_work(body.size());
  return !body.starts_with("begin ") && body.find("\nbegin ") == std::string_view::npos && is_prose(body);
}

}  // namespace orgo::mime
