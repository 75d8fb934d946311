#!/usr/bin/env python3
"""What is urgent goes out at once, whatever else waits: beside 200 hooks to a receiver that says nothing, beside thousands of
ordinary mails of one sender, beside a relay that takes its time with each of the others.

ORGO_FLOOD (600) says how many mails the one sender writes; ./test --faults tries 5000.
"""
import os
import pathlib
import smtplib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import PATIENCE, Orgo, expect, mail, main, wait_until  # noqa: E402
from rude_peer import RudePeer, silent  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402

FLOOD = int(os.environ.get("ORGO_FLOOD", "600"))
MOST = 2.0 * PATIENCE


def rules(port=1):
    return f"""\
match: first
rules:
  - name: fire
    condition: "subject contains 'fire'"
    action: {{route_to: "fire@organization.com", set_priority: urgent}}
  - name: hooked
    condition: "subject contains 'hook'"
    action: {{route_to: "office", webhook: "http://127.0.0.1:{port}/hook"}}
  - name: rest
    condition: "any recipient ends with '@organization.com'"
    action: {{route_to: "office@organization.com"}}
"""


def urgent_goes_out(orgo, sink):
    began = time.monotonic()
    orgo.deliver(mail(subject="fire in the cellar", sender="sensor@organization.com"))
    wait_until("the urgent mail is out", lambda: any(one.recipient == "fire@organization.com" for one in sink.kept), 30)
    took = time.monotonic() - began
    expect(took < MOST, f"the urgent mail was out after {took:.1f} s")
    return f"out after {took:.2f} s"


def beside_hooks_to_a_silent_receiver():
    with SmtpSink() as sink, RudePeer(silent) as hook:
        settings = sink.settings() + "webhooks:\n  allow_networks: [127.0.0.1]\n"
        with Orgo(rules=rules(hook.port), settings=settings) as orgo:
            orgo.start()
            for number in range(200):
                orgo.deliver(mail(subject=f"hook {number}"))
            orgo.settle()
            wait_until("the silent receiver is called", lambda: hook.connections > 0, 20)
            note = urgent_goes_out(orgo, sink)
            expect(hook.connections < 40, f"the silent receiver was called {hook.connections} times meanwhile")
            orgo.stop(60)
            return note


def beside_a_flood_of_one_sender():
    with SmtpSink() as sink, Orgo(rules=rules(), settings=sink.settings()) as orgo:
        orgo.start()

        def flood():
            with orgo.lmtp() as door:
                for number in range(FLOOD // 4):
                    door.sendmail("spam@outside.example", ["desk@organization.com"],
                                  mail(subject=f"Request {number}", sender="spam@outside.example"))
        threads = [threading.Thread(target=flood) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        orgo.settle(300)
        note = urgent_goes_out(orgo, sink)
        wait_until("what one sender may set off is out", lambda: len(sink.kept) >= 201, 60)
        # And a second sender is not held by the first.
        orgo.deliver(mail(subject="From somebody else", sender="kim@client.example"))
        wait_until("another sender's mail is told of", lambda: any("somebody else" in one.subject for one in sink.kept), 20)
        of_flood = sum("Request" in one.subject for one in sink.kept)
        expect(of_flood <= 220, f"{of_flood} mails that one sender set off went out at once")
        held = next(iter(event for event in orgo.get("/api/v1/events?limit=1000")["items"]
                         if event["kind"] == "send.deferred"), None) or \
            next(event for event in all_events(orgo) if event["kind"] == "send.deferred")
        expect("set off by spam@outside.example" in str(held["data"]), f"what is held must say why: {held}")
        orgo.stop(60)
        return f"{FLOOD} mails of one sender; {note}"


def all_events(orgo):
    after = 0
    while items := orgo.get(f"/api/v1/events?limit=1000&after={after}")["items"]:
        yield from items
        after = items[-1]["sequence"]


def beside_a_relay_that_takes_its_time():
    with SmtpSink() as sink, Orgo(rules=rules(), settings=sink.settings()) as orgo:
        sink.mode, sink.delay = "slow", 0.7
        orgo.start()
        for number in range(60):
            orgo.deliver(mail(subject=f"Request {number}", sender=f"p{number}@client.example"))
        orgo.settle()
        wait_until("all connections are busy", lambda: len(sink.kept) >= 4, 30)
        note = urgent_goes_out(orgo, sink)
        orgo.stop(60)
        return note


if __name__ == "__main__":
    main(beside_hooks_to_a_silent_receiver, beside_a_flood_of_one_sender, beside_a_relay_that_takes_its_time)
