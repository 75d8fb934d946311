#!/usr/bin/env python3
"""Memory, files and disk stay bounded while a server works: what thousands of mails leave behind in a process, how large the log of the
database gets, how many files are open. Counted, not timed."""
import concurrent.futures
import os
import pathlib
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import PATIENCE, Orgo, expect, mail, main, wait_until  # noqa: E402

SANITIZED = PATIENCE >= 4  # a sanitizer keeps freed memory for a while, and that is not the program's


def status(pid, field):
    line = next(line for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(field + ":"))
    return int(line.split()[1])


def open_files(pid):
    names = []
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            names.append(os.readlink(entry))
        except OSError:
            pass
    return names


CONNECTIONS = 10  # each waits until its mail is durable; one commit serves all that came meanwhile


def flood(orgo, first, count):
    """So many small mails over a few connections at once."""
    each = count // CONNECTIONS
    with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as senders:
        for sent in [senders.submit(pour, orgo, first + n * each, each) for n in range(CONNECTIONS)]:
            sent.result()


def pour(orgo, first, count):
    """So many small mails over one connection, pipelined."""
    host, port = orgo.host_port("lmtp")
    with socket.create_connection((host, port), timeout=60 * PATIENCE) as peer:
        answers = peer.makefile("rb")
        answers.readline()
        peer.sendall(b"LHLO test.example\r\n")
        while answers.readline()[3:4] == b"-":
            pass
        for begin in range(first, first + count, 50):
            mails = range(begin, min(begin + 50, first + count))
            for n in mails:
                raw = mail(subject=f"Number {n}", message_id=f"<bounds-{n}@example.org>", text="word " * 100)
                peer.sendall(b"MAIL FROM:<anna@example.org>\r\nRCPT TO:<office@organization.com>\r\nDATA\r\n" + raw + b"\r\n.\r\n")
            for _ in mails:
                for code in (b"250", b"250", b"354", b"250"):
                    line = answers.readline()
                    expect(line.startswith(code), f"{line!r} instead of {code.decode()}")


def mails_leave_nothing_in_memory():
    with Orgo() as orgo:
        orgo.start()
        pid = orgo.process.pid
        flood(orgo, 0, 15_000)  # until caches are full
        orgo.settle(240)
        memory, files = status(pid, "VmRSS"), len(open_files(pid))
        wal_most = 0
        for begin in range(15_000, 25_000, 5_000):
            flood(orgo, begin, 5_000)
            wal_most = max(wal_most, (orgo.data / "orgo.db-wal").stat().st_size)
        orgo.settle(240)
        grown = status(pid, "VmRSS") - memory
        expect(SANITIZED or grown < 8_000, f"10,000 mails more, and {grown} kB more memory")
        now = open_files(pid)
        expect(len(now) <= files + 4, f"{files} files were open, now {len(now)}: {now}")
        expect(sum(".seg" in name or "/blobs/" in name for name in now) <= 8, f"segments stay open: {now}")
        expect(wal_most < 256 << 20, f"the database's log grew to {wal_most >> 20} MB")
        lines, balanced, _ = orgo.ledger()
        expect(balanced and sum(line["accepted"] for line in lines) == 25_000, f"{lines}")
        expect(orgo.stop() == 0, "stopped")
        return f"{grown} kB more memory, at most {wal_most >> 20} MB of WAL, {len(now)} files"


def small_commits_do_not_let_the_log_of_the_database_grow():
    with Orgo() as orgo:
        orgo.start()
        with orgo.lmtp() as door:
            for n in range(2_000):  # each is a commit of its own
                door.sendmail("anna@example.org", ["office@organization.com"], mail(message_id=f"<small-{n}@example.org>"))
        orgo.settle()
        size = (orgo.data / "orgo.db-wal").stat().st_size
        expect(size < 96 << 20, f"2,000 commits, and a log of {size >> 20} MB")
        return f"{size >> 20} MB of WAL"


def connections_leave_no_files_open():
    with Orgo() as orgo:
        orgo.start()
        pid = orgo.process.pid
        with orgo.lmtp() as door:
            door.noop()
        before = len(open_files(pid))
        for _ in range(20):
            held = [socket.create_connection(orgo.host_port(door)) for door in ("lmtp", "smtp", "http") for _ in range(10)]
            for n, peer in enumerate(held):
                if n % 3 == 0:
                    peer.sendall(b"MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\nhalf a mail")
                peer.close()
        wait_until("all are closed here, too", lambda: len(open_files(pid)) <= before + 2)
        with orgo.lmtp() as door:  # and slots that were freed serve again
            door.sendmail("anna@example.org", ["office@organization.com"], mail())
        wait_until("the gauge knows", lambda: 'orgo_mail_connections{door="lmtp"} 0' in orgo.http("GET", "/metrics")[1].decode())


if __name__ == "__main__":
    main(mails_leave_nothing_in_memory, small_commits_do_not_let_the_log_of_the_database_grow, connections_leave_no_files_open)
