#!/usr/bin/env python3
"""Tables on a terminal: as wide as it is, wide characters counted as they are shown, and a word where a list ends."""
import fcntl
import json
import os
import pathlib
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
import unicodedata

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import BINARY, Orgo, child_environment, expect, mail, main  # noqa: E402

LISTS = (["task", "list"], ["user", "list"], ["tenant", "list"], ["token", "list"], ["queue", "list"], ["queue", "dead"], ["suppression", "list"], ["ledger"],
         ["rules", "history"], ["module", "list"], ["module", "team"], ["mailbox", "status"])


def width(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def run(orgo, *words, **environment):
    done = subprocess.run([str(BINARY), *words, "--data", str(orgo.data), "--config", str(orgo.config)], capture_output=True, text=True,
                          env={**child_environment(), **environment}, timeout=60)
    expect(done.returncode == 0, f"{words}: {done.stderr}")
    return done


def on_a_terminal(orgo, columns, *words):
    """What the command shows on a terminal that is that wide."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {name: value for name, value in child_environment().items() if name != "COLUMNS"}
    process = subprocess.Popen([str(BINARY), *words, "--data", str(orgo.data), "--config", str(orgo.config)], stdin=slave, stdout=slave, stderr=slave,
                               env=environment)
    os.close(slave)
    shown = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    expect(process.wait(60) == 0, shown.decode())
    return shown.decode().replace("\r\n", "\n")


def filled():
    orgo = Orgo()
    orgo.start()
    for number in range(55):
        orgo.deliver(mail(subject=f"プリンターが動きません、三階の教室です、至急お願いします {number}", recipient="office@organization.com"))
    orgo.settle()
    orgo.cli("user", "add", "anna", "--name", "Anna Mueller-Lüdenscheidt of the Second Floor", "--address", "anna.mueller@department.organization.com",
             "--team", "maintenance and grounds", "--role", "staff")
    orgo.cli("tenant", "add", "hillside", "--recipient", "a-very-long-domain-of-a-school.example", "--recipient", "another-long-one.example")
    orgo.cli("suppression", "add", "somebody.with.a.long.name@department.organization.com", "--reason", "asked us by phone to be left alone")
    orgo.cli("module", "add", "it_helpdesk")
    return orgo


def tables_fit_eighty_columns():
    with filled() as orgo:
        for words in LISTS:
            wide = [line for line in run(orgo, *words, COLUMNS="80").stdout.splitlines() if width(line) > 80 and "  " in line and "=" not in line]
            expect(not wide, f"orgo {' '.join(words)} is wider than 80 columns:\n" + "\n".join(wide))
        shown = on_a_terminal(orgo, 80, "task", "list")
        expect("プリンター" in shown and "…" in shown and "T-55" in shown, shown)
        expect(all(width(line) <= 80 for line in shown.splitlines() if line.startswith("T-")), shown)
        expect(any(width(line) > 80 for line in on_a_terminal(orgo, 200, "task", "list").splitlines()), "a wider one shows more")
        piped = run(orgo, "task", "list").stdout
        expect("至急お願いします 54" in piped and "…" not in piped, f"what is no terminal gets all of it: {piped[:500]}")
        narrow = run(orgo, "task", "list", COLUMNS="40").stdout
        expect(re.search("^TASK +T-55$", narrow, re.M) and all(width(line) <= 40 for line in narrow.splitlines()), narrow[:500])
        expect(orgo.stop() == 0, "stops")


def texts_fit_eighty_columns():
    with filled() as orgo, tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory() as letters:
        orgo.deliver(mail(subject="The window of the staircase on the third floor " * 4, recipient="office@organization.com",
                          text="It is broken. " * 30))
        orgo.settle()
        newest = next(iter(orgo.get("/api/v1/tasks?limit=1")["items"]))
        number, message = newest["id"], newest["message"]
        orgo.cli("task", "comment", number, "Somebody has to look at it, and to tell the people of the house what they may expect. " * 3)
        orgo.cli("task", "tag", number, "windows")
        run(orgo, "backup", place)
        (pathlib.Path(letters) / "letter.eml").write_bytes(mail(subject="A long subject of many words " * 6, recipient="office@organization.com"))
        texts = (["task", "show", number], ["trace", message], ["backup", "--list", place], ["backup", "--verify", place],
                 ["rules", "explain", message, "--all"], ["parse", f"{letters}/letter.eml"], ["config", "explain"], ["module", "show", "it_helpdesk"],
                 ["task", "due", number, "24.12.2030"], ["task", "link", number, "T-1"], ["task", "merge", number, "T-1"], ["ledger"])
        for words in texts:
            shown = run(orgo, *words, COLUMNS="80").stdout
            wide = [line for line in shown.splitlines() if width(line) > 80 and max(map(width, line.split())) < 60]
            expect(shown and not wide, f"orgo {' '.join(words)} is wider than 80 columns:\n" + "\n".join(wide))
        shown, piped = run(orgo, "task", "show", number, COLUMNS="80").stdout, run(orgo, "task", "show", number).stdout
        expect(shown.split() == piped.split() and any(width(line) > 80 for line in piped.splitlines()), "a pipe gets it as it is")
        expect(run(orgo, "task", "show", number, "--json", COLUMNS="40").stdout.count("\n") == 1, "JSON stays a line")
        expect(not re.search(r'[{}]|":', shown + run(orgo, "trace", message).stdout), "and is for programs alone")
        expect(orgo.stop() == 0, "stops")


def a_list_says_where_it_ends():
    with filled() as orgo:
        done = run(orgo, "task", "list")
        expect(len(done.stdout.splitlines()) == 51 and "These are the first 50" in done.stderr and "--limit 200" in done.stderr, done.stderr)
        done = run(orgo, "task", "list", "--limit", "200")
        expect(len(done.stdout.splitlines()) == 56 and not done.stderr, done.stderr)
        done = run(orgo, "task", "list", "--limit", "55")
        expect(not done.stderr, f"there are no more: {done.stderr}")
        done = run(orgo, "task", "list", "--json", "--limit", "10")
        expect(len(json.loads(done.stdout)) == 10 and "first 10" in json.loads(done.stderr)["notice"], done.stderr)
        expect(orgo.stop() == 0, "stops")


if __name__ == "__main__":
    main(tables_fit_eighty_columns, texts_fit_eighty_columns, a_list_says_where_it_ends)
