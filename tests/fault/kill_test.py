#!/usr/bin/env python3
"""kill -9 at random moments under load (R5): nothing acknowledged is lost, nothing is done twice, no step by hand.

ORGO_KILLS (10) says how often, ORGO_TEST_SEED repeats the moments of a run.
"""
import os
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from orgo import Orgo, expect, main, wait_until  # noqa: E402
from referee import check, drained  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402
from submitter import Submitter  # noqa: E402

KILLS = int(os.environ.get("ORGO_KILLS", "10"))
SEED = int(os.environ.get("ORGO_TEST_SEED", str(random.SystemRandom().randrange(1 << 31))))

RULES = """\
match: first
rules:
  - name: urgent
    condition: "subject contains 'urgent'"
    action:
      route_to: "maintenance@organization.com"
      escalate_to:
        - {after: "1 second", to: "supervisor@organization.com"}
        - {after: "2 seconds", to: "head@organization.com"}
  - name: rest
    condition: "any recipient ends with '@organization.com'"
    action:
      route_to: "office"
"""

# The brake on all mails together (I14) would hold back what hundreds of kills let through.
DELIVERY = "delivery:\n  total_factor: 0\n"
# Every twelfth mail notifies and escalates, so that delivery keeps up and the outbox is empty soon after the end.
SUBJECTS = ["urgent: water"] + ["A request"] * 11


def kill_9_at_random_moments():
    print(f"ORGO_TEST_SEED={SEED} ORGO_KILLS={KILLS}", flush=True)
    moments = random.Random(SEED)
    with SmtpSink() as sink, Orgo(rules=RULES, settings=sink.settings() + DELIVERY) as orgo:
        orgo.start()
        submitter = Submitter(orgo, orgo.folder, subjects=SUBJECTS).start()
        hit, restarts = 0, []
        for number in range(KILLS):
            before = submitter.acknowledged
            wait_until("mails are acknowledged again after a restart", lambda: submitter.acknowledged > before + 5, 30)
            time.sleep(moments.uniform(0.0, 0.6))  # the random moment itself; nothing waits for anything here
            # A kill between two mails tests little, and an idle machine answers so fast that half of them would be such.
            within = time.monotonic() + 0.2
            while not (busy := submitter.in_flight) and time.monotonic() < within:
                pass
            orgo.kill()
            hit += busy > 0
            began = time.monotonic()
            orgo.start()
            restarts.append(time.monotonic() - began)
            lines, balanced, _ = orgo.ledger()
            expect(balanced, f"after kill {number + 1} the ledger does not balance: {lines}")
        submitter.stop()
        orgo.settle(120)
        drained(orgo)
        figures = check(orgo, submitter, sink)
        expect(hit >= 0.6 * KILLS, f"only {hit} of {KILLS} kills met a message in flight: the test did not test much")
        expect(orgo.stop() == 0, "a stop as asked must end with 0")
        return f"{KILLS} kills, {hit} with messages in flight, ready again within {max(restarts):.2f} s; {figures}"


if __name__ == "__main__":
    main(kill_9_at_random_moments)
