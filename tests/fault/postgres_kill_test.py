#!/usr/bin/env python3
"""The same promises on PostgreSQL: Orgo killed, its database killed, and the connection between them cut, all under load. Nothing
acknowledged is lost, nothing is done twice, and what can't be stored meanwhile is answered with "later".

ORGO_KILLS (10) says how often, ORGO_TEST_SEED repeats the moments of a run.
"""
import json
import os
import pathlib
import random
import smtplib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import postgres  # noqa: E402
from kill_test import DELIVERY, RULES, SUBJECTS  # noqa: E402
from orgo import Failed, Orgo, expect, mail, main, wait_until  # noqa: E402
from referee import check, drained  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402
from submitter import Submitter  # noqa: E402

KILLS = int(os.environ.get("ORGO_KILLS", "10"))
SEED = int(os.environ.get("ORGO_TEST_SEED", str(random.SystemRandom().randrange(1 << 31))))


def orgo_dies(orgo, server):
    orgo.kill()
    orgo.start()


def database_dies(orgo, server):
    server.kill()
    server.start()


def database_restarts(orgo, server):
    server.stop()
    server.start()


def all_are_cut(orgo, server):
    server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'orgo'")


def on(server, mails="folder"):
    return f"database: {{url: '{server.url}'}}\nfiles: {{store: {mails}}}\n"


def killed_under_load(mails):
    print(f"ORGO_TEST_SEED={SEED} ORGO_KILLS={KILLS}", flush=True)
    moments = random.Random(SEED)
    faults = [orgo_dies, database_dies, database_restarts, all_are_cut]
    with postgres.Postgres() as server, SmtpSink() as sink, \
            Orgo(rules=RULES, settings=sink.settings() + DELIVERY + on(server, mails)) as orgo:
        orgo.start()
        submitter = Submitter(orgo, orgo.folder, connections=8, subjects=SUBJECTS).start()
        for number in range(KILLS):
            before = submitter.acknowledged
            wait_until("mails are acknowledged again", lambda: submitter.acknowledged > before + 5, 60)
            time.sleep(moments.uniform(0.0, 0.6))  # the random moment itself; nothing waits for anything here
            faults[number % len(faults)](orgo, server)
        before = submitter.acknowledged
        wait_until("mails are acknowledged at the end", lambda: submitter.acknowledged > before + 5, 60)
        submitter.stop()
        orgo.settle(120)
        lines, balanced, _ = orgo.ledger()
        expect(balanced, f"the ledger does not balance: {lines}")
        drained(orgo)
        figures = check(orgo, submitter, sink)
        said = orgo.cli("doctor", check=False).stdout
        expect("every page and index is whole" in said, "doctor looks at the database")
        expect("read, every byte as it came" in said, f"doctor reads each mail: {said}")
        if mails == "database":
            expect(not list((orgo.data / "blobs").glob("*")), "nothing of a mail lies in the folder")
            expect(server.sql("SELECT (SELECT count(*) FROM orgo.messages) - (SELECT count(*) FROM orgo.raw_mails WHERE part = 0)", "orgo") == ["0"],
                   "a message and its bytes are there together or not at all")
        expect(orgo.stop() == 0, "a stop as asked must end with 0")
        return f"{KILLS} faults; {figures}"


def killed_under_load_with_mails_in_the_folder():
    return killed_under_load("folder")


def killed_under_load_with_mails_in_the_database():
    return killed_under_load("database")


def while_it_is_away_mail_is_told_later():
    with postgres.Postgres() as server, Orgo(rules=RULES, settings=f"database: {{url: '{server.url}'}}\n") as orgo:
        orgo.start()
        server.stop()
        try:
            orgo.deliver(mail())
            raise Failed("a mail was accepted, and there is no database to keep it")
        except smtplib.SMTPResponseException as refused:
            expect(refused.smtp_code == 451, f"{refused.smtp_code} {refused.smtp_error}")
        except smtplib.SMTPRecipientsRefused as refused:
            expect(all(code == 451 for code, _ in refused.recipients.values()), f"{refused.recipients}")
        wait_until("/readyz says so", lambda: orgo.http("GET", "/readyz", token=None)[0] == 503)
        server.start()
        wait_until("/readyz is well again", lambda: orgo.http("GET", "/readyz", token=None)[0] == 200, 60)
        orgo.deliver(mail())
        orgo.settle()
        expect(server.sql("SELECT count(*) FROM orgo.tasks", "orgo") == ["1"], "one mail, one task")


def a_dump_that_is_put_back_is_a_restore():
    def tool(name, *arguments):
        subprocess.run([postgres.programs() / name, *arguments], check=True, capture_output=True)
    with postgres.Postgres() as server, Orgo(rules=RULES, settings=f"database: {{url: '{server.url}'}}\n") as orgo:
        orgo.start()
        orgo.deliver(mail("urgent: water"))
        orgo.settle()
        refused = orgo.cli("backup", str(orgo.folder / "b"), check=False)
        expect(refused.returncode != 0 and "pg_dump" in refused.stderr, f"whose backup it is: {refused.stderr}")
        server.dump(orgo.folder / "orgo.dump")
        orgo.deliver(mail("urgent: fire"))
        orgo.settle()
        orgo.stop()
        server.sql("DROP SCHEMA orgo CASCADE", "orgo")
        tool("pg_restore", "-d", server.url, str(orgo.folder / "orgo.dump"))
        orgo.start()
        held = orgo.cli("queue", "restored", "--json").stdout  # and what comes of it: its task may escalate just now
        expect([one["id"] for one in json.loads(held)][:1] == ["s1"], f"what waited in the dump is held: {held}")
        orgo.stop()
        server.sql("DROP SCHEMA orgo CASCADE", "orgo")
        lost = orgo.cli("serve", check=False)
        expect(lost.returncode != 0 and "put the last backup of both in their place" in lost.stderr,
               f"a database that is gone beside mails is no new one: {lost.returncode} {lost.stderr}")


if __name__ == "__main__":
    if not postgres.available():
        print("skipped: PostgreSQL is not installed (scripts/packages-test.txt)")
        sys.exit(0)
    main(killed_under_load_with_mails_in_the_folder, killed_under_load_with_mails_in_the_database, while_it_is_away_mail_is_told_later, a_dump_that_is_put_back_is_a_restore)
