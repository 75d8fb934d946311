#include "core/delivery/compose.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/unicode.h"

namespace orgo::compose {
namespace {

constexpr std::size_t kLine = 76;       // of quoted-printable and base64 (RFC 2045, sections 6.7 and 6.8)
constexpr std::size_t kFold = 78;       // RFC 5322, section 2.1.1
constexpr std::size_t kWordBytes = 42;  // of text in one encoded word: 56 base64 digits and 12 around them, below 75

template <typename Control>
std::string clean(std::string_view text, Control control) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7F) {
      i += control(out, text, i);
    } else {
      append_utf8(out, decode_utf8(text, i));  // U+FFFD for a byte that begins no character
    }
  }
  return out;
}

/// Plain ASCII that nobody takes for an encoded word and that can be folded.
bool is_plain(std::string_view text) {
  if (!is_ascii(text) || text.find("=?") != std::string_view::npos) return false;
  if (text.starts_with(' ') || text.ends_with(' ') || text.find("  ") != std::string_view::npos) return false;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    if (end - at > 900) return false;
    at = end + 1;
  }
  return true;
}

/// Encoded words, each on a line of its own from the second on; `column` is where the first begins.
void append_encoded(std::string& out, std::string_view text, std::size_t column) {
  std::size_t room = column < 30 ? 30 : 18;  // the first line also holds the name of the field
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size()) {
      auto next = end;
      decode_utf8(text, next);
      if (next - at > room && end > at) break;
      end = next;
    }
    if (at != 0) out += "\r\n ";
    out.append("=?UTF-8?B?").append(base64(text.substr(at, end - at))).append("?=");
    at = end;
    room = kWordBytes;
  }
}

void append_folded(std::string& out, std::string_view text, std::size_t column) {
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    const auto word = text.substr(at, end - at);
    if (at != 0) {
      if (column + 1 + word.size() > kFold) {
        out += "\r\n ";
        column = 1;
      } else {
        out += ' ';
        ++column;
      }
    }
    out += word;
    column += word.size();
    at = end + 1;
  }
}

void append_value(std::string& out, std::string_view value, std::size_t column) {
  if (is_plain(value)) append_folded(out, value, column);
  else append_encoded(out, value, column);
}

std::string quoted_printable(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  std::size_t column = 0;
  const auto put = [&](std::string_view piece) {
    if (column + piece.size() > kLine - 1) {
      out += "=\r\n";
      column = 0;
    }
    out += piece;
    column += piece.size();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n') {
      out += "\r\n";
      column = 0;
      continue;
    }
    const bool at_end = i + 1 == text.size() || text[i + 1] == '\n';
    const bool plain = (c >= 0x21 && c <= 0x7E && c != '=') || ((c == ' ' || c == '\t') && !at_end);
    if (plain) {
      put(text.substr(i, 1));
    } else {
      const char escaped[3] = {'=', kHex[c >> 4], kHex[c & 15]};
      put({escaped, 3});
    }
  }
  return out;
}

}  // namespace

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  const auto byte = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const unsigned group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    out += kDigits[group >> 18];
    out += kDigits[group >> 12 & 63];
    out += i + 1 < bytes.size() ? kDigits[group >> 6 & 63] : '=';
    out += i + 2 < bytes.size() ? kDigits[group & 63] : '=';
  }
  return out;
}

std::string clean_text(std::string_view text) {
  return clean(text, [](std::string& out, std::string_view, std::size_t) {
    out += ' ';
    return std::size_t{1};
  });
}

std::string clean_body(std::string_view text) {
  return clean(text, [](std::string& out, std::string_view all, std::size_t at) {
    const bool crlf = all[at] == '\r' && at + 1 < all.size() && all[at + 1] == '\n';
    if (all[at] == '\n' || all[at] == '\r') out += '\n';
    else out += all[at] == '\t' ? '\t' : ' ';
    return std::size_t{crlf ? 2U : 1U};
  });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  const auto cleaned = clean_text(value);
  out.append(name).append(": ");
  append_value(out, cleaned, name.size() + 2);
  out += "\r\n";
}

void append_address_field(std::string& out, std::string_view name, std::string_view display_name,
                          std::string_view address) {
  out.append(name).append(": ");
  const auto shown = clean_text(display_name.substr(0, 200));
  if (shown.find_first_not_of(' ') != std::string::npos) {
    const bool atoms = std::all_of(shown.begin(), shown.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' || c == '-' ||
             c == '_';
    });
    if (atoms && is_plain(shown) && shown.size() <= 60) out += shown;
    else append_encoded(out, shown, name.size() + 2);
    // A line of its own, so that name and address of any length stay within the limit together.
    out += name.size() + shown.size() + address.size() + 6 > kFold || !atoms ? "\r\n " : " ";
  }
  out.append("<").append(address).append(">\r\n");
}

void append_ids_field(std::string& out, std::string_view name, const std::vector<std::string>& ids) {
  bool first = true;
  for (const auto& id : ids) {
    const bool good = !id.empty() && id.size() <= 250 && std::all_of(id.begin(), id.end(), [](char c) {
      return c > 0x20 && c < 0x7F && c != '<' && c != '>';
    });
    if (!good) continue;
    if (first) out.append(name).append(":");
    else out += "\r\n";
    out.append(" <").append(id).append(">");
    first = false;
  }
  if (!first) out += "\r\n";
}

std::string rfc5322_date(TimePoint at) {
  static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
  std::array<char, 64> text{};
  const int length = std::snprintf(text.data(), text.size(), "%s, %u %s %d %02d:%02d:%02d +0000",
                                   kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                                   kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                                   static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                                   static_cast<int>(time.seconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

void append_text_body(std::string& out, std::string_view raw) {
  auto text = clean_body(raw);
  if (!text.empty() && text.back() != '\n') text += '\n';
  std::size_t longest = 0;
  std::size_t others = 0;  // bytes that quoted-printable triples
  bool trailing_space = false;
  for (std::size_t at = 0, start = 0; at < text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) >= 0x80 || text[at] == '=') ++others;
    if (text[at] != '\n') continue;
    longest = std::max(longest, at - start);
    trailing_space = trailing_space || (at > start && (text[at - 1] == ' ' || text[at - 1] == '\t'));
    start = at + 1;
  }
  const bool ascii = is_ascii(text);
  out.append("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=")
      .append(ascii ? "us-ascii" : "utf-8")
      .append("\r\n");
  if (ascii && longest <= kFold && !trailing_space) {
    out += "Content-Transfer-Encoding: 7bit\r\n\r\n";
    for (const char c : text) {
      if (c == '\n') out += '\r';
      out += c;
    }
  } else if (others * 6 > text.size()) {
    out += "Content-Transfer-Encoding: base64\r\n\r\n";
    std::string crlf;
    crlf.reserve(text.size() + text.size() / 32);
    for (const char c : text) {
      if (c == '\n') crlf += '\r';
      crlf += c;
    }
    const auto digits = base64(crlf);
    for (std::size_t at = 0; at < digits.size(); at += kLine) out.append(digits, at, kLine).append("\r\n");
  } else {
    out += "Content-Transfer-Encoding: quoted-printable\r\n\r\n";
    out += quoted_printable(text);
  }
}

}  // namespace orgo::compose
