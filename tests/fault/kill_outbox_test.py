#!/usr/bin/env python3
"""kill -9 while the outbox drains: each mail arrives, and each kill repeats at most one mail for each connection, as the very
same mail (its Message-ID), since an outcome is durable before the next mail is handed to the relay.

ORGO_KILLS (10) says how often, ORGO_TEST_SEED repeats the moments of a run; ./test --faults kills 100 times.
"""
import collections
import os
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Orgo, expect, mail, main, wait_until  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402

KILLS = int(os.environ.get("ORGO_KILLS", "10"))
SEED = int(os.environ.get("ORGO_TEST_SEED", str(random.SystemRandom().randrange(1 << 31))))
TOLD = 40         # people told of each mail
CONNECTIONS = 5   # delivery.workers and the one for what is urgent

RULES = "rules:\n  - name: all\n    condition: \"any recipient ends with '@organization.com'\"\n    action:\n      notify: [" + \
    ", ".join(f"p{number}@organization.com" for number in range(TOLD)) + "]\n"


def kill_9_while_the_outbox_drains():
    print(f"ORGO_TEST_SEED={SEED} ORGO_KILLS={KILLS}", flush=True)
    moments = random.Random(SEED)
    with SmtpSink() as sink, Orgo(rules=RULES, settings=sink.settings() + "delivery:\n  total_factor: 0\n") as orgo:
        sink.mode, sink.delay = "slow", 0.02
        orgo.start()
        made, met = 0, 0
        kept_before = []  # how many had arrived at each kill
        for _ in range(KILLS):
            while made * TOLD < len(sink.kept) + 60:
                orgo.deliver(mail(subject=f"Mail {made}", sender=f"s{made}@client.example"))
                made += 1
            seen = len(sink.kept)
            wait_until("mails go out again after a restart", lambda: len(sink.kept) > seen, 30)
            time.sleep(moments.uniform(0.0, 0.25))  # the random moment itself; nothing waits for anything here
            before = len(sink.kept)
            orgo.kill()
            wait_until("the relay has read what was on its way", lambda: not sink.talking)
            met += before > seen
            kept_before.append(len(sink.kept))
            orgo.start()
        sink.mode = "ok"
        wait_until("all mails have arrived", lambda: len({one.message_id for one in sink.kept}) == made * TOLD, 120)
        wait_until("the outbox is empty", lambda: orgo.cli("queue", "list").stdout.count("nothing waits to be sent"), 60)
        expect(met >= KILLS // 2, f"only {met} of {KILLS} kills met a draining outbox: the test did not test much")
        # What goes out again had gone out before, and its outcome was lost by the kill that came next.
        last_at, repeats = {}, collections.Counter()
        for place, one in enumerate(sink.kept):
            if one.message_id in last_at:
                repeats[sum(before <= last_at[one.message_id] for before in kept_before)] += 1
            last_at[one.message_id] = place
        worst = max(repeats.values(), default=0)
        expect(worst <= CONNECTIONS, f"after one kill {worst} mails went out again, with {CONNECTIONS} connections: {repeats}")
        # One to each of the people that a mail names, and none twice under another id.
        expect(len(last_at) == made * TOLD, f"{len(last_at)} Message-IDs for {made * TOLD} mails")
        expect(orgo.stop(60) == 0, "a stop as asked must end with 0")
        return f"{KILLS} kills, {made * TOLD} mails, {sum(repeats.values())} went out again, at most {worst} after one kill"


if __name__ == "__main__":
    main(kill_9_while_the_outbox_drains)
