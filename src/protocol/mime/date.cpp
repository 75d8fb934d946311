#include "protocol/mime/date.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/planted.h"
#include "base/text.h"
#include "base/time_zone.h"
#include "base/work.h"
#include "protocol/mime/date_words.h"
#include "protocol/mime/encoded_word.h"

namespace orgo::mime {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

struct Fields {
  std::array<int, 4> numbers{};  ///< day and year, in the order found (and the month, where it is a number)
  std::array<int, 4> digits{};   ///< how many digits each had
  std::size_t count = 0;
  int month = 0;
  bool month_first = false;  ///< the month's name came before any number: "Jul 1 2003"
  int hour = -1, minute = 0, second = 0, millis = 0;
  int offset = 0;
  bool has_zone = false;
  int comment_offset = 0;  ///< of a zone in parentheses, for when there is no other
  std::string_view comment_place;
  std::string_view place;  ///< the zone as an IANA name
  int half = 0;            ///< 1: AM, 2: PM
  bool dashes = false;
  bool slashes = false;
};

/// What nearly all mailers write (RFC 5322, section 3.3): "Tue, 01 Jul 2025 10:52:37 +0200", the day of the week
/// optional, one digit for a day as good as two, a comment behind it. Nothing: see DateReader.
std::optional<TimePoint> usual_date(std::string_view text) {
  const auto two = [&](std::size_t at) {
    return is_digit(text[at]) && is_digit(text[at + 1]) ? (text[at] - '0') * 10 + (text[at + 1] - '0') : -1;
  };
  if (text.size() > 5 && text[3] == ',' && text[4] == ' ') {
    if (!is_weekday(text.substr(0, 3))) return std::nullopt;
    text.remove_prefix(5);
  }
  if (text.size() < 25 || !is_digit(text[0])) return std::nullopt;
  const bool short_day = text[1] == ' ';
  const int day = short_day ? text[0] - '0' : two(0);
  text.remove_prefix(short_day ? 1 : 2);  // " Jul 2025 10:52:37 +0200"
  const auto ends = [&] { return text.size() == 24 || text[24] == ' ' || text[24] == '\r' || text[24] == '\n'; };
  if (text.size() < 24 || text[0] != ' ' || text[4] != ' ' || text[9] != ' ' || text[12] != ':' || text[15] != ':' ||
      text[18] != ' ' || (text[19] != '+' && text[19] != '-') || !ends())
    return std::nullopt;
  const auto rest = trim(text.substr(24));  // a comment, which says nothing
  if (!rest.empty() && (rest.front() != '(' || rest.find_first_of("()\\", 1) != rest.size() - 1 || rest.back() != ')'))
    return std::nullopt;
  const int month = month_of(text.substr(1, 3)), century = two(5), years = two(7), hour = two(10), minute = two(13),
            second = two(16), zone_hours = two(20), zone_minutes = two(22);
  if (day < 1 || month == 0 || century < 19 || years < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
      second < 0 || second > 59 || zone_hours < 0 || zone_hours > 23 || zone_minutes < 0 || zone_minutes > 59)
    return std::nullopt;
  using namespace std::chrono;
  const year_month_day date{year{century * 100 + years}, std::chrono::month{static_cast<unsigned>(month)},
                            std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  const minutes offset{(text[19] == '-' ? -1 : 1) * (zone_hours * 60 + zone_minutes)};
  return TimePoint{sys_days{date}} + hours{hour} + minutes{minute} + seconds{second} - offset;
}

class DateReader {
 public:
  explicit DateReader(std::string_view text) : text_(text) {}

  std::optional<TimePoint> run() {
    while (at_ < text_.size() && good_) step();
    if (!good_) return std::nullopt;
    return make();
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void step() {
    const char c = peek();
    if (c == '(') {
      read_comment();
    } else if (const auto minus = minus_length(); minus > 0 && is_digit(peek(minus)) && f_.hour >= 0) {
      at_ += minus - 1;
      read_offset(-1);
    } else if (is_digit(c)) {
      read_number();
    } else if (is_alpha(c)) {
      read_word();
    } else if ((c == '+' || c == '-') && is_digit(peek(1)) && f_.hour >= 0) {
      read_offset(c == '-' ? -1 : 1);
    } else {
      if (c == '-') f_.dashes = true;
      if (c == '/') f_.slashes = true;
      ++at_;
    }
  }

  /// The minus sign and the dashes that word processors put in the place of "-": how many bytes; 0: none.
  std::size_t minus_length() const {
    for (const std::string_view minus : {"\u2212", "\u2013", "\u2010", "\u2011"})
      if (text_.substr(at_).starts_with(minus)) return minus.size();
    return 0;
  }

  /// "(CET)": a remark, and the zone where no other is told.
  void read_comment() {
    const auto begin = at_;
    skip_comment();
    if (f_.hour < 0 || f_.has_zone || at_ < begin + 2) return;
    const auto word = trim(text_.substr(begin + 1, at_ - begin - 2));
    if (const auto minutes = minutes_of_zone(word)) f_.comment_offset = *minutes;
    else if (const auto place = place_of_windows_zone(word); !place.empty()) f_.comment_place = place;
  }

  void skip_comment() {
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '\\' && at_ < text_.size()) {
        ++at_;
      } else if (c == '(') {
        ++depth;
      } else if (c == ')' && --depth == 0) {
        return;
      }
    }
  }

  /// Up to 9 digits; more are no date.
  int number(int& digits) {
    int value = 0;
    digits = 0;
    while (is_digit(peek())) {
      if (++digits > 9) {
        good_ = false;
        return 0;
      }
      value = value * 10 + (text_[at_++] - '0');
    }
    return value;
  }

  void read_number() {
    int digits = 0;
    const int value = number(digits);
    if (digits == 8 && f_.count == 0 && f_.month == 0) {  // ISO 8601 without its dashes: 20030701T105237Z
      f_.numbers = {value / 10'000, value / 100 % 100, value % 100};
      f_.digits = {4, 2, 2};
      f_.count = 3;
      return;
    }
    const bool has_day = f_.count + (f_.month != 0) >= 3;
    if (has_day && f_.hour < 0 && digits == 6) {
      f_.hour = value / 10'000;
      f_.minute = value / 100 % 100;
      f_.second = value % 100;
      return;
    }
    if (has_day && f_.hour >= 0 && digits == 4 && !f_.has_zone) {  // a zone without its sign
      f_.offset = value / 100 * 60 + value % 100;
      f_.has_zone = true;
      return;
    }
    const char c = peek();
    const bool more = is_digit(peek(1));
    if (f_.hour < 0 && digits <= 2 && hour_mark() > 0) {
      read_marked_time(value);
      return;
    }
    // hh:mm, or hh.mm where a date can't be meant any more.
    if (f_.hour < 0 && digits <= 2 && more && (c == ':' || (c == '.' && has_day))) {
      read_time(value, c);
      return;
    }
    if (f_.count < f_.numbers.size()) {
      f_.numbers[f_.count] = value;
      f_.digits[f_.count] = digits;
      ++f_.count;
    }
  }

  /// How many bytes at at_, with the spaces around them, say that an hour stands before and minutes behind: "15h05",
  /// "15 h 05", "15時05分", "15시 5분"; 0: none.
  [[nodiscard]] std::size_t hour_mark() const {
    const auto blanks = [&](std::size_t at) {
      std::size_t count = 0;
      while (text_.substr(at + count).starts_with(' ')) ++count;
      return count;
    };
    const auto before = blanks(at_);
    for (const std::string_view mark : {"h", "H", "Uhr", "時", "时", "点", "點", "시"}) {
      if (!text_.substr(at_ + before).starts_with(mark)) continue;
      const auto all = before + mark.size() + blanks(at_ + before + mark.size());
      return is_digit(peek(all)) ? all : 0;
    }
    return 0;
  }

  void read_marked_time(int hour) {
    f_.hour = hour;
    at_ += hour_mark();
    int digits = 0;
    f_.minute = number(digits);
    const auto behind_blanks = [&](std::size_t at) {
      while (text_.substr(at).starts_with(' ')) ++at;
      return at;
    };
    const auto begin = behind_blanks(at_);
    for (const std::string_view mark : {"分钟", "分", "분", "min", ":", ".", "m", "'", "h"}) {
      if (!text_.substr(begin).starts_with(mark)) continue;
      const auto next = behind_blanks(begin + mark.size());
      const bool word = mark.size() > 1;
      const bool apart = begin > at_ || next > begin + mark.size();
      if (next >= text_.size() || !is_digit(text_[next]) || (apart && !word)) return;
      at_ = next;
      f_.second = number(digits);
      return;
    }
  }

  void read_time(int hour, char separator) {
    f_.hour = hour;
    ++at_;
    int digits = 0;
    f_.minute = number(digits);
    if (peek() == separator && is_digit(peek(1))) {
      ++at_;
      f_.second = number(digits);
      if ((peek() == '.' || peek() == ',') && is_digit(peek(1))) {
        ++at_;
        int scale = 100;
        while (is_digit(peek())) {
          f_.millis += (text_[at_++] - '0') * scale;
          scale /= 10;
        }
      }
    }
  }

  void read_word() {
    const auto begin = at_;
    while (is_alpha(peek())) ++at_;
    const auto word = text_.substr(begin, at_ - begin);
    // "mar" is Tuesday, too, and "mar, 16 Nov" names its month later.
    const bool may_be_month = f_.month == 0 || (f_.month_first && f_.count == 1 && f_.hour < 0);
    if (const int month = may_be_month && f_.hour < 0 ? any_month_of(word)
                          : may_be_month              ? month_of(word)
                                                      : 0;
        month != 0 && !(is_weekday(word) && f_.count == 0 && word.size() > 9)) {
      f_.month = month;
      f_.month_first = f_.count == 0;
      return;
    }
    if (is_weekday(word)) return;
    for (const std::string_view unit : {"年", "月", "日", "년", "월", "일",    "de",  "of",   "г",   "um",  "à",  "kl",
                                        "at", "st", "nd", "rd", "th", "tháng", "thg", "ngày", "năm", "del", "den"})
      if (ascii_iequals(word, unit)) return;
    if (ascii_iequals(word, "am") || word == "上午" || word == "午前" || word == "오전") {
      f_.half = 1;
      return;
    }
    if (ascii_iequals(word, "pm") || word == "下午" || word == "午後" || word == "오후") {
      f_.half = 2;
      return;
    }
    if (f_.hour >= 0 && !f_.has_zone && peek() == '/' && is_alpha(peek(1))) {  // "Europe/Berlin"
      while (is_alpha(peek()) || peek() == '/' || peek() == '_' || peek() == '-') ++at_;
      f_.place = text_.substr(begin, at_ - begin);
      f_.has_zone = true;
      return;
    }
    if (f_.hour >= 0 && !f_.has_zone) {
      if (ascii_iequals(word, "daylight") || ascii_iequals(word, "summer")) return;
      if (const auto place = place_of_windows_zone(text_.substr(begin)); !place.empty()) {
        f_.place = place;
        f_.has_zone = true;
        at_ = text_.size();  // its words are no months
        return;
      }
      if (const auto minutes = minutes_of_zone(word)) {
        f_.offset = *minutes;
        // "Pacific Daylight Time"
        if (word.size() > 6 && ascii_lower(text_.substr(at_, 12)).find("daylight") != std::string::npos)
          f_.offset += 60;
        if (text_.substr(at_).starts_with(" DST")) f_.offset += 60;        // "MET DST"
        f_.has_zone = *minutes != 0 || !(peek() == '+' || peek() == '-');  // "GMT+0200" goes on
        return;
      }
      return;  // an unknown zone is UTC (RFC 5322, section 4.3)
    }
    if (word.size() == 1 && (word[0] | 0x20) == 't') return;           // ISO 8601: 2003-07-01T10:52
    if (f_.hour < 0 && f_.month == 0 && f_.count == 1) good_ = false;  // "13 zzz 2021"
  }

  void read_offset(int sign) {
    ++at_;
    int digits = 0;
    const int value = number(digits);
    if (f_.has_zone) return;
    int hours = value, minutes = 0;
    if (peek() == ':' && is_digit(peek(1))) {
      ++at_;
      int minute_digits = 0;
      minutes = number(minute_digits);
    } else if (digits > 2) {
      hours = value / 100;
      minutes = value % 100;
    }
    if (hours > 23 || minutes > 59) {  // nonsense is UTC, as "-0000" is
      hours = minutes = 0;
    }
    f_.offset = ORGO_PLANT(half_hours_only_in_the_east) ? sign * hours * 60 + minutes : sign * (hours * 60 + minutes);
    f_.has_zone = true;
  }

  static int full_year(int year, int digits) {
    if (digits >= 4) return year;
    if (digits == 3) return year + 1900;
    return year < 50 ? year + 2000 : year + 1900;
  }

  std::optional<TimePoint> make() {
    int day = 0, month = f_.month, year = 0, year_digits = 4;
    if (month != 0) {
      if (f_.count < 2) return std::nullopt;
      // "1 Jul 2003", "Jul 1 2003", "2003 Jul 1".
      const std::size_t y = f_.digits[0] >= 3 ? 0 : 1;
      year = f_.numbers[y];
      year_digits = f_.digits[y];
      day = f_.numbers[1 - y];
    } else {
      if (f_.count < 3) return std::nullopt;
      if (f_.digits[0] == 4) {  // 2003-07-01
        year = f_.numbers[0];
        month = f_.numbers[1];
        day = f_.numbers[2];
      } else {
        // 7/1/2003 is American; 1.7.2003 and 1-7-2003 are not; and what can't be a month is a day.
        const bool american = f_.slashes ? f_.numbers[0] <= 12 : f_.numbers[1] > 12;
        month = f_.numbers[american ? 0 : 1];
        day = f_.numbers[american ? 1 : 0];
        year = f_.numbers[2];
        year_digits = f_.digits[2];
      }
    }
    year = full_year(year, year_digits);
    int hour = f_.hour < 0 ? 0 : f_.hour;
    if (f_.half == 1 && hour == 12) hour = 0;
    if (f_.half == 2 && hour < (ORGO_PLANT(noon_is_midnight) ? 13 : 12)) hour = (hour + 12) % 24;
    if (f_.second == 60) f_.second = 59;  // a leap second
    if (year < 1900 || year > 9999 || hour > 24 || f_.minute > 59 || f_.second > 59) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return std::nullopt;
    using namespace std::chrono;
    const auto shown =
        TimePoint{sys_days{date}} + hours{hour} + minutes{f_.minute} + seconds{f_.second} + milliseconds{f_.millis};
    if (!f_.has_zone) f_.place = f_.comment_place;
    if (!f_.place.empty())
      if (const auto zone = TimeZone::find(f_.place)) return zone->to_utc(LocalTime{shown.time_since_epoch()});
    return shown - minutes{f_.has_zone ? f_.offset : f_.comment_offset};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Fields f_;
  bool good_ = true;
};

/// A program wrote the clock of its machine: "1794813161", of 2001 to 2100.
std::optional<TimePoint> seconds_since_1970(std::string_view text) {
  std::int64_t seconds = 0;
  if (text.size() != 10 || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  for (const char c : text) seconds = seconds * 10 + (c - '0');
  return seconds < 4'102'444'800 ? std::optional(TimePoint{std::chrono::seconds{seconds}}) : std::nullopt;
}

}  // namespace

std::optional<TimePoint> parse_date(std::string_view value) {
  if (const auto at = seconds_since_1970(trim(value))) return at;
  if (value.find("=?") != std::string_view::npos) return DateReader(decode_header(value.substr(0, 1024))).run();
  value = value.substr(0, 1024);  // a date with comments is much shorter
  count_work(value.size());
  if (const auto date = usual_date(trim(value))) return date;
  return DateReader(value).run();
}

}  // namespace orgo::mime
