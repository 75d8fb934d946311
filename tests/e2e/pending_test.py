#!/usr/bin/env python3
"""Tasks that wait until a date, and several tasks in one command, through the real program."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Orgo, expect, mail, main, wait_until  # noqa: E402
from peers import Relay  # noqa: E402

RULES = """\
calendars: {office: {default: true, time_zone: Europe/Berlin, hours: {mon-fri: "08:00-17:00"}}}
teams: {desk: {address: desk@school.example, members: [ben@school.example]}}
rules: [{name: all, action: {route_to: desk}}]
"""
SETTINGS = "organization: {domain: school.example, addresses: [help@school.example]}\n"


def started(relay=None):
    more = f"smtp: {{host: 127.0.0.1, port: {relay.port}, tls: none, from: orgo@school.example}}\n" if relay else ""
    return Orgo(rules=RULES, settings=SETTINGS + more)


def ask(orgo, *subjects):
    for subject in subjects:
        orgo.deliver(mail(subject, sender="kim@client.example", recipient="help@school.example"), "help@school.example", "kim@client.example")
    orgo.settle()


def state(orgo, task):
    return orgo.get(f"/api/v1/tasks/{task}")["state"]


def it_is_open_again_at_its_date_also_after_a_downtime():
    with Relay() as relay, started(relay) as orgo:
        orgo.start()
        ask(orgo, "A chair", "A lamp", "A door")
        orgo.cli("task", "pend", "T-1", "--until", "2 s")
        orgo.cli("task", "pend", "T-2", "--until", "friday 9:00")
        shown, listed = orgo.cli("task", "show", "T-2").stdout, orgo.cli("task", "list").stdout
        until = orgo.get("/api/v1/tasks/T-2")["pending_until"]
        expect(until.endswith(":00:00Z") and "pending until: " in shown and "T09:00:00+0" in shown, shown)
        expect(" pending until 20" in listed and " 09:00  " in next(line for line in listed.splitlines() if line.startswith("T-2 ")), listed)
        wait_until("T-1 is open again", lambda: state(orgo, "T-1") == "open", 20)
        wait_until("desk is told", lambda: any(b"T-1 waited until now" in one for one in relay.mails), 20)
        orgo.cli("task", "pend", "T-3", "--until", "2 s")
        orgo.stop()
        orgo.start()
        wait_until("T-3 is open again after the start", lambda: state(orgo, "T-3") == "open", 20)
        expect(state(orgo, "T-2") == "pending", "what is later waits on")
        said = [event["data"] for event in orgo.get("/api/v1/tasks/T-1/events")["items"] if event["kind"] == "task.state" and event["actor"] == "escalation"]
        expect(len(said) == 1 and said[0]["to"] == "open" and said[0]["told"] == "desk@school.example", said)
        told = [one for one in relay.mails if b"T-1 waited until now" in one]
        expect(len(told) == 1, f"{len(told)} words of one waking")


def a_reply_opens_it_before_and_no_date_wakes_it_then():
    with started() as orgo:
        orgo.start()
        orgo.deliver(mail("A chair", message_id="<chair@client.example>", sender="kim@client.example", recipient="help@school.example"),
                     "help@school.example", "kim@client.example")
        orgo.settle()
        orgo.cli("task", "pend", "T-1", "--until", "tomorrow 12:00")
        orgo.deliver(mail("Re: A chair", "Please hurry.", sender="kim@client.example", recipient="help@school.example",
                          extra="In-Reply-To: <chair@client.example>\n"), "help@school.example", "kim@client.example")
        orgo.settle()
        task = orgo.get("/api/v1/tasks/T-1")
        expect(task["state"] == "open" and task["pending_until"] is None, task)


def several_tasks_are_one_command():
    with started() as orgo:
        orgo.start()
        ask(orgo, *(f"Matter {i}" for i in range(1, 6)))
        done = orgo.cli("task", "close", "1", "T-2", "3,4")
        expect([line.split()[0:3] for line in done.stdout.splitlines()] == [[f"T-{i}", "is", "closed,"] for i in (1, 2, 3, 4)], done.stdout)
        half = orgo.cli("task", "assign", "4", "5", "99", "ben@school.example", check=False)
        expect(half.returncode == 1 and "T-5 is open" in half.stdout and half.stderr.count("T-4") == 1 and half.stderr.count("T-99") == 1, f"{half}")
        expect(orgo.get("/api/v1/tasks/T-5")["assignee"] == "ben@school.example", "one refusal stops no other")
        many = orgo.cli("task", "ack", *(str(i) for i in range(1, 102)), check=False)
        expect(many.returncode == 2 and "at most 100" in many.stderr, f"{many}")
        for words, hint in ((("close", "1", "x"), "'x' is not a task"), (("assign", "5"), "person is missing"), (("close",), "task is missing"),
                            (("comment", "5", "Two", "words"), "'Two' is not a task"), (("due", "5", "soon"), "'soon' is not a time (Europe/Berlin)"),
                            (("set", "5", "room"), "'room' sets nothing"), (("set", "5"), "what shall be set"), (("set", "5", "room=1", "blue"), "'blue' sets nothing")):
            wrong = orgo.cli("task", *words, check=False)
            expect(wrong.returncode == 2 and hint in wrong.stderr, f"{words}: {wrong.returncode} {wrong.stderr}")
        orgo.cli("task", "comment", "5", "[urgent]")
        expect(orgo.get("/api/v1/tasks/T-5/events")["items"][-1]["data"]["text"] == "[urgent]", "what is said stays as it is")
        both = json.loads(orgo.cli("task", "reopen", "1", "2", "--json").stdout)
        expect(both["done"] == 2 and both["items"][1]["result"]["state"] == "open", both)
        orgo.stop()
        alone = orgo.cli("task", "tag", "1", "2", "wet")
        expect(len(alone.stdout.splitlines()) == 2, "without a server as with one")


if __name__ == "__main__":
    main(it_is_open_again_at_its_date_also_after_a_downtime, a_reply_opens_it_before_and_no_date_wakes_it_then, several_tasks_are_one_command)
