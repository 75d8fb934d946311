#include <memory>

#include "app/command_line/subcommands.h"

namespace orgo {

void add_calendar(Command& root) {
  const auto options = std::make_shared<CalendarOptions>();
  auto calendar = root.add("calendar", "Compute by hand what business calendars say",
                           "  orgo calendar due --calendar rules.yaml '2026-12-23 15:00' '4 hours'\n"
                           "  orgo calendar open --calendar calendars.yaml '2026-12-24T09:00:00Z'\n"
                           "  orgo calendar due --calendar calendars.yaml --batch questions.csv");
  calendar.require_subcommand();
  const auto action = [&](const std::string& name, const std::string& help, const std::string& examples) {
    auto command = calendar.add(name, help, examples);
    command.own(options->common);
    command
        .option("--calendar", options->files,
                "File of calendars (YAML or JSON) or rules; without it, the configured rules")
        .type_name("FILE")
        .one_each();
    command.option("--name", options->name, "Which calendar; without it, the default or the only one");
    command.on_run([options, name] {
      options->action = name;
      return cmd_calendar(*options);
    });
    return command;
  };
  const auto question = [&](Command command) {
    command
        .option("--batch", options->batch,
                "Answer all rows of a CSV file, or of - : op,calendar,start,minutes,end,pauses,expected")
        .type_name("CSV");
    command.option("--pause", options->pauses, "Time that doesn't count: from/to; several times for several")
        .one_each();
    command.option("--end-of-slot", options->end_of_slot,
                   "A span used up at closing time ends then (close) or at the next opening (next_open)");
    command.option("--round", options->round, "none, minute (cut) or next_minute");
    return command;
  };
  auto due = question(action("due", "When a span of open time is over",
                             "  orgo calendar due --calendar calendars.yaml 2026-12-23T14:00:00Z '4 hours'\n"
                             "  orgo calendar due --calendar calendars.yaml '2026-12-23 15:00' 4h \\\n"
                             "      --pause '2026-12-23 16:00/2026-12-23 16:30'\n"
                             "  orgo calendar due --calendar calendars.yaml --batch questions.csv \\\n"
                             "      --end-of-slot next_open --round minute"));
  due.option("from", options->from, "From when: RFC 3339, or wall time in the calendar's zone");
  due.option("span", options->span, "How much open time: 2 hours, 1 h 30 min");
  auto between = question(action("between", "How much open time lies between two times",
                                 "  orgo calendar between --calendar calendars.yaml --name office \\\n"
                                 "      '2026-12-23 15:00' '2026-12-28 09:00'"));
  between.option("from", options->from, "From when");
  between.option("to", options->to, "Until when");
  question(action("open", "Is it open then, and when does it open and close next",
                  "  orgo calendar open --calendar calendars.yaml '2026-12-24 09:30'"))
      .option("at", options->from, "When");
  action("show", "Show calendars: hours, zone, customers",
         "  orgo calendar show\n  orgo calendar show --calendar calendars.yaml --json");
  auto holidays =
      action("holidays", "List holidays and exceptions, with what feeds say",
             "  orgo calendar holidays --name office --year 2027\n  orgo calendar holidays --name office --refresh");
  holidays.option("--year", options->year, "Only of this year").range(1990, 2100);
  holidays.flag("--refresh", options->refresh,
                "Fetch the feeds by URL now; a running server takes what is new over, too");
  action("feeds", "List the feeds by URL and how they are",
         "  orgo calendar feeds --json\n  orgo calendar feeds --refresh")
      .flag("--refresh", options->refresh, "Fetch them now, whatever their turn");
}

}  // namespace orgo
