#!/usr/bin/env python3
"""Reads that go through a PgBouncer which gives each transaction another session: it is killed and frozen under load, leads to
another database, and to a primary that is none any more.

ORGO_KILLS (8) says how often, ORGO_TEST_SEED repeats the moments of a run.
"""
import os
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import pgbouncer  # noqa: E402
import postgres  # noqa: E402
from kill_test import DELIVERY, RULES, SUBJECTS  # noqa: E402
from orgo import Orgo, expect, mail, main, wait_until  # noqa: E402
from postgres_failover_test import Pair  # noqa: E402
from referee import check, drained  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402
from submitter import Submitter  # noqa: E402

KILLS = int(os.environ.get("ORGO_KILLS", "8"))
SEED = int(os.environ.get("ORGO_TEST_SEED", str(random.SystemRandom().randrange(1 << 31))))


def on(url, pool):
    return f"database: {{url: '{url}', pool_url: '{pool.url}'}}\nfiles: {{store: database}}\n"


def pool_dies(orgo, server, pool):
    pool.kill()
    pool.start()


def pool_freezes(orgo, server, pool):
    pool.freeze()
    time.sleep(2)  # that long; nothing waits for anything here
    pool.thaw()


def database_dies(orgo, server, pool):
    server.kill()
    server.start()


def orgo_dies(orgo, server, pool):
    orgo.kill()
    orgo.start()


def killed_under_load():
    print(f"ORGO_TEST_SEED={SEED} ORGO_KILLS={KILLS}", flush=True)
    moments = random.Random(SEED)
    faults = [pool_dies, database_dies, pool_freezes, orgo_dies]
    with postgres.Postgres() as server, pgbouncer.PgBouncer(server.port) as pool, SmtpSink() as sink, \
            Orgo(rules=RULES, settings=sink.settings() + DELIVERY + on(server.url, pool)) as orgo:
        orgo.start()
        submitter = Submitter(orgo, orgo.folder, connections=8, subjects=SUBJECTS).start()
        for number in range(KILLS):
            before = submitter.acknowledged
            wait_until("mails are acknowledged again", lambda: submitter.acknowledged > before + 5, 90)
            time.sleep(moments.uniform(0.0, 0.6))  # the random moment itself; nothing waits for anything here
            faults[number % len(faults)](orgo, server, pool)
        before = submitter.acknowledged
        wait_until("mails are acknowledged at the end", lambda: submitter.acknowledged > before + 5, 90)
        submitter.stop()
        orgo.settle(120)
        lines, balanced, _ = orgo.ledger()
        expect(balanced, f"the ledger does not balance: {lines}")
        drained(orgo)
        figures = check(orgo, submitter, sink)
        expect(int(server.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'orgo'")[0]) <= 3 + 4,
               "three of the pool, and those that write, listen and beat")
        expect(orgo.stop() == 0, "a stop as asked must end with 0")
        return f"{KILLS} faults; {figures}"


def while_the_pool_is_away_it_is_told():
    with postgres.Postgres() as server, pgbouncer.PgBouncer(server.port) as pool, Orgo(rules=RULES, settings=on(server.url, pool)) as orgo:
        orgo.start()
        orgo.deliver(mail())
        orgo.settle()
        pool.kill()
        wait_until("/readyz says so", lambda: orgo.http("GET", "/readyz", token=None)[0] == 503, 60)
        expect(orgo.http("GET", "/livez", token=None)[0] == 200, "it lives")
        status, _ = orgo.http("GET", "/api/v1/tasks/T-1")
        expect(status == 503, f"nothing is made up: {status}")
        pool.start()
        wait_until("/readyz is well again", lambda: orgo.http("GET", "/readyz", token=None)[0] == 200, 60)
        expect(orgo.get("/api/v1/tasks/T-1")["id"] == "T-1", "as before")
        orgo.stop()


def a_pool_before_another_database_is_refused():
    with postgres.Postgres() as server, postgres.Postgres() as other, pgbouncer.PgBouncer(other.port) as pool, \
            Orgo(rules=RULES, settings=on(server.url, pool)) as orgo:
        refused = orgo.cli("serve", check=False)
        expect(refused.returncode != 0 and "leads to another database than database.url" in refused.stderr, f"{refused.stderr}")
        orgo.config.write_text(orgo.config.read_text().replace(server.url, "sqlite").replace("store: database", "store: folder"))
        refused = orgo.cli("serve", check=False)
        expect(refused.returncode != 0 and "database.url names no server" in refused.stderr, f"{refused.stderr}")


def what_an_old_primary_says_by_the_pool_is_not_believed():
    with Pair() as pair, pgbouncer.PgBouncer(pair.primary.port) as pool, Orgo(rules=RULES, settings=on(pair.url(), pool)) as orgo:
        orgo.start()
        orgo.deliver(mail(subject="urgent: one"))
        orgo.settle()
        old, new = pair.primary, pair.standby
        old.stop()
        new.promote()
        pool.lead(new.port)
        wait_until("it is served by the new primary", lambda: orgo.http("GET", "/readyz", token=None)[0] == 200, 90)
        orgo.deliver(mail(subject="urgent: two"))
        orgo.settle()
        expect(orgo.get("/api/v1/tasks/T-2")["id"] == "T-2", "there are two")
        old.start()
        pool.lead(old.port)

        def refuses():
            status, said = orgo.http("GET", "/api/v1/tasks/T-2")
            expect(status in (200, 503), f"what only the new one has is never missing: {status} {said}")
            return status == 503
        wait_until("the old one's word is not taken", refuses, 60)
        pool.lead(new.port)
        wait_until("the new one's is", lambda: orgo.http("GET", "/api/v1/tasks/T-2")[0] == 200, 60)
        orgo.stop()


if __name__ == "__main__":
    if not postgres.available() or not pgbouncer.available():
        print("SKIPPED: PostgreSQL and PgBouncer are not installed; scripts/packages-test.txt names them", file=sys.stderr)
        sys.exit(0)
    main(killed_under_load, while_the_pool_is_away_it_is_told, a_pool_before_another_database_is_refused,
         what_an_old_primary_says_by_the_pool_is_not_believed)
