// Our reading of RFC 5545's recurrence rules against libical, over random rules that libical can finish.
#include "base/recurrence.h"

#include <gtest/gtest.h>
#include <libical/ical.h>

#include <cstdlib>
#include <random>
#include <set>

namespace orgo {
namespace {

class Rules {
 public:
  explicit Rules(std::uint64_t seed) : random_(seed) {}
  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  std::string numbers(std::string_view name, int least, int most, bool negative) {
    std::string out = ";" + std::string(name) + "=";
    // No doubles: libical repeats the days of those.
    std::set<std::string> items;
    for (std::uint64_t i = 0, n = 1 + below(3); i < n; ++i)
      items.insert((negative && below(3) == 0 ? "-" : "") +
                   std::to_string(least + static_cast<int>(below(static_cast<std::uint64_t>(most - least + 1)))));
    return out + joined(items);
  }
  std::string weekdays(bool ordinals, int most, std::uint64_t first = 0) {
    std::string out = ";BYDAY=";
    std::set<std::string> items;
    for (std::uint64_t i = 0, n = 1 + below(3); i < n; ++i) {
      static constexpr const char* names[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
      items.insert(
          (ordinals ? (below(2) == 0 ? "-" : "") + std::to_string(1 + below(static_cast<std::uint64_t>(most))) : "") +
          names[first + below(7 - first)]);
    }
    return out + joined(items);
  }
  std::string rule() {
    std::string out;
    const auto kind = below(4);
    static constexpr const char* names[] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
    out = std::string("FREQ=") + names[kind];
    if (below(2) == 0) out += ";INTERVAL=" + std::to_string(1 + below(4));
    if (below(3) == 0) out += ";COUNT=" + std::to_string(1 + below(30));
    if (below(4) == 0) out += ";WKST=SU";
    const bool months = below(3) == 0;
    if (months) out += numbers("BYMONTH", 1, 12, false);
    bool days = true;
    switch (kind) {
      case 0:
        days = false;
        if (below(3) == 0) out += weekdays(false, 1);
        break;
      // Every other Sunday is a week off in libical when the start is another day of that week; dateutil agrees with
      // us.
      case 1:
        if (below(2) == 0) out += weekdays(false, 1, 1);
        else days = false;
        break;
      case 2:
        if (const auto what = below(3); what == 0) out += numbers("BYMONTHDAY", 1, 31, true);
        else if (what == 1) out += weekdays(below(2) == 0, 5);
        else days = false;
        break;
      default:
        // Without BYMONTH libical takes the day in the month of the start only, where RFC 5545's table says "expand".
        if (const auto what = below(4); what == 0 && months) out += numbers("BYMONTHDAY", 1, 31, true);
        else if (what == 1) out += weekdays(below(2) == 0, months ? 5 : 53);
        else if (what == 2 && !months) out += numbers("BYYEARDAY", 1, 366, true);
        else days = false;
    }
    // 8 and -24 may be one day, which libical then counts twice.
    const bool doubles = out.find("=-") != std::string::npos || out.find(",-") != std::string::npos;
    if (days && !doubles && kind >= 2 && below(4) == 0) out += numbers("BYSETPOS", 1, 3, true);
    return out;
  }

 private:
  static std::string joined(const std::set<std::string>& items) {
    std::string out;
    for (const auto& item : items) out += (out.empty() ? "" : ",") + item;
    return out;
  }

  std::mt19937_64 random_;
};

TEST(RecurrenceAgainstLibical, RandomRules) {
  const char* set = std::getenv("ORGO_TEST_SEED");
  const auto seed = set != nullptr ? std::strtoull(set, nullptr, 10) : std::random_device{}();
  std::printf("ORGO_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
  Rules rules(seed);
  int differ = 0, refused = 0;
  constexpr int kRules = 1'000;  // libical takes most of the time: a rule that never matches is walked to 2582
  for (int i = 0; i < kRules; ++i) {
    const auto text = rules.rule();
    const auto start =
        LocalTime{*parse_local_day("2015-01-01") + std::chrono::days{rules.below(2'000)}} + std::chrono::hours{9};
    const LocalTime end{*parse_local_day("2024-01-01")};
    std::vector<std::string> theirs, ours;
    auto rule = icalrecurrencetype_from_string(text.c_str());
    auto dtstart = to_string(start);
    std::erase_if(dtstart, [](char c) { return c == '-' || c == ':'; });
    auto* iterator = icalrecur_iterator_new(rule, icaltime_from_string(dtstart.c_str()));
    if (iterator == nullptr) {  // libical refuses some that RFC 5545 allows
      ++refused;
      continue;
    }
    for (auto next = icalrecur_iterator_next(iterator); !icaltime_is_null_time(next) && next.year < 2024;
         next = icalrecur_iterator_next(iterator)) {
      char buffer[32];
      std::snprintf(buffer, sizeof buffer, "%04d-%02d-%02dT%02d:00:00", next.year, next.month, next.day, next.hour);
      theirs.emplace_back(buffer);
    }
    icalrecur_iterator_free(iterator);
    RecurrenceBudget budget;
    const auto parsed = parse_recurrence(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
    const auto times = expand(*parsed, start, start, end, 100'000, budget);
    ASSERT_TRUE(times) << text;
    for (const auto time : *times) ours.push_back(to_string(time));
    if (ours == theirs) continue;
    if (++differ <= 10) {
      std::string shown;
      for (std::size_t k = 0; k < 8; ++k)
        shown += "\n  " + (k < ours.size() ? ours[k] : "-") + "  " + (k < theirs.size() ? theirs[k] : "-");
      std::printf("%s from %s: %zu, libical %zu%s\n", text.c_str(), dtstart.c_str(), ours.size(), theirs.size(),
                  shown.c_str());
    }
  }
  std::printf("%d rules, %d of them refused by libical\n", kRules, refused);
  EXPECT_EQ(differ, 0) << "of " << kRules;
  EXPECT_LT(refused, kRules / 10);
}

}  // namespace
}  // namespace orgo
