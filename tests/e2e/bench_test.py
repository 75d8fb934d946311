#!/usr/bin/env python3
"""`orgo bench mails` and `orgo bench queue`: all that was taken is decided once, what they say adds up, and nothing of one's own is
touched."""
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import postgres  # noqa: E402
from orgo import Orgo, expect, main  # noqa: E402

os.environ["COLUMNS"] = "80"


def bench(orgo, *words, check=True):
    return orgo.cli("bench", *words, check=check, timeout=120)


def whole(report, count):
    waits = report["decided_ms"]
    expect(report["taken"] == report["accepted"] == report["decided"] == count and report["failed"] == 0, f"{report}")
    expect(report["balanced"] and 0 < report["tasks"] <= count, f"{report}")
    expect(0 <= waits["p50"] <= waits["p95"] <= waits["p99"] <= waits["max"], f"{waits}")


def mails_become_tasks_in_a_folder_of_their_own():
    with Orgo() as orgo:
        before = sorted(path.name for path in orgo.folder.rglob("*"))
        report = json.loads(bench(orgo, "mails", "--count", "300", "--json", "--neighbour").stdout)
        whole(report, 300)
        (orgo.folder / "rules.yaml").write_text("rules: [")  # ours are not asked
        expect(report["good"] and report["taken_per_second"] > 0 and report["decided_per_second"] > 0, f"{report}")
        whole(report["neighbour"], report["neighbour"]["taken"])
        expect(report["neighbour"]["taken"] >= 1, f"{report}")
        expect(sorted(path.name for path in orgo.folder.rglob("*")) == before, "the bench left something behind")
        told = bench(orgo, "mails", "--rate", "40/s", "--for", "2s", "--size", "600")
        expect("80 mails taken" in told.stdout and "the ledger balances" in told.stdout, told.stdout)
        expect(all(len(line) <= 80 for line in told.stdout.splitlines()[1:]), f"wider than 80 columns:\n{told.stdout}")


def what_makes_no_sense_is_refused():
    with Orgo() as orgo:
        for words, why in ((("--rate", "fast"), "is no rate"), (("--for", "5m"), "--for is for a rate"), (("--rate", "1/h", "--for", "1s"), "not one mail"),
                           (("--rate", "9/s", "--for", "1s", "--count", "3"), "without --count"), (("--database", "mysql://x"), "database")):
            refused = bench(orgo, "mails", *words, check=False)
            expect(refused.returncode == 2 and why in refused.stderr, f"{words}: {refused}")


def work_is_done_once_each():
    with Orgo() as orgo:
        report = json.loads(bench(orgo, "queue", "--count", "30000", "--json").stdout)  # more than hints are kept
        expect(report["good"] and report["once_each"] and report["left"] == 0 and report["done_per_second"] > 0, f"{report}")
        told = bench(orgo, "queue", "--count", "500", "--workers", "3").stdout
        expect("all 500 done, each once" in told, told)


def on_a_server_only_where_nothing_is():
    with postgres.Postgres() as server, Orgo() as orgo:
        report = json.loads(bench(orgo, "mails", "--count", "200", "--json", "--database", server.url).stdout)
        whole(report, 200)
        for what in ("mails", "queue"):
            refused = bench(orgo, what, "--database", server.url, check=False)
            expect(refused.returncode == 1 and "there is data of Orgo in" in refused.stderr, f"{refused}")
        server.sql("DROP SCHEMA orgo CASCADE", database="orgo")
        report = json.loads(bench(orgo, "queue", "--count", "500", "--json", "--database", server.url).stdout)
        expect(report["good"], f"{report}")


if __name__ == "__main__":
    tests = [mails_become_tasks_in_a_folder_of_their_own, what_makes_no_sense_is_refused, work_is_done_once_each]
    if postgres.available():
        tests.append(on_a_server_only_where_nothing_is)
    else:
        print("skipped: PostgreSQL is not installed (scripts/packages-test.txt)")
    main(*tests)
