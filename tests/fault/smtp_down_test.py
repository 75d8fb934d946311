#!/usr/bin/env python3
"""The mail relay is down, busy, slow, says 4xx or 5xx, or takes a mail and cuts the line: retried or failed as it told,
nothing lost, and what goes out again is the very same mail."""
import collections
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Orgo, expect, mail, main, wait_until  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402

# Tests can't wait for minutes; the plan is the same with other figures.
QUICK = "delivery:\n  retry_first: 1 second\n  retry_most: 1 second\n"



def one_task(orgo):
    return wait_until("the task is there", lambda: next(iter(orgo.get("/api/v1/tasks")["items"]), None))


def states(orgo):
    kinds = collections.Counter(event["kind"] for event in orgo.get("/api/v1/events?limit=1000")["items"])
    return kinds


def delivered(sink, count=1):
    return wait_until(f"{count} mail(s) reach the relay", lambda: len(sink.kept) >= count, 30)


def with_mode(prepare, recover, between=None):
    with SmtpSink() as sink, Orgo(settings=sink.settings() + QUICK) as orgo:
        prepare(sink)
        orgo.start()
        orgo.deliver(mail(subject="urgent: water"))
        one_task(orgo)
        if between:
            between(orgo, sink)
        recover(sink)
        delivered(sink)
        wait_until("the send is recorded as delivered", lambda: states(orgo)["send.delivered"] == 1, 20)
        expect(len(sink.kept) == 1, f"{len(sink.kept)} mails reached the relay instead of 1")
        expect(sink.kept[0].recipient == "maintenance@organization.com", sink.kept[0].recipient)
        orgo.stop()


def deferred_first(orgo, _):
    wait_until("it is recorded that the send waits", lambda: states(orgo)["send.deferred"] >= 1, 20)


def down_for_a_while():
    def up(sink):
        sink.up()
    with_mode(lambda sink: sink.down(), up, deferred_first)


def busy_for_a_while():
    with_mode(lambda sink: setattr(sink, "mode", "busy"), lambda sink: setattr(sink, "mode", "ok"), deferred_first)


def says_4xx_for_a_while():
    with_mode(lambda sink: setattr(sink, "mode", "temporary"), lambda sink: setattr(sink, "mode", "ok"), deferred_first)


def slow():
    def prepare(sink):
        sink.mode, sink.delay = "slow", 1.5
    with_mode(prepare, lambda sink: None)


ANSWERS = "rules:\n  - action: {tag: seen, reply_with: reply_received}\n"


def says_5xx_to_a_stranger():
    with SmtpSink() as sink, Orgo(rules=ANSWERS, settings=sink.settings() + QUICK) as orgo:
        sink.mode = "permanent"
        orgo.start()
        orgo.deliver(mail(subject="urgent: water"))
        one_task(orgo)
        wait_until("the send is recorded as failed", lambda: states(orgo)["send.failed"] == 1, 20)
        tried = len(sink.attempts)
        expect(tried == 1, f"a mail that was refused for good was tried {tried} times")
        failed = [event for event in orgo.get("/api/v1/events?limit=1000")["items"] if event["kind"] == "send.failed"]
        expect("550" in str(failed[0]["data"]), f"the history does not tell the answer of the relay: {failed[0]}")
        orgo.stop()


def says_5xx_to_our_own_for_a_while():
    with_mode(lambda sink: setattr(sink, "mode", "permanent"), lambda sink: setattr(sink, "mode", "ok"), deferred_first)


def refuses_us_for_a_while():
    """Login wanted, our address refused, relaying denied: each mail of ours meets it, so all are held, and it is told."""
    with SmtpSink() as sink, Orgo(rules=ANSWERS, settings=sink.settings() + QUICK) as orgo:
        sink.mode = "refuses us"
        orgo.start()
        orgo.deliver(mail(subject="urgent: water"))
        one_task(orgo)
        deferred_first(orgo, sink)
        wait_until("it is tried again", lambda: len(sink.attempts) > 3, 30)
        said = orgo.http("GET", "/readyz", token=None)[1]
        expect(b"mail out" in said and b"530" in said, f"/readyz says {said}")
        expect("530" in orgo.cli("doctor", check=False).stdout, "doctor says it, too")
        expect(b'orgo_delivery_refuses_us{channel="mail"} 1' in orgo.http("GET", "/metrics", token=None)[1], "the metric")
        expect(json.loads(orgo.cli("suppression", "list", "--all", "--json").stdout) == [], "nobody is suppressed for it")
        sink.mode = "ok"
        delivered(sink)
        wait_until("/readyz is content", lambda: b"530" not in orgo.http("GET", "/readyz", token=None)[1], 20)
        orgo.stop()


def a_failed_send_is_sent_again_by_hand():
    with SmtpSink() as sink, Orgo(rules=ANSWERS, settings=sink.settings() + QUICK) as orgo:
        sink.mode = "permanent"
        orgo.start()
        orgo.deliver(mail(subject="water"))
        wait_until("the send is recorded as failed", lambda: states(orgo)["send.failed"] == 1, 20)
        sink.mode = "ok"
        orgo.cli("suppression", "remove", "anna@example.org")
        expect("is sent again" in orgo.cli("queue", "retry", "s1").stdout, "the command says so")
        delivered(sink)
        wait_until("the send is recorded as delivered", lambda: states(orgo)["send.delivered"] == 1, 20)
        expect(states(orgo)["send.retried"] == 1, "the history tells of it")
        again = orgo.cli("queue", "retry", "s1", check=False)
        expect(again.returncode != 0 and "was delivered" in again.stderr, f"not what was delivered: {again.stderr}")
        orgo.stop()


def takes_it_and_cuts_the_line():
    with SmtpSink() as sink, Orgo(settings=sink.settings() + QUICK) as orgo:
        sink.mode = "cut"
        orgo.start()
        orgo.deliver(mail(subject="urgent: water"))
        delivered(sink)
        sink.mode = "ok"
        wait_until("the send is recorded as delivered", lambda: states(orgo)["send.delivered"] == 1, 30)
        ids = {kept.message_id for kept in sink.kept}
        expect(len(ids) == 1, f"what goes out again must bear the same Message-ID: {ids}")
        orgo.stop()


def restart_while_it_is_down():
    with SmtpSink() as sink, Orgo(settings=sink.settings() + QUICK) as orgo:
        sink.down()
        orgo.start()
        for number in range(5):
            orgo.deliver(mail(subject=f"urgent: {number}"))
        orgo.settle()
        orgo.kill()
        sink.up()
        orgo.start()
        delivered(sink, 5)
        wait_until("all sends are recorded as delivered", lambda: states(orgo)["send.delivered"] == 5, 30)
        expect(len({kept.message_id for kept in sink.kept}) == 5, "five notifications have five Message-IDs")
        orgo.stop()


if __name__ == "__main__":
    main(down_for_a_while, busy_for_a_while, says_4xx_for_a_while, slow, says_5xx_to_a_stranger,
         says_5xx_to_our_own_for_a_while, refuses_us_for_a_while, a_failed_send_is_sent_again_by_hand, takes_it_and_cuts_the_line, restart_while_it_is_down)
