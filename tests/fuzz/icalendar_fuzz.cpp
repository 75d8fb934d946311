// iCalendar files of strangers: read, and followed over some years.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/icalendar.h"
#include "core/calendar/holidays.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace orgo;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)parse_recurrence(text.substr(0, 4096));
  if (const auto calendar = read_icalendar(text)) {
    IcalHorizon horizon{from_ms(1'700'000'000'000), from_ms(1'800'000'000'000), 1'000};
    horizon.budget.left = 100'000;
    (void)occurrences(*calendar, horizon, TimeZone());
  }
  return 0;
}
