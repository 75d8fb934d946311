#!/usr/bin/env python3
"""Backups of a server under 500 mails a second, at random instants: each one that is restored opens with the real program, has every mail
that was acknowledged before it was begun, balances, and sends nothing old until a person releases it. ORGO_BACKUPS: how many, as many are
restored; ORGO_BACKUP_EVERY: in each of so many seconds one is made. Whether the rate was reached is told, and decides nothing."""
import json
import os
import pathlib
import random
import re
import shutil
import sqlite3
import sys
import tarfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from orgo import DEFAULT_RULES, Orgo, expect, mail, main, sha256, wait_until  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402
from submitter import Submitter  # noqa: E402

BACKUPS = int(os.environ.get("ORGO_BACKUPS", "4"))
EVERY = float(os.environ.get("ORGO_BACKUP_EVERY", "1"))
RATE = 500
# One mail in twelve tells somebody. What waits to go out is looked at again and again while nobody takes it, and would be the load.
RULES = DEFAULT_RULES.replace("office@organization.com", "office")
SUBJECTS = ["urgent: water"] + ["A request"] * 11
PATIENT = 600  # seconds for a backup: it stands back behind all that runs on the machine
SAMPLES = 300  # mails of each restored one that are compared byte for byte with what was sent
OLD = re.compile(r"A request \d|urgent: water \d")  # what the submitter's mails are called
FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "upgrade/fixtures"
QUICK = "delivery:\n  retry_first: 1 second\n  retry_most: 1 second\n  total_factor: 0\n"


def rows(folder, statement):
    with sqlite3.connect(f"file:{folder}/orgo.db?mode=ro", uri=True) as database:
        return database.execute(statement).fetchall()


def make_some(orgo, place, submitter, chance):
    """(name, how many of the acknowledged mails it must have) of each."""
    made, began = [], time.monotonic()
    for number in range(BACKUPS):
        # The random instant itself; nothing waits for anything here.
        time.sleep(max(began + (number + chance.random()) * EVERY - time.monotonic(), 0))
        more = submitter.acknowledged + 100
        wait_until("the load goes on", lambda: submitter.acknowledged >= more, 60)
        before = submitter.acknowledged
        told = json.loads(orgo.cli("backup", place, "--json", timeout=PATIENT).stdout)
        counts = told["counts"]
        expect(counts["balanced"] and counts["messages"] >= before, f"backup {number} has {counts}, {before} were acknowledged before")
        expect(told["shared_bytes"] == 0 or number > 0, "the first shares with nobody")
        made.append((told["name"], before))
        if number == BACKUPS // 2:  # files of mails become full when a process ends
            orgo.stop()
            orgo.start()
    return made


def has_what_was_promised(orgo, data, wanted, submitter, chance):
    """Every mail that was acknowledged before, once, and none that nobody sent; before anything else is sent to it. All by what is
    decided of them, some by their bytes; that all bytes are as they were taken in, verify and the doctor say."""
    stored = {}
    for message, subject in rows(data, "SELECT message, subject FROM decisions"):
        stored.setdefault(submitter.key_of(subject.split()[-1]), []).append(message)
    lost = [key for key, _ in wanted if key not in stored]
    expect(not lost, f"{len(lost)} of {len(wanted)} that were acknowledged before are missing, as {lost[:3]}")
    doubled = {key: several for key, several in stored.items() if len(several) > 1}
    expect(not doubled, f"stored more than once: {list(doubled.items())[:3]}")
    phantoms = [key for key in stored if key not in submitter.submitted]
    expect(not phantoms, f"{phantoms[:3]} were never submitted")
    for key, digest in chance.sample(wanted, min(SAMPLES, len(wanted))):
        number = stored[key][0]
        status, raw = orgo.http("GET", f"/api/v1/messages/m{number}/raw")
        expect(status == 200 and sha256(raw) == digest, f"m{number} has other bytes: {status} {raw[:80]}")


def check_restored(orgo, data, sink, promised):
    """Starts on it, with a relay that takes everything. `promised()` looks whether all is there."""
    waiting = rows(data, "SELECT count(*) FROM outbox WHERE state = 1")[0][0]
    undecided = rows(data, "SELECT m.id FROM messages m LEFT JOIN decisions d ON d.tenant = m.tenant AND d.message = m.id WHERE d.message IS NULL")
    last = rows(data, "SELECT max(id) FROM outbox")[0][0] or 0
    expect("the next start holds what waits" in orgo.cli("queue", "list").stdout, "it is known as a restored one before it starts")
    orgo.start()
    orgo.settle()
    lines, balanced, _ = orgo.ledger()
    expect(balanced, f"the ledger does not balance: {lines}")
    promised()
    orgo.deliver(mail(subject="urgent: new"))
    wait_until("what is new goes out", lambda: any("new" in kept.subject for kept in sink.kept), 30)
    held = rows(data, "SELECT count(*) FROM outbox WHERE state = 6")[0][0]
    expect(held >= waiting, f"{waiting} waited, {held} are held")
    # What was undecided in it is decided now, and what comes of that is held, too.
    of_them = "SELECT count(*) FROM outbox o JOIN decisions d ON d.tenant = o.tenant AND d.task = o.subject AND o.subject_kind = 1 WHERE d.message IN (%s)"
    of_them %= ",".join(str(row[0]) for row in undecided)
    expect(rows(data, of_them + " AND o.state = 6")[0][0] == held - waiting, f"{waiting} waited, {held} are held")
    expect(rows(data, of_them + " AND o.state <> 6")[0][0] == 0, "what comes of an undecided one goes out")
    old = [kept.subject for kept in sink.kept if OLD.search(kept.subject)]
    expect(not old, f"{len(old)} old ones went out, as {old[:3]}")
    fresh = rows(data, f"SELECT count(*) FROM outbox WHERE id > {last} AND state <> 6")[0][0]
    expect(len(sink.attempts) <= fresh, f"{len(sink.attempts)} mails went out, {fresh} are new")
    if held:
        orgo.cli("queue", "release", "--all")
        wait_until("they go when they are released", lambda: any(OLD.search(kept.subject) for kept in sink.kept), 30)
    doctor = json.loads(orgo.cli("doctor", "--json", check=False).stdout)
    wrong = [check for check in doctor["checks"] if check["state"] == "wrong"]
    expect(not wrong, f"the doctor says {wrong}")
    orgo.stop()


def restore_and_check(orgo, backup, wanted, submitter, chance):
    """With a relay of its own, which has had nothing yet."""
    verified = orgo.cli("backup", "--verify", backup, timeout=PATIENT)
    expect("is whole" in verified.stdout and "balances" in verified.stdout, verified.stdout)
    with SmtpSink() as sink:
        orgo.config.write_text(f"rules:\n  files: [{orgo.rules}]\n{sink.settings()}{QUICK}")
        data = orgo.folder / f"restored-{backup.name}"
        done = orgo.cli("restore", backup, "--data", data, "--config", orgo.config, data=False)
        expect("orgo queue restored" in done.stdout, done.stdout)
        orgo.data = data
        check_restored(orgo, data, sink, lambda: has_what_was_promised(orgo, data, wanted, submitter, chance))
    shutil.rmtree(data)


def each_restores_to_a_whole_installation():
    seed = int(os.environ.get("ORGO_TEST_SEED", random.randrange(1 << 30)))
    chance = random.Random(seed)
    with SmtpSink() as sink, Orgo(rules=RULES, settings=sink.settings()) as orgo:
        place = orgo.folder / "backups"
        sink.down()  # what should go out waits, and is in the backups
        orgo.start()
        submitter = Submitter(orgo, orgo.folder, rate=RATE, subjects=SUBJECTS).start()
        try:
            made = make_some(orgo, place, submitter, chance)
        finally:
            submitter.stop()
        load = f"{submitter.acknowledged} mails at {submitter.reached():.0f}/s of {RATE}"
        print(f"seed {seed}: {len(made)} backups, one in each {EVERY:g} s, under {load}", flush=True)
        orgo.stop()
        expect(not sink.kept, "nothing went out so far")
        chance.shuffle(made)
        for name, count in made:
            restore_and_check(orgo, place / name, submitter.promised[:count], submitter, chance)
        return f"{len(made)} backups under {load}, each restored (seed {seed})"


def a_later_one_shares_what_is_full():
    with Orgo() as orgo:
        place = orgo.folder / "backups"
        for _ in range(3):
            orgo.start()
            orgo.deliver(mail())
            orgo.settle()
            orgo.stop()
        first = json.loads(orgo.cli("backup", place, "--json").stdout)
        second = json.loads(orgo.cli("backup", place, "--json").stdout)
        expect(second["shared_bytes"] > 0 and second["sequence"] == first["sequence"] + 1, f"{second}")

        def inode(told, number):
            return (pathlib.Path(told["backup"]) / f"data/blobs/{number:08d}.seg").stat().st_ino
        expect(inode(first, 1) == inode(second, 1), "a full one lies on the disk once")
        expect(inode(first, 3) != inode(second, 3), "the one that grows is copied")
        expect((orgo.data / "blobs/00000001.seg").stat().st_ino != inode(first, 1), "nothing is shared with the server")
        full = json.loads(orgo.cli("backup", place, "--json", "--full").stdout)
        expect(full["shared_bytes"] == 0 and inode(full, 1) != inode(first, 1), f"{full}")
        # A file of the same name, size and time which another one wrote is another file.
        segment = orgo.data / "blobs/00000001.seg"
        facts, raw = segment.stat(), segment.read_bytes()
        segment.unlink()
        segment.write_bytes(raw)
        os.utime(segment, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        other = json.loads(orgo.cli("backup", place, "--json").stdout)
        expect(inode(other, 1) not in (inode(first, 1), inode(full, 1)), "it was taken for the file of before")
        (place / "mine").mkdir()
        (place / "2020-01-01T000000Z").mkdir()
        kept = json.loads(orgo.cli("backup", place, "--json", "--keep", "2").stdout)
        expect(len(kept["removed"]) == 3, f"{kept}")
        left = sorted(path.name for path in place.iterdir() if not path.name.startswith("."))
        expect(left == sorted(["2020-01-01T000000Z", "mine", other["name"], kept["name"]]), f"{left}")
        for told in (other, kept):
            orgo.cli("backup", "--verify", told["backup"])
        modes = {path.stat().st_mode & 0o077 for path in [place, *place.glob("*Z*/**/*")] if path.name != "2020-01-01T000000Z"}
        expect(modes == {0}, f"others may look in: {modes}")


def rules_and_settings_are_in_it():
    with Orgo() as orgo:
        orgo.start()
        orgo.cli("tenant", "add", "hillside", "--recipient", "hillside.example")
        tenant = orgo.data / "tenants/hillside"
        (tenant / "rules.yaml").write_text("rules: []\n")
        (tenant / "rules.yaml").chmod(0o640)
        (tenant / "link").symlink_to("/nowhere")
        os.mkfifo(tenant / "pipe")
        place = orgo.folder / "backups"
        told = json.loads(orgo.cli("backup", place, "--json").stdout)
        expect(len(told["left_out"]) == 1 and "pipe" in told["left_out"][0], f"{told}")
        folder = pathlib.Path(told["backup"])
        expect((folder / f"config{orgo.rules}").read_bytes() == orgo.rules.read_bytes(), "the rules are in it")
        expect((folder / f"config{orgo.config}").read_bytes() == orgo.config.read_bytes(), "the configuration, too")
        for name in ("orgo.db-wal", "lineage.json", "server.json", "cli.token", "orgo.lock"):
            expect(not (folder / "data" / name).exists(), f"{name} is in it")
        orgo.stop()
        back = orgo.folder / "back"
        orgo.cli("restore", place, "--data", back, data=False)
        expect((back / "tenants/hillside/rules.yaml").stat().st_mode & 0o777 == 0o640, "a file has its rights again")
        expect(os.readlink(back / "tenants/hillside/link") == "/nowhere", "a link is one again")
        expect((back / "secret.key").read_bytes() == (orgo.data / "secret.key").read_bytes(), "secrets are there")
        expect(back.stat().st_mode & 0o777 == 0o700, "nobody else may look in")
        orgo.data = back
        orgo.start()
        expect(any(one["name"] == "hillside" for one in orgo.get("/api/v1/tenants")["items"]), "the tenant is back")
        orgo.stop()


def of_an_older_version_as_well():
    """Made before the first start of a new version, when a backup is wanted most."""
    with Orgo() as orgo:
        with tarfile.open(FIXTURES / "schema-8.tar.gz") as archive:
            archive.extractall(orgo.folder)
        place = orgo.folder / "backups"
        told = json.loads(orgo.cli("backup", place, "--json").stdout)
        expect(told["counts"] is None, f"{told}")
        verified = orgo.cli("backup", "--verify", place)
        expect("is whole" in verified.stdout and "schema 8" in verified.stdout, verified.stdout)
        orgo.cli("restore", place, "--data", orgo.folder / "back", data=False)
        orgo.data = orgo.folder / "back"
        orgo.start()
        expect(orgo.ledger()[1], "it was brought up to date, and balances")
        orgo.stop()


if __name__ == "__main__":
    main(each_restores_to_a_whole_installation, a_later_one_shares_what_is_full, rules_and_settings_are_in_it, of_an_older_version_as_well)
