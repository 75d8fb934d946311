// The silence alarm (I8): how often it is wrong in a year in which nothing stopped, and how long a source that stopped
// stays unnoticed. Traffic is random, with nights, weekends, bursts, and eleven days a year with a tenth of the mail
// that nobody announced. Prints JSON lines. Usage: silence_bench [YEARS]
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "tests/support/mail_traffic.h"

int main(int count, char** arguments) {
  const int years = count > 1 ? std::max(1, std::atoi(arguments[1])) : 20;
  const orgo::silence::Settings settings;
  for (const bool office : {true, false})
    for (const double per_day : {5.0, 20.0, 100.0, 1000.0}) {
      const orgo::silence::Traffic traffic{.per_day = per_day, .office_hours = office};
      int alarms = 0;
      for (int i = 0; i < years; ++i)
        alarms += orgo::silence::false_alarms(traffic, 100 + static_cast<std::uint64_t>(i), settings);
      std::vector<double> hours;
      for (int i = 0; i < 21; ++i)
        hours.push_back(orgo::silence::hours_to_alarm(traffic, 500 + static_cast<std::uint64_t>(i), settings, 90));
      std::sort(hours.begin(), hours.end());
      std::printf(
          "{\"bench\":\"silence\",\"mails_per_day\":%g,\"hours\":\"%s\",\"false_alarms_per_year\":%.2f,\"hours_to_"
          "alarm_median\":%.1f,"
          "\"hours_to_alarm_worst\":%.1f}\n",
          per_day, office ? "office" : "all", static_cast<double>(alarms) / years, hours[hours.size() / 2],
          hours.back());
    }
}
