#!/usr/bin/env python3
"""Accepted means durable (A4, R24): by the order of its system calls, every 250 behind DATA comes after the mail's bytes and the
row that names them were flushed. kill -9 can't show this, since the kernel's page cache outlives it."""
import pathlib
import re
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Orgo, expect, mail, main, wait_until  # noqa: E402

MAILS = 100


def can_trace():
    if not shutil.which("strace"):
        return False
    return subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True).returncode == 0


def every_250_comes_after_the_flush():
    if not can_trace():
        return "skipped: there is no strace here, or it may not trace"
    with Orgo() as orgo:
        orgo.start()
        trace = orgo.folder / "trace"
        tracer = subprocess.Popen(["strace", "-f", "-y", "-qq", "-s", "64", "-e",
                                   "trace=read,recvfrom,recvmsg,write,writev,sendto,sendmsg,fsync,fdatasync", "-o", trace,
                                   "-p", str(orgo.address["pid"])])
        try:
            wait_until("strace is attached", lambda: (pathlib.Path(f"/proc/{orgo.address['pid']}/status").read_text()
                                                      .split("TracerPid:\t")[1].split()[0] != "0"), 20)
            with orgo.lmtp() as door:  # one after the other, so that each flush belongs to one mail
                for number in range(MAILS):
                    door.sendmail("anna@example.org", ["office@organization.com"], mail(subject=f"Number {number}"))
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.wait(30)
        checked, flushed, begun = 0, set(), {}
        for line in trace.read_text(errors="replace").splitlines():
            thread = line.split(maxsplit=1)[0]
            socket = "socket:[" in line or "<TCP:[" in line
            if re.search(r"\b(read|recvfrom|recvmsg)\(", line) and socket and "From: Anna" in line:
                flushed = set()  # a new mail has come in
            elif re.search(r"\bf(data)?sync\(", line):
                file = "bytes" if ".seg>" in line else "row" if "orgo.db-wal>" in line else "other"
                if "unfinished" in line:
                    begun[thread] = file  # it counts when it has come back
                elif "= 0" in line:
                    flushed.add(file)
            elif re.search(r"f(data)?sync resumed", line) and "= 0" in line:
                flushed.add(begun.pop(thread, "other"))
            elif re.search(r"\b(write|writev|sendto|sendmsg)\(", line) and socket and re.search(r"250 2\.[06]\.0", line):
                expect({"bytes", "row"} <= flushed, f"250 when only {sorted(flushed)} was flushed: {line}")
                checked += 1
        expect(checked >= MAILS, f"only {checked} answers to {MAILS} mails were seen in the trace ({trace})")
        orgo.stop()
        return f"{checked} answers"


if __name__ == "__main__":
    main(every_250_comes_after_the_flush)
