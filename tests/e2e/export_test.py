#!/usr/bin/env python3
"""`orgo export tasks`: all of them, as a table that spreadsheets read and run nothing of, and as JSON lines; and help that fits."""
import csv
import io
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import BINARY, ROOT, Orgo, child_environment, expect, mail, main  # noqa: E402

HOSTILE = ["=1+1", "+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x.example","y")', "x;=1+1", "x,=1+1", ' "=1', "＝1+1"]


def table(text, separator=","):
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True))


def raw(orgo, *words):
    return subprocess.run([str(BINARY), "export", *words, "--data", str(orgo.data), "--config", str(orgo.config)], capture_output=True,
                          cwd=orgo.folder, env=child_environment(), check=True).stdout


def a_table_of_all_tasks():
    with Orgo(settings="organization:\n  time_zone: Asia/Kolkata\n") as orgo:
        orgo.start()
        subjects = ["A leak, urgent", 'Say "yes"', "Grüße ü", *HOSTILE]
        for subject in subjects:
            orgo.deliver(mail(subject=subject, sender="anna@example.org"))
        orgo.settle()
        orgo.cli("task", "resolve", "T-1")
        out = raw(orgo, "tasks", "--csv")
        expect(raw(orgo, "--csv", "tasks") == out == raw(orgo, "tasks"), "in whichever order it is asked")
        text = out.decode("utf-8")
        expect(text.count("\r\n") == text.count("\n") == len(subjects) + 1, "each line ends as RFC 4180 wants it")
        rows = table(text)
        expect([row["task"] for row in rows] == [f"T-{number}" for number in range(len(subjects), 0, -1)], "all of them, newest first")
        page = (ROOT / "docs/tasks-table.md").read_text(encoding="utf-8")
        told = [name for line in re.findall(r"^\| (`.*?`) \|", page, re.M) for name in re.findall(r"`(\w+)`", line)]
        expect(list(rows[0]) == told, f"docs/tasks-table.md says {told}, the table has {list(rows[0])}")
        expect(rows[-1]["state"] == "resolved" and rows[-1]["open"] == "no" and rows[0]["open"] == "yes", f"{rows[-1]}")
        expect(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+05:30", rows[0]["created_at"]), f"{rows[0]}")
        expect(rows[-1]["title"] == subjects[0] and rows[-2]["title"] == subjects[1] and rows[-3]["title"] == subjects[2], "words stay as they are")
        for separator in ",;\t":  # whatever parts cells where it is opened
            for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
                live = [cell for cell in line if re.match(r'[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20]', cell)]
                expect(not live, f"live cells, parted by {separator!r}: {live}")
        expect(len(table(raw(orgo, "tasks", "--open").decode())) == len(subjects) - 1, "--open")
        expect([row["task"] for row in table(raw(orgo, "tasks", "--state", "resolved").decode())] == ["T-1"], "--state")
        expect(len(table(raw(orgo, "tasks", "--team", "maintenance@organization.com").decode())) == 1, "--team")
        semicolons = raw(orgo, "tasks", "--bom", "--separator", ";").decode("utf-8")
        expect(semicolons.startswith("\ufefftask;state;"), semicolons[:40])
        expect([row["title"] for row in table(semicolons[1:], ";")] == [row["title"] for row in rows], "the same cells")
        lines = [json.loads(line) for line in raw(orgo, "tasks", "--json").decode().splitlines()]
        expect([line["id"] for line in lines] == [row["task"] for row in rows] and lines[-1]["title"] == subjects[0], "JSON has the same")
        orgo.stop()
        expect(raw(orgo, "tasks") == out, "also when no server runs")
        for words in (["tasks", "--csv", "--json"], ["mails"], ["tasks", "--separator", "x"], ["tasks", "--state", "lost"]):
            expect(orgo.cli("export", *words, check=False).returncode == 2, f"{words} is asked wrongly")
        with open("/dev/full", "wb") as full:
            done = subprocess.run([str(BINARY), "export", "tasks", "--data", str(orgo.data), "--config", str(orgo.config)], stdout=full,
                                  stderr=subprocess.PIPE, text=True, env=child_environment())
        expect(done.returncode == 1 and "standard output" in done.stderr, f"{done.returncode} {done.stderr}")


def more_than_a_page():
    with Orgo() as orgo:
        orgo.start()
        with orgo.lmtp() as door:
            for number in range(1050):
                door.sendmail("anna@example.org", ["office@organization.com"], mail(subject=f"Number {number}"))
        orgo.settle()
        expect(len(table(raw(orgo, "tasks").decode())) == 1050, "none is left out at the end of a page")
        orgo.stop()


def each_organization_has_its_own():
    with Orgo() as orgo:
        orgo.start()
        orgo.cli("tenant", "add", "hillside", "--recipient", "hillside.example")
        orgo.deliver(mail(subject="ours"))
        orgo.deliver(mail(subject="theirs"), recipient="office@hillside.example")
        orgo.settle()
        titles = [row["title"] for row in table(raw(orgo, "tasks").decode())]
        theirs = [row["title"] for row in table(raw(orgo, "tasks", "--tenant", "hillside").decode())]
        expect(titles == ["ours"] and theirs == ["theirs"], f"{titles} {theirs}")
        orgo.stop()


def help_fits_and_has_examples():
    for words in (["backup"], ["restore"], ["export"]):
        text = subprocess.run([str(BINARY), *words, "--help"], capture_output=True, text=True, check=True).stdout
        wide = [line for line in text.splitlines() if len(line) > 80]
        expect(not wide, f"wider than a terminal: {wide}")
        expect(f"Examples:\n  orgo {words[0]} " in text, text)
    for shell in ("bash", "zsh", "fish"):
        script = subprocess.run([str(BINARY), "completion", shell], capture_output=True, text=True, check=True).stdout
        expect(all(word in script for word in ("backup", "restore", "export")), shell)


if __name__ == "__main__":
    main(a_table_of_all_tasks, more_than_a_page, each_organization_has_its_own, help_fits_and_has_examples)
