#!/usr/bin/env python3
"""Mails in the database (files.store: database): what came in is read and decided without anything of the data folder but its keys, a
dump of the server has all of it, and changing the setting leaves what is there readable."""
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import postgres  # noqa: E402
from orgo import Orgo, expect, mail, main, sha256, wait_until  # noqa: E402

NOISE = random.Random(7)


def mails():
    """Of all sizes: what is kept as it is, what is compressed, and what is neither small nor alike."""
    sizes = (0, 20, 3_000, 5_000, 70_000, 900_000, 5_000_000)
    made = [mail(subject=f"urgent: {size}", text=("word " * 14 + "\n") * (size // 71)) for size in sizes]
    made += [mail(subject=f"noise {size}", text="".join(NOISE.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ\n", k=size))) for size in sizes[3:]]
    return made


def on(server, store="database"):
    return f"database: {{url: '{server.url}'}}\nfiles: {{store: {store}}}\n"


def change(orgo, server, store):
    text = orgo.config.read_text()
    for one in ("database", "folder"):
        text = text.replace(on(server, one), on(server, store))
    orgo.config.write_text(text)


def kept(orgo):
    return sorted(sha256(raw) for _, raw in orgo.raw_messages())


def expect_well(orgo, given):
    expect(kept(orgo) == sorted(sha256(raw) for raw in given), "each mail, byte for byte")
    lines, balanced, _ = orgo.ledger()
    expect(balanced and sum(line["decided"] for line in lines) == len(given), f"all are decided: {lines}")
    said = orgo.cli("doctor", check=False).stdout
    expect(f"{len(given)} read, every byte as it came" in said, f"doctor reads all: {said}")
    wait_until("/readyz is well", lambda: orgo.http("GET", "/readyz", token=None)[0] == 200)


def deliver(orgo, given):
    for raw in given:
        orgo.deliver(raw)
    orgo.settle()


def segments(orgo):
    return [path for path in (orgo.data / "blobs").glob("*") if path.stat().st_size > 0]


def what_lies_in_the_folder_is_not_needed():
    with postgres.Postgres() as server, Orgo(settings=on(server)) as orgo:
        orgo.start()
        given = mails()
        deliver(orgo, given)
        expect_well(orgo, given)
        expect(not segments(orgo), f"no mail lies in the folder: {segments(orgo)}")
        orgo.stop()
        shutil.rmtree(orgo.data / "blobs")
        expect(orgo.cli("task", "list").stdout.count("T-") >= 1, "a command reads without it")
        orgo.start()
        expect_well(orgo, given)
        more = [mail(subject="behind it")]
        deliver(orgo, more)
        expect_well(orgo, given + more)


def changing_the_setting_keeps_what_is_there():
    with postgres.Postgres() as server, Orgo(settings=on(server, "folder")) as orgo:
        given = []
        for store in ("folder", "database", "folder"):
            change(orgo, server, store)
            orgo.start()
            before = len(segments(orgo))
            some = [mail(subject=f"in the {store}"), mail(subject=f"large in the {store}", text="x" * 300_000)]
            deliver(orgo, some)
            given += some
            expect_well(orgo, given)
            expect((len(segments(orgo)) > before) == (store == "folder"), f"{store}: {segments(orgo)}")
            orgo.stop()


def a_dump_has_all_but_the_keys():
    def tool(name, *arguments):
        subprocess.run([postgres.programs() / name, *arguments], check=True, capture_output=True)
    with postgres.Postgres() as server, Orgo(settings=on(server)) as orgo:
        orgo.start()
        given = mails()
        deliver(orgo, given)
        server.dump(orgo.folder / "orgo.dump")
        orgo.stop()
        server.sql("DROP SCHEMA orgo CASCADE", "orgo")
        refused = orgo.cli("serve", check=False)
        expect(refused.returncode != 0 and "lineage.json" in refused.stderr, f"a database that is gone is no new one: {refused.stderr}")
        shutil.move(orgo.data, orgo.folder / "before")
        orgo.data.mkdir()
        os.chmod(orgo.data, 0o700)
        shutil.copy2(orgo.folder / "before" / "secret.key", orgo.data)
        tool("pg_restore", "-d", server.url, str(orgo.folder / "orgo.dump"))
        orgo.start()
        expect(kept(orgo) == sorted(sha256(raw) for raw in given), "each mail, byte for byte")
        held = json.loads(orgo.cli("queue", "restored", "--json").stdout)
        expect(isinstance(held, list), "and it knows that it is a restored one")
        expect(orgo.ledger()[1], "the ledger balances")


def without_a_server_there_is_no_such_place():
    with Orgo(settings="files: {store: database}\n") as orgo:
        refused = orgo.cli("serve", check=False)
        expect(refused.returncode != 0 and "database.url names no server" in refused.stderr, refused.stderr)
        expect(not (orgo.data / "blobs").exists(), "nothing was begun")


if __name__ == "__main__":
    if not postgres.available():
        print("skipped: PostgreSQL is not installed (scripts/packages-test.txt)")
        sys.exit(0)
    main(what_lies_in_the_folder_is_not_needed, changing_the_setting_keeps_what_is_there, a_dump_has_all_but_the_keys,
         without_a_server_there_is_no_such_place)
