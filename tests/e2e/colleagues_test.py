#!/usr/bin/env python3
"""What belongs to the people of the house, through the real program: their mails in tasks of others, hand-overs by name, dates as they
type them, and the forms of their web site."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Orgo, expect, mail, main, wait_until  # noqa: E402
from peers import Relay  # noqa: E402

RULES = """\
calendars: {office: {default: true, time_zone: Europe/Berlin, hours: {mon-fri: "08:00-17:00"}}}
teams:
  desk: {address: desk@school.example, members: [ben@school.example]}
  network: {address: net@school.example, members: [nina@school.example]}
templates: {received: {subject: "Re: {{subject}}", body: "We have it."}}
rules:
  - {name: all, action: {route_to: desk, reply_with: received}}
"""
SETTINGS = "organization: {domain: school.example, addresses: [help@school.example]}\n"


def started(more=""):
    return Orgo(rules=RULES, settings=SETTINGS + more).start()


def newest(orgo):
    return next(iter(orgo.pages("/api/v1/messages?limit=1")))["decision"]["reason"]


def our_own_answer_leaves_a_task_as_it_is():
    with started() as orgo:
        for number, state in enumerate(("closed", "resolved", "pending", "acknowledged"), 1):
            asked = f"<asked.{state}@client.example>"
            orgo.deliver(mail("Beamer " + state, message_id=asked, sender="kim@client.example", recipient="help@school.example"),
                         "help@school.example", "kim@client.example")
            orgo.settle()
            orgo.cli("task", "state", f"T-{number}", state)
            answer = mail("Re: Beamer " + state, "It is mended.", sender="ben@school.example", recipient="kim@client.example",
                          extra=f"Cc: help@school.example\nIn-Reply-To: {asked}\n")
            orgo.deliver(answer, "help@school.example", "ben@school.example")
            orgo.settle()
            says = orgo.get(f"/api/v1/tasks/T-{number}")["state"]
            expect(says == state, f"{state} became {says}: {newest(orgo)}")
            expect("it says that it went to who asked, which nothing proves" in newest(orgo), newest(orgo))
        # The same person to us alone: the team hears of it, and it opens nothing.
        orgo.deliver(mail("Re: Beamer closed", "It is broken again.", sender="ben@school.example", recipient="help@school.example",
                          extra="In-Reply-To: <asked.closed@client.example>\n"), "help@school.example", "ben@school.example")
        orgo.settle()
        expect(orgo.get("/api/v1/tasks/T-1")["state"] == "closed", "what one of us writes opens nothing")


def who_works_here_has_a_part_in_what_the_marker_names():
    with started() as orgo:
        orgo.deliver(mail("Screen", sender="kim@client.example", recipient="help@school.example"), "help@school.example", "kim@client.example")
        orgo.settle()
        for who in ("ben@school.example", "Nina@school.example", "net@school.example"):
            orgo.deliver(mail("[T-1] Screen: spare part ordered", "Ordered.", sender=who, recipient="help@school.example"),
                         "help@school.example", who)
            orgo.settle()
            expect(newest(orgo).startswith("follow-up of T-1 by task marker"), f"{who}: {newest(orgo)}")
        orgo.deliver(mail("[T-1] let me in", "I am none of them.", sender="eve@other.example", recipient="help@school.example"),
                     "help@school.example", "eve@other.example")
        orgo.settle()
        expect("has no part in that task" in newest(orgo), newest(orgo))


def a_mistyped_name_hands_nothing_over():
    with started() as orgo:
        orgo.deliver(mail("Question", recipient="help@school.example"), "help@school.example")
        orgo.settle()
        for words, hint in ((("route", "T-1", "netwrok"), "did you mean 'network'"), (("route", "T-1", "desks"), "did you mean 'desk'"),
                            (("assign", "T-1", "nina"), "nobody's login name"), (("route", "T-1", "Network Team"), "no team")):
            done = orgo.cli("task", *words, check=False)
            expect(done.returncode != 0 and hint in done.stderr, f"{words}: {done.returncode} {done.stdout}{done.stderr}")
        status, body = orgo.http("POST", "/api/v1/tasks/T-1/route", {"team": "netwrok"})
        expect(status in (400, 422) and b"network" in body, f"{status} {body!r}")
        for words in (("route", "T-1", "network"), ("route", "T-1", "desk"), ("route", "T-1", "NET@school.example"), ("assign", "T-1", "nina@school.example"),
                      ("assign", "T-1", "admin")):
            orgo.cli("task", *words)


def dates_are_taken_and_shown_as_people_have_them():
    with started() as orgo:
        orgo.deliver(mail("Chair", recipient="help@school.example"), "help@school.example")
        orgo.settle()

        def due(text):
            orgo.cli("task", "due", "T-1", text)
            return orgo.get("/api/v1/tasks/T-1")["due_at"]
        expect(due("2030-07-08 12:00") == "2030-07-08T10:00:00Z", "wall time in summer")
        expect(due("2030-12-09T12:00:00Z") == "2030-12-09T12:00:00Z", "an instant")
        expect(due("2030-12-09") == "2030-12-09T16:00:00Z", "a day, until it closes")
        for words in ("2 hours", "in 3 days", "tomorrow", "2 business hours", "30 min"):
            expect(due(words), words)
        done = orgo.cli("task", "due", "T-1", "soon", check=False)
        expect(done.returncode == 2 and "Europe/Berlin" in done.stderr, done.stderr)
        due("2030-12-09 12:00")
        table, shown = orgo.cli("task", "list").stdout, orgo.cli("task", "show", "T-1").stdout
        expect("DUE (Europe/Berlin)" in table and "2030-12-09 12:00" in table, table)
        expect("due at: 2030-12-09T12:00:00+01:00" in shown, shown)
        story = orgo.cli("trace", "m1").stdout
        expect("due            2030-12-09T12:00:00+01:00" in story, story)
        expect("date           2026-11-16T09:12:41+01:00, by the Date field" in story, story)
        expect(json.loads(orgo.cli("trace", "m1", "--json").stdout)["dated"]["source"] == "date_field", "the source of the date")


def a_form_asks_for_whom_it_names():
    with Relay() as relay, started(f"smtp: {{host: 127.0.0.1, port: {relay.port}, tls: none, from: orgo@school.example}}\n") as orgo:
        for number, form in enumerate(("wordpress@web.example", "www-data@host.example", "noreply@web.example", "contactform@web.example",
                                       "help@school.example"), 1):
            kim = f"kim{number}@client.example"
            orgo.deliver(mail(f"Contact {number}", sender=form, recipient="help@school.example", extra=f"Reply-To: Kim <{kim}>\n"),
                         "help@school.example", form)
            orgo.settle()
            expect(orgo.get(f"/api/v1/tasks/T-{number}")["requester"] == kim, f"{form}: {orgo.get(f'/api/v1/tasks/T-{number}')['requester']}")
            wait_until(f"{kim} is answered", lambda: any(kim.encode() in one for one in relay.mails))


main(our_own_answer_leaves_a_task_as_it_is, who_works_here_has_a_part_in_what_the_marker_names, a_mistyped_name_hands_nothing_over,
     dates_are_taken_and_shown_as_people_have_them, a_form_asks_for_whom_it_names)
