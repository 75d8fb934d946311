#!/usr/bin/env python3
"""docs/backups.md does what it says: its commands run, its timer and its line for cron are understood, and make backups."""
import json
import os
import pathlib
import pty
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import BINARY, ROOT, Orgo, child_environment, expect, mail, main  # noqa: E402

PAGE = (ROOT / "docs/backups.md").read_text(encoding="utf-8")


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.S)


def run(orgo, line, place):
    """A command of the page, with this test's program, folders and files."""
    words = [word for word in line.split() if not word.startswith(">")]
    replaced = {"/backup": str(place), "/var/backups/orgo": str(place), "/etc/orgo/config.yaml": str(orgo.config)}
    words = [str(BINARY)] + [replaced.get(word, word) for word in words[1:]]
    done = subprocess.run([*words, "--data", str(orgo.data), *([] if "--config" in words else ["--config", str(orgo.config)])],
                          capture_output=True, text=True, cwd=orgo.folder, env=child_environment(), timeout=60)
    expect(done.returncode == 0, f"$ {line}\nexit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def its_commands():
    with Orgo() as orgo:
        orgo.start()
        orgo.deliver(mail())
        orgo.settle()
        place = orgo.folder / "place"
        lines = [line for block in blocks("sh") for line in block.strip().splitlines()]
        expect(len(lines) >= 4, f"only {lines} are found in the page")
        for line in lines:
            if line.startswith("orgo restore"):
                orgo.stop()
            out = run(orgo, line, place)
            if "--verify" in line:
                expect("is whole" in out, out)
        expect(list(orgo.folder.glob("var.before-*")), "the folder of before is kept")
        orgo.start()
        expect(orgo.ledger()[1], "balances")
        orgo.stop()


def the_timer_and_cron():
    units = blocks("ini")
    service = next(text for text in units if "ExecStart=" in text)
    timer = next(text for text in units if "OnCalendar=" in text)
    cron = blocks("cron")[0].strip()
    fields = cron.split()
    expect(fields[5] == "orgo" and fields[6] == "/usr/bin/orgo" and len(cron.splitlines()) == 1, cron)
    when = re.search(r"^OnCalendar=(.*)$", timer, re.M)[1]
    command = re.search(r"^ExecStart=(.*)$", service, re.M)[1]
    expect(" ".join(fields[6:]).startswith(command), "both run the same")
    checked = "without systemd"
    with Orgo() as orgo:
        if shutil.which("systemd-analyze"):
            calendar = subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, text=True)
            expect(calendar.returncode == 0, calendar.stderr)
            for name, text in (("orgo-backup.service", service.replace("/usr/bin/orgo", str(BINARY)).replace("User=orgo\n", "")),
                               ("orgo-backup.timer", timer)):
                (orgo.folder / name).write_text(text)
            verified = subprocess.run(["systemd-analyze", "verify", str(orgo.folder / "orgo-backup.timer")], capture_output=True, text=True)
            wrong = [line for line in verified.stderr.splitlines() if "orgo-backup" in line]
            expect(not wrong, f"{wrong}")
            checked = "with systemd-analyze"
        orgo.start()
        place = orgo.folder / "place"
        run(orgo, command, place)
        run(orgo, " ".join(fields[6:]), place)
        orgo.cli("backup", "--verify", place)
        orgo.stop()
    return checked


def a_terminal_sees_how_far_it_is():
    """And a file, or who reads JSON, sees nothing of that."""
    with Orgo() as orgo:
        orgo.start()
        orgo.deliver(mail())
        orgo.settle()
        for words in (["backup", orgo.folder / "place"], ["backup", "--verify", orgo.folder / "place"]):
            ours, theirs = pty.openpty()
            command = [str(BINARY), *map(str, words), "--data", str(orgo.data), "--config", str(orgo.config)]
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, env=child_environment(), timeout=60, text=True)
            os.close(theirs)
            seen = os.read(ours, 65536).decode()
            os.close(ours)
            expect(done.returncode == 0 and re.search(r"\r(the database|files): \d+ of \d+ MiB, \d+%", seen), f"{words}: {seen!r}")
            expect(seen.endswith("\r\x1b[K") and "%" not in done.stdout, f"it stays on the screen: {seen!r} {done.stdout!r}")
            quiet = subprocess.run([*command, "--json"], capture_output=True, env=child_environment(), timeout=60, text=True)
            expect(quiet.returncode == 0 and quiet.stderr == "" and json.loads(quiet.stdout), f"{quiet.stderr}")
        orgo.stop()


if __name__ == "__main__":
    main(its_commands, the_timer_and_cron, a_terminal_sees_how_far_it_is)
