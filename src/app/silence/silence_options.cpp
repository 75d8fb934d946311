#include "app/silence/silence_options.h"

#include "app/options/checks.h"

namespace orgo {

void declare(OptionSet& options, SilenceConfig& silence) {
  options
      .section("silence",
               "The silence alarm: mail that stops to come opens a task for the administrators, though nothing failed "
               "(docs/mailboxes.md).")
      .boolean(
          {"silence.alarm", "Learn how often mail comes through each mailbox and door, and raise the alarm.", "true"},
          silence.alarm)
      .list({"silence.holidays", "Days on which silence means nothing.", "[2026-12-25, 2026-12-26]"}, silence.holidays,
            option::check_day)
      .text({"silence.calendar",
             "The calendar of the rules on whose holidays and closed days silence means nothing, too. Empty: the "
             "default one; none: silence.holidays alone.",
             "office"},
            silence.calendar, option::check_one_line);
}

}  // namespace orgo
