"""The referee: knows outside of Orgo what was promised, and compares it with what Orgo keeps and did.

- Submitter: client threads; one fsynced line for each submission that was acknowledged (key, recipient, SHA-256, time).
- The sinks (smtp_sink.py) log every effect.
- check(): lost (acknowledged, not in the store, or with other bytes), doubled (two messages, tasks, escalations or
  notifications for one), phantom (stored, never submitted), and whether the ledger balances.
"""
import collections
import datetime
import email
import email.policy
import json
import os
import pathlib
import re
import smtplib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Failed, expect, mail, sha256, wait_until  # noqa: E402


class Submitter:
    """Keeps `threads` LMTP conversations busy. Each mail has its own Message-ID; what got no answer is sent again with the
    same bytes, as a mail server would, so that a lost answer must not make two."""

    def __init__(self, orgo, folder, threads=6, every=0.0, subjects=("A request", "urgent: water")):
        self.orgo, self.subjects, self.every = orgo, subjects, every
        self.path = pathlib.Path(folder) / "acknowledged.jsonl"
        self.file = open(self.path, "ab", buffering=0)
        self.lock = threading.Lock()
        self.submitted = {}           # key -> (recipient, SHA-256): everything that went out, acknowledged or not
        self.acknowledged = 0
        self.refused = collections.Counter()
        self.in_flight = 0            # between the end of DATA and the answer
        self.stopping = threading.Event()
        self.paused = threading.Event()
        self.threads = [threading.Thread(target=self._work, args=(n,), daemon=True) for n in range(threads)]

    def start(self):
        for thread in self.threads:
            thread.start()
        return self

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(30)
            expect(not thread.is_alive(), "a submitter thread hangs")

    def _work(self, thread):
        number, door, again = 0, None, None
        while not self.stopping.is_set():
            if again is None:
                number += 1
                key = f"<{os.getpid()}.{thread}.{number}@referee.example>"
                raw = mail(subject=f"{self.subjects[number % len(self.subjects)]} {thread}/{number}", message_id=key,
                           text=f"Line {number}\n.dot at the begin\n" + "x" * (number * 37 % 3000))
                recipient = "office@organization.com"
                with self.lock:
                    self.submitted[key] = (recipient, sha256(raw))
            else:
                key, raw, recipient = again
            try:
                if door is None:
                    door = self.orgo.lmtp(timeout=10)
                self._submit(door, key, raw, recipient)
                again = None
            except smtplib.SMTPResponseException as error:
                self.refused[error.smtp_code] += 1
                again = (key, raw, recipient)
                door = self._closed(door)
                self.stopping.wait(0.02)
            except (OSError, smtplib.SMTPException):
                again = (key, raw, recipient)  # no answer: it may be in, it may not; it goes out again
                door = self._closed(door)
                self.stopping.wait(0.02)
            if self.every:
                self.stopping.wait(self.every)
        self._closed(door)

    @staticmethod
    def _closed(door):
        if door is not None:
            door.close()
        return None

    def _submit(self, door, key, raw, recipient):
        door.ehlo_or_helo_if_needed()
        for command in ("MAIL FROM:<anna@example.org>", f"RCPT TO:<{recipient}>"):
            code, text = door.docmd(command)
            if code // 100 != 2:
                raise smtplib.SMTPResponseException(code, text)
        code, text = door.docmd("DATA")
        if code != 354:
            raise smtplib.SMTPResponseException(code, text)
        stuffed = re.sub(rb"(?m)^\.", b"..", raw)
        with self.lock:
            self.in_flight += 1
        try:
            door.send(stuffed + b".\r\n")
            code, text = door.getreply()
        finally:
            with self.lock:
                self.in_flight -= 1
        if code != 250:
            raise smtplib.SMTPResponseException(code, text)
        line = json.dumps({"key": key, "recipient": recipient, "sha256": sha256(raw), "at": time.time()}) + "\n"
        with self.lock:
            self.file.write(line.encode())
            os.fsync(self.file.fileno())
            self.acknowledged += 1

    def lines(self):
        return [json.loads(line) for line in self.path.read_text().splitlines()]


def key_of(raw):
    return str(email.message_from_bytes(raw, policy=email.policy.compat32)["Message-ID"] or "").strip()


def stored_messages(orgo):
    """number -> (key, SHA-256 of the bytes), of every message in the store."""
    return {number: (key_of(raw), sha256(raw)) for number, raw in orgo.raw_messages()}


def all_events(orgo):
    events, after = [], 0
    while True:
        page = orgo.get(f"/api/v1/events?limit=1000&after={after}")
        if not page["items"]:
            return events
        events += page["items"]
        after = page["items"][-1]["sequence"]


def check(orgo, submitter, sink=None, phantoms=True):
    """Raises Failed with everything that is wrong; returns a line of figures."""
    wrong = []
    stored = stored_messages(orgo)
    by_key = collections.defaultdict(list)
    for number, (key, digest) in stored.items():
        by_key[key].append((number, digest))

    acknowledged = submitter.lines()
    for line in acknowledged:
        copies = by_key.get(line["key"], [])
        if not copies:
            wrong.append(f"LOST {line['key']}: acknowledged, not in the store")
        elif all(digest != line["sha256"] for _, digest in copies):
            wrong.append(f"LOST {line['key']}: stored with other bytes")
    for key, copies in by_key.items():
        if len(copies) > 1:
            wrong.append(f"DOUBLED {key}: messages {', '.join(str(number) for number, _ in copies)}")
        if phantoms and key not in submitter.submitted:
            wrong.append(f"PHANTOM {key}: stored as {copies[0][0]}, never submitted")
        elif phantoms and copies[0][1] != submitter.submitted[key][1]:
            wrong.append(f"CORRUPT {key}: stored as {copies[0][0]} with bytes that were never submitted")

    lines, balanced, _ = orgo.ledger()
    if not balanced:
        wrong.append(f"the ledger does not balance: {lines}")

    opened, fired, queued, decided = (collections.Counter() for _ in range(4))
    for event in all_events(orgo):
        data = event.get("data") or {}
        if event["kind"] == "task.opened":
            opened[event["message"]] += 1
        elif event["kind"] == "escalation.fired":
            fired[(event["task"], json.dumps(data, sort_keys=True))] += 1
        elif event["kind"] == "message.decided":
            decided[event["message"]] += 1
    for what, counter in (("tasks opened by", opened), ("escalations of", fired), ("decisions about", decided)):
        for thing, count in counter.items():
            if count > 1:
                wrong.append(f"DOUBLED: {count} {what} {thing}")
    for number in stored:
        if decided[number] != 1:
            wrong.append(f"message {number} has {decided[number]} decisions")

    notified = 0
    if sink is not None:
        # A notification whose answer was lost may go out again, but only as the very same mail.
        ids = collections.defaultdict(set)
        for kept in list(sink.kept):
            notified += 1
            ids[(kept.recipient, kept.subject)].add(kept.message_id)
        for (recipient, subject), several in ids.items():
            if len(several) > 1:
                wrong.append(f"DOUBLED notification to {recipient}, '{subject}': {sorted(several)}")
    if wrong:
        raise Failed(f"{len(wrong)} wrong:\n  " + "\n  ".join(wrong[:20]))
    return f"{len(acknowledged)} acknowledged, {len(stored)} stored, {sum(opened.values())} tasks, " \
           f"{sum(fired.values())} escalations, {notified} mails at the sink"


def drained(orgo, seconds=60):
    """Waits until nothing is left in the outbox that goes out soon: all is sent, or held back for minutes by the brake for
    loops. An escalation that is due makes a new send, so it is asked twice."""
    def empty():
        next_send = json.loads(orgo.cli("queue", "list", "--json").stdout)["next_send_at"]
        if next_send is None:
            return True
        at = datetime.datetime.fromisoformat(next_send.replace("Z", "+00:00"))
        return at.timestamp() > time.time() + 5
    for _ in range(2):
        wait_until("the outbox is empty", empty, seconds, every=0.3)
        wait_until("no escalation is due within 2 s", lambda: not escalating(orgo), seconds, every=0.3)


def escalating(orgo):
    """Is a step of the chain due soon?"""
    soon = time.time() + 2
    for task in orgo.pages("/api/v1/tasks?open=true&team=maintenance%40organization.com&limit=1000"):
        at = task["escalation"]["next_at"]
        if at and datetime.datetime.fromisoformat(at.replace("Z", "+00:00")).timestamp() < soon:
            return True
    return False
