#!/usr/bin/env python3
"""Damage is told: what was lost is no new beginning, what is malformed does not serve, a flipped bit is found, and a message in
no state is an alarm that a person can mend."""
import json
import pathlib
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import BINARY, Failed, Orgo, child_environment, expect, mail, main, wait_until  # noqa: E402


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


def damage_beyond_the_first_page():
    """The doctor reads 500 mails at a time: what is wrong with one behind them is told as well."""
    with Orgo() as orgo:
        with_mails(orgo, 510)
        expect("510 read, every byte as it came" in orgo.cli("doctor", check=False).stdout, "doctor reads all mails")
        segment = max((orgo.data / "blobs").glob("*.seg"), key=lambda path: path.stat().st_size)
        segment.write_bytes(segment.read_bytes()[:-10])
        with sqlite3.connect(orgo.data / "orgo.db") as database:
            database.execute("DELETE FROM messages WHERE id = 503")
            database.execute("DELETE FROM decisions WHERE message = 505")
            database.execute("DELETE FROM work")
        database.close()
        done = orgo.cli("doctor", check=False)
        for words in ("1 of 509 are damaged or gone: m510", "1 that were accepted are gone from the database (m503)",
                      "1 messages are in no state"):
            expect(words in done.stdout, f"doctor does not say '{words}': {done.stdout}")


def messages_in_no_state():
    with Orgo(settings="organization:\n  administrators: [boss@organization.com]\n") as orgo:
        with_mails(orgo, 5)
        with sqlite3.connect(orgo.data / "orgo.db") as database:
            database.execute("DELETE FROM decisions WHERE message IN (2, 4)")
            database.execute("DELETE FROM work")
            # What was decided once has its event; of this one nothing is left but that it was accepted.
            database.execute("DELETE FROM decisions WHERE message = 5")
            database.execute("DELETE FROM events WHERE kind = 2 AND message = 5")
        database.close()
        orgo.start()
        before = titles(orgo)

        def ledger_check():
            return next((one for one in orgo_ready(orgo) if one["name"] == "ledger" and not one["ok"]), None)
        check = wait_until("/health tells of it", ledger_check, 20)
        expect("m2" in str(check) and "doctor --repair" in str(check), str(check))
        expect(b"in no state" in orgo.http("GET", "/readyz", token=None)[1], "/readyz tells of it")
        status, text = orgo.http("GET", "/metrics", token=None)
        expect(status == 200 and b"orgo_ledger_stateless 3" in text, "the metric")
        task = wait_until("a task tells of it",
                          lambda: next((task for task in orgo.get("/api/v1/tasks")["items"] if "ledger" in task["tags"]), None), 20)
        expect(task["team"] == "boss@organization.com" and task["priority"] == "urgent", str(task))
        _, balanced, _ = orgo.ledger()
        expect(not balanced, "the ledger says so, too")
        done = orgo.cli("doctor", "--repair", check=False)
        expect("1 message is back at work, 2 messages have their decision back (m2, m4, m5)" in done.stderr, done.stderr + done.stdout)
        orgo.settle()
        expect(titles(orgo) == sorted(before + ["Request 4"]), f"only what has no decision opens a task: {titles(orgo)}")
        done = orgo.cli("doctor", "--repair", check=False)
        expect("0 messages are back at work" in done.stderr, done.stderr)
        story = json.loads(orgo.cli("trace", "m2", "--json").stdout)
        expect(story["task"]["id"] == "T-2" and story["message"]["decision"]["subject"] == "Request 1", f"its story is told again: {story['message']}")
        _, balanced, _ = orgo.ledger()
        expect(balanced, "the ledger balances again")
        wait_until("readyz is content", lambda: ledger_check() is None, 40)
        ledger_tasks = [task for task in orgo.get("/api/v1/tasks")["items"] if "ledger" in task["tags"]]
        expect(len(ledger_tasks) == 1, "one alarm, one task")
        orgo.stop()


def titles(orgo):
    return sorted(task["title"] for task in orgo.pages("/api/v1/tasks") if "ledger" not in task["tags"])


def tasks_about(orgo, tenant):
    """Without the alarm for a ledger that does not balance, which rings where the repair comes late."""
    return [task for task in json.loads(orgo.cli("task", "list", "--tenant", tenant, "--json").stdout) if tenant in task["title"]]


def every_tenants_messages_are_mended():
    """By those who run the server; an administrator of another tenant mends what is theirs."""
    with Orgo() as orgo:
        orgo.start()
        for name in ("hillside", "valley"):
            orgo.cli("tenant", "add", name, "--recipient", f"{name}.org")
            (orgo.data / "tenants" / name / "rules.yaml").write_text("rules:\n  - action: {route_to: office@x.example}\n")
            for number in range(3):
                orgo.deliver(mail(subject=f"{name} {number}"), recipient=f"x@{name}.org")
        orgo.deliver(mail(subject="own"))
        orgo.cli("user", "add", "anna", "--role", "administrator", "--tenant", "hillside")
        anna = orgo.cli("user", "token", "anna", "--for", "a test", "--tenant", "hillside").stdout.strip()
        wait_until("all is decided", lambda: all(line["waiting"] == 0 for line in orgo.get("/api/v1/ledger")["lines"]) and
                   sum(line["decided"] for line in orgo.get("/api/v1/ledger")["lines"]) >= 1)
        for name in ("hillside", "valley"):
            wait_until(f"{name} has its tasks", lambda name=name: len(json.loads(orgo.cli("task", "list", "--tenant", name, "--json").stdout)) == 3)
        orgo.stop()
        with sqlite3.connect(orgo.data / "orgo.db") as database:
            database.execute("DELETE FROM decisions WHERE message IN (1, 2)")
            database.execute("DELETE FROM events WHERE kind = 2 AND message = 2")
            database.execute("DELETE FROM work")
        database.close()
        orgo.start()
        status, body = orgo.http("POST", "/api/v1/ledger/repair", token=anna)
        mended = [(one["tenant"], one["id"], one["decided"]) for one in json.loads(body)["messages"]]
        expect(status == 200 and mended == [("hillside", "m1", True), ("hillside", "m2", False)], f"{status} {mended}")
        done = orgo.cli("doctor", "--repair", check=False)
        expect("1 message is back at work, 2 messages have their decision back (m1, m1 of valley, m2 of valley)" in done.stderr, done.stderr)
        for name in ("hillside", "valley"):
            wait_until(f"{name}: what had nothing is decided", lambda name=name: len(tasks_about(orgo, name)) == 4)
        _, balanced, _ = orgo.ledger()
        expect(balanced, "the ledger balances")
        orgo.stop()


def a_repair_that_is_killed_goes_on():
    with Orgo() as orgo:
        with_mails(orgo, 40)
        with sqlite3.connect(orgo.data / "orgo.db") as database:
            database.execute("DELETE FROM decisions WHERE message % 2 = 0")
            database.execute("DELETE FROM events WHERE kind = 2 AND message % 4 = 0")
            database.execute("DELETE FROM work")
        database.close()
        for wait in (0.02, 0.05, 0.08, 0.12, 0.2):
            doctor = subprocess.Popen([str(BINARY), "doctor", "--repair", "--data", str(orgo.data), "--config", str(orgo.config)],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=child_environment())
            time.sleep(wait)
            doctor.kill()
            doctor.wait()
        orgo.cli("doctor", "--repair", check=False)
        orgo.start()
        orgo.settle()
        _, balanced, _ = orgo.ledger()
        expect(balanced, "the ledger balances")
        expect(len(titles(orgo)) == 50, f"ten had no decision left, and thirty theirs: {len(titles(orgo))}")
        orgo.stop()


def messages_that_are_gone():
    with Orgo(settings="organization:\n  administrators: [boss@organization.com]\n") as orgo:
        with_mails(orgo, 6)
        with sqlite3.connect(orgo.data / "orgo.db") as database:
            database.execute("DELETE FROM messages WHERE id IN (2, 3, 6)")  # in the middle, and the last
        database.close()
        done = orgo.cli("doctor", check=False)
        expect(done.returncode == 1 and "3 that were accepted are gone from the database (m2, m3, m6" in done.stdout, done.stdout)
        done = orgo.cli("ledger", check=False)
        expect(done.returncode == 1 and "3 messages that were accepted are gone" in done.stdout, done.stdout)
        orgo.start()
        wait_until("/readyz tells of it", lambda: b"are gone from the database (m2, m3, m6)" in orgo.http("GET", "/readyz", token=None)[1], 20)
        expect(b"orgo_ledger_missing 3" in orgo.http("GET", "/metrics", token=None)[1], "the metric")
        task = wait_until("a task tells of it",
                          lambda: next((task for task in orgo.get("/api/v1/tasks")["items"] if "ledger" in task["tags"]), None), 20)
        expect("3 messages are gone" in task["title"], str(task))
        orgo.stop()


def orgo_ready(orgo):
    return json.loads(orgo.http("GET", "/health", token=None)[1])["checks"]


if __name__ == "__main__":
    main(a_lost_database_beside_mails, a_malformed_database, a_flipped_bit_and_a_lost_byte_in_the_mails, damage_beyond_the_first_page,
         messages_in_no_state, every_tenants_messages_are_mended, a_repair_that_is_killed_goes_on, messages_that_are_gone)
