#!/usr/bin/env python3
"""Disk full (R6), on a small tmpfs: 452 to the sender, nothing half stored, recovers by itself when there is room again."""
import contextlib
import os
import pathlib
import smtplib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from orgo import Orgo, expect, mail, main, sha256, wait_until  # noqa: E402
from referee import key_of  # noqa: E402

CYCLES = int(os.environ.get("ORGO_DISK_CYCLES", "3"))


def deliver_until_refused(orgo, keys, most=4000):
    """Returns what was acknowledged and the code of the refusal (None: it was never refused)."""
    acknowledged = {}
    with orgo.lmtp() as door:
        for _ in range(most):
            keys[0] += 1
            key = f"<{keys[0]}@full.example>"
            raw = mail(message_id=key, text=os.urandom(30_000).hex())  # nothing that compresses well
            try:
                door.sendmail("anna@example.org", ["office@organization.com"], raw)
                acknowledged[key] = sha256(raw)
            except smtplib.SMTPDataError as error:
                return acknowledged, error.smtp_code
            except smtplib.SMTPRecipientsRefused as error:
                return acknowledged, next(iter(error.recipients.values()))[0]
            except smtplib.SMTPSenderRefused as error:
                return acknowledged, error.smtp_code
    return acknowledged, None


def fills_up_and_recovers():
    if os.geteuid() != 0:
        return "skipped: only root may mount the small tmpfs that this needs"
    mount = pathlib.Path(tempfile.mkdtemp(prefix="orgo-full-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={42 + 2 * CYCLES}m", "tmpfs", mount], capture_output=True, text=True)
    if mounted.returncode != 0:
        mount.rmdir()
        return f"skipped: this machine lets nobody mount a tmpfs ({mounted.stderr.strip()})"
    try:
        with Orgo() as orgo:
            orgo.data = mount / "var"
            orgo.start()
            keys, acknowledged, filler = [0], {}, mount / "filler"
            for cycle in range(CYCLES):
                # Somebody else fills the disk, all but a little.
                free = os.statvfs(mount).f_bavail * os.statvfs(mount).f_frsize
                with open(filler, "wb") as file:
                    file.write(b"x" * max(0, free - 3_000_000))
                got, code = deliver_until_refused(orgo, keys)
                acknowledged.update(got)
                expect(code == 452, f"a full disk must be answered with 452, not {code} (cycle {cycle + 1})")
                status, body = orgo.http("POST", "/api/v1/messages?recipient=office@organization.com",
                                         mail(text=os.urandom(200_000).hex()),
                                         headers={"Content-Type": "message/rfc822"})
                expect(status in (503, 507), f"over HTTP a full disk must be 503 or 507, not {status} {body[:200]!r}")
                if cycle == 0:
                    # Not only to those who try: the rest is taken away, and nobody writes for longer than any memory of it.
                    with open(filler, "ab", buffering=0) as file, contextlib.suppress(OSError):
                        while True:
                            file.write(b"x" * 4096)
                    time.sleep(4)
                    status, body = orgo.http("GET", "/readyz", token=None)
                    expect(status == 503 and b"disk" in body, f"a full disk is told while nobody writes: {status} {body[:300]!r}")
                filler.unlink()

                def taken():
                    keys[0] += 1
                    key = f"<{keys[0]}@full.example>"
                    raw = mail(message_id=key)
                    try:
                        orgo.deliver(raw)
                    except smtplib.SMTPException:
                        return False
                    acknowledged[key] = sha256(raw)
                    return True
                wait_until("mail is taken again once there is room", taken, 10, every=0.2)
                wait_until("/readyz is well again", orgo.ready, 10)
            orgo.settle()
            found = {key_of(raw): sha256(raw) for _, raw in orgo.raw_messages()}
            for key, digest in acknowledged.items():
                expect(found.get(key) == digest, f"LOST {key}")
            lines, balanced, _ = orgo.ledger()
            expect(balanced, f"the ledger does not balance: {lines}")
            size = orgo.log.stat().st_size
            expect(size < 1_000_000, f"the log grew to {size} bytes: it must not fill the disk itself")
            orgo.stop()
            return f"{CYCLES} times full, {len(acknowledged)} acknowledged and all there"
    finally:
        subprocess.run(["umount", "-l", mount], check=False)
        mount.rmdir()


def files_that_may_not_grow():
    """`ulimit -f`, or a service with LimitFSIZE: told as a full disk is, and no end of the server."""
    with Orgo() as orgo:
        command = orgo.command
        orgo.command = lambda: ["prlimit", "--fsize=9000000", *command()]
        orgo.start()
        acknowledged, code = deliver_until_refused(orgo, [0])
        expect(code in (451, 452), f"a file that may not grow must be answered with 451 or 452, not {code}")
        status, _ = orgo.http("GET", "/livez", token=None)
        expect(status == 200, f"the server must go on, /livez says {status}")
        orgo.stop()
        orgo.command = command
        orgo.start()
        orgo.settle()
        found = {key_of(raw): sha256(raw) for _, raw in orgo.raw_messages()}
        for key, digest in acknowledged.items():
            expect(found.get(key) == digest, f"LOST {key}")
        orgo.stop()
        return f"{len(acknowledged)} acknowledged and all there"


if __name__ == "__main__":
    main(fills_up_and_recovers, files_that_may_not_grow)
