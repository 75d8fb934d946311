#!/usr/bin/env python3
"""Two nodes and a broker between them, under load: the broker is killed, stands still, forgets everything; a node dies with what it has
fetched. Nothing acknowledged is lost, nothing is done twice, and no mail waits for a broker that is away.

ORGO_KILLS (6) says how often, ORGO_TEST_SEED repeats the moments of a run.
"""
import os
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import postgres  # noqa: E402
import rabbitmq  # noqa: E402
import redis  # noqa: E402
from cluster import ClusterNode, Doors  # noqa: E402
from kill_test import DELIVERY, RULES, SUBJECTS  # noqa: E402
from orgo import expect, main, wait_until  # noqa: E402
from referee import check, drained  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402
from submitter import Submitter  # noqa: E402

KILLS = int(os.environ.get("ORGO_KILLS", "6"))
SEED = int(os.environ.get("ORGO_TEST_SEED", str(random.SystemRandom().randrange(1 << 31))))


def broker_dies(broker, node, goes_on):
    broker.kill()
    goes_on()
    broker.start()


def broker_stands_still(broker, node, goes_on):
    broker.freeze()
    goes_on()
    broker.thaw()


def broker_forgets(broker, node, goes_on):
    broker.wipe()


def node_dies(broker, node, goes_on):
    node.kill()
    node.start()


def under_load(broker):
    print(f"ORGO_TEST_SEED={SEED} ORGO_KILLS={KILLS}", flush=True)
    moments = random.Random(SEED)
    faults = [broker_dies, broker_stands_still, broker_forgets, node_dies]
    moments.shuffle(faults)
    with postgres.Postgres() as server, SmtpSink() as sink:
        settings = sink.settings() + DELIVERY + f"queue: {{url: '{broker.url}'}}\n"
        doors = ClusterNode(server, "doors", roles="gateway,delivery,escalation", rules=RULES, settings=settings)
        works = ClusterNode(server, "works", rules=RULES, settings=settings)
        with doors, works:
            doors.start()
            works.like(doors).start()
            submitter = Submitter(Doors([doors, works]), doors.folder, connections=8, rate=100, subjects=SUBJECTS).start()

            def goes_on():
                before = submitter.acknowledged
                wait_until("mails are acknowledged", lambda: submitter.acknowledged > before + 20, 60)
            for number in range(KILLS):
                goes_on()
                time.sleep(moments.uniform(0.0, 0.3))  # the random moment itself; nothing waits for anything here
                faults[number % len(faults)](broker, works, goes_on)
            goes_on()
            submitter.stop()
            doors.settle(120)
            drained(doors)
            figures = check(doors, submitter, sink)
            shared = [line for line in doors.http("GET", "/metrics", token=None)[1].decode().splitlines()
                      if line.startswith("orgo_hints_shared_total")]
            expect(shared and float(shared[0].split()[-1]) > 0, f"nothing went by the broker: {shared}")
            for node in (works, doors):
                expect(node.stop() == 0, "a stop as asked must end with 0")
            return f"{KILLS} faults; {figures}; {shared[0]}"


def by_redis():
    with redis.Redis() as broker:
        return under_load(broker)


def by_rabbitmq():
    with rabbitmq.RabbitMq() as broker:
        return under_load(broker)


if __name__ == "__main__":
    if not postgres.available():
        print("skipped: PostgreSQL is not installed (scripts/packages-test.txt)")
        sys.exit(0)
    main(*([by_redis] if redis.available() else []), *([by_rabbitmq] if rabbitmq.available() else []))
