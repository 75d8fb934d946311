#!/usr/bin/env python3
"""What was not decided in a backup, or not due, was decided and told behind it: put back, it comes to pass once more, and nobody
gets a second mail of it until a person says so. What is new goes out at once."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Orgo, expect, mail, main, wait_until  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402

QUICK = """delivery: {retry_first: 1 second, retry_most: 1 second}
organization: {administrators: [boss@organization.com], addresses: [help@organization.com], domain: organization.com}
"""
RULES = """match: first
teams: {desk: {address: desk@organization.com}}
rules:
  - name: all
    condition: "subject contains 'q'"
    action:
      route_to: desk
      reply_with: received
      escalate_after: "1 second"
templates:
  received: {subject: "got it {{task}}", body: "We have it {{task}}"}
"""
CUSTOMERS = 3


def ask(orgo, number, word="q"):
    orgo.deliver(mail(f"{word}{number}", sender=f"{word}{number}@client.example", recipient="help@organization.com"), "help@organization.com",
                 f"{word}{number}@client.example")


def held(orgo):
    return json.loads(orgo.cli("queue", "restored", "--json").stdout)


def with_roles(orgo, roles):
    whole = Orgo.command
    orgo.command = lambda: whole(orgo) + (["--roles", roles] if roles else [])


def told(sink, customers=CUSTOMERS):
    """Each customer has an answer, and the team a mail and an escalation for each."""
    answers = {kept.recipient for kept in sink.kept if kept.recipient.endswith("@client.example")}
    return len(answers) == customers and len([kept for kept in sink.kept if kept.recipient == "desk@organization.com"]) >= 2 * customers


def put_back(orgo, sink, place):
    """All has gone out; then the backup comes back, and a new customer writes."""
    wait_until("all is told the first time", lambda: told(sink), 40)
    orgo.stop()
    before = len(sink.kept)
    orgo.cli("restore", place, "--replace")
    orgo.start()
    ask(orgo, 1, "qnew")
    wait_until("a new customer has an answer", lambda: any(kept.recipient == "qnew1@client.example" for kept in sink.kept[before:]), 30)
    wait_until("and the team a mail and an escalation", lambda: len([k for k in sink.kept[before:] if k.recipient == "desk@organization.com"]) >= 2, 30)
    wait_until("the administrators are told", lambda: any(kept.recipient == "boss@organization.com" for kept in sink.kept[before:]), 30)
    return before


def only_what_is_new(sink, before):
    new = [kept for kept in sink.kept[before:] if kept.recipient != "boss@organization.com"]
    expect(all("qnew1" in kept.subject or kept.recipient == "qnew1@client.example" for kept in new),
           f"told twice: {[(kept.recipient, kept.subject) for kept in new]}")


def what_was_undecided():
    with SmtpSink() as sink, Orgo(settings=sink.settings() + QUICK, rules=RULES) as orgo:
        with_roles(orgo, "gateway")
        orgo.start()
        for number in range(CUSTOMERS):
            ask(orgo, number)
        place = orgo.folder / "backups"
        counts = json.loads(orgo.cli("backup", place, "--json").stdout)["counts"]
        expect(counts["messages"] == CUSTOMERS and counts["tasks"] == 0, f"none is decided in it: {counts}")
        orgo.stop()
        with_roles(orgo, None)
        orgo.start()
        before = put_back(orgo, sink, place)
        # An answer, a mail to the team and its escalation for each.
        wait_until("all that comes of them is held", lambda: len(held(orgo)) == 3 * CUSTOMERS, 40)
        only_what_is_new(sink, before)
        orgo.stop()
        orgo.start()
        expect(len(held(orgo)) == 3 * CUSTOMERS, "a start later, too")
        done = orgo.cli("queue", "drop", "--all", "--reason", "they have it")
        expect(f"{3 * CUSTOMERS} mails and webhooks will not go out" in done.stdout, done.stdout)
        ask(orgo, 2, "qnew")
        wait_until("the next customer has an answer", lambda: any(kept.recipient == "qnew2@client.example" for kept in sink.kept), 30)
        expect(not [kept for kept in sink.kept[before:] if kept.recipient in ("q0@client.example", "q1@client.example", "q2@client.example")],
               "what was dropped went out")
        orgo.stop()


def what_was_not_yet_due():
    with SmtpSink() as sink, Orgo(settings=sink.settings() + QUICK, rules=RULES) as orgo:
        with_roles(orgo, "gateway,processing,delivery")
        orgo.start()
        for number in range(CUSTOMERS):
            ask(orgo, number)
        orgo.settle()
        wait_until("the first mails are out", lambda: len(sink.kept) == 2 * CUSTOMERS, 30)
        place = orgo.folder / "backups"
        orgo.cli("backup", place)
        orgo.stop()
        with_roles(orgo, None)
        orgo.start()
        before = put_back(orgo, sink, place)
        wait_until("the escalations are held", lambda: len(held(orgo)) == CUSTOMERS, 40)
        expect({one["kind"] for one in held(orgo)} == {"escalation"}, f"{held(orgo)}")
        only_what_is_new(sink, before)
        orgo.cli("queue", "release", "--all")
        wait_until("they go out once they are released",
                   lambda: len([k for k in sink.kept[before:] if k.recipient == "desk@organization.com" and "qnew" not in k.subject]) == CUSTOMERS, 30)
        orgo.stop()


if __name__ == "__main__":
    main(what_was_undecided, what_was_not_yet_due)
