#!/usr/bin/env python3
"""Damage is told: what was lost is no new beginning, what is malformed does not serve, a flipped bit is found, and a message in
no state is an alarm that a person can mend."""
import json
import pathlib
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Failed, Orgo, expect, mail, main, wait_until  # noqa: E402


def with_mails(orgo, count=20):
    orgo.start()
    for number in range(count):
        orgo.deliver(mail(subject=f"Request {number}", text="x" * 3000))
    orgo.settle()
    orgo.stop()


def refuses_to_start(orgo, *words):
    try:
        orgo.start(10)
    except Failed as error:
        for word in words:
            expect(word in str(error), f"it does not say '{word}': {error}")
        expect("server ended" in str(error), f"it must end by itself: {error}")
        orgo.process = None
        return
    raise Failed("it serves with 200")


def a_lost_database_beside_mails():
    with Orgo() as orgo:
        with_mails(orgo)
        for name in ("orgo.db", "orgo.db-wal", "orgo.db-shm"):
            (orgo.data / name).unlink(missing_ok=True)
        refuses_to_start(orgo, "backup", "orgo.db")
        expect(not (orgo.data / "orgo.db").exists(), "it must not begin a new one")
        (orgo.data / "orgo.db").write_bytes(b"")
        refuses_to_start(orgo, "backup", "orgo.db")


def a_malformed_database():
    with Orgo() as orgo:
        with_mails(orgo)
        database = orgo.data / "orgo.db"
        whole = database.read_bytes()
        expect(len(whole) > 100_000, "there is a database")
        for what, damaged in (("pages of rubbish", whole[:40_960] + b"\x5a" * 20_480 + whole[61_440:]),
                              ("a lost end", whole[:len(whole) // 2 // 4096 * 4096]),
                              ("another file", b"this is no database" * 500)):
            database.write_bytes(damaged)
            refuses_to_start(orgo, "backup")
            done = orgo.cli("doctor", check=False)
            expect(done.returncode == 1 and "backup" in done.stdout, f"{what}: doctor says {done.stdout}{done.stderr}")
        database.write_bytes(whole)
        orgo.start()
        orgo.stop()


def a_flipped_bit_and_a_lost_byte_in_the_mails():
    with Orgo() as orgo:
        with_mails(orgo)
        expect("20 read, every byte as it came" in orgo.cli("doctor", check=False).stdout, "doctor reads all mails")
        segment = max((orgo.data / "blobs").glob("*.seg"), key=lambda path: path.stat().st_size)
        whole = segment.read_bytes()
        for what, damaged in (("a flipped bit", whole[:5_000] + bytes([whole[5_000] ^ 4]) + whole[5_001:]),
                              ("a lost byte", whole[:5_000] + whole[5_001:]), ("a lost end", whole[:-100])):
            segment.write_bytes(damaged)
            done = orgo.cli("doctor", check=False)
            expect(done.returncode == 1, f"{what}: doctor ends with {done.returncode}")
            expect("are damaged or gone" in done.stdout, f"{what}: doctor says {done.stdout}")
        segment.write_bytes(whole)
        expect("every byte as it came" in orgo.cli("doctor", check=False).stdout, "doctor is content again")


def messages_in_no_state():
    with Orgo(settings="organization:\n  administrators: [boss@organization.com]\n") as orgo:
        with_mails(orgo, 5)
        with sqlite3.connect(orgo.data / "orgo.db") as database:
            database.execute("DELETE FROM decisions WHERE message IN (2, 4)")
            database.execute("DELETE FROM work")
        database.close()
        orgo.start()

        def ledger_check():
            return next((one for one in orgo_ready(orgo) if one["name"] == "ledger" and not one["ok"]), None)
        check = wait_until("/health tells of it", ledger_check, 20)
        expect("m2" in str(check) and "doctor --repair" in str(check), str(check))
        expect(b"in no state" in orgo.http("GET", "/readyz", token=None)[1], "/readyz tells of it")
        status, text = orgo.http("GET", "/metrics", token=None)
        expect(status == 200 and b"orgo_ledger_stateless 2" in text, "the metric")
        task = wait_until("a task tells of it",
                          lambda: next((task for task in orgo.get("/api/v1/tasks")["items"] if "ledger" in task["tags"]), None), 20)
        expect(task["team"] == "boss@organization.com" and task["priority"] == "urgent", str(task))
        _, balanced, _ = orgo.ledger()
        expect(not balanced, "the ledger says so, too")
        done = orgo.cli("doctor", "--repair", check=False)
        expect("2 messages are back at work" in done.stderr, done.stderr + done.stdout)
        orgo.settle()
        _, balanced, _ = orgo.ledger()
        expect(balanced, "the ledger balances again")
        wait_until("readyz is content", lambda: ledger_check() is None, 40)
        ledger_tasks = [task for task in orgo.get("/api/v1/tasks")["items"] if "ledger" in task["tags"]]
        expect(len(ledger_tasks) == 1, "one alarm, one task")
        orgo.stop()


def orgo_ready(orgo):
    return json.loads(orgo.http("GET", "/health", token=None)[1])["checks"]


if __name__ == "__main__":
    main(a_lost_database_beside_mails, a_malformed_database, a_flipped_bit_and_a_lost_byte_in_the_mails, messages_in_no_state)
