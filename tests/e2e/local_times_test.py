#!/usr/bin/env python3
"""Times on the command line are those of the organization's clocks, whatever is listed: none is told in UTC."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import DEFAULT_RULES, Orgo, expect, mail, main  # noqa: E402

UTC = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?Z")
SETTINGS = "organization:\n  domain: example.org\n  time_zone: Asia/Kolkata\n"
CALENDARS = "calendars:\n  office: {time_zone: Asia/Kolkata, hours: {mon-fri: \"10:00-17:00\"}}\n"
# Each with what its output must hold, so that an empty list does not pass for one without UTC.
LOOKS = (
    (("task", "list"), "(Asia/Kolkata)"),
    (("task", "show", "T-1"), "+05:30"),
    (("trace", "m1"), "+05:30"),
    (("user", "list"), "LAST LOGIN (Asia/Kolkata)"),
    (("token", "list"), "MADE AT (Asia/Kolkata)"),
    (("tenant", "list"), "ADDED AT (Asia/Kolkata)"),
    (("tenant", "show", "default"), "+05:30"),
    (("suppression", "list"), "SINCE (Asia/Kolkata)"),
    (("rules", "history"), "TAKEN OVER (Asia/Kolkata)"),
    (("queue", "list"), "the next mail goes out at 20"),
    (("queue", "dead"), ""),
    (("queue", "restored"), ""),
    (("calendar", "open", "2026-12-01 09:00"), "open"),
    (("mailbox", "status"), ""),
    (("doctor",), "database"),
)


def no_time_in_utc():
    with Orgo(rules=DEFAULT_RULES + CALENDARS, settings=SETTINGS) as orgo:
        orgo.start()
        orgo.deliver(mail("A leak"))
        orgo.settle()
        orgo.cli("task", "due", "T-1", "2027-03-01T12:00:00Z")
        orgo.cli("task", "due", "T-1", "2027-04-01T12:00:00Z")
        orgo.cli("suppression", "add", "gone@example.com", "--until", "2027-01-01T00:00:00Z", "--reason", "left")
        shown = orgo.cli("task", "show", "T-1").stdout
        expect("2027-03-01T17:30:00+05:30" in shown and "2027-04-01T17:30:00+05:30" in shown, f"the history of a deadline:\n{shown}")
        for words, wanted in LOOKS:
            done = orgo.cli(*words, check=False)
            told = done.stdout + done.stderr
            expect(wanted in told, f"orgo {' '.join(words)} does not say '{wanted}':\n{told}")
            expect(not UTC.search(told), f"orgo {' '.join(words)} tells a time in UTC:\n{told}")
        refused = orgo.cli("suppression", "add", "gone@example.com", check=False)
        expect(refused.returncode != 0 and "+05:30" in refused.stderr, f"why it is refused: {refused.stderr}")


if __name__ == "__main__":
    main(no_time_in_utc)
