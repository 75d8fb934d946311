#!/usr/bin/env python3
"""A byte that has rotted, in a backup or in the data folder, is never handed on without a word, and never pushes out a good backup."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import BINARY, Orgo, child_environment, expect, mail, main, traced_environment  # noqa: E402

SEGMENT = "blobs/00000001.seg"


def fill(orgo, mails=6, size=9_000):
    """One file of mails that is full, since each process begins its own, and one that grows."""
    for part in ("full", "growing"):
        orgo.start()
        with orgo.lmtp() as door:
            for number in range(mails):
                door.sendmail("anna@example.org", ["office@organization.com"], mail(subject=f"{part} {number}", text=os.urandom(size).hex()))
        orgo.settle()
        orgo.stop()
    expect((orgo.data / "blobs/00000002.seg").exists(), "there are two files of mails")


def flip(path, at, keep_time=True):
    """One bit; as a disk does it, which sets no time."""
    facts = path.stat()
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 1]))
    if keep_time:
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def backup(orgo, place, *words, exit_status=0):
    done = orgo.cli("backup", place, "--json", *words, check=False)
    expect(done.returncode == exit_status, f"{words}: {done.returncode} {done.stdout}{done.stderr}")
    return {**json.loads(done.stdout), "said": done.stderr}


def names(place):
    return sorted(path.name for path in place.iterdir() if not path.name.startswith("."))


def doctors_word(orgo, data):
    done = subprocess.run([str(BINARY), "doctor", "--data", str(data), "--config", str(orgo.config)], capture_output=True, text=True,
                          env=child_environment(), timeout=60)
    return next(line for line in done.stdout.splitlines() if "mails:" in line)


def a_damaged_backup_is_not_shared():
    with Orgo() as orgo:
        fill(orgo)
        place = orgo.folder / "backups"
        size = (orgo.data / SEGMENT).stat().st_size

        def append(path):
            with open(path, "ab") as file:
                file.write(b"x")
        kinds = {
            "a bit that rotted": lambda path: flip(path, 5_000),
            "a bit that somebody wrote": lambda path: flip(path, size - 20, keep_time=False),
            "a byte too many": append,
            "an end that is lost": lambda path: os.truncate(path, size - 100),
            "all of it is lost": lambda path: path.unlink(),
            "a folder in its place": lambda path: (path.unlink(), path.mkdir()),
        }
        for kind, damage in kinds.items():
            shutil.rmtree(place, ignore_errors=True)
            backup(orgo, place)
            second = backup(orgo, place)
            expect(second["shared_bytes"] == size and not second["copied_anew"], f"the full one is shared: {second}")
            victim = pathlib.Path(second["backup"]) / "data" / SEGMENT
            damage(victim)
            third = backup(orgo, place, "--keep", "1")
            expect(third["copied_anew"] == [str(victim)] and str(victim) in third["said"] and third["shared_bytes"] == 0,
                   f"{kind}: {third}")
            expect(names(place) == [third["name"]], f"{kind}: {names(place)}")
            orgo.cli("backup", "--verify", place)
            back = orgo.folder / "back"
            orgo.cli("restore", place, "--data", back, data=False)
            expect("12 read, every byte as it came" in doctors_word(orgo, back), f"{kind}: {doctors_word(orgo, back)}")
            shutil.rmtree(back)
            expect(backup(orgo, place)["shared_bytes"] == size, f"{kind}: the sound one is shared again")
        return f"{len(kinds)} kinds"


def a_damaged_mail_is_told_and_pushes_nothing_out():
    """Wherever in its record, and in a file that is full or grows."""
    with Orgo() as orgo:
        fill(orgo)
        place = orgo.folder / "backups"
        good = backup(orgo, place)
        for number in (1, 2):
            segment = orgo.data / f"blobs/0000000{number}.seg"
            whole, facts = segment.read_bytes(), segment.stat()
            first, last = f"m{number * 6 - 5}", f"m{number * 6}"
            kinds = {"its header": (lambda: flip(segment, 9), first), "its bytes": (lambda: flip(segment, 4_000), first),
                     "the last byte": (lambda: flip(segment, len(whole) - 1), last),
                     "its end is lost": (lambda: os.truncate(segment, len(whole) - 100), last)}
            for kind, (damage, message) in kinds.items():
                damage()
                bad = backup(orgo, place, "--full", "--keep", "1", exit_status=1)
                expect(f"1 mail is damaged: {message} ({segment.name and 'blobs/' + segment.name}" in bad["said"], f"{kind}: {bad['said']}")
                expect(bad["counts"]["damaged_mails"] == 1 and not bad["removed"] and good["name"] in names(place), f"{kind}: {bad}")
                looked = orgo.cli("backup", "--verify", bad["backup"], check=False)
                expect(looked.returncode == 1 and f"damaged when it was made: 1 mail is damaged: {message}" in looked.stdout,
                       f"{kind}: {looked.stdout}{looked.stderr}")
                # The rest of it is of use, and whoever puts it back hears of it.
                back = orgo.cli("restore", bad["backup"], "--data", orgo.folder / "back", data=False)
                expect(f"1 mail is damaged: {message}" in back.stderr, f"{kind}: {back.stderr}")
                shutil.rmtree(orgo.folder / "back")
                shutil.rmtree(bad["backup"])
                segment.write_bytes(whole)
                os.utime(segment, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        orgo.cli("backup", "--verify", good["backup"])
        done = backup(orgo, place, "--keep", "1")
        expect(done["removed"] == [good["name"]] and not done["damage"], f"once all is sound: {done}")


def a_damaged_mail_of_another_tenant_has_its_name():
    with Orgo() as orgo:
        orgo.start()
        orgo.cli("tenant", "add", "hillside", "--recipient", "hillside.org")
        orgo.deliver(mail(subject="theirs", text="x" * 500), recipient="x@hillside.org")
        orgo.settle()
        orgo.stop()
        flip(orgo.data / SEGMENT, 300)
        bad = backup(orgo, orgo.folder / "backups", exit_status=1)
        expect("m1 of hillside" in bad["said"], bad["said"])


def what_was_copied_damaged_is_copied_again():
    """A copy may have been spoilt on its way; once the file is whole, so is the next backup."""
    with Orgo() as orgo:
        fill(orgo)
        place = orgo.folder / "backups"
        segment = orgo.data / SEGMENT
        flip(segment, 4_000)
        backup(orgo, place, exit_status=1)
        backup(orgo, place, exit_status=1)
        flip(segment, 4_000)
        done = backup(orgo, place, "--keep", "1")
        expect(len(done["removed"]) == 2, f"{done}")
        orgo.cli("backup", "--verify", place)


def each_file_is_read_once():
    if not (shutil.which("strace") and subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True).returncode == 0):
        return "skipped: there is no strace here, or it may not trace"
    with Orgo() as orgo:
        fill(orgo)
        place, trace = orgo.folder / "backups", orgo.folder / "trace"
        size = (orgo.data / SEGMENT).stat().st_size
        for turn in ("copied", "shared", "verified"):
            words = ["backup", "--verify", str(place)] if turn == "verified" else ["backup", str(place), "--data", str(orgo.data), "--config", str(orgo.config)]
            subprocess.run(["strace", "-f", "-y", "-qq", "-o", trace, "-e", "trace=read,pread64", str(BINARY), *words], check=True,
                           capture_output=True, env=traced_environment())
            lines = [line for line in trace.read_text(errors="replace").splitlines() if SEGMENT in line.partition("<")[2].partition(">")[0]]
            read = sum(int(line.rpartition("= ")[2].split()[0]) for line in lines)
            expect(read == size, f"{turn}: {read} bytes read of {size}")


if __name__ == "__main__":
    main(a_damaged_backup_is_not_shared, a_damaged_mail_is_told_and_pushes_nothing_out, a_damaged_mail_of_another_tenant_has_its_name,
         what_was_copied_damaged_is_copied_again, each_file_is_read_once)
