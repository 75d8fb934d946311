#include "core/calendar/calendar.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "base/planted.h"
#include "base/same_text.h"
#include "base/text.h"
#include "core/contact/mail_address.h"

namespace orgo {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::weekday;

std::optional<int> minute_of_day(std::string_view text) {
  text = trim(text);
  // "8", "8:30", "08:30", "24:00"
  const auto colon = text.find(':');
  const auto number = [](std::string_view digits) -> std::optional<int> {
    if (digits.empty() || digits.size() > 2) return std::nullopt;
    int value = 0;
    for (const char c : digits) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  const auto hour = number(text.substr(0, colon));
  const auto minute = colon == std::string_view::npos ? 0 : number(text.substr(colon + 1));
  if (!hour || !minute || *minute > 59 || (colon != std::string_view::npos && text.size() - colon != 3))
    return std::nullopt;
  const int value = *hour * 60 + *minute;
  return value <= 24 * 60 ? std::optional(value) : std::nullopt;
}

/// Sorted, with what overlaps or touches made one.
void merge(std::vector<Calendar::Hours>& hours) {
  std::sort(hours.begin(), hours.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
  std::vector<Calendar::Hours> merged;
  for (const auto& h : hours) {
    if (!merged.empty() && h.from <= merged.back().to) merged.back().to = std::max(merged.back().to, h.to);
    else merged.push_back(h);
  }
  hours = std::move(merged);
}

constexpr Millis kDay = days{1};

/// A day's hours of its own slots, and of those of the day before that go over midnight.
std::vector<Calendar::Hours> hours_from(const std::vector<Slot>& own, const std::vector<Slot>& before) {
  std::vector<Calendar::Hours> hours;
  for (const auto& slot : own) hours.push_back({minutes{slot.from}, std::min<Millis>(minutes{slot.to}, kDay)});
  for (const auto& slot : before)
    if (minutes{slot.to} > kDay) hours.push_back({Millis{0}, minutes{slot.to} - kDay});
  merge(hours);
  return hours;
}

}  // namespace

std::optional<Slot> parse_slot(std::string_view text) {
  auto dash = text.find('-');
  std::size_t length = 1;
  if (dash == std::string_view::npos) {
    dash = text.find("\xE2\x80\x93");  // an en dash, as programs for writing make it
    length = 3;
  }
  if (dash == std::string_view::npos) return std::nullopt;
  const auto from = minute_of_day(text.substr(0, dash)), to = minute_of_day(text.substr(dash + length));
  if (!from || !to || *from == 24 * 60 || *from == *to) return std::nullopt;
  return Slot{*from, *to > *from ? *to : *to + 24 * 60};
}

std::string to_string(Slot slot) {
  char text[16];
  const int to = slot.to > 24 * 60 ? slot.to - 24 * 60 : slot.to;
  std::snprintf(text, sizeof text, "%02d:%02d-%02d:%02d", slot.from / 60 % 100, slot.from % 60, to / 60 % 100, to % 60);
  return text;
}

Calendar::Calendar() {
  static const auto always = [] {
    CalendarPlan plan;
    for (auto& day : plan.week) day = {{0, 24 * 60}};
    return Calendar(std::move(plan));
  }();
  days_ = always.days_;
}

Calendar::Calendar(CalendarPlan plan) {
  auto made = std::make_shared<Days>();
  for (unsigned day = 0; day < 7; ++day) {
    made->week[day] = hours_from(plan.week[day], plan.week[(day + 6) % 7]);
    for (const auto& h : made->week[day]) made->week_total += h.to - h.from;
  }
  const auto slots_of = [&](LocalDay day) -> const std::vector<Slot>& {
    const auto special = plan.days.find(day);
    return special != plan.days.end() ? special->second.slots : plan.week[weekday{day}.c_encoding()];
  };
  // A special day also changes the next one, when its slots or those that it replaces go over midnight.
  std::set<LocalDay> changed;
  for (const auto& [day, unused] : plan.days) {
    changed.insert(day);
    if (!ORGO_PLANT(night_into_a_holiday_stays)) changed.insert(day + days{1});
  }
  for (const auto day : changed) {
    auto hours = hours_from(slots_of(day), slots_of(day - days{1}));
    if (hours != made->week[weekday{day}.c_encoding()]) made->special.emplace_back(day, std::move(hours));
  }
  made->plan = std::move(plan);
  days_ = std::move(made);
}

std::span<const Calendar::Hours> Calendar::hours_of(LocalDay day) const {
  const auto& special = days_->special;
  const auto found =
      std::lower_bound(special.begin(), special.end(), day, [](const auto& s, LocalDay d) { return s.first < d; });
  if (found != special.end() && found->first == day) return found->second;
  return days_->week[weekday{day}.c_encoding()];
}

std::optional<LocalDay> Calendar::next_special(LocalDay day) const {
  const auto& special = days_->special;
  const auto found =
      std::lower_bound(special.begin(), special.end(), day, [](const auto& s, LocalDay d) { return s.first < d; });
  return found == special.end() ? std::nullopt : std::optional(found->first);
}

bool operator==(const Calendar& a, const Calendar& b) {
  return a.days_ == b.days_ ||
         (a.days_->plan.zone == b.days_->plan.zone && a.days_->week == b.days_->week &&
          a.days_->special == b.days_->special && a.days_->plan.conventions == b.days_->plan.conventions);
}

void Calendars::add(Calendar calendar) {
  for (const auto& customer : calendar.plan().customers)
    by_customer_.try_emplace(address_key(customer), calendar.name());
  by_name_.insert_or_assign(calendar.name(), std::move(calendar));
}

const Calendar* Calendars::find(std::string_view name) const {
  auto found = by_name_.find(name);
  if (found == by_name_.end())
    found = std::ranges::find_if(by_name_, [&](const auto& entry) { return is_same_spelling(entry.first, name); });
  return found == by_name_.end() ? nullptr : &found->second;
}

const Calendar& Calendars::standard() const {
  static const Calendar always;
  const auto* const found = find(default_);
  return found != nullptr ? *found : always;
}

const Calendar* Calendars::of_exactly(std::string_view customer) const {
  const auto found = by_customer_.find(address_key(customer));
  return found == by_customer_.end() ? nullptr : find(found->second);
}

const Calendar* Calendars::of_customer(std::string_view address) const {
  if (by_customer_.empty()) return nullptr;
  const auto folded = address_key(address);
  const auto look = [&](std::string_view key) -> const Calendar* {
    const auto found = by_customer_.find(key);
    return found == by_customer_.end() ? nullptr : find(found->second);
  };
  if (const auto* found = look(folded)) return found;
  const auto at = folded.rfind('@');
  if (at == std::string::npos) return nullptr;
  for (auto domain = folded.substr(at + 1);;) {
    if (const auto* found = look("@" + domain)) return found;
    const auto dot = domain.find('.');
    if (dot == std::string::npos) return nullptr;
    domain.erase(0, dot + 1);
  }
}

}  // namespace orgo
