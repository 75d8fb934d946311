#!/usr/bin/env python3
"""`orgo import` through a running server, with kill -9 of both at random moments: each mail is there once, byte for byte.

ORGO_KILLS (6) says how often, ORGO_TEST_SEED repeats the moments of a run.
"""
import collections
import os
import pathlib
import random
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from orgo import BINARY, Orgo, child_environment, expect, main, sha256, wait_until  # noqa: E402
from referee import stored_messages  # noqa: E402

KILLS = int(os.environ.get("ORGO_KILLS", "6"))
SEED = int(os.environ.get("ORGO_TEST_SEED", str(random.SystemRandom().randrange(1 << 31))))
MAILS = 12_000


def mail_of(number, size=1500):
    text = "".join(f"Line {line} of the text of {number}.\n" for line in range(size // 30))
    return (f"From: p{number % 50}@example.org\nTo: office@organization.com\nSubject: Mail {number}\nMessage-ID: <m{number}@x>\n"
            f"Date: Mon, 30 Nov 2026 10:00:00 +0000\n\n{text}").encode()


def write_mbox(path, mails):
    with open(path, "wb") as box:
        for mail in mails:
            box.write(b"From a@example.org Mon Nov 30 10:00:00 2026\n" + mail + b"\n")


def counted(text):
    found = re.findall(r"(\d+) mails read, (\d+) stored, (\d+) were there already, (\d+) failed", text)
    expect(found, f"no counts in: {text}")
    return dict(zip(("read", "stored", "duplicates", "failed"), map(int, found[-1])))


def import_of(orgo, box):
    return subprocess.Popen([str(BINARY), "import", str(box), "--data", str(orgo.data), "--config", str(orgo.config)],
                            stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=child_environment())


def killed_anywhere_each_mail_is_there_once():
    print(f"ORGO_TEST_SEED={SEED} ORGO_KILLS={KILLS}", flush=True)
    moments = random.Random(SEED)
    with Orgo() as orgo:
        orgo.start()
        wanted = [mail_of(number) for number in range(MAILS)]
        box = orgo.folder / "old.mbox"
        write_mbox(box, wanted)
        accepted = lambda: sum(line["accepted"] for line in orgo.ledger()[0])
        said = collections.Counter()
        for number in range(KILLS):
            if (there := accepted()) == MAILS:
                break
            process = import_of(orgo, box)
            # A random moment, by mails and not by time: how fast an import is depends on the machine.
            moment = there + moments.uniform(0.0, 0.6) * (MAILS - there) / (KILLS - number)
            wait_until("the import goes on", lambda: accepted() > moment or process.poll() is not None or None, 60, every=0.005)
            if number % 2 == 0:
                process.kill()
                process.communicate()
                said["importer"] += process.returncode == -9
            else:
                orgo.kill()
                _, told = process.communicate(timeout=60)
                if process.returncode != 0:
                    expect("say the same again to go on" in told, told)
                    counted(told)
                    said["server"] += 1
                orgo.start()
        done = import_of(orgo, box)
        out, told = done.communicate(timeout=120)
        expect(done.returncode == 0, f"{out} {told}")
        expect(said["importer"] and said["server"], f"the kills came too late: {said}")
        orgo.settle()
        lines, balanced, _ = orgo.ledger()
        expect(balanced and lines[0]["channel"] == "import" and lines[0]["accepted"] == MAILS, lines)
        there = collections.Counter(digest for _, digest in stored_messages(orgo).values())
        expect(there == collections.Counter(sha256(mail) for mail in wanted), "each byte for byte, once")
        # From the start again: all are there, and it says so.
        again = orgo.cli("import", "--from-start", box)
        expect(counted(again.stderr) == {"read": MAILS, "stored": 0, "duplicates": MAILS, "failed": 0}, again.stderr)
        return f"killed {dict(said)}"


def what_is_refused_is_named_with_its_place_and_the_others_go_on():
    """Also where a request of many mails is larger than the server takes."""
    with Orgo(settings="http:\n  max_body: 64 KB\nlimits:\n  message_size: 64 KB\n") as orgo:
        orgo.start()
        mails = [mail_of(number) for number in range(300)]
        mails[150] = mail_of(150, 100_000)
        box = orgo.folder / "old.mbox"
        write_mbox(box, mails)
        place = sum(len(mail) + 45 for mail in mails[:150])
        done = orgo.cli("import", box, check=False)
        expect(done.returncode == 1 and counted(done.stderr) == {"read": 300, "stored": 299, "duplicates": 0, "failed": 1}, done.stderr)
        expect(re.search(rf"old\.mbox at {place}: .*(large|bytes)", done.stderr), f"named by file and place {place}: {done.stderr}")
        orgo.settle()
        lines, balanced, _ = orgo.ledger()
        expect(balanced and lines[0]["accepted"] == 299, lines)


if __name__ == "__main__":
    main(killed_anywhere_each_mail_is_there_once, what_is_refused_is_named_with_its_place_and_the_others_go_on)
