#!/usr/bin/env python3
"""Three nodes over one PostgreSQL under load, and one of them killed again and again, or frozen until the others have buried it:
nothing acknowledged is lost, nothing is done twice, and what it held is free within seconds.

ORGO_KILLS (6) says how often, ORGO_TEST_SEED repeats the moments of a run.
"""
import os
import pathlib
import random
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import postgres  # noqa: E402
from cluster import ClusterNode, Doors  # noqa: E402
from kill_test import DELIVERY, RULES, SUBJECTS  # noqa: E402
from orgo import expect, main, wait_until  # noqa: E402
from referee import check, drained  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402
from submitter import Submitter  # noqa: E402

KILLS = int(os.environ.get("ORGO_KILLS", "6"))
SEED = int(os.environ.get("ORGO_TEST_SEED", str(random.SystemRandom().randrange(1 << 31))))
HELD = " UNION ALL ".join(f"SELECT '{table}' FROM orgo.{table} WHERE owner = '{{0}}' {more}"
                          for table, more in (("work", "AND state = 1"), ("outbox", "AND state = 1"), ("timers", ""), ("locks", "")))


def owner_of(server, node):
    return server.sql(f"SELECT boot || '@' || name FROM orgo.nodes WHERE name = '{node.name}'", "orgo")[0]


def held_by(server, owner):
    return server.sql(HELD.format(owner), "orgo")


def is_buried(server, owner):
    return server.sql(f"SELECT dead FROM orgo.nodes WHERE boot || '@' || name = '{owner}'", "orgo") == ["1"]


def one_of_three_dies():
    print(f"ORGO_TEST_SEED={SEED} ORGO_KILLS={KILLS}", flush=True)
    moments = random.Random(SEED)
    with postgres.Postgres() as server, SmtpSink() as sink:
        nodes = [ClusterNode(server, name, rules=RULES, settings=sink.settings() + DELIVERY) for name in "abc"]
        with nodes[0], nodes[1], nodes[2]:
            nodes[0].start()
            for node in nodes[1:]:
                node.like(nodes[0]).start()
            submitter = Submitter(Doors(nodes), nodes[0].folder, connections=8, rate=100, subjects=SUBJECTS).start()
            held, took = 0, []
            for number in range(KILLS):
                before = submitter.acknowledged
                wait_until("mails are acknowledged", lambda: submitter.acknowledged > before + 20, 60)
                victim = moments.choice(nodes)
                owner = owner_of(server, victim)
                time.sleep(moments.uniform(0.0, 0.3))  # the random moment itself; nothing waits for anything here
                frozen = number % 3 == 2
                began = time.monotonic()
                if frozen:
                    victim.process.send_signal(signal.SIGSTOP)
                else:
                    victim.kill()
                held += len(held_by(server, owner))
                wait_until(f"the others take over from {victim.name}", lambda: is_buried(server, owner), 30)
                took.append(time.monotonic() - began)
                expect(held_by(server, owner) == [], f"{victim.name} was buried with what it held: {held_by(server, owner)}")
                before = submitter.acknowledged
                wait_until("the others go on", lambda: submitter.acknowledged > before + 20, 60)
                if frozen:
                    victim.process.send_signal(signal.SIGCONT)
                    wait_until("it is back", lambda: nodes[0].states().get(victim.name) == "alive", 30)
                else:
                    victim.start()
            submitter.stop()
            nodes[0].settle(120)
            drained(nodes[0])
            figures = check(nodes[0], submitter, sink)
            expect(set(nodes[1].states().values()) == {"alive"}, f"all are there: {nodes[1].states()}")
            for node in nodes:
                expect(node.stop() == 0, "a stop as asked must end with 0")
            return f"{KILLS} deaths, {held} things held, taken over after {min(took):.1f} to {max(took):.1f} s; {figures}"


if __name__ == "__main__":
    if not postgres.available():
        print("skipped: PostgreSQL is not installed (scripts/packages-test.txt)")
        sys.exit(0)
    main(one_of_three_dies)
