#include "core/calendar/due_words.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/planted.h"
#include "base/text.h"

namespace orgo {
namespace {

/// A word, and what stands for it.
constexpr auto kWords = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"a", "1"},
    {"an", "1"},
    {"ein", "1"},
    {"eine", "1"},
    {"einem", "1"},
    {"einen", "1"},
    {"einer", "1"},
    {"zwei", "2"},
    {"drei", "3"},
    {"heute", "today"},
    {"morgen", "tomorrow"},
    {"\u00fcbermorgen", "the day after tomorrow"},
    {"\u00dcbermorgen", "the day after tomorrow"},
    {"uebermorgen", "the day after tomorrow"},
    {"montag", "monday"},
    {"dienstag", "tuesday"},
    {"mittwoch", "wednesday"},
    {"donnerstag", "thursday"},
    {"freitag", "friday"},
    {"samstag", "saturday"},
    {"sonnabend", "saturday"},
    {"sonntag", "sunday"},
    {"n\u00e4chste", "next"},
    {"n\u00e4chsten", "next"},
    {"n\u00e4chster", "next"},
    {"naechste", "next"},
    {"naechsten", "next"},
    {"kommenden", "next"},
    {"um", "at"},
    {"mittag", "noon"},
    {"mittags", "noon"},
    {"minute", "minutes"},
    {"minuten", "minutes"},
    {"stunde", "hours"},
    {"stunden", "hours"},
    {"std", "hours"},
    {"tag", "days"},
    {"tage", "days"},
    {"tagen", "days"},
    {"woche", "weeks"},
    {"wochen", "weeks"},
    {"monat", "months"},
    {"monate", "months"},
    {"monaten", "months"},
    {"jahr", "years"},
    {"jahre", "years"},
    {"jahren", "years"},
    {"werktag", "business days"},
    {"werktage", "business days"},
    {"werktagen", "business days"},
    {"arbeitstag", "business days"},
    {"arbeitstage", "business days"},
    {"arbeitstagen", "business days"},
    {"arbeitsstunde", "business hours"},
    {"arbeitsstunden", "business hours"},
    {"keine", "none"},
    {"keins", "none"},
});

constexpr std::string_view kClock = "uhr";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool begins_with_digit(std::string_view word) {
  return !word.empty() && is_digit(word.front());
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

/// "1,5" is "1.5", and what else has a comma behind it has none.
std::string without_commas(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] != ',') out += text[i];
    else if (i > 0 && is_digit(text[i - 1]) && i + 1 < text.size() && is_digit(text[i + 1])) out += '.';
    else out += ' ';
  return out;
}

/// "9.30" of a clock is "9:30".
std::string shown_by_clock(std::string word) {
  std::ranges::replace(word, '.', ':');
  return word;
}

/// "9 uhr", "9uhr", "9.30 uhr", "9 uhr 30": "at 9", "at 9:30".
std::vector<std::string> with_clock(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  const auto add_time = [&](std::string time) {
    if (out.empty() || out.back() != "at") out.emplace_back("at");
    out.push_back(shown_by_clock(std::move(time)));
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    const bool apart = i + 1 < words.size() && words[i + 1] == kClock && begins_with_digit(word);
    const bool together = begins_with_digit(word) && word.size() > kClock.size() && word.ends_with(kClock);
    if (!apart && !together) {
      out.push_back(word);
      continue;
    }
    auto time = together ? word.substr(0, word.size() - kClock.size()) : word;
    if (apart) ++i;
    if (i + 1 < words.size() && words[i + 1].size() == 2 && all_digits(words[i + 1])) time += ":" + words[++i];
    add_time(std::move(time));
  }
  return out;
}

}  // namespace

std::string plain_due_words(std::string_view text) {
  std::vector<std::string> words;
  const auto plain = without_commas(ascii_lower(text));
  for (const auto one : split(plain, ' ')) {
    if (one.empty()) continue;
    const auto known = std::ranges::find(kWords, std::string_view(one), [](const auto& entry) { return entry.first; });
    // "am Freitag"; "9 am" stays.
    if (words.empty() && one == "am") words.emplace_back("on");
    else
      words.emplace_back(known == kWords.end() || ORGO_PLANT(times_are_english) ? std::string(one)
                                                                                : std::string(known->second));
  }
  return join(with_clock(words), " ");
}

std::string why_ambiguous(std::string_view text) {
  for (const auto word : split(text, ' ')) {
    const auto comma = word.find(',');
    if (comma != std::string_view::npos && all_digits(word.substr(0, comma)) && word.size() == comma + 4 &&
        all_digits(word.substr(comma + 1)))
      return "may be a thousand times as much; write it without the comma";
    if (!begins_with_digit(word) || word.find('/') == std::string_view::npos) continue;
    const auto parts = split(word, '/');
    const bool is_date = parts.size() >= 2 && parts.size() <= 3 && all_digits(parts[0]) && all_digits(parts[1]);
    if (!is_date || ORGO_PLANT(dates_with_slashes_are_guessed)) continue;
    return "may be a day and a month or a month and a day; write it as in 2026-12-24 or 24.12.2026";
  }
  return {};
}

}  // namespace orgo
