#!/usr/bin/env python3
"""`orgo move`: from the file to a server and back while mails come in, killed on the way; what is there then is all that was there, and the
database that was left refuses each change."""
import json
import pathlib
import random
import re
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
import postgres  # noqa: E402
from orgo import BINARY, Orgo, child_environment, expect, mail, main, sha256, wait_until  # noqa: E402
from submitter import Submitter  # noqa: E402

MOMENTS = random.Random(11)
SUBJECTS = ("urgent: the boiler", "invoice 17", "hello")


def command(orgo, *words):
    return [str(BINARY), "move", *words, "--config", str(orgo.config), "--data", str(orgo.data)]


def move(orgo, *words, check=True):
    done = subprocess.run(command(orgo, *words), capture_output=True, text=True, timeout=300, env=child_environment())
    expect(not check or done.returncode == 0, f"move {words}: {done.stdout}{done.stderr}")
    return done


def lives_on(orgo, database, files=""):
    """Sets database.url, as the move says."""
    text = re.sub(r"^database:.*\n", "", orgo.config.read_text(), flags=re.M)
    orgo.config.write_text(text + f"database: {{url: '{database}'}}\n")


def kept(orgo):
    return sorted(sha256(raw) for _, raw in orgo.raw_messages())


def seen(orgo):
    """What people see of it: all tasks with their histories' lengths, and the ledger."""
    tasks = json.loads(orgo.cli("task", "list", "--limit", "1000", "--json").stdout)
    lines, balanced, _ = orgo.ledger()
    expect(balanced, f"the ledger balances: {lines}")
    return tasks, lines


def there_and_back():
    with postgres.Postgres() as server, Orgo() as orgo:
        orgo.start()
        given = [mail(subject=f"{SUBJECTS[i % 3]} {i} {'ß€漢' if i % 5 == 0 else ''}") for i in range(40)]
        for raw in given:
            orgo.deliver(raw)
        orgo.settle()
        orgo.cli("task", "comment", "T-1", "gesehen: ja")
        wanted = seen(orgo), kept(orgo)
        orgo.stop()
        said = move(orgo, "--to", server.url).stdout
        expect("counted and compared, all alike" in said and f"url: {server.url}" in said, said)
        again = move(orgo, "--to", server.url).stdout
        expect(f"moved to {server.url}" in again, f"asked twice, it says so: {again}")
        elsewhere = move(orgo, "--to", server.url + "2", check=False)
        expect(elsewhere.returncode != 0, "nothing is moved twice")
        refused = subprocess.run(orgo.command(), capture_output=True, text=True, timeout=60, env=child_environment())
        expect(refused.returncode != 0 and f"was moved to {server.url}" in refused.stderr + refused.stdout,
               f"a start on the old one says where it is: {refused.stderr[-600:]}")
        lives_on(orgo, server.url)
        orgo.start()
        expect((seen(orgo), kept(orgo)) == wanted, "the same tasks, ledger and mails")
        somebody = sqlite3.connect(orgo.data / "orgo.db")  # looks at what was left, and forgets to leave
        expect(somebody.execute("SELECT count(*) FROM messages").fetchone()[0] == 40, "it is readable")
        more = mail(subject="urgent: behind the move")
        orgo.deliver(more)
        orgo.settle()
        expect(orgo.http("GET", "/readyz", token=None)[0] == 200, "it is ready")
        expect(json.loads(orgo.cli("queue", "restored", "--json").stdout) == [], "it is not taken for a restored one")
        wanted = seen(orgo), kept(orgo)
        orgo.stop()
        said = move(orgo, "--to", "sqlite").stdout
        expect("all alike" in said, said)
        lives_on(orgo, "sqlite")
        kept_one = sqlite3.connect(orgo.data / "orgo.db.moved")
        expect(kept_one.execute("PRAGMA integrity_check; ").fetchone()[0] == "ok", "the one that was left at first is kept")
        expect(kept_one.execute("SELECT count(*) FROM messages").fetchone()[0] == 40, "as it was")
        kept_one.close()
        somebody.close()
        orgo.start()
        expect((seen(orgo), kept(orgo)) == wanted, "and back")
        orgo.deliver(mail(subject="hello again"))
        orgo.settle()
        seen(orgo)
        expect(orgo.stop() == 0, "it stops")


def while_mails_come_in():
    with postgres.Postgres() as server, Orgo() as orgo:
        orgo.start()
        acknowledged = 0
        for place, there in enumerate((server.url, "sqlite")):
            submitter = Submitter(orgo, orgo.folder, connections=4, subjects=SUBJECTS)
            submitter.number = place * 1_000_000  # the second one's mails are others
            submitter.missed = -submitter.number  # and it is as far behind its rate as the first
            submitter.start()
            under_load(orgo, there, submitter)
            acknowledged += submitter.acknowledged
            wanted = seen(orgo)
            lives_on(orgo, there)
            expect(seen(orgo) == wanted, "all that was left has")
            orgo.start()
            orgo.settle(120)
            lines, balanced, _ = orgo.ledger()
            expect(balanced and sum(line["decided"] for line in lines) >= acknowledged, f"each acknowledged mail: {lines}")
        expect(server.sql("SELECT moved_at <> 0 FROM orgo.move_source", "orgo") == ["t"], "and what was left knows it")
        expect(orgo.stop() == 0, "it stops")


def under_load(orgo, there, submitter):
    wait_until("mails are taken", lambda: submitter.acknowledged > 200)
    kills = 0
    for _ in range(6):
        moving = subprocess.Popen(command(orgo, "--to", there, "--no-wait"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  env=child_environment(), start_new_session=True)
        try:
            moving.wait(MOMENTS.uniform(0.05, 1.2))  # the random moment of a kill; nothing waits for anything here
        except subprocess.TimeoutExpired:
            moving.kill()
            kills += 1
        said, _ = moving.communicate()
        expect(moving.returncode in (0, -9), f"a move: {said}")
    two = move(orgo, "--to", there, "--no-wait").stdout
    expect("all alike" in two and "Nothing has changed here" in two, two)
    moving = subprocess.Popen(command(orgo, "--to", there, "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=child_environment(), start_new_session=True)
    told = moving.stderr.readline()
    expect("Stop the server now" in told, f"it says what to do: {told}")
    second = move(orgo, "--to", there, check=False)
    expect(second.returncode == 1 and "another `orgo move` is at work" in second.stderr, f"one at a time: {second.stderr}")
    before = submitter.acknowledged
    wait_until("mails are taken meanwhile", lambda: submitter.acknowledged > before + 100)
    submitter.stop()
    orgo.stop()
    said, error = moving.communicate(timeout=120)
    expect(moving.returncode == 0, f"the end of the move: {said}{error}")
    figures = json.loads(said)
    print(f"{kills} kills, {submitter.acknowledged} mails, {figures}")
    expect(figures["done"] and figures["followed"] > 0 and figures["rows"] > 1000, f"{figures}")


def what_is_refused():
    with postgres.Postgres() as server, Orgo() as orgo:
        orgo.start()
        orgo.deliver(mail())
        orgo.settle()
        for words, part in (((), "say where to"), (("--to", "sqlite"), "is there already"), (("--to", "mysql://x"), "--to"),
                            (("--to", server.url, "--cancel"), "either --to or --cancel"),
                            (("--to", "postgres://orgo@127.0.0.1:1/orgo"), "127.0.0.1"),
                            (("--to", server.url, "--password-file", "/nowhere"), "--password-file")):
            refused = move(orgo, *words, check=False)
            expect(refused.returncode != 0 and part in refused.stderr, f"{words}: {refused.stderr}")
        orgo.stop()
        with sqlite3.connect(orgo.data / "orgo.db") as old:  # as an Orgo of before texts were mended may have written it
            old.execute("UPDATE tasks SET title = CAST(x'61ff62' AS TEXT)")
        old.close()
        orgo.start()
        moving = subprocess.Popen(command(orgo, "--to", server.url), stderr=subprocess.PIPE, text=True, env=child_environment())
        expect("Stop the server" in moving.stderr.readline(), "it waits for the server")
        with Orgo(settings=f"database: {{url: '{server.url}'}}\n") as early:
            begun = subprocess.run(early.command(), capture_output=True, text=True, timeout=60, env=child_environment())
            expect(begun.returncode != 0 and "serves the database already" in begun.stderr, f"too early: {begun.stderr[-300:]}")
        moving.kill()
        moving.communicate()
        orgo.cli("task", "comment", "T-1", "while it goes on")
        doctor = orgo.cli("doctor", check=False).stdout
        expect(re.search(r"warning +move: a move to \S+/orgo was begun 20.* and is not done; [1-9]\d* changes wait for it", doctor), doctor)
        other = move(orgo, "--to", server.url.removesuffix("orgo") + "postgres", check=False)
        expect("has begun" in other.stderr and "--cancel" in other.stderr, other.stderr)
        expect("given up" in move(orgo, "--cancel").stdout, "it is given up")
        expect("no move" in move(orgo, "--cancel").stdout, "twice is harmless")
        expect("move:" not in orgo.cli("doctor", check=False).stdout, "doctor has nothing to say of it")
        orgo.deliver(mail(subject="after it"))
        orgo.settle()
        full = move(orgo, "--to", server.url, check=False)
        expect(full.returncode == 1 and "given up" in full.stderr and "DROP SCHEMA" in full.stderr, full.stderr)
        server.sql("DROP SCHEMA orgo CASCADE", "orgo")
        expect("all alike" in move(orgo, "--to", server.url, "--no-wait").stdout, "and begun anew")
        expect(orgo.stop() == 0, "it stops")
    with postgres.Postgres() as server, Orgo(settings=f"database: {{url: '{server.url}'}}\nfiles: {{store: database}}\n") as orgo:
        orgo.start()
        orgo.deliver(mail())
        orgo.settle()
        orgo.stop()
        refused = move(orgo, "--to", "sqlite", check=False)
        expect(refused.returncode == 1 and "1 mails lie in this database" in refused.stderr, refused.stderr)
    with postgres.Postgres() as server, Orgo(settings=f"database: {{url: '{server.url}'}}\n") as orgo:
        orgo.start()
        orgo.deliver(mail())
        orgo.settle()
        with Orgo(settings=f"database: {{url: '{server.url}'}}\n") as elsewhere:
            elsewhere.data.mkdir()
            refused = move(elsewhere, "--to", "sqlite", check=False)
            expect(refused.returncode == 1 and "run this in the data folder of the server" in refused.stderr, refused.stderr)
        expect(orgo.stop() == 0, "it stops")


if __name__ == "__main__":
    if not postgres.available():
        print("skipped: PostgreSQL is not installed (scripts/packages-test.txt)")
        sys.exit(0)
    main(there_and_back, while_mails_come_in, what_is_refused)
