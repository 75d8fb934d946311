#!/usr/bin/env python3
"""People answer customers, through the real program: from the command line and the API, and by mail to what Orgo tells them.
Who gets it, in which form and thread, what stays inside, and that it goes out once."""
import base64
import contextlib
import json
import pathlib
import sqlite3
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Orgo, Failed, expect, mail, main, wait_until  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402

RULES = """\
calendars: {office: {default: true, time_zone: Europe/Berlin, hours: {mon-sun: "00:00-24:00"}}}
teams:
  desk: {address: desk@school.example, members: [ben@school.example], signature: "Town school\\nMon to Fri 8 to 17"}
  quiet: {address: quiet@school.example, answers_by_mail: comment}
slas:
  gold: {default: true, first_response: {within: 4 hours}}
templates:
  closed_early: {subject: "x", body: "Dear customer of {{task}},\\n\\nwe close at noon."}
rules:
  - {name: quiet, condition: "subject contains 'hush'", action: {route_to: quiet}}
  - {name: all, action: {route_to: desk}}
"""
SETTINGS = "organization: {domain: school.example, addresses: [help@school.example]}\n"
QUICK = "answers: {undo: 0s}\n"
PLAN = bytes(range(256)) * 40


class House:
    """A school with a relay; kim has asked something (T-1)."""

    def __init__(self, more=QUICK, subject="Beamer", rules=RULES):
        self.sink = SmtpSink()
        self.orgo = Orgo(rules=rules, settings=SETTINGS + self.sink.settings() + more).start()
        self.ask(subject)

    def ask(self, subject="Beamer", message_id="<asked@client.example>", extra="", sender="kim@client.example", text="It is dark.\nPlease help."):
        self.orgo.deliver(mail(subject, text, message_id=message_id, sender=sender, recipient="help@school.example", extra=extra),
                          "help@school.example", sender)
        self.orgo.settle()

    def to(self, who, count=1, seconds=20):
        """Mails to somebody, once there are so many."""
        def there():
            with self.sink.lock:
                found = [one for one in self.sink.kept if one.recipient == who]
            return found if len(found) >= count else None
        try:
            return wait_until(f"{count} mails to {who}", there, seconds)
        except Failed as missing:
            raise Failed(f"{missing}\n{[(one.recipient, one.subject) for one in self.sink.kept]}\n{self.orgo.tail()}") from None

    def count(self, who):
        with self.sink.lock:
            return sum(one.recipient == who for one in self.sink.kept)

    def rows(self, query):
        with contextlib.closing(sqlite3.connect(f"file:{self.orgo.data / 'orgo.db'}?mode=ro", uri=True)) as database:
            return database.execute(query).fetchall()

    def task(self, number=1):
        return self.orgo.get(f"/api/v1/tasks/T-{number}")

    def events(self, kind, number=1):
        return [event for event in self.orgo.get(f"/api/v1/tasks/T-{number}/events")["items"] if event["kind"] == kind]

    def clock(self, number=1):
        return self.orgo.get(f"/api/v1/tasks/T-{number}/clocks")["clocks"][0]

    def reply(self, body, token="cli", headers=None, number=1):
        status, answer = self.orgo.http("POST", f"/api/v1/tasks/T-{number}/reply", body, token=token, headers=headers)
        return status, json.loads(answer)

    def colleague(self, answered, text, sender="ben@school.example", to="orgo@school.example", extra="", subject="Re: [T-1] Beamer"):
        """ben answers a notification, by its Message-ID."""
        self.orgo.deliver(mail(subject, text, sender=sender, recipient=to, extra=f"In-Reply-To: {answered}\n{extra}"), "help@school.example", sender)
        self.orgo.settle()

    def __enter__(self):
        self.sink.__enter__()
        return self

    def __exit__(self, *what):
        self.orgo.__exit__(*what)
        self.sink.__exit__(*what)


def text_of(kept):
    return kept.message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def an_answer_arrives_whole_and_in_the_thread():
    with House() as house:
        token = house.orgo.add_person("anna", "staff", None, "--name", "Anna Müller", "--address", "anna@school.example")
        files = [{"filename": "Lageplan Größe.pdf", "content": base64.b64encode(PLAN).decode()},
                 {"filename": "../../etc/passwd", "content_type": "message/rfc822", "content": base64.b64encode(b"x").decode()}]
        status, answer = house.reply({"text": "Grüße!\n\n> so it was\n\nWe come at three. 😀", "cc": ["pat@client.example"], "attachments": files,
                                      "state": "pending"}, token)
        expect(status == 201 and not answer["duplicate"] and answer["decided"], f"{status} {answer}")
        for who in ("kim@client.example", "pat@client.example"):
            got = house.to(who)[0]
            head = got.message
            expect((str(head["To"]), str(head["Cc"])) == ("kim@client.example", "pat@client.example"), f"{head['To']} {head['Cc']}")
            expect("help@school.example" in str(head["From"]), f"from the address that was written to, not {head['From']}")
            expect(head["In-Reply-To"] == "<asked@client.example>" and "<asked@client.example>" in head["References"], str(head))
            expect(got.subject == "Re: [T-1] Beamer", got.subject)
            expect(head["Auto-Submitted"] is None and head["X-Auto-Response-Suppress"] is None, "no machine wrote it")
            expect(head["X-Orgo-Answer"] is None, "orders stay inside")
            expect(text_of(got) == "Grüße!\n\n> so it was\n\nWe come at three. 😀\n\n-- \nAnna Müller\nTown school\nMon to Fri 8 to 17\n", repr(text_of(got)))
            parts = list(head.iter_attachments())
            expect([one.get_filename() for one in parts] == ["Lageplan Größe.pdf", "passwd"], str([one.get_filename() for one in parts]))
            expect(parts[0].get_content_type() == "application/pdf" and parts[0].get_content() == PLAN, "the plan arrived as it is")
            expect(parts[1].get_content_type() == "application/octet-stream", "no part of another kind")
        told = house.events("task.answered")
        expect(len(told) == 1 and told[0]["actor"] == "user:anna" and told[0]["data"]["to"] == ["kim@client.example", "pat@client.example"], str(told))
        expect(house.task()["state"] == "pending", house.task()["state"])
        clock = house.clock()
        expect(clock["taken_s"] is not None and not clock["running"], f"the first response is done: {clock}")
        # The customer's answer to it comes back to the task, and nobody else's does by its subject alone.
        mine = house.to("kim@client.example")[0].message_id
        house.ask("Re: Beamer", "<again@client.example>", f"In-Reply-To: {mine}\n")
        expect(house.task()["state"] == "open" and len(house.orgo.get("/api/v1/tasks")["items"]) == 1, "it joins, and is open again")


def the_command_line_answers_with_templates_and_notes():
    with House() as house:
        said = house.orgo.cli("task", "reply", "1", "--template", "closed_early", "--quote", "So come early.").stdout
        expect("the answer to T-1 leaves now" in said and "recall" not in said, f"without undo nothing is promised: {said}")
        got = house.to("kim@client.example")[0]
        expect(text_of(got) == "Dear customer of T-1,\n\nwe close at noon.\nSo come early.\n\n> It is dark.\n> Please help.\n\n"
               "-- \nTown school\nMon to Fri 8 to 17\n", repr(text_of(got)))
        plan = house.orgo.folder / "plan.pdf"
        plan.write_bytes(PLAN)
        house.orgo.cli("task", "reply", "T-1", "--attach", plan, "--cc", "pat@client.example", "-", stdin="From a pipe: äöü\n")
        second = house.to("kim@client.example", 2)[1]
        files = list(second.message.iter_attachments())
        expect("From a pipe: äöü" in text_of(second) and files[0].get_content() == PLAN, "standard input, and a file")
        expect("to: kim@client.example, pat@client.example" in house.orgo.cli("task", "show", "1").stdout, "whom it went to, in words")
        house.orgo.cli("task", "reply", "1", "--internal", "--state", "resolved", "She called twice.")
        notes = [event["data"]["text"] for event in house.events("task.commented")]
        expect(notes == ["She called twice."] and house.task()["state"] == "resolved", f"{notes} {house.task()['state']}")
        wait_until("both are known to have left", lambda: not house.rows("SELECT 1 FROM outbox WHERE kind = 5 AND state = 1"))
        for words, hint in ((["reply", "1", "--template", "closed_erly", "x"], "did you mean 'closed_early'"), (["reply", "1", ""], "nothing to say"),
                            (["reply", "99", "x"], "T-99"), (["reply", "1", "--attach", "/nowhere", "x"], "there is no file"),
                            (["reply", "1", "--cc", "nobody", "x"], "is not a mail address"), (["reply", "1", "--state", "new", "x"], "state"),
                            (["recall", "1"], "has left already")):
            done = house.orgo.cli("task", *words, check=False)
            expect(done.returncode != 0 and hint in done.stderr, f"{words}: {done.returncode} {done.stdout}{done.stderr}")
        expect(house.count("kim@client.example") == 2, "nothing else went out")


def an_answer_can_be_taken_back():
    with House("answers: {undo: 30s}\n") as house:
        said = house.orgo.cli("task", "reply", "1", "--cc", "pat@client.example", "--state", "resolved", "I should not say this.").stdout
        expect("the answer to T-1 leaves at" in said and "orgo task recall 1" in said, said)
        answer = {"message": house.events("task.answered")[0]["message"]}
        expect(not house.clock()["running"] and house.task()["state"] == "resolved", "the answer counts")
        said = house.orgo.cli("task", "recall", "1").stdout
        expect("taken back" in said and "The task is open again." in said and "I should not say this." in said, said)
        expect(house.task()["state"] == "open", house.task()["state"])
        expect([event["message"] for event in house.events("task.recalled")] == [answer["message"]], "the history says so")
        wait_until("the promise is open again", lambda: house.clock()["running"])
        again = house.orgo.cli("task", "recall", "1", check=False)
        expect(again.returncode != 0 and "taken back already" in again.stderr, again.stderr)
        states = {row[0] for row in house.rows("SELECT state FROM outbox WHERE kind = 5")}
        expect(states == {7}, f"both copies wait no more: {states}")
        time.sleep(0.5)
        expect(house.count("kim@client.example") == 0, "nothing went out")


def the_same_answer_twice_goes_out_once():
    with House() as house:
        first = house.reply({"text": "Once."}, headers={"Idempotency-Key": "k1"})
        second = house.reply({"text": "Once."}, headers={"Idempotency-Key": "k1"})
        expect((first[0], second[0]) == (201, 200) and second[1]["duplicate"] and first[1]["message"] == second[1]["message"], f"{first} {second}")
        third = house.reply({"text": "Once."})
        expect(third[0] == 201 and third[1]["message"] != first[1]["message"], f"without a key it is another: {third}")
        house.to("kim@client.example", 2)
        house.orgo.settle()
        time.sleep(0.3)
        expect(house.count("kim@client.example") == 2, f"{house.count('kim@client.example')} went out")


def without_a_server_it_is_kept_and_said_so():
    with House("answers: {undo: 1h}\n") as house:
        house.orgo.stop()
        said = house.orgo.cli("task", "reply", "1", "We come at three.").stdout
        expect("is kept (m2)" in said and "once a server has decided it" in said and "recall" not in said, said)
        done = house.orgo.cli("task", "recall", "1", check=False)
        expect(done.returncode != 0 and "while no server runs joins its task when one does" in done.stderr, done.stdout + done.stderr)
        said = house.orgo.cli("task", "new", "Key lost").stdout
        expect("accepted as m3; it becomes a task once a server has decided it" in said, said)
        house.orgo.start()
        house.orgo.settle()
        expect("taken back" in house.orgo.cli("task", "recall", "1").stdout, "decided, and taken back")


def what_was_accepted_survives_a_kill():
    with House(QUICK + "delivery: {retry_first: 1s}\n") as house:
        house.sink.mode = "busy"
        for i in range(3):
            status, _ = house.reply({"text": f"Number {i}.", "attachments": [{"filename": "a.bin", "content": base64.b64encode(PLAN).decode()}]})
            expect(status == 201, str(status))
        house.orgo.kill()
        house.sink.mode = "ok"
        house.orgo.start()
        got = house.to("kim@client.example", 3, 90)
        expect(sorted(text_of(one)[:9] for one in got) == ["Number 0.", "Number 1.", "Number 2."], str([text_of(one) for one in got]))
        expect(len({one.message_id for one in got}) == 3, "three different ones, each once")


def a_colleagues_answer_by_mail_goes_to_the_customer():
    with House() as house:
        told = house.to("desk@school.example")[0].message_id
        house.colleague(told, "We bring a new lamp.\nBen\n\nOn Monday Orgo wrote:\n> T-1: Beamer\n> From: kim@client.example\n> Priority: normal\n")
        got = house.to("kim@client.example")[0]
        words = text_of(got)
        expect("We bring a new lamp." in words and "Priority" not in words and "wrote:" not in words, f"what is internal is cut off: {words!r}")
        head = got.message
        expect("help@school.example" in str(head["From"]) and head["In-Reply-To"] == "<asked@client.example>" and str(head["To"]) == "kim@client.example",
               str(head))
        expect(house.task()["state"] == "open" and not house.clock()["running"], f"{house.task()['state']} {house.clock()}")
        answered = house.events("task.answered")
        expect(len(answered) == 1 and answered[0]["data"]["by"] == "mail" and answered[0]["actor"] == "user:ben@school.example", str(answered))
        expect(house.count("ben@school.example") == 0, "he needs no word of it")
        # It neither opens again what is done nor starts the customer's clocks.
        house.orgo.cli("task", "resolve", "1")
        house.colleague(told, "And one more thing: the old lamp is yours.")
        house.to("kim@client.example", 2)
        expect(house.task()["state"] == "resolved", house.task()["state"])


def what_is_not_surely_a_colleagues_answer_stays_inside():
    with House() as house:
        told = house.to("desk@school.example")[0].message_id
        # By the marker alone anybody can claim to be ben.
        house.colleague("<made.up@client.example>", "Kim, your password please: reply to me.")
        note = house.to("ben@school.example")[0]
        expect("did not go to kim@client.example" in text_of(note), text_of(note))
        # ... or by what the customer has got: the id of an answer of ours.
        house.reply({"text": "Have you tried the switch?"})
        ours = house.to("kim@client.example")[0].message_id
        house.colleague(ours, "Send me your password.")
        # To a colleague, with Orgo in copy; from a machine; without a word of his own.
        house.colleague(told, "What do you think?", to="anna@school.example, desk@school.example")
        house.colleague(told, "I am away.", extra="Auto-Submitted: auto-replied\n")
        house.colleague(told, "> T-1: Beamer\n> From: kim\n")
        time.sleep(0.3)
        expect(house.count("kim@client.example") == 1, f"{[text_of(one) for one in house.to('kim@client.example')]}")
        expect(len(house.events("task.answered")) == 1, str(house.events("task.answered")))


def a_team_may_keep_answers_by_mail_to_itself():
    with House(subject="hush Beamer") as house:
        told = house.to("quiet@school.example")[0].message_id
        house.colleague(told, "Only for us.", sender="quiet@school.example", subject="Re: [T-1] hush Beamer")
        note = house.to("quiet@school.example", 2)[1]
        expect("did not go to kim@client.example" in text_of(note) and "setting of the team" in text_of(note), text_of(note))
        expect(house.count("kim@client.example") == 0 and house.clock()["running"], "and no promise is kept by it")


def who_can_not_be_answered_is_said_at_once():
    with House() as house:
        for body, hint in (({}, "nothing to say"), ({"text": " \n"}, "nothing to say"), ({"text": "x", "internal": True, "cc": ["a@b.example"]}, "no copies"),
                           ({"text": "x", "attachments": [{"filename": "a", "content": "%%%"}]}, "base64"), ({"text": "x", "to": "a"}, "list of texts"), ({"text": "x", "bcc": "a"}, "not known"),
                           ({"text": "x", "attachments": [{"name": "a"}]}, "not known"), ({"text": "x", "internal": "yes"}, "true or false"),
                           ({"text": "x" * 300_000}, "bytes"), ({"text": "x", "cc": ["a@b.example"] * 51}, "at most 50")):
            status, answer = house.reply(body)
            expect(status in (400, 413, 422) and hint in answer["detail"], f"{str(body)[:80]}: {status} {answer}")
        house.orgo.cli("suppression", "add", "kim@client.example", "--reason", "asked for it")
        status, answer = house.reply({"text": "Hello."})
        expect(status == 409 and "suppression remove" in answer["detail"], f"{status} {answer}")
        expect(house.reply({"text": "A note.", "internal": True})[0] == 201, "a note can be kept")
        expect(house.rows("SELECT count(*) FROM outbox WHERE kind = 5")[0][0] == 0, "nothing waits to go out")


def a_lost_answer_is_told_to_whoever_has_the_task():
    with House(QUICK + "delivery: {retry_first: 1s}\n") as house:
        house.to("desk@school.example")
        house.sink.mode = "permanent"
        house.reply({"text": "Hello."})
        wait_until("it has failed", lambda: house.rows("SELECT 1 FROM outbox WHERE kind = 5 AND state = 3"))
        house.sink.mode = "ok"
        told = house.to("desk@school.example", 2)[1]
        expect("did not arrive" in text_of(told), text_of(told))


def a_task_without_a_mail():
    with House(QUICK, rules=RULES.replace("rules:\n", "rules:\n  - {name: keys, condition: \"subject contains 'key'\", action: {route_to: quiet, reply_with: closed_early}}\n")) as house:
        said = house.orgo.cli("task", "new", "Key lost", "--from", "pat@client.example", "--name", "Pat Ö", "--priority", "high", "--text", "Called at nine.").stdout
        expect("T-2 is open" in said, said)
        task = house.task(2)
        expect((task["team"], task["priority"], task["requester"], task["title"]) == ("quiet", "high", "pat@client.example", "Key lost"), str(task))
        expect(house.events("task.opened", 2)[0]["actor"].startswith("user:command line"), str(house.events("task.opened", 2)))
        house.orgo.cli("task", "reply", "2", "We have it.")
        got = house.to("pat@client.example")
        expect(len(got) == 1 and got[0].subject == "Re: [T-2] Key lost" and "We have it." in text_of(got[0]), "only what a person said went out")
        # Whom nobody knows; a team by hand; the same twice.
        for _ in range(2):
            status, answer = house.orgo.http("POST", "/api/v1/tasks", {"title": "Lamp", "team": "desk@school.example"}, headers={"Idempotency-Key": "lamp"})
        expect(status == 200 and json.loads(answer)["task"] == "T-3" and len(house.orgo.get("/api/v1/tasks")["items"]) == 3, f"{status} {answer}")
        expect(house.task(3)["team"] == "desk" and house.task(3)["requester"] == "", str(house.task(3)))
        status, answer = house.reply({"text": "Hello?"}, number=3)
        expect(status == 400 and "nobody who could be answered" in answer["detail"], f"{status} {answer}")
        for words, hint in ((["new", " "], "title"), (["new", "x", "--from", "kim"], "is not a mail address"),
                            (["new", "x", "--from", "help@school.example"], "an address of ours"),
                            (["new", "x", "--from", "desk@school.example"], "the team 'desk'"),
                            (["new", "x", "--from", "noreply@client.example"], "nobody reads"), (["new", "x", "--team", "desks"], "did you mean 'desk'"),
                            (["new", "x", "--priority", "huge"], "no priority")):
            done = house.orgo.cli("task", *words, check=False)
            expect(done.returncode != 0 and hint in done.stderr, f"{words}: {done.returncode} {done.stdout}{done.stderr}")


if __name__ == "__main__":
    main(an_answer_arrives_whole_and_in_the_thread, the_command_line_answers_with_templates_and_notes, an_answer_can_be_taken_back,
         the_same_answer_twice_goes_out_once, without_a_server_it_is_kept_and_said_so, what_was_accepted_survives_a_kill, a_colleagues_answer_by_mail_goes_to_the_customer,
         what_is_not_surely_a_colleagues_answer_stays_inside, a_team_may_keep_answers_by_mail_to_itself,
         who_can_not_be_answered_is_said_at_once, a_lost_answer_is_told_to_whoever_has_the_task, a_task_without_a_mail)
