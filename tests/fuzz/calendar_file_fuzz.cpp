// Files of calendars, service levels, teams and rotas; and what the calendars then answer.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/calendar/calendar_file.h"
#include "core/calendar/calendar_rows.h"
#include "core/rules/rule_set.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace orgo;
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::vector<Diagnostic> errors;
  const auto calendars = read_calendar_file({"calendars.yaml", text}, {}, errors);
  for (const auto& [name, calendar] : calendars.all()) {
    const auto at = from_ms(1'790'000'000'000);
    (void)add_business_time(calendar, at, std::chrono::hours{100});
    (void)business_time_between(calendar, at, at + std::chrono::hours{10'000});
    (void)next_close(calendar, at);
    (void)previous_close(calendar, at);
  }
  (void)answer_table(text, calendars);
  (void)rules::load_rules({{"rules.yaml", text}});
  return 0;
}
