#!/usr/bin/env python3
"""Follows "The first hour" of README.md word for word: an empty folder, an empty HOME, a network of its own with the usual ports, and
nothing of this machine's settings; from `orgo init` to the customer who has the answer. How long it took is told, not asserted."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import BINARY, ROOT, expect, main, wait_until  # noqa: E402

INSIDE = "FIRST_HOUR_INSIDE"
CHANGES_NOTHING = ("orgo doctor", "orgo task list", "orgo task show", "orgo ledger", "grep ")  # one may look again until it is there


def steps():
    """(commands, what they have to show) of each pair of blocks."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    section = page.split("## The first hour")[1].split("\n## ")[0]
    for match in re.finditer(r"```sh\n(.*?)```\n(?:```text\n(.*?)```)?", section, re.S):
        yield match[1].strip().splitlines(), (match[2] or "").strip().splitlines()


class Terminal:
    """A shell in which one command is typed after the other."""

    def __init__(self, folder):
        (folder / "bin").mkdir()
        (folder / "bin/orgo").symlink_to(BINARY)
        (folder / "home").mkdir()
        (folder / "work").mkdir()
        (folder / "work/samples").symlink_to(ROOT / "samples")
        self.shell = subprocess.Popen(["bash", "--norc", "--noprofile"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                      cwd=folder / "work", env={"PATH": f"{folder / 'bin'}:/usr/local/bin:/usr/bin:/bin", "HOME": str(folder / "home"),
                                                                "LANG": "C.UTF-8", "COLUMNS": "80"})

    def type(self, command):
        """(exit status, what was shown meanwhile)."""
        self.shell.stdin.write(f'{command}\necho "=== done $?"\n')
        self.shell.stdin.flush()
        shown = []
        for line in self.shell.stdout:
            if line.startswith("=== done "):
                return int(line.split()[2]), "".join(shown)
            shown.append(line)
        expect(False, f"$ {command}\nthe shell ended: {''.join(shown)}")

    def end(self):
        self.type("kill $(jobs -p); wait")
        self.shell.stdin.close()
        self.shell.wait(30)


def show(terminal, command):
    """What it shows; of a command that changes nothing, as soon as it goes well."""
    def typed():
        status, text = terminal.type(command)
        last.append(f"exit {status}\n{text}")
        return (text or " ") if status == 0 else None
    last = []
    if not command.startswith(CHANGES_NOTHING):
        text = typed()
        expect(text, f"$ {command}\n{last[-1]}")
        return text
    try:
        return wait_until(command, typed, 40, every=0.2)
    except Exception:
        expect(False, f"$ {command}\n{last[-1]}")


def follow(folder):
    terminal = Terminal(folder)
    began, count = time.monotonic(), 0
    try:
        for commands, wanted in steps():
            shown = "".join(show(terminal, command) for command in commands)
            count += len(commands)
            again = [command for command in commands if command.startswith(CHANGES_NOTHING)]

            def is_all_there():
                text = shown + "".join(show(terminal, command) for command in again)
                missing[:] = [line for line in wanted if line not in text]
                missing.append(text) if missing else None
                return not missing
            missing = []
            try:
                wait_until("the words of the block", is_all_there, 40, every=0.2)
            except Exception:
                expect(False, f"{commands} do not show {missing[:-1]}:\n{missing[-1]}")
        sent = [path.read_text(errors="replace") for path in (folder / "work/sent").iterdir()]
        answer = next((text for text in sent if "Come to room 12" in text and "kim@client.example" in text), "")
        expect("Re: [T-1] Key lost" in answer and "<1@client.example>" in answer, f"the answer is in the thread: {answer}")
        expect(any("office@school.example" in text and "Key lost" in text for text in sent), "and somebody was told of the task")
    finally:
        terminal.end()
    expect(count >= 12, f"only {count} commands: is the section still found in README.md?")
    return f"{count} commands in {time.monotonic() - began:.0f} s"


def from_nothing_to_an_answered_customer():
    if not os.environ.get(INSIDE):
        if subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode != 0:
            return "skipped: this machine gives no network of one's own (unshare -rn)"
        # The usual ports, whatever else runs on this machine.
        done = subprocess.run(["unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, __file__], capture_output=True,
                              text=True, env={**os.environ, INSIDE: "1"}, timeout=300)
        expect(done.returncode == 0, done.stdout + done.stderr)
        return done.stdout.split(": ", 1)[-1].strip()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orgo-first-hour-"))
    note = follow(folder)
    shutil.rmtree(folder)
    return note


if __name__ == "__main__":
    main(from_nothing_to_an_answered_customer)
