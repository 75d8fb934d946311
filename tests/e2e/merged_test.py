#!/usr/bin/env python3
"""Tasks that are linked, merged and split, through the real program: where later mails go, who hears of it, and what still leaves."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Orgo, expect, mail, main, wait_until  # noqa: E402
from peers import Relay  # noqa: E402

RULES = """\
teams: {desk: {address: desk@school.example, members: [ben@school.example]}}
rules: [{name: all, action: {route_to: desk, escalate_after: "40 minutes", escalate_to: "head@school.example"}}]
"""
SETTINGS = """\
organization: {domain: school.example, addresses: [help@school.example]}
answers: {undo: 3s, tell_resolved: true}
"""


# Words of one's own that say all that a template may.
OWN_WORDS = """\
templates:
  answer: {subject: "Re: {{subject}}", body: "Dear {{requester}}, about {{title}}: {{text}}"}
  task_resolved: {subject: "Re: {{subject}}", body: "Dear {{requester}}: {{title}} is done."}
"""


def started(relay, more_rules=""):
    return Orgo(rules=RULES + more_rules, settings=SETTINGS + f"smtp: {{host: 127.0.0.1, port: {relay.port}, tls: none, from: help@school.example}}\n")


def write(orgo, sender, subject, text="Please.", message_id="", answers="", recipient="help@school.example", reply_to=""):
    extra = (f"In-Reply-To: <{answers}>\n" if answers else "") + (f"Reply-To: <{reply_to}>\n" if reply_to else "")
    raw = mail(subject, text, sender=sender, recipient=recipient, extra=extra, **({"message_id": f"<{message_id}>"} if message_id else {}))
    orgo.deliver(raw, recipient, sender)
    orgo.settle()


def task(orgo, number):
    return orgo.get(f"/api/v1/tasks/T-{number}")


def newest(orgo):
    return next(iter(orgo.pages("/api/v1/messages?limit=1")))["decision"]


def what_was_merged_is_one_matter_until_it_is_taken_apart():
    with Relay() as relay, started(relay) as orgo:
        orgo.start()
        write(orgo, "kim@client.example", "The roof", message_id="roof@client.example")
        write(orgo, "pat@elsewhere.example", "Water comes in", message_id="water@elsewhere.example")
        orgo.cli("task", "reply", "2", "We come at three, Pat.")
        orgo.cli("task", "merge", "2", "1")
        orgo.settle()
        merged = task(orgo, 2)
        expect(merged["state"] == "closed" and merged["merged_into"] == "T-1", merged)
        expect(task(orgo, 1)["also_asked_by"] == ["pat@elsewhere.example"], task(orgo, 1))
        # The answer that waited leaves in its own thread, and nobody else outside hears a word.
        wait_until("Pat is answered", lambda: any(b"We come at three, Pat." in one for one in relay.mails), 30)
        outside = [one for one in relay.mails if b"To: <desk@school.example>" not in one]
        expect(len(outside) == 1 and b"water@elsewhere.example" in outside[0] and b"roof@client.example" not in outside[0], outside)
        # What answers it goes to the other, by the id of their mail, by ours and by the marker.
        write(orgo, "pat@elsewhere.example", "Re: Water comes in", "It still drips.", answers="water@elsewhere.example")
        expect(newest(orgo)["task"] == "T-1" and "T-2 was merged into it" in newest(orgo)["reason"], newest(orgo))
        ours = next(line for line in outside[0].decode().splitlines() if line.lower().startswith("message-id:")).split("<")[1].rstrip(">")
        write(orgo, "pat@elsewhere.example", "Re: Water comes in", "And here.", answers=ours)
        expect(newest(orgo)["task"] == "T-1", newest(orgo))
        write(orgo, "pat@elsewhere.example", "[T-2] one more thing", "A window, too.")
        expect(newest(orgo)["task"] == "T-1", newest(orgo))
        shown = orgo.cli("task", "show", "T-1").stdout
        expect("parts: T-2" in shown and "T-2 task.opened" in shown and "also asked by: pat@elsewhere.example" in shown, shown)
        refused = orgo.cli("task", "reply", "2", "Hello", check=False)
        expect(refused.returncode == 1 and "merged into T-1" in refused.stderr, f"{refused}")
        # Merged on, and all of it follows.
        write(orgo, "lee@third.example", "Floods", message_id="flood@third.example")
        orgo.cli("task", "merge", "1", "3")
        write(orgo, "pat@elsewhere.example", "Re: Water comes in", "Hello?", answers="water@elsewhere.example")
        expect(newest(orgo)["task"] == "T-3", newest(orgo))
        for words, hint in ((("merge", "3", "2"), "itself"), (("unmerge", "2"), "unmerge that one first"), (("merge", "2", "77"), "T-77")):
            wrong = orgo.cli("task", *words, check=False)
            expect(wrong.returncode != 0 and hint in wrong.stderr, f"{words}: {wrong}")
        orgo.stop()
        orgo.start()
        orgo.cli("task", "unmerge", "1")
        orgo.cli("task", "unmerge", "2")
        expect(task(orgo, 2)["state"] == "open" and task(orgo, 1)["merged"] == [] and task(orgo, 3)["merged"] == [], "apart again")
        write(orgo, "pat@elsewhere.example", "Re: Water comes in", "Thank you.", answers="water@elsewhere.example")
        expect(newest(orgo)["task"] == "T-2", newest(orgo))


def each_who_asked_is_answered_alone_and_in_their_own_thread():
    with Relay() as relay, started(relay) as orgo:
        orgo.start()
        write(orgo, "kim@client.example", "The roof", message_id="roof@client.example")
        write(orgo, "pat@elsewhere.example", "Water comes in", message_id="water@elsewhere.example")
        orgo.cli("task", "merge", "2", "1")
        told = orgo.cli("task", "reply", "1", "We come, Pat.").stdout
        expect("to pat@elsewhere.example (" in told, told)
        told = orgo.cli("task", "reply", "1", "We come, both.", "--to", "kim@client.example", "--to", "pat@elsewhere.example").stdout
        expect("to kim@client.example, pat@elsewhere.example (" in told, told)

        def of(words):
            return sorted((one for one in relay.mails if words in one), key=lambda one: b"To: <pat@" in one)
        pat = wait_until("Pat is answered", lambda: of(b"We come, Pat."), 30)
        expect(len(pat) == 1 and b"<water@elsewhere.example>" in pat[0] and b"Water comes in" in pat[0] and b"roof" not in pat[0], pat)
        kim, pat = wait_until("each is answered", lambda: of(b"We come, both.") if len(of(b"We come, both.")) == 2 else None, 30)
        expect(b"To: <kim@client.example>" in kim and b"<roof@client.example>" in kim and b"elsewhere" not in kim, kim)
        expect(b"To: <pat@elsewhere.example>" in pat and b"<water@elsewhere.example>" in pat and b"client.example" not in pat, pat)
        for words in (("--quote",), ("--template", "answer")):
            refused = orgo.cli("task", "reply", "1", "Hello", "--to", "kim@client.example", "--to", "pat@elsewhere.example", *words, check=False)
            expect(refused.returncode == 2 and "is for one of them" in refused.stderr, f"{refused}")
        refused = orgo.cli("task", "reply", "1", "Hello", "--to", "eve@other.example", check=False)
        expect(refused.returncode == 2 and "'eve@other.example' has not asked for T-1" in refused.stderr, f"{refused}")
        orgo.cli("task", "resolve", "1")
        for who in (b"To: <kim@client.example>", b"To: <pat@elsewhere.example>"):
            wait_until("each hears that it is done", lambda who=who: sum(who in one for one in relay.mails) >= (2 if b"kim" in who else 3), 30)
        done = {b"kim" in one: one for one in of(b"What you asked us is done")}
        expect(b"done: The roof" in done[True] and b"Water" not in done[True], done[True])
        expect(b"done: Water comes in" in done[False] and b"roof" not in done[False].lower(), done[False])


def where_they_want_it_each_reads_their_own_too():
    with Relay() as relay, started(relay, OWN_WORDS) as orgo:
        orgo.start()
        write(orgo, "kim@client.example", "The roof", message_id="roof@client.example", reply_to="kim@home.example")
        write(orgo, "pat@elsewhere.example", "Water comes in", message_id="water@elsewhere.example", reply_to="pat@home.example")
        orgo.cli("task", "merge", "2", "1")
        orgo.cli("task", "reply", "1", "We come.", "--to", "kim@client.example", "--to", "pat@elsewhere.example")
        wait_until("each is answered", lambda: sum(b"We come." in one for one in relay.mails) == 2, 30)
        orgo.cli("task", "resolve", "1")
        wait_until("each hears that it is done", lambda: sum(b" is done." in one for one in relay.mails) == 2, 30)
        outside = [one for one in relay.mails if b"We come." in one or b" is done." in one]
        for who, other, title in ((b"kim", b"pat", b"The roof"), (b"pat", b"kim", b"Water comes in")):
            theirs = [one for one in outside if b"To: <" + who + b"@home.example>" in one]
            expect(len(theirs) == 2 and all(title in one and b"Dear " + who in one and other + b"@" not in one for one in theirs), f"{who}: {outside}")


def a_message_is_split_off_with_what_answers_it():
    with Relay() as relay, started(relay) as orgo:
        orgo.start()
        write(orgo, "kim@client.example", "The roof", message_id="roof@client.example")
        write(orgo, "pat@client.example", "Re: The roof", "And the heating is cold.", message_id="heating@client.example", answers="roof@client.example")
        message = next(iter(orgo.pages("/api/v1/messages?limit=1")))["id"]
        made = json.loads(orgo.cli("task", "split", "1", message, "--title", "Heating", "--json").stdout)
        expect(made["id"] == "T-2" and made["requester"] == "pat@client.example" and made["links"] == ["T-1"] and made["title"] == "Heating", made)
        expect(task(orgo, 1)["links"] == ["T-2"], task(orgo, 1))
        write(orgo, "pat@client.example", "Re: The roof", "Still cold.", answers="heating@client.example")
        expect(newest(orgo)["task"] == "T-2", newest(orgo))
        write(orgo, "kim@client.example", "Re: The roof", "It drips.", answers="roof@client.example")
        expect(newest(orgo)["task"] == "T-1", newest(orgo))
        kept = [one["id"] for one in orgo.pages("/api/v1/messages?task=T-1")]
        moved = [one["id"] for one in orgo.pages("/api/v1/messages?task=T-2")]
        expect(message in kept and message in moved, f"{kept} {moved}")
        wait_until("the team is told", lambda: any(b"T-2: Heating" in one for one in relay.mails), 30)
        orgo.cli("task", "reply", "2", "A fitter comes.")
        answer = wait_until("Pat is answered", lambda: next((one for one in relay.mails if b"A fitter comes." in one), None), 30)
        expect(b"pat@client.example" in answer and b"<heating@client.example>" in answer and b"roof@client.example" not in answer, answer)
        again = orgo.cli("task", "split", "1", message, check=False)
        expect(again.returncode == 1 and "already, as T-2" in again.stderr, f"{again}")


if __name__ == "__main__":
    main(what_was_merged_is_one_matter_until_it_is_taken_apart, each_who_asked_is_answered_alone_and_in_their_own_thread,
         where_they_want_it_each_reads_their_own_too, a_message_is_split_off_with_what_answers_it)
