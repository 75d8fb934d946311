// What is written by the rules is read back as it was; and whatever the bytes are, what is read is clean.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdio>

#include "base/charset.h"
#include "protocol/mime/address.h"
#include "protocol/mime/content_type.h"
#include "protocol/mime/date.h"
#include "protocol/mime/encoded_word.h"
#include "protocol/mime/entity.h"
#include "protocol/mime/transfer_encoding.h"

namespace orgo::mime {
namespace {

template <typename Property>
void holds(Property property) {
  EXPECT_TRUE(rc::check(property));
}

/// A text of printable characters of several scripts, without white space at its ends or twice in a row.
rc::Gen<std::string> words() {
  const auto character = rc::gen::elementOf(std::vector<std::string>{
      "a",       "b", "Z", "0", "_", "?", "=", "(", ",",        "\"",           "\\",
      "<",       "@", ".", ";", ":", "'", "%", "*", "\xC3\xBC", "\xE2\x82\xAC", "\xF0\x9F\x98\x80",
      "\xD0\x96"});
  const auto word =
      rc::gen::map(rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(character)), [](const auto& letters) {
        std::string text;
        for (const auto& letter : letters) text += letter;
        return text;
      });
  return rc::gen::map(rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(word)), [](const auto& list) {
    std::string text;
    for (const auto& one : list) text += (text.empty() ? "" : " ") + one;
    return text;
  });
}

std::string percent(std::string_view text) {
  std::string out;
  char code[4];
  for (const char c : text) {
    std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned char>(c));
    out += code;
  }
  return out;
}
std::string base64_line(std::string_view bytes) {
  auto text = encode_base64(bytes);
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  return text;
}
std::string quoted_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// The short way of what nearly all mailers write, and the long one of all else (two blanks before the month) agree.
TEST(MimeProperty, TheUsualFormOfADateIsReadAsAnyOther) {
  const std::vector<std::string> days{"", "Tue, ", "sun, ", "mar, ", "Xyz, "};
  const std::vector<std::string> months{"Jan", "feb", "MAR", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Dec"};
  const std::vector<std::string> ends{"", " (CEST)", " (a (b))", " (a) b", " PM", "\r\n", "1", " +0100"};
  holds([&] {
    const auto number = [](int from, int to) { return *rc::gen::inRange(from, to); };
    char day[4], rest[80];
    std::snprintf(day, sizeof day, *rc::gen::arbitrary<bool>() ? "%02d" : "%d", number(0, 33));
    std::snprintf(rest, sizeof rest, " %d %02d:%02d:%02d %c%04d", number(1897, 2101), number(0, 26), number(0, 62),
                  number(0, 62), *rc::gen::element('+', '-'), number(0, 2500));
    const auto begin = *rc::gen::elementOf(days) + day;
    const auto tail = *rc::gen::elementOf(months) + rest + *rc::gen::elementOf(ends);
    RC_ASSERT(parse_date(begin + " " + tail) == parse_date(begin + "  " + tail));
  });
}

TEST(MimeProperty, Base64AndQuotedPrintableComeBack) {
  holds([](const std::string& bytes) {
    std::string out;
    RC_ASSERT(decode_base64(encode_base64(bytes), out));
    RC_ASSERT(out == bytes);
  });
  holds([](std::string text) {
    std::erase(text, '\r');
    std::string out;
    RC_ASSERT(decode_quoted_printable(encode_quoted_printable(text), out, LineEnds::lf));
    RC_ASSERT(out == text);
  });
}

TEST(MimeProperty, EncodedWordsComeBackWhereverTheyAreSplit) {
  holds([] {
    const auto text = *words();
    std::string field;
    for (std::size_t at = 0; at < text.size();) {
      const auto length = *rc::gen::inRange<std::size_t>(1, 40);
      const auto piece = std::string_view(text).substr(at, length);
      at += piece.size();
      if (!field.empty()) field += *rc::gen::elementOf(std::vector<std::string>{" ", "\r\n ", "\n\t", "  "});
      if (*rc::gen::arbitrary<bool>()) {
        field += "=?UTF-8?B?" + base64_line(piece) + "?=";
      } else {
        auto q = percent(piece);
        std::replace(q.begin(), q.end(), '%', '=');
        field += "=?utf-8?q?" + q + "?=";
      }
    }
    RC_ASSERT(decode_header(field) == text);
  });
}

TEST(MimeProperty, NamesInQuotesComeBack) {
  holds([] {
    std::vector<Mailbox> wanted;
    std::string field;
    const auto count = *rc::gen::inRange(1, 6);
    for (int i = 0; i < count; ++i) {
      auto name =
          *rc::gen::suchThat(words(), [](const std::string& text) { return text.find("=?") == std::string::npos; });
      const auto address = "user" + std::to_string(i) + "@example.org";
      if (i > 0) field += *rc::gen::elementOf(std::vector<std::string>{",", ", ", ",\r\n ", " , "});
      field += quoted_string(name) + " <" + address + ">";
      wanted.push_back({name, address, "", ""});
    }
    RC_ASSERT(parse_addresses(field).mailboxes == wanted);
  });
}

TEST(MimeProperty, ContinuationsComeBackInAnyOrder) {
  holds([] {
    const auto text = *words();
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < text.size();) {
      const auto piece = text.substr(at, *rc::gen::inRange<std::size_t>(1, 20));
      at += piece.size();
      const auto number = std::to_string(pieces.size());
      pieces.push_back("; filename*" + number + "*=" + (pieces.empty() ? "utf-8'en'" : "") + percent(piece));
    }
    if (pieces.size() > 200) return;
    for (std::size_t i = pieces.size(); i-- > 1;)
      std::swap(pieces[i], pieces[*rc::gen::inRange<std::size_t>(0, i + 1)]);
    std::string field = "attachment";
    for (const auto& piece : pieces) field += piece;
    RC_ASSERT(parse_content_disposition(field).parameter("filename") == text);
  });
}

TEST(MimeProperty, DatesComeBack) {
  holds([] {
    const auto seconds = *rc::gen::inRange<std::int64_t>(-2'000'000'000, 4'000'000'000);
    const int offset = *rc::gen::inRange(-12 * 60, 14 * 60);
    using namespace std::chrono;
    const auto local = sys_seconds{std::chrono::seconds{seconds}} + minutes{offset};
    const year_month_day date{floor<days>(local)};
    const hh_mm_ss time{local - floor<days>(local)};
    static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[64];
    std::snprintf(text, sizeof text, "%u %s %d %02d:%02d:%02d %c%02d%02d", static_cast<unsigned>(date.day()),
                  kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()), offset < 0 ? '-' : '+', std::abs(offset) / 60,
                  std::abs(offset) % 60);
    const auto read = parse_date(text);
    RC_ASSERT(read.has_value());
    RC_ASSERT(to_ms(*read) == seconds * 1000);
  });
}

/// Writes a random tree of multiparts, and what its leaves say.
void write_tree(int depth, std::string& mail, std::vector<std::string>& leaves, int& boundaries) {
  const bool leaf = depth == 0 || *rc::gen::inRange(0, 3) == 0;
  if (leaf) {
    auto body = *words();
    if (body.starts_with("--")) body = "x" + body;
    mail += "Content-Type: text/plain; charset=utf-8\n\n" + body;
    leaves.push_back(body);
    return;
  }
  const auto boundary = "b" + std::to_string(boundaries++);
  mail += "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\n\npreamble\n";
  const auto parts = *rc::gen::inRange(1, 4);
  for (int i = 0; i < parts; ++i) {
    mail += "\n--" + boundary + *rc::gen::elementOf(std::vector<std::string>{"\n", " \t\n"});
    write_tree(depth - 1, mail, leaves, boundaries);
  }
  mail += "\n--" + boundary + "--" + *rc::gen::elementOf(std::vector<std::string>{"", "\nepilogue"});
}

TEST(MimeProperty, TreesOfPartsComeBack) {
  holds([] {
    std::string mail = "Subject: x\n";
    std::vector<std::string> wanted;
    int boundaries = 0;
    write_tree(4, mail, wanted, boundaries);
    for (const bool crlf : {false, true}) {
      std::string raw;
      for (const char c : mail) raw += crlf && c == '\n' ? std::string("\r\n") : std::string(1, c);
      const auto document = parse_entities(raw);
      std::vector<std::string> got;
      for (const auto& entity : document.entities)
        if (!entity.multipart) got.emplace_back(entity.body);
      RC_ASSERT(got == wanted);
      RC_ASSERT(document.defects.empty());
    }
  });
}

TEST(MimeProperty, NothingThatIsReadHasControlCharactersOrBadUtf8) {
  const auto clean = [](const std::string& text) {
    return is_utf8(text) && std::all_of(text.begin(), text.end(),
                                        [](char c) { return static_cast<unsigned char>(c) >= ' ' || c == '\t'; });
  };
  holds([&](const std::string& bytes) {
    RC_ASSERT(clean(decode_header(bytes)));
    for (const auto& mailbox : parse_addresses(bytes).mailboxes) RC_ASSERT(clean(mailbox.name) && clean(mailbox.group));
    for (const auto& parameter : parse_content_type(bytes).parameters) RC_ASSERT(is_utf8(parameter.value));
    for (const auto* const label : {"", "utf-8", "iso-2022-jp", "gb18030", "utf-16", "koi8-r"})
      RC_ASSERT(is_utf8(to_utf8(bytes, label)));
    parse_date(bytes);
  });
}

}  // namespace
}  // namespace orgo::mime
