#!/usr/bin/env python3
"""With a real Postfix on both sides: it hands mail to Orgo by LMTP while Orgo is killed, Orgo sends through it by STARTTLS, and what
bounces there comes back and is understood. Wants root and Debian's postfix; says so when it can't run."""
import email
import json
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import PATIENCE, Orgo, expect, mail, main, spare_port, wait_until  # noqa: E402
from postfix import Postfix, why_not  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402

RULES = """\
match: first
rules:
  - name: lost
    condition: "subject contains 'lost'"
    action:
      route_to: "nobody-here@unknown.example"
  - name: rest
    condition: "any recipient ends with '@organization.com'"
    action:
      route_to: "team@team.example"
"""


class FixedOrgo(Orgo):
    """On one LMTP port over restarts, since Postfix knows it by that."""

    def __init__(self, port, **more):
        super().__init__(rules=RULES, **more)
        self.port = port

    def command(self):
        command = super().command()
        command[command.index("--lmtp") + 1] = f"127.0.0.1:{self.port}"
        return command


def house(sink):
    lmtp = spare_port()
    postfix = Postfix({"organization.com": f"lmtp:inet:127.0.0.1:{lmtp}", "team.example": f"smtp:[127.0.0.1]:{sink.port}"},
                      unknown=["unknown.example"])
    return lmtp, postfix


def sends_of(orgo, task):
    story = next(m for m in orgo.pages("/api/v1/messages") if (m.get("decision") or {}).get("task") == task)
    return orgo.get(f"/api/v1/messages/{story['id']}/trace")["sends"]


def mail_flows_while_orgo_is_killed():
    """Every mail that Postfix took arrives once, whatever happens to Orgo meanwhile."""
    count, kills = 240, 6
    with SmtpSink() as sink:
        lmtp, postfix = house(sink)
        with postfix, FixedOrgo(lmtp) as orgo:
            orgo.start()
            postfix.start()
            ids = [f"flow-{i}@example.org" for i in range(count)]
            taken, problems = [], []

            def submit():
                for i, message_id in enumerate(ids):
                    try:
                        postfix.submit(mail(subject=f"Flow {i}", message_id=f"<{message_id}>"), "office@organization.com")
                        taken.append(message_id)
                    except Exception as error:  # told at the end, from the thread of the test
                        problems.append(f"{message_id}: {error}")
            sender = threading.Thread(target=submit)
            sender.start()
            for kill in range(kills):
                goal = count * (kill + 1) // (kills + 2)
                wait_until("mails are on their way", lambda: len(taken) >= goal or not sender.is_alive(), 120)
                wait_until("one of them arrives", lambda: len(postfix.lines("status=sent")) > kill * 2 or not sender.is_alive(), 60)
                orgo.kill()
                expect(postfix.pid(), "Postfix goes on")
                orgo.start()
            sender.join()
            expect(not problems, f"Postfix took all: {problems[:3]}")
            postfix.drain(120)
            orgo.settle()
            said = postfix.lines("status=sent")
            got = {}
            for _, raw in orgo.raw_messages():
                message_id = email.message_from_bytes(raw)["Message-ID"].strip("<>")
                got[message_id] = got.get(message_id, 0) + 1
            lost = [one for one in taken if one not in got]
            doubled = [one for one, times in got.items() if times > 1]
            expect(not lost, f"{len(lost)} lost: {lost[:5]}\n{postfix.tail()}")
            expect(not doubled, f"{len(doubled)} doubled: {doubled[:5]}")
            expect(len(said) == count, f"Postfix says of {len(said)} of {count} that they were delivered")
            expect(not postfix.lines("status=bounced"), "nothing bounced")
            _, balanced, ledger = orgo.ledger()
            expect(balanced, f"the ledger balances: {ledger}")
            deferred = len(postfix.lines("status=deferred"))
            return f"{count} mails, {kills} kills -9, {deferred} attempts put off by Postfix, 0 lost, 0 doubled"


def orgo_sends_through_postfix():
    """By STARTTLS with a checked certificate, on to where the mail belongs."""
    with SmtpSink() as sink:
        lmtp, postfix = house(sink)
        with postfix, FixedOrgo(lmtp, settings=postfix.settings()) as orgo:
            postfix.start()
            orgo.start()
            postfix.submit(mail(subject="Water leak"), "office@organization.com")
            wait_until("the team is told", lambda: sink.kept, 60)
            told = sink.kept[0]
            expect(told.recipient == "team@team.example" and "[T-1]" in told.subject, f"{told.recipient}: {told.subject}")
            received = " ".join(str(field) for field in told.message.get_all("Received"))
            expect("using TLSv1" in received, f"it came to Postfix by TLS: {received}")
            send = wait_until("Orgo knows it", lambda: [s for s in sends_of(orgo, "T-1") if s["state"] == "delivered"], 20)[0]
            expect("queued as" in send["detail"], send["detail"])


def a_certificate_of_somebody_else_is_not_trusted():
    with SmtpSink() as sink:
        lmtp, postfix = house(sink)
        with postfix, FixedOrgo(lmtp, settings=postfix.settings().replace(f"  ca_file: {postfix.certificate}\n", "")) as orgo:
            postfix.start()
            orgo.start()
            postfix.submit(mail(subject="Water leak"), "office@organization.com")
            postfix.drain()
            orgo.settle()
            send = wait_until("it was tried", lambda: [s for s in sends_of(orgo, "T-1") if s["attempts"]], 30)[0]
            expect(send["state"] == "queued" and "certificate" in send["detail"].lower(), f"it waits, and says why: {send}")
            expect(not sink.kept, "nothing went out")


def a_bounce_comes_back_and_is_understood():
    with SmtpSink() as sink:
        lmtp, postfix = house(sink)
        with postfix, FixedOrgo(lmtp, settings=postfix.settings()) as orgo:
            postfix.start()
            orgo.start()
            postfix.submit(mail(subject="lost property"), "office@organization.com")

            def bounced():
                lines, _, _ = orgo.ledger()
                return sum(line["recorded"] for line in lines)
            wait_until(f"the report comes back\n{postfix.tail()}", bounced, 60)
            send = sends_of(orgo, "T-1")[0]
            expect(send["state"] == "bounced" and "userunknown" in send["detail"], f"{send}\n{postfix.tail()}")
            events = [event["kind"] for event in orgo.get("/api/v1/tasks/T-1/events")["items"]]
            expect("send.bounced" in events and "suppression.added" not in events, f"the task knows: {events}")
            listed = json.loads(orgo.cli("suppression", "list", "--all", "--json").stdout)
            expect(listed == [], f"whom our rules name is not switched off by a report: {listed}")
            tasks = orgo.get("/api/v1/tasks")["items"]
            expect(len(tasks) == 1, "the report opened no work")

            postfix.submit(mail(subject="lost again"), "office@organization.com")
            wait_until("the next one is tried, too", lambda: [
                s for task in orgo.get("/api/v1/tasks")["items"] if task["id"] == "T-2"
                for s in sends_of(orgo, "T-2") if s["state"] in ("delivered", "bounced")], 60)
            _, balanced, _ = orgo.ledger()
            expect(balanced, "the ledger balances")


def a_forged_bounce_changes_nothing():
    """A stranger who knows how our ids look, and even which mails we have sent."""
    with SmtpSink() as sink:
        lmtp, postfix = house(sink)
        with postfix, FixedOrgo(lmtp, settings=postfix.settings()) as orgo:
            postfix.start()
            orgo.start()
            postfix.submit(mail(subject="Water leak"), "office@organization.com")
            wait_until("the team is told", lambda: sink.kept, 60)
            real = sink.kept[0].message_id.strip("<>")
            stem = real[:real.rindex("-", 0, real.index("@"))]
            for forged in (f"{stem}-12345678{real[real.index('@'):]}", f"{stem}-{'0' * 16}{real[real.index('@'):]}"):
                orgo.deliver(report(forged, "team@team.example"), recipient="helpdesk@organization.com", sender="")
            orgo.deliver(report(real, "somebody.else@team.example"), recipient="helpdesk@organization.com", sender="")
            orgo.settle()
            expect(json.loads(orgo.cli("suppression", "list", "--all", "--json").stdout) == [], "nothing is believed")
            expect(sends_of(orgo, "T-1")[0]["state"] == "delivered", "the mail is delivered as before")
            orgo.deliver(report(real, "team@team.example"), recipient="helpdesk@organization.com", sender="")
            orgo.settle()
            expect(sends_of(orgo, "T-1")[0]["state"] == "bounced", "the real id is believed")


def report(message_id, recipient):
    """A delivery report of RFC 3464."""
    return (f"From: MAILER-DAEMON@team.example\nTo: helpdesk@organization.com\nSubject: Undelivered Mail Returned to Sender\n"
            f"Message-ID: <{time.monotonic_ns()}@team.example>\nMIME-Version: 1.0\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n\nIt did not work.\n"
            "--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; team.example\n\n"
            f"Final-Recipient: rfc822; {recipient}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unknown user\n\n"
            f"--x\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{message_id}>\nSubject: [T-1] Water leak\n\n--x--\n"
            ).encode().replace(b"\n", b"\r\n")


if __name__ == "__main__":
    reason = why_not()
    if reason:
        print(f"SKIPPED postfix_test: {reason}", flush=True)
        sys.exit(0)
    main(mail_flows_while_orgo_is_killed, orgo_sends_through_postfix, a_certificate_of_somebody_else_is_not_trusted,
         a_bounce_comes_back_and_is_understood, a_forged_bounce_changes_nothing)
