#!/usr/bin/env python3
"""Data folders of earlier versions (fixtures/, made by make_fixture.py of their time): each opens, is migrated once and whole,
loses nothing, and its threads, Message-IDs, bounces, waiting mails and deadlines go on."""
import concurrent.futures
import datetime
import json
import os
import pathlib
import shutil
import signal
import sys
import tarfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from look import look  # noqa: E402
from orgo import ROOT, Failed, Orgo, expect, mail, main, wait_until  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402

FIXTURES = sorted(path.name.removesuffix(".tar.gz") for path in (HERE / "fixtures").glob("*.tar.gz"))
# Words with the path of a folder, and what may change between versions: the id under which a dead letter is named, its error, whose
# words the row has; when the mailbox is tried again.
FREE = {"dead.id", "dead.error", "mailboxes.state", "mailboxes.next_try", "mailboxes.connection", "mailboxes.last_error",
        "mailboxes.failures", "modules.enabled"}
# Sends had a scale of their own, downward: the stored numbers are turned over, and told by the words of the one scale.
SEND_PRIORITIES = {0: "urgent", 1: "high", 2: "normal", 3: "low"}
RULES = "rules:\n  - name: rest\n    action: {route_to: \"office@organization.com\"}\n"


def unpacked(name, orgo):
    with tarfile.open(HERE / "fixtures" / f"{name}.tar.gz") as archive:
        archive.extractall(orgo.folder)  # our own archive: no stranger's paths in it
    return json.loads((HERE / "fixtures" / f"{name}.json").read_text(encoding="utf-8"))


def settings(told, sink):
    return ("organization:\n  domain: organization.com\n  addresses: [\"@organization.com\"]\ndelivery:\n  retry_first: 1s\n" + sink.settings() +
            f"modules:\n  dir: {ROOT}/modules\nmailboxes:\n  - {{name: office, host: localhost, port: {told['imap_port']}, username: office, password: secret, poll: 1h}}\n")


class Old(Orgo):
    """A server on the folder of an earlier version, with the roles that are wanted."""

    def __init__(self, name, sink):
        super().__init__(rules=RULES)
        self.told = unpacked(name, self)
        self.config.write_text(f"rules:\n  files: [{self.rules}]\n" + settings(self.told, sink), encoding="utf-8")
        self.roles = ""

    def command(self):
        return super().command() + (["--roles", self.roles] if self.roles else [])

    def run(self, roles=""):
        self.roles = roles
        return self.start()


def lacks(old, new, place=""):
    """Where `new` lacks something of `old` or says otherwise; more than there was is welcome."""
    if place in FREE or place.endswith((".bytes.problem", ".dead.id", ".overdue")):  # time goes on
        return
    if place.endswith("sends.state") and (old, new) == ("queued", "restored"):
        return  # a fixture is a copy, and since then a copy asks
    if place.endswith("sends.priority") and isinstance(old, int):
        old = SEND_PRIORITIES[old]
    if isinstance(old, dict) and isinstance(new, dict):
        for key, value in old.items():
            if key in new:
                yield from lacks(value, new[key], f"{place}.{key}".lstrip("."))
            elif f"{place}.{key}" not in FREE:
                yield f"{place}.{key} is gone: {value!r}"
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            yield f"{place}: {len(old)} became {len(new)}"
        for one, other in zip(old, new):
            yield from lacks(one, other, place)
    elif old != new:
        yield f"{place}: {old!r} became {new!r}"


def compare(orgo):
    told, now = dict(orgo.told), look(orgo)
    for part in ("sent", "imap_port"):
        told.pop(part)
    # The log goes on: a start makes a token for the command line, and rules are taken over.
    now["log"] = now["log"][:len(told["log"])]
    now["rules"] = now["rules"][-len(told["rules"]):]
    wrong = list(lacks(told, now))
    expect(not wrong, f"{len(wrong)} differences:\n  " + "\n  ".join(wrong[:20]))


def nothing_is_lost():
    for name in FIXTURES:
        with SmtpSink() as sink, Old(name, sink) as orgo:
            orgo.run("gateway")
            compare(orgo)
            orgo.stop()
            orgo.run("gateway")  # a second start finds nothing to migrate, and the same
            compare(orgo)
            orgo.stop()
    return ", ".join(FIXTURES)


def goes_on(name):
    with SmtpSink() as sink, Old(name, sink) as orgo:
        told = orgo.told
        is_copy = (orgo.data / "lineage.json").exists()  # made by a version that knows a copy, which a fixture is
        if is_copy:
            orgo.cli("queue", "release", "--all")
        orgo.run()
        held = json.loads(orgo.cli("queue", "restored", "--json").stdout)
        expect(is_copy or held == [], f"an upgrade is no restore: {held}")

        def until(what, condition, seconds=20):
            """What comes of that which is older than the copy is held when it comes."""
            def released_and():
                if is_copy:
                    orgo.cli("queue", "release", "--all")
                return condition()
            return wait_until(what, released_and, seconds, 0.2)
        orgo.settle()
        unread = next(number for number, one in told["messages"].items() if one["decision"] is None and not any(dead["message"] == number for dead in told["dead"]))
        until("what had waited is decided", lambda: orgo.get(f"/api/v1/messages/{unread}")["decision"])
        # What waited for its next attempt goes out, with the Message-ID of its number.
        until("what waited for the relay goes out", lambda: [one for one in sink.kept if "Waits for the relay" in one.subject])
        # The chain had its deadlines in the past: one message for what was missed, and the next step in its own time.
        fired = lambda: [event for event in orgo.pages("/api/v1/tasks/T-1/events") if event["kind"] == "escalation.fired"]  # noqa: E731
        until("the first step of the chain has fired", fired, 30)
        until("who was due first is told", lambda: "supervisor@organization.com" in {one.recipient for one in sink.kept})
        first = datetime.datetime.fromisoformat(fired()[0]["at"])
        # A reply to a mail of a stranger, and one to a mail of ours, both from before.
        ours = next(one for one in told["sent"] if one["to"] == "ben@organization.com")
        for number, (parent, sender) in enumerate([("<first-1@example.org>", "sender1@example.org"), (ours["message_id"], "ben@organization.com")]):
            orgo.deliver(mail(subject="Re: quite another subject", message_id=f"<later-{number}@example.org>", sender=sender,
                              extra=f"In-Reply-To: {parent}\n"), sender=sender)
        orgo.settle()
        replies = [event for event in orgo.pages("/api/v1/tasks/T-2/events") if event["kind"] == "task.replied"]
        expect(len(replies) == 2, f"both replies belong to T-2: {replies}")
        # A report about a mail of before.
        lost = next(one for one in told["sent"] if one["to"] == "desk@organization.com")
        orgo.deliver(report(lost["message_id"], "desk@organization.com"), sender="")
        orgo.settle()
        expect(any(event["kind"] == "send.bounced" for event in orgo.pages("/api/v1/tasks/T-3/events") if "desk@" in json.dumps(event)),
               "the report is understood")
        ids = [one.message_id for one in sink.kept]
        expect(len(ids) == len(set(ids)), f"nothing goes out twice: {ids}")
        expect(not set(ids) & {one["message_id"] for one in told["sent"]}, "nothing of before goes out again")
        dead = orgo.get("/api/v1/queue/dead")["items"]
        expect([one["message"] for one in dead] == [one["message"] for one in told["dead"]], f"{dead}")
        orgo.cli("queue", "drop", dead[0]["id"], "--reason", "it is damaged")
        lines, balanced, _ = orgo.ledger()
        expect(balanced, f"{lines}")
        until("the second step has fired", lambda: len(fired()) == 2, 90)
        second = datetime.datetime.fromisoformat(fired()[1]["at"])
        expect(second - first >= datetime.timedelta(minutes=1), f"a minute after the first, as the rules say: {fired()}")
        until("and was told", lambda: "head@organization.com" in {one.recipient for one in sink.kept})
        orgo.stop()


def what_was_under_way_goes_on():
    with concurrent.futures.ThreadPoolExecutor() as pool:  # each waits a minute for its chain
        list(pool.map(goes_on, FIXTURES))


def report(message_id, recipient):
    return (f"From: MAILER-DAEMON@relay.example\r\nTo: office@organization.com\r\nSubject: Undelivered Mail Returned to Sender\r\n"
            "Message-ID: <late-report@relay.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n"
            f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
            f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nTo: {recipient}\r\n\r\n--b--\r\n").encode()


def killed_in_the_migration_it_resumes():
    """kill -9 at the n-th write of the first start, for n all over it; then a start without, and everything is there."""
    strace = shutil.which("strace")
    if not strace:
        raise Failed("strace is not installed (scripts/packages-test.txt)")
    moments, interrupted = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89], 0
    for name in FIXTURES:
        for moment in moments:
            with SmtpSink() as sink, Old(name, sink) as orgo:
                orgo.roles = "gateway"
                orgo.wrapper = [strace, "-f", "-o", "/dev/null", "-e", "trace=pwrite64", "-e", f"inject=pwrite64:signal=SIGKILL:when={moment}"]
                try:
                    orgo.start()
                    os.kill(orgo.address["pid"], signal.SIGTERM)  # there were fewer writes
                    orgo.process.wait(30)
                except Failed:
                    orgo.process = None
                    interrupted += 1
                orgo.wrapper = []
                orgo.run("gateway")
                compare(orgo)
                orgo.stop()
    expect(interrupted >= 5, f"only {interrupted} starts were interrupted: the test did not test much")
    return f"{interrupted} starts killed"


if __name__ == "__main__":
    main(nothing_is_lost, what_was_under_way_goes_on, killed_in_the_migration_it_resumes)
