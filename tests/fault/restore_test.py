#!/usr/bin/env python3
"""A restored or copied data folder knows that it is one: what waited in its outbox does not go out again until a person says so,
all that is new does. A plain restart, kill -9 at any moment and a moved folder are none."""
import json
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Orgo, child_environment, expect, mail, main, wait_until  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402

QUICK = "delivery:\n  retry_first: 1 second\n  retry_most: 1 second\norganization:\n  administrators: [boss@organization.com]\n"
MAILS = 4


def with_mails_waiting(orgo, sink):
    """Mails that wait for a dead relay."""
    sink.down()
    orgo.start()
    for number in range(MAILS):
        orgo.deliver(mail(subject=f"urgent: {number}"))
    orgo.settle()


def send_all(orgo, sink):
    """What waits goes out, from the folder where it was made."""
    sink.up()
    orgo.start()
    wait_until("all are sent", lambda: len(sink.kept) >= MAILS, 30)
    orgo.stop()


def held(orgo):
    return json.loads(orgo.cli("queue", "restored", "--json").stdout)


def to_team(sink):
    return [kept for kept in sink.kept if kept.recipient == "maintenance@organization.com"]


def nothing_old_goes_out(orgo, sink):
    """Starts on what was put back; what is new goes out, and nothing else."""
    before = {kept.message_id for kept in sink.kept}
    count = len(sink.kept)
    expect("the next start holds what waits" in orgo.cli("queue", "list").stdout, "before the start queue list tells that it will be held")
    expect(json.loads(orgo.cli("queue", "list", "--json").stdout)["next_start_holds"], "so do programs learn it")
    orgo.start()
    said = orgo.http("GET", "/readyz", token=None)
    expect(said[0] == 200, "it is ready all the same")
    wait_until("/readyz tells of it", lambda: b"orgo queue restored" in orgo.http("GET", "/readyz", token=None)[1], 20)
    expect(f"orgo_delivery_restored {MAILS}".encode() in orgo.http("GET", "/metrics", token=None)[1], "the metric")
    expect("held by a restore" in orgo.cli("queue", "list").stdout, "queue list tells of it")
    expect("orgo queue restored" in orgo.cli("doctor", check=False).stdout, "doctor tells of it")
    expect("store.restored" in orgo.log.read_text(errors="replace"), "the log tells of it")
    expect(len(held(orgo)) == MAILS, f"{held(orgo)}")
    task = wait_until("a task tells of it",
                      lambda: next((task for task in orgo.get("/api/v1/tasks")["items"] if "restore" in task["tags"]), None), 20)
    expect(task["team"] == "boss@organization.com" and task["priority"] == "urgent", str(task))
    orgo.deliver(mail(subject="urgent: new"))
    wait_until("what is new goes out", lambda: any("new" in kept.subject for kept in sink.kept[count:]), 30)
    wait_until("the administrator is told", lambda: any(kept.recipient == "boss@organization.com" for kept in sink.kept[count:]), 30)
    fresh = [kept for kept in to_team(sink) if kept in sink.kept[count:]]
    expect([kept for kept in fresh if "new" not in kept.subject] == [], f"old ones went out again: {[one.subject for one in fresh]}")
    expect(not before & {kept.message_id for kept in sink.kept[count:]}, "a number of before was given again")
    orgo.stop()  # nobody is there now of whom the doctor could hear it
    said = orgo.cli("doctor", check=False).stdout
    expect(f"warning  restore: {MAILS} mails and webhooks are held since a backup was put back" in said, said)
    orgo.start()


def decided(orgo, sink):
    """One is released, the rest dropped."""
    ids = {kept.message_id for kept in to_team(sink)}
    count = len(sink.kept)
    expect("1 mail or webhook goes out now" in orgo.cli("queue", "release", "s1").stdout, "the command says so")
    wait_until("it goes out", lambda: len(sink.kept) > count, 20)
    expect(sink.kept[-1].message_id in ids, "under the same Message-ID")
    again = orgo.cli("queue", "release", "s1", check=False)
    expect(again.returncode == 1 and "not held" in again.stderr, again.stderr)
    done = orgo.cli("queue", "drop", "--all", "--reason", "went out before")
    expect(f"{MAILS - 1} mails and webhooks will not go out" in done.stdout, done.stdout)
    expect(held(orgo) == [], "nothing is held")
    wait_until("/readyz is content", lambda: b"[!] restore" not in orgo.http("GET", "/readyz", token=None)[1]
               and b"orgo queue restored" not in orgo.http("GET", "/readyz", token=None)[1], 20)
    orgo.stop()
    orgo.start()
    expect(held(orgo) == [], "a restart is no restore")
    orgo.stop()


def a_copy_elsewhere():
    with SmtpSink() as sink, Orgo(settings=sink.settings() + QUICK) as orgo:
        with_mails_waiting(orgo, sink)
        orgo.stop()
        copy = orgo.folder / "copy"
        shutil.copytree(orgo.data, copy)
        send_all(orgo, sink)
        orgo.data = copy
        nothing_old_goes_out(orgo, sink)
        decided(orgo, sink)


def a_backup_of_the_database_put_back():
    with SmtpSink() as sink, Orgo(settings=sink.settings() + QUICK) as orgo:
        with_mails_waiting(orgo, sink)
        backup = orgo.folder / "backup.db"
        with sqlite3.connect(orgo.data / "orgo.db") as database, sqlite3.connect(backup) as into:
            database.backup(into)
        orgo.stop()
        send_all(orgo, sink)
        for name in ("orgo.db-wal", "orgo.db-shm"):
            (orgo.data / name).unlink(missing_ok=True)
        shutil.copyfile(backup, orgo.data / "orgo.db")  # into the same file: nothing but what it holds is older
        nothing_old_goes_out(orgo, sink)
        decided(orgo, sink)


def the_whole_folder_put_back_in_place():
    """As `cp -a` does it: each file keeps its place and its time, and the file that tells how far it was is old, too."""
    with SmtpSink() as sink, Orgo(settings=sink.settings() + QUICK) as orgo:
        with_mails_waiting(orgo, sink)
        orgo.kill()
        kept = orgo.folder / "kept"
        shutil.copytree(orgo.data, kept)
        send_all(orgo, sink)
        for path in kept.rglob("*"):
            if path.is_file():
                shutil.copy2(path, orgo.data / path.relative_to(kept))
        nothing_old_goes_out(orgo, sink)
        decided(orgo, sink)


def a_database_without_its_file():
    """What the documentation says for a snapshot of a machine, which nobody can tell: remove the file before the start."""
    with SmtpSink() as sink, Orgo(settings=sink.settings() + QUICK) as orgo:
        with_mails_waiting(orgo, sink)
        orgo.stop()
        (orgo.data / "lineage.json").unlink()
        sink.up()
        orgo.start()
        expect(len(held(orgo)) == MAILS, "all are held")
        orgo.stop()
        expect("4 mails and webhooks go out now" in orgo.cli("queue", "release", "--all").stdout, "also while nobody serves")
        orgo.start()
        wait_until("all go out", lambda: len(to_team(sink)) == MAILS, 30)
        orgo.stop()


def a_folder_that_was_moved_is_none():
    with SmtpSink() as sink, Orgo(settings=sink.settings() + QUICK) as orgo:
        with_mails_waiting(orgo, sink)
        orgo.stop()
        moved = orgo.folder / "moved"
        orgo.data.rename(moved)
        orgo.data = moved
        send_all(orgo, sink)
        expect(held(orgo) == [], "nothing is held")


def no_kill_is_a_restore():
    seed = random.randrange(1 << 30)
    chance = random.Random(seed)
    with SmtpSink() as sink, Orgo(settings=sink.settings() + QUICK) as orgo:
        with_mails_waiting(orgo, sink)
        orgo.kill()
        for kill in range(12):
            orgo.process = None
            if kill % 3 == 0:
                orgo.start()
                orgo.kill()
                continue
            with open(orgo.log, "ab") as log:
                orgo.process = subprocess.Popen(orgo.command(), stdout=log, stderr=log, cwd=orgo.folder, start_new_session=True,
                                                env=child_environment())
            time.sleep(chance.random() * 0.4)
            orgo.kill()
        orgo.start()
        expect(held(orgo) == [], f"a kill was taken for a restore (seed {seed})")
        expect("store.restored" not in orgo.log.read_text(errors="replace"), f"the log says so (seed {seed})")
        orgo.stop()
        send_all(orgo, sink)


if __name__ == "__main__":
    main(a_copy_elsewhere, a_backup_of_the_database_put_back, the_whole_folder_put_back_in_place, a_database_without_its_file,
         a_folder_that_was_moved_is_none, no_kill_is_a_restore)
