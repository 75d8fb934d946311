#!/usr/bin/env python3
"""Whatever a peer does, a stop takes less than 10 s: a relay that is slow, silent, sends byte by byte or without end, also in
place of its answer to a mail; hooks that say nothing. What was under way goes out after the next start."""
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import PATIENCE, Orgo, expect, mail, main, wait_until  # noqa: E402
from rude_peer import RudePeer, dripping, flooding, greets_and_then_drips, silent, slow_smtp  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402

MOST = 10.0


def rules(port):
    return f"""\
rules:
  - name: all
    condition: "any recipient ends with '@organization.com'"
    action:
      route_to: "office@organization.com"
      webhook: "http://127.0.0.1:{port}/hook"
"""


def settings(relay):
    return (f"smtp:\n  host: 127.0.0.1\n  port: {relay}\n  tls: none\nwebhooks:\n  allow_networks: [127.0.0.1]\n"
            "delivery:\n  retry_first: 1 second\n  retry_most: 1 second\n")


def stops_in_time(relay_talk, hook_talk=silent):
    with RudePeer(relay_talk) as relay, RudePeer(hook_talk) as hook:
        with Orgo(rules=rules(hook.port), settings=settings(relay.port)) as orgo:
            orgo.start()
            for number in range(30):
                orgo.deliver(mail(subject=f"Request {number}"))
            wait_until("both peers are called", lambda: relay.connections > 0 and hook.connections > 0, 20)
            began = time.monotonic()
            expect(orgo.stop(60) == 0, "a stop as asked must end with 0")
            took = time.monotonic() - began
            expect(took < MOST * max(1, PATIENCE / 2), f"the stop took {took:.1f} s")
            with SmtpSink() as sink:
                text = orgo.config.read_text().replace(f"port: {relay.port}", f"port: {sink.port}")
                orgo.config.write_text(text)
                orgo.start()
                wait_until("what waited goes out", lambda: len({one.message_id for one in sink.kept}) >= 30, 60)
                orgo.stop(60)
            return f"stopped within {took:.1f} s"


def a_silent_relay():
    return stops_in_time(silent)


def a_relay_that_sends_byte_by_byte():
    return stops_in_time(dripping)


def a_relay_that_never_stops_talking():
    return stops_in_time(flooding)


def a_relay_whose_answer_to_the_mail_never_ends():
    return stops_in_time(greets_and_then_drips)


def a_slow_relay():
    return stops_in_time(slow_smtp(30))


def hooks_that_send_byte_by_byte():
    return stops_in_time(silent, dripping)


if __name__ == "__main__":
    main(a_silent_relay, a_relay_that_sends_byte_by_byte, a_relay_that_never_stops_talking,
         a_relay_whose_answer_to_the_mail_never_ends, a_slow_relay, hooks_that_send_byte_by_byte)
