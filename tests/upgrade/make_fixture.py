#!/usr/bin/env python3
"""Makes a data folder as this version of Orgo leaves it, small and with something of everything, for upgrade_test.py of all
later versions. Each release makes one, before the schema changes:

    ORGO_BINARY=build/release/orgo python3 tests/upgrade/make_fixture.py NAME

writes fixtures/NAME.tar.gz (the folder) and fixtures/NAME.json (what the server told of it, and what went out of it).
"""
import json
import pathlib
import sys
import tarfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from dovecot import Dovecot  # noqa: E402
from look import look  # noqa: E402
from orgo import Orgo, ROOT, expect, mail, wait_until  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
RULES = """\
teams:
  desk: {address: desk@organization.com, members: [ben@organization.com]}
rules:
  - name: urgent
    condition: "subject contains 'urgent'"
    action:
      route_to: "maintenance@organization.com"
      set_priority: urgent
      escalate_to:
        - {after: "1 minute", to: "supervisor@organization.com"}
        - {after: "2 minutes", to: "head@organization.com"}
  - name: answered
    condition: "subject contains 'opening hours'"
    action: {route_to: desk, reply_with: hours, tag: [asked]}
  - name: rest
    condition: "any recipient ends with '@organization.com'"
    action: {route_to: "office@organization.com"}
templates:
  hours: {subject: "Re: {{subject}}", body: "We are open from eight to four."}
"""
SETTINGS = """organization:
  domain: organization.com
  addresses: ["@organization.com"]
delivery:
  retry_first: 1s
"""


def bounce(message_id, recipient):
    """A report that a mail of ours did not arrive (RFC 3464)."""
    return (f"From: MAILER-DAEMON@relay.example\r\nTo: office@organization.com\r\nSubject: Undelivered Mail Returned to Sender\r\n"
            f"Message-ID: <report-of-{recipient}>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n"
            f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
            f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nTo: {recipient}\r\n\r\n--b--\r\n").encode()


def answer_to(message_id, **more):
    return mail(extra=f"In-Reply-To: {message_id}\n", **more)


def fill(orgo, sink, server):
    orgo.start()
    for number, subject in enumerate(["urgent: water in room 102", "Die Heizung ist kalt – bitte prüfen", "opening hours?",
                                      "Broken window", "A question", "Another question", "Copy paper"]):
        orgo.deliver(mail(subject=subject, message_id=f"<first-{number}@example.org>", sender=f"sender{number}@example.org"))
        orgo.settle()
    orgo.deliver(answer_to("<first-3@example.org>", subject="Re: Broken window", sender="sender3@example.org", text="It is worse now."))
    orgo.settle()
    wait_until("all are told", lambda: len(sink.kept) >= 8)
    for command in (["ack", "T-2"], ["assign", "T-2", "ben@organization.com"], ["comment", "T-2", "Der Klempner kommt um drei."],
                    ["state", "T-4", "pending"], ["resolve", "T-5"], ["close", "T-6"], ["resolve", "T-7"], ["reopen", "T-7"],
                    ["tag", "T-4", "glass"], ["priority", "T-4", "high"], ["due", "T-4", "2031-01-02T03:04:05Z"]):
        orgo.cli("task", *command)
    wait_until("the customer was answered", lambda: [one for one in sink.kept if one.recipient == "sender2@example.org"])
    lost = next(one for one in sink.kept if one.recipient == "sender2@example.org")
    orgo.deliver(bounce(lost.message_id, "sender2@example.org"), sender="")
    orgo.settle()
    orgo.cli("suppression", "add", "nobody@example.org", "--reason", "asked us to stop")
    for name in ("anna", "gone"):
        orgo.cli("user", "add", name, "--role", "staff")
        orgo.cli("user", "token", name, "--for", name)
    gone = next(one for one in orgo.get("/api/v1/tokens")["items"] if one["name"] == "gone")
    orgo.http("DELETE", f"/api/v1/tokens/{gone['id']}")
    orgo.cli("module", "add", "hr", "--team", "hr-desk=office@organization.com")
    server.deliver("office", mail(subject="From the mailbox", message_id="<boxed@example.org>", sender="box@example.org"))
    wait_until("the mailbox was read", lambda: any(m["decision"] and m["decision"]["subject"] == "From the mailbox" for m in orgo.pages("/api/v1/messages")))
    orgo.settle()
    # What waits for its next attempt.
    wait_until("nothing is on its way", lambda: not [s for s in all_sends(orgo) if s["state"] == "queued"])
    sink.mode = "temporary"
    orgo.deliver(mail(subject="Waits for the relay", message_id="<waits@example.org>", sender="waits@example.org"))
    orgo.settle()
    wait_until("it was tried", lambda: [s for s in all_sends(orgo) if s["state"] == "queued" and s["attempts"] > 0])
    orgo.stop()


def all_sends(orgo):
    for message in orgo.pages("/api/v1/messages"):
        yield from orgo.get(f"/api/v1/messages/{message['id']}/trace").get("sends", [])


def leave_undecided(orgo):
    """One that becomes a dead letter, since its bytes are damaged, and one that waits for its decision."""
    run_with(orgo, "gateway")
    orgo.deliver(mail(subject="Damaged", message_id="<damaged@example.org>", text="This line is damaged on the disk. " * 20))
    orgo.stop()
    segment = max((orgo.data / "blobs").iterdir(), key=lambda path: path.name)
    raw = bytearray(segment.read_bytes())
    place = raw.rindex(b"\x28\xb5\x2f\xfd") + 20 if b"\x28\xb5\x2f\xfd" in raw else len(raw) - 40
    raw[place] ^= 0x55
    segment.write_bytes(raw)
    run_with(orgo, "gateway,processing")
    wait_until("it is dead", lambda: orgo.get("/api/v1/queue/dead")["items"])
    orgo.stop()
    run_with(orgo, "gateway")
    orgo.deliver(mail(subject="Nobody has read me", message_id="<unread@example.org>", sender="unread@example.org"))
    orgo.stop()


def run_with(orgo, roles):
    plain = type(orgo).command
    orgo.command = lambda: plain(orgo) + ["--roles", roles]
    orgo.start()


def main():
    name = sys.argv[1]
    with SmtpSink() as sink, Dovecot(users={"office": "secret"}) as server:
        box = (f"mailboxes:\n  - {{name: office, host: localhost, port: {server.ports['imaps']}, username: office, password: secret,\n"
               f"     recipient: office@organization.com, ca_file: {server.certificate}, poll: 1s}}\n")
        with Orgo(rules=RULES, settings=SETTINGS + sink.settings() + f"modules:\n  dir: {ROOT}/modules\n" + box) as orgo:
            fill(orgo, sink, server)
            leave_undecided(orgo)
            run_with(orgo, "gateway")
            told = look(orgo)
            expect(told["balanced"], "the books balance")
            orgo.stop()
            told["sent"] = [{"to": one.recipient, "subject": one.subject, "message_id": one.message_id} for one in sink.kept]
            told["imap_port"] = server.ports["imaps"]
            (HERE / "fixtures" / f"{name}.json").write_text(json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
            with tarfile.open(HERE / "fixtures" / f"{name}.tar.gz", "w:gz") as archive:
                archive.add(orgo.data, arcname="var")


main()
