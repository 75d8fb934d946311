#!/usr/bin/env python3
"""Loops end (I14): two real servers that route to each other, and a program that answers everything and ignores every header."""
import email
import email.policy
import email.utils
import pathlib
import smtplib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import PATIENCE, Orgo, expect, mail, main, spare_port, wait_until  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402


def rules(team):
    return f"""\
match: first
rules:
  - name: all
    condition: "subject matches '.*'"
    action:
      route_to: "{team}"
      reply_with: "reply_received"
"""


class SmtpOrgo(Orgo):
    def __init__(self, port, **more):
        super().__init__(**more)
        self.port = port

    def command(self):
        command = super().command()
        command[command.index("--smtp") + 1] = f"127.0.0.1:{self.port}"
        return command


class Relay(SmtpSink):
    """Hands on what it gets by the domain of the recipient, as a mail server does; can take all marks off on the way."""

    def __init__(self, doors, strip=False):
        self.doors, self.strip, self.passed, self.errors = doors, strip, 0, []
        super().__init__()

    def keep(self, recipients, content):
        super().keep(recipients, content)
        for recipient in recipients:
            door = self.doors.get(recipient.rpartition("@")[2])
            if door:
                threading.Thread(target=self.hand_on, args=(door, recipient, content), daemon=True).start()

    def hand_on(self, door, recipient, content):
        message = email.message_from_bytes(content, policy=email.policy.SMTP)
        if self.strip:  # a gateway that makes a mail of its own of each
            self.passed += 1
            message = mail(subject=f"Notice {self.passed}: {str(message['Subject'])[-40:]}", sender=email.utils.parseaddr(str(message["From"]))[1],
                           recipient=recipient, text="A notice came in.")
        else:
            message = message.as_bytes()
        try:
            with smtplib.SMTP("127.0.0.1", door, timeout=20 * PATIENCE) as peer:
                peer.sendmail("relay@relay.example", [recipient], message)
        except (OSError, smtplib.SMTPException) as error:
            self.errors.append(str(error))


def organization(name, port, relay, team):
    return SmtpOrgo(port, rules=rules(team), settings=f"organization:\n  name: {name}\n  domain: {name}.example\n  addresses: ['@{name}.example']\n"
                    f"{relay.settings()}  from: desk@{name}.example\n")


def stands_still(count, quiet=4.0, seconds=90):
    """Until nothing has come for a while; what there is then."""
    last, since = count(), time.monotonic()
    until = time.monotonic() + seconds * PATIENCE
    while time.monotonic() < until:
        now = count()
        if now != last:
            last, since = now, time.monotonic()
        elif time.monotonic() - since > quiet * PATIENCE:
            return last
        time.sleep(0.05)
    raise AssertionError(f"mails go on and on: {count()}")


def two_servers_that_route_to_each_other():
    ports = {"a.example": spare_port(), "b.example": spare_port()}
    with Relay(ports) as relay, organization("a", ports["a.example"], relay, "desk2@b.example") as a, \
            organization("b", ports["b.example"], relay, "desk2@a.example") as b:
        a.start()
        b.start()
        a.deliver(mail(subject="Water leak", sender="anna@people.example", recipient="help@a.example"), recipient="help@a.example")
        sent = stands_still(lambda: len(relay.kept))
        expect(not relay.errors, f"{relay.errors[:2]}")
        expect(2 <= sent <= 10, f"{sent} mails: {[(k.recipient, k.subject) for k in relay.kept][:12]}")
        hops = [int(kept.message["X-Orgo-Hop"]) for kept in relay.kept]
        expect(max(hops) <= 6, f"hops {hops}")
        return f"{sent} mails, at most {max(hops)} hops"


def two_servers_through_a_gateway_that_takes_all_marks_off():
    ports = {"a.example": spare_port(), "b.example": spare_port()}
    with Relay(ports, strip=True) as relay, organization("a", ports["a.example"], relay, "desk2@b.example") as a, \
            organization("b", ports["b.example"], relay, "desk2@a.example") as b:
        limit = "delivery:\n  total_factor: 2\n"
        for one in (a, b):
            one.config.write_text(one.config.read_text() + limit)
            one.start()
        a.deliver(mail(subject="Water leak", sender="anna@people.example", recipient="help@a.example"), recipient="help@a.example")
        sent = stands_still(lambda: len(relay.kept), quiet=8)
        expect(sent <= 2 * 20 + 2, f"{sent} mails within ten minutes, and 20 for each may go in all")
        waiting = 0
        for one in (a, b):
            log = one.log.read_text(errors="replace")
            waiting += "more than" in log
        expect(waiting, "what is past a limit does not go out, and the log says so")
        return f"{sent} mails within ten minutes"


def a_program_that_answers_everything():
    """It answers by new mails, from its own address, under subjects of its own, without any mark."""
    for fixed_subject in (True, False):
        ports = {}
        with Relay(ports) as relay, organization("a", spare_port(), relay, "team@people.example") as a:
            a.start()
            answered = [0]

            def answer(kept, again=[0]):
                again[0] += 1
                subject = "I have got your mail" if fixed_subject else f"Ticket {again[0]} was opened"
                a.deliver(mail(subject=subject, sender="bot@people.example", recipient="help@a.example"), recipient="help@a.example",
                          sender="bot@people.example")
                answered[0] += 1
            stop = threading.Event()

            def bot():
                seen = 0
                while not stop.is_set():
                    for kept in relay.kept[seen:]:
                        seen += 1
                        if kept.recipient == "bot@people.example":
                            answer(kept)
                    time.sleep(0.02)
            thread = threading.Thread(target=bot, daemon=True)
            thread.start()
            a.deliver(mail(subject="Hello", sender="bot@people.example", recipient="help@a.example"), recipient="help@a.example",
                      sender="bot@people.example")
            stands_still(lambda: len(relay.kept), quiet=6)
            stop.set()
            thread.join()
            to_bot = [kept for kept in relay.kept if kept.recipient == "bot@people.example"]
            most = 2 if fixed_subject else 10
            expect(1 <= len(to_bot) <= most, f"{len(to_bot)} answers to the bot, and {most} may go")
            _, balanced, _ = a.ledger()
            expect(balanced, "the ledger balances")
    return "2 answers under one subject, 10 under ever new ones"


main(two_servers_that_route_to_each_other, two_servers_through_a_gateway_that_takes_all_marks_off, a_program_that_answers_everything)
