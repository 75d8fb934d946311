#!/usr/bin/env python3
"""A database that is newer, damaged or not ours: refused with a clear sentence, and not touched."""
import hashlib
import pathlib
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Orgo, expect, mail, main  # noqa: E402


def refused(orgo, *words):
    done = subprocess.run(orgo.command(), capture_output=True, text=True, cwd=orgo.folder, timeout=60)
    said = done.stderr + done.stdout
    expect(done.returncode == 1, f"must end with 1, not {done.returncode}: {said}")
    for word in words:
        expect(word in said, f"the sentence lacks '{word}': {said}")
    return said


def used_folder(orgo):
    orgo.start()
    orgo.deliver(mail())
    orgo.settle()
    orgo.stop()
    return orgo.data / "orgo.db"


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def a_newer_database_is_refused_and_not_touched():
    with Orgo() as orgo:
        path = used_folder(orgo)
        with sqlite3.connect(path) as database:
            database.execute("INSERT INTO schema_steps VALUES (999, 0)")
        database.close()
        before = digest(path)
        refused(orgo, "999", "newer Orgo", "nothing was changed")
        expect(digest(path) == before, "the database was changed")
        done = orgo.cli("task", "list", check=False)
        expect(done.returncode == 1 and "newer" in done.stderr, f"task list on it: {done.returncode} {done.stderr}")


def what_is_no_database_is_refused_and_not_touched():
    with Orgo() as orgo:
        orgo.data.mkdir()
        path = orgo.data / "orgo.db"
        path.write_bytes(b"This is a letter and no database. " * 200)
        before = digest(path)
        refused(orgo, "orgo.db")
        expect(digest(path) == before, "the file was changed")


if __name__ == "__main__":
    main(a_newer_database_is_refused_and_not_touched, what_is_no_database_is_refused_and_not_touched)
