"""The referee: knows outside of Orgo what was promised, and compares it with what Orgo keeps and did.

- Submitter (submitter.py): one fsynced line for each submission that was acknowledged (key, recipient, SHA-256, time).
- The sinks (smtp_sink.py) log every effect.
- check(): lost (acknowledged, not in the store, or with other bytes), doubled (two messages, tasks, escalations or
  notifications for one), phantom (stored, never submitted), and whether the ledger balances.
"""
import collections
import datetime
import email
import email.policy
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Failed, sha256, wait_until  # noqa: E402


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
