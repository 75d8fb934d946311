#!/usr/bin/env python3
"""What can happen to a backup and to a restore: kill -9 at any moment, a full disk, two at once, damage. What is there under its
name is whole, and a data folder is the one of before or the whole new one. ORGO_BACKUPS: how many are killed."""
import fcntl
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import BINARY, Orgo, child_environment, expect, mail, main, traced_environment  # noqa: E402

KILLS = int(os.environ.get("ORGO_BACKUPS", "4")) * 2


def command(orgo, *words):
    return [str(BINARY), *map(str, words), "--data", str(orgo.data), "--config", str(orgo.config)]


def filled(orgo, mails=12, size=60_000):
    """Bytes that take a moment to copy; nothing compresses well."""
    orgo.start()
    with orgo.lmtp() as door:
        for number in range(mails):
            door.sendmail("anna@example.org", ["office@organization.com"], mail(subject=f"Number {number}", text=os.urandom(size).hex()))
    orgo.settle()


def names(place):
    return sorted(path.name for path in place.iterdir() if not path.name.startswith("."))


def all_are_whole(orgo, place):
    """What has a name is whole."""
    for name in names(place):
        if not name.endswith((".partial", ".removing")):
            orgo.cli("backup", "--verify", place / name)


def messages_of(orgo, data):
    done = subprocess.run([str(BINARY), "ledger", "--json", "--data", str(data), "--config", str(orgo.config)], capture_output=True,
                          text=True, env=child_environment(), timeout=60)
    expect(done.returncode == 0, f"{data} is no whole installation: {done.stdout}{done.stderr}")
    return sum(line["stored"] for line in json.loads(done.stdout)["lines"])


def a_killed_backup_is_none():
    seed = int(os.environ.get("ORGO_TEST_SEED", random.randrange(1 << 30)))
    chance = random.Random(seed)
    with Orgo() as orgo:
        filled(orgo)
        place = orgo.folder / "backups"
        begun = time.monotonic()
        orgo.cli("backup", place)
        span = time.monotonic() - begun
        halves = 0
        for _ in range(KILLS):
            process = subprocess.Popen(command(orgo, "backup", place, "--full", "--keep", "3"), stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, env=child_environment())
            time.sleep(chance.random() * span * 1.1)
            process.kill()
            process.wait()
            halves += any(name.endswith((".partial", ".removing")) for name in names(place))
            all_are_whole(orgo, place)
        orgo.cli("backup", place, "--keep", "2")
        expect(len(names(place)) == 2 and all(name[-1] == "Z" or name[-2] == "-" for name in names(place)), f"{names(place)}")
        all_are_whole(orgo, place)
        expect(orgo.stop() == 0, "the server did not notice")
        return f"{KILLS} kills, {halves} left a half (seed {seed})"


def can_trace():
    return shutil.which("strace") and subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True).returncode == 0


def a_killed_restore_leaves_the_old_or_the_new():
    """At random moments, and at each of its renames."""
    seed = int(os.environ.get("ORGO_TEST_SEED", random.randrange(1 << 30)))
    chance = random.Random(seed)
    with Orgo() as orgo:
        filled(orgo, mails=6)
        place = orgo.folder / "backups"
        orgo.cli("backup", place)
        new = 6
        orgo.deliver(mail(subject="later"))
        orgo.settle()
        orgo.stop()
        kept = orgo.folder / "kept"
        shutil.copytree(orgo.data, kept)
        begun = time.monotonic()
        orgo.cli("restore", place, "--replace")
        span = time.monotonic() - begun
        found = {6: 0, 7: 0}
        ways = [["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=renameat2,unlink", "-e", f"inject={call}:signal=KILL:when={when}"]
                for call, most in (("renameat2", 2), ("unlink", 3)) for when in range(1, most + 1)] if can_trace() else []
        for way in [*ways, *[None] * KILLS]:
            shutil.rmtree(orgo.data)
            shutil.copytree(kept, orgo.data)
            process = subprocess.Popen([*(way or []), *command(orgo, "restore", place, "--replace")], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, env=child_environment())
            if way is None:
                time.sleep(chance.random() * span * 1.1)
                process.kill()
            process.wait(60)
            count = messages_of(orgo, orgo.data)
            expect(count in found, f"{count} messages: neither the old folder nor the new one (seed {seed})")
            found[count] += 1
            if count == new:  # nothing that was there is lost
                aside = [path for path in orgo.folder.glob("var.before-*") if not (path / "restore.unfinished").exists()]
                expect(any(messages_of(orgo, path) == 7 for path in aside), f"the folder of before is gone (seed {seed})")
        for path in orgo.folder.glob("var.before-*"):
            if not (path / "restore.unfinished").exists():
                shutil.rmtree(path)
        orgo.cli("restore", place, "--replace")
        left = [path.name for path in orgo.folder.iterdir() if path.name.startswith("var.")]
        expect(len(left) == 1 and left[0].startswith("var.before-"), f"halves are left: {left}")
        expect(messages_of(orgo, orgo.data) == new, "one that nobody kills is the new one")
        orgo.start()
        expect(orgo.ledger()[1], "balances")
        orgo.stop()
        return f"{sum(found.values())} kills, {found[7]} left the old one (seed {seed})"


def a_full_disk_leaves_nothing():
    if os.geteuid() != 0:
        return "skipped: only root may mount the small tmpfs that this needs"
    mount = pathlib.Path(tempfile.mkdtemp(prefix="orgo-full-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", mount], capture_output=True, text=True)
    if mounted.returncode != 0:
        mount.rmdir()
        return f"skipped: this machine lets nobody mount a tmpfs ({mounted.stderr.strip()})"
    try:
        with Orgo() as orgo:
            filled(orgo)
            orgo.cli("backup", mount)
            first = names(mount)
            # Not seen beforehand, since it is no mail: it is met while it is copied.
            (orgo.data / "tenants").mkdir(exist_ok=True)
            (orgo.data / "tenants/large").write_bytes(os.urandom(12_000_000))
            full = orgo.cli("backup", mount, "--keep", "1", check=False)
            expect(full.returncode == 1 and "No space left" in full.stderr, f"{full.returncode} {full.stderr}")
            expect(names(mount) == first, f"something is left: {names(mount)}")
            (orgo.data / "tenants/large").unlink()
            with open(mount / "filler", "wb") as file:
                file.write(b"x" * (os.statvfs(mount).f_bavail * os.statvfs(mount).f_frsize - 300_000))
            seen = orgo.cli("backup", mount, "--full", check=False)
            expect(seen.returncode == 1 and "needs about" in seen.stderr, f"{seen.returncode} {seen.stderr}")
            (mount / "filler").unlink()
            all_are_whole(orgo, mount)
            # Nor does a restore leave a half where there is no room.
            orgo.stop()
            with open(mount / "filler", "wb") as file:
                file.write(b"x" * (os.statvfs(mount).f_bavail * os.statvfs(mount).f_frsize - 300_000))
            back = orgo.cli("restore", mount, "--data", mount / "var", data=False, check=False)
            expect(back.returncode == 1 and not (mount / "var").exists() and not (mount / "var.restoring").exists(), f"{back.stderr}")
            (mount / "filler").unlink()
            orgo.cli("backup", orgo.folder / "elsewhere")
            volume = orgo.cli("restore", orgo.folder / "elsewhere", "--data", mount, "--replace", data=False, check=False)
            expect(volume.returncode == 1 and "file system of its own" in volume.stderr, f"{volume.stderr}")
            orgo.cli("restore", mount, "--data", mount / "var", data=False)
    finally:
        subprocess.run(["umount", "-l", mount], check=False)
        mount.rmdir()


def a_second_one_waits_its_turn():
    with Orgo() as orgo:
        orgo.start()
        place = orgo.folder / "backups"
        orgo.cli("backup", place)
        with open(place / ".orgo-backup.lock", "r+b") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX)
            second = orgo.cli("backup", place, check=False)
            expect(second.returncode == 1 and "another backup is being made" in second.stderr, second.stderr)
        expect(len(names(place)) == 1, f"{names(place)}")
        both = [subprocess.Popen(command(orgo, "backup", place), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                 env=child_environment()) for _ in range(2)]
        ends = [(process.communicate(timeout=60), process.returncode) for process in both]
        made = sum(code == 0 for _, code in ends)
        expect(made >= 1 and len(names(place)) == 1 + made, f"{ends} {names(place)}")
        all_are_whole(orgo, place)
        orgo.stop()


def a_second_restore_waits_its_turn():
    with Orgo() as orgo:
        filled(orgo, mails=1)
        place = orgo.folder / "backups"
        orgo.cli("backup", place)
        orgo.stop()
        back, half = orgo.folder / "back", orgo.folder / "back.restoring"
        half.mkdir()
        (half / "theirs").write_text("x")
        with open(half / "orgo.lock", "w+b") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX)
            second = orgo.cli("restore", place, "--data", back, data=False, check=False)
            expect(second.returncode == 1 and "another restore" in second.stderr, second.stderr)
            expect((half / "theirs").exists() and not back.exists(), "the first one's half was touched")
        orgo.cli("restore", place, "--data", back, data=False)
        expect(not half.exists() and not (back / "theirs").exists() and messages_of(orgo, back) == 1, "what a dead one left is in the new one")


def a_killed_server_has_one_too():
    """What stands in the database's log only is in it."""
    with Orgo() as orgo:
        filled(orgo, mails=3)
        orgo.kill()
        expect((orgo.data / "orgo.db-wal").stat().st_size > 0, "nothing stands in the log")
        place = orgo.folder / "backups"
        counts = json.loads(orgo.cli("backup", place, "--json").stdout)["counts"]
        expect(counts["messages"] == 3 and counts["tasks"] == 3 and counts["balanced"], f"{counts}")
        orgo.start()
        expect(orgo.ledger()[1], "the server goes on")
        orgo.stop()


def refused_and_nothing_happened():
    with Orgo() as orgo:
        filled(orgo, mails=2)
        place = orgo.folder / "backups"
        inside = orgo.cli("backup", orgo.data / "backups", check=False)
        expect(inside.returncode == 2 and "lies in the data folder" in inside.stderr, inside.stderr)
        link = orgo.folder / "link"
        link.symlink_to(orgo.data)
        expect(orgo.cli("backup", link / "x", check=False).returncode == 2, "nor by a link")
        name = json.loads(orgo.cli("backup", place, "--json").stdout)["name"]
        running = orgo.cli("restore", place, "--replace", check=False)
        expect(running.returncode == 1 and "stop it first" in running.stderr, running.stderr)
        orgo.stop()
        taken = orgo.cli("restore", place, check=False)
        expect(taken.returncode == 1 and "--replace" in taken.stderr, taken.stderr)
        expect(not list(orgo.folder.glob("var.*")), "nothing was made")
        words = orgo.config.read_text()
        orgo.config.write_text(words + "database:\n  url: postgres://orgo@127.0.0.1/orgo\n")
        for what in (["backup", place], ["restore", place, "--replace"], ["restore", place, "--replace", "--data", orgo.data]):
            elsewhere = subprocess.run([str(BINARY), *map(str, what), "--config", str(orgo.config)], capture_output=True, text=True,
                                       cwd=orgo.folder, env=child_environment(), timeout=60)
            expect(elsewhere.returncode == 2 and "database.url" in elsewhere.stderr, f"{what}: {elsewhere.returncode} {elsewhere.stderr}")
        orgo.config.write_text(words)
        # The place of the backups is no data folder, nor is one of them a place for one.
        for data in (place, orgo.folder, place / name, place / name / "data", place / name / "x"):
            there = orgo.cli("restore", place, "--replace", "--data", data, data=False, check=False)
            expect(there.returncode == 2 and " lies in " in there.stderr, f"{data}: {there.returncode} {there.stderr}")
        expect(names(place) == [name], f"{names(place)}")
        orgo.cli("backup", "--verify", place)
        missing = orgo.cli("restore", orgo.folder / "nowhere", check=False)
        expect(missing.returncode == 1 and "no backup" in missing.stderr, missing.stderr)
        empty = orgo.folder / "empty"
        empty.mkdir()
        orgo.cli("restore", place, "--data", empty, data=False)
        expect(messages_of(orgo, empty) == 2 and not list(orgo.folder.glob("empty.*")), "an empty folder is none to keep")
        return name


def sealed(manifest):
    """As Orgo seals one."""
    manifest = {name: value for name, value in manifest.items() if name != "seal"}
    text = json.dumps(manifest, separators=(",", ":"))[:-1]
    return text + ',"seal":"' + hashlib.sha256(text.encode()).hexdigest() + '"}\n'


def words_of_others_are_not_believed():
    """Manifests that are sealed well, and lead elsewhere, or are of a newer version."""
    with Orgo() as orgo:
        filled(orgo, mails=1)
        orgo.stop()
        place = orgo.folder / "backups"
        backup = pathlib.Path(json.loads(orgo.cli("backup", place, "--json").stdout)["backup"])
        manifest = json.loads((backup / "manifest.json").read_text())
        evil = orgo.folder / "evil"
        evil.write_text("x")
        one = {"path": "data/../../../evil", "bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest(), "mode": 0o600, "origin": ""}
        way_out = {"path": "data/out", "target": str(orgo.folder)}
        for change, words in (({}, None), ({"files": manifest["files"] + [one]}, "names a place"), ({"format": 2}, "newer Orgo"), ({"schema": 9999}, "newer Orgo"),
                              ({"links": [way_out], "files": manifest["files"] + [{**one, "path": "data/out/evil"}]}, "names a place"),
                              ({"counts": {**manifest["counts"], "messages": 7}}, "other numbers"),
                              ({"links": [{"path": "data/lineage.json", "target": str(evil)}]}, "no backup has"),
                              ({"files": [{**file, "mode": 0o755} for file in manifest["files"]]}, "no backup has")):
            (backup / "manifest.json").write_text(sealed({**manifest, **change}))
            back = orgo.cli("restore", backup, "--data", orgo.folder / "back", data=False, check=False)
            expect(back.returncode == (1 if words else 0) and (words or "") in back.stderr, f"{change}: {back.returncode} {back.stderr}")
            expect((orgo.folder / "back").exists() == (words is None), f"{change}: something was made")
            shutil.rmtree(orgo.folder / "back", ignore_errors=True)
        expect(evil.read_text() == "x", "a file elsewhere was touched")


def undone_as_it_is_told():
    with Orgo() as orgo:
        filled(orgo, mails=1)
        place = orgo.folder / "backups"
        orgo.cli("backup", place)
        orgo.deliver(mail(subject="later"))
        orgo.settle()
        orgo.stop()
        said = orgo.cli("restore", place, "--replace").stdout
        undo = re.search(r"^  (mv .* && mv .*)$", said, re.M)[1]
        expect(messages_of(orgo, orgo.data) == 1, said)
        subprocess.run(["sh", "-ec", undo], check=True)
        expect(messages_of(orgo, orgo.data) == 2, "all is as it was")
        orgo.start()
        expect("store.restored" not in orgo.log.read_text(errors="replace"), "what was there all the time is no restored one")
        orgo.stop()


def damage_is_found():
    """Each kind of it, by --verify and by a restore, which then changes nothing."""
    with Orgo() as orgo:
        filled(orgo, mails=3)
        orgo.stop()
        place = orgo.folder / "backups"
        (orgo.data / "tenants").mkdir(exist_ok=True)
        backup = pathlib.Path(json.loads(orgo.cli("backup", place, "--json").stdout)["backup"])
        whole = orgo.folder / "whole"
        shutil.copytree(backup, whole)

        def flip(path, at):
            with open(path, "r+b") as file:
                file.seek(at)
                byte = file.read(1)
                file.seek(at)
                file.write(bytes([byte[0] ^ 1]))
        segment = "data/blobs/00000001.seg"
        kinds = {
            "a byte of a mail": lambda: flip(backup / segment, 5000),
            "a byte of the database": lambda: flip(backup / "data/orgo.db", 9000),
            "a byte of the manifest": lambda: flip(backup / "manifest.json", 300),
            "a short file": lambda: os.truncate(backup / segment, 100),
            "a missing file": lambda: (backup / segment).unlink(),
            "a journal beside the database": lambda: (backup / "data/orgo.db-journal").write_bytes(b"x"),
            "no manifest": lambda: (backup / "manifest.json").unlink(),
            "an empty folder beside": lambda: (backup / "data/theirs").mkdir(),
            "a link beside": lambda: (backup / "data/theirs").symlink_to("/etc"),
            "a link in the place of the log": lambda: (backup / "data/orgo.db-wal").symlink_to("/tmp/theirs"),
            "a pipe beside": lambda: os.mkfifo(backup / "theirs"),
            "a folder that is gone": lambda: (backup / "data/tenants").rmdir(),
        }
        for kind, damage in kinds.items():
            damage()
            verified = orgo.cli("backup", "--verify", backup, check=False)
            expect(verified.returncode == 1, f"{kind} is not found: {verified.stdout}{verified.stderr}")
            back = orgo.cli("restore", place, "--replace", check=False)
            expect(back.returncode == 1, f"{kind}: it was put back: {back.stdout}")
            expect(not list(orgo.folder.glob("var.*")) and messages_of(orgo, orgo.data) == 3, f"{kind}: something was changed")
            shutil.rmtree(backup)
            shutil.copytree(whole, backup)
        expect("note" not in orgo.cli("backup", "--verify", backup).stdout, "it is whole, and closed")
        (backup / "data/secret.key").chmod(0o644)
        expect("chmod -R go=" in orgo.cli("backup", "--verify", backup).stdout, "whole, and others may read it")
        # A damaged database makes no backup, and pushes no good one out.
        size = (orgo.data / "orgo.db").stat().st_size
        with open(orgo.data / "orgo.db", "r+b") as file:
            file.seek(size - 3 * 4096)
            file.write(b"\xff" * 3 * 4096)
        made = orgo.cli("backup", place, "--keep", "1", check=False)
        expect(made.returncode == 1 and names(place) == [backup.name], f"{made.returncode} {made.stdout}{made.stderr} {names(place)}")


def what_is_flushed_has_its_name():
    """By the order of its system calls: no file is written and not flushed before its backup gets its name."""
    if not can_trace():
        return "skipped: there is no strace here, or it may not trace"
    with Orgo() as orgo:
        filled(orgo, mails=3)
        place, trace = orgo.folder / "backups", orgo.folder / "trace"
        subprocess.run(["strace", "-f", "-y", "-qq", "-o", trace, "-e", "trace=write,pwrite64,fsync,fdatasync,renameat2,rename",
                        *command(orgo, "backup", place)], check=True, capture_output=True, env=traced_environment())
        open_ones, written, flushed = set(), set(), set()
        for line in trace.read_text(errors="replace").splitlines():
            call, _, rest = line.split(maxsplit=1)[1].partition("(")
            path = rest.partition("<")[2].partition(">")[0]
            if call in ("write", "pwrite64") and ".partial/" in path:
                open_ones.add(path)
                written.add(path)
            elif call in ("fsync", "fdatasync"):
                open_ones.discard(path)
                flushed.add(path)
            elif call == "renameat2":
                left = sorted(path for path in open_ones if pathlib.Path(path.replace(".partial/", "/")).exists())
                expect(not left, f"not flushed when the backup got its name: {left[:3]}")
                break
        else:
            expect(False, f"no renameat2 in {trace}")
        folders = {str(pathlib.Path(path).parent) for path in written}
        expect(len(written) >= 4 and folders <= flushed, f"written {sorted(written)}, folders not flushed: {folders - flushed}")
        orgo.stop()
        return f"{len(written)} files"


if __name__ == "__main__":
    main(a_killed_backup_is_none, a_killed_restore_leaves_the_old_or_the_new, a_full_disk_leaves_nothing, a_second_one_waits_its_turn,
         a_second_restore_waits_its_turn, a_killed_server_has_one_too, refused_and_nothing_happened, damage_is_found, words_of_others_are_not_believed, undone_as_it_is_told, what_is_flushed_has_its_name)
