#!/usr/bin/env python3
"""Follows "The first hour" of README.md word for word: an empty folder, an empty HOME, a network of its own with the usual ports, and
nothing of this machine's settings; from `orgo init` to the customer who has the answer. How long it took is told, not asserted."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import readme  # noqa: E402
from orgo import BINARY, ROOT, expect, main  # noqa: E402

INSIDE = "FIRST_HOUR_INSIDE"


def terminal_in(folder):
    for name in ("bin", "home", "work"):
        (folder / name).mkdir()
    (folder / "bin/orgo").symlink_to(BINARY)
    (folder / "work/samples").symlink_to(ROOT / "samples")
    return readme.Terminal(["bash", "--norc", "--noprofile"], cwd=folder / "work",
                           env={"PATH": f"{folder / 'bin'}:/usr/local/bin:/usr/bin:/bin", "HOME": str(folder / "home"),
                                "LANG": "C.UTF-8", "COLUMNS": "80"})


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
    terminal, began = terminal_in(folder), time.monotonic()
    try:
        count = readme.first_hour(terminal, folder / "work/sent")
    finally:
        terminal.end()
    shutil.rmtree(folder)
    return f"{count} commands in {time.monotonic() - began:.0f} s"


if __name__ == "__main__":
    main(from_nothing_to_an_answered_customer)
