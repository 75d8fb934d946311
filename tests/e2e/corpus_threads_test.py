#!/usr/bin/env python3
"""900 real mails of 2002 through the whole program: imported, decided, and grouped into tasks as a person would group them.

How "as a person would" is judged, from the mails alone and without Orgo: two mails belong together when one names the other in
References or In-Reply-To, or both name the same third one (which need not be in the collection), and so on from mail to mail. A
second, weaker judgement adds mails with the same subject behind "Re:" on the same list or from the same sender.
Wanted of the tasks: at least 98% of the pairs that belong together by their ids are in one task, and each pair in one task that
neither judgement joins is listed; there may be none."""
import email
import email.header
import email.policy
import itertools
import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import ROOT, Orgo, expect, main  # noqa: E402

CORPORA = pathlib.Path(os.environ.get("ORGO_CORPORA", ROOT.parent / "shared" / "corpora"))
FOLDER = CORPORA / "spamassassin-corpus"


class Groups:
    """Union and find."""

    def __init__(self):
        self.parent = {}

    def find(self, one):
        self.parent.setdefault(one, one)
        while self.parent[one] != one:
            self.parent[one] = self.parent[self.parent[one]]
            one = self.parent[one]
        return one

    def join(self, a, b):
        self.parent[self.find(a)] = self.find(b)

    def copy(self):
        other = Groups()
        other.parent = dict(self.parent)
        return other


def text_of(value):
    try:
        return str(email.header.make_header(email.header.decode_header(str(value or ""))))
    except (LookupError, UnicodeError, email.errors.HeaderParseError):
        return str(value or "")


def plain_subject(subject):
    """(without prefixes, was there a "Re:")"""
    subject, reply = " ".join(subject.lower().split()), False
    while True:
        shorter = re.sub(r"^(re|fwd?|aw)(\[\d+\])?\s*:\s*", "", subject)
        reply = reply or (shorter != subject and subject.startswith(("re", "aw")))
        shorter = re.sub(r"^\[[^\]]{1,58}\]\s*(?=.)", "", shorter)
        if shorter == subject:
            return subject, reply
        subject = shorter


def place_of(message):
    """The list that a mail came by, else who wrote it."""
    for field in ("List-Id", "List-Post", "X-BeenThere", "Mailing-List"):
        if message[field]:
            return "list " + str(message[field]).lower().strip()
    return "from " + email.utils.parseaddr(str(message["From"] or ""))[1].lower()


def judge(mails):
    """(by ids, by ids and subjects): groups of the keys of `mails`."""
    by_ids = Groups()
    for key, message in mails.items():
        own = re.findall(r"<([^<>\s]+)>", str(message["Message-ID"] or ""))
        answers = str(message["In-Reply-To"] or "").strip()
        if not answers.startswith("<"):  # "Message from Anna <anna@example.org> of ..." names a person
            answers = ""
        named = re.findall(r"<([^<>\s]+@[^<>\s]+)>", f"{message['References'] or ''} {answers}")
        by_ids.find(key)
        for one in own[:1] + named:
            by_ids.join(key, "id " + one)
    by_subjects = by_ids.copy()
    first = {}
    for key, message in mails.items():
        subject, _ = plain_subject(text_of(message["Subject"]))
        if len(subject) < 3:
            continue
        here = (subject, place_of(message))
        if here in first:
            by_subjects.join(key, first[here])
        first.setdefault(here, key)
    return by_ids, by_subjects


def real_mail_is_grouped_as_people_would():
    if not FOLDER.is_dir():
        return f"SKIPPED: there is no {FOLDER} (ORGO_CORPORA names another place)"
    files = sorted(FOLDER.glob("*/*.eml"))
    with Orgo() as orgo:
        done = orgo.cli("import", str(FOLDER), "--recipient", "office@organization.com")
        orgo.start(60)
        orgo.settle(300)
        lines, balanced, ledger = orgo.ledger()
        expect(balanced, f"the ledger balances: {ledger}")
        accepted = sum(line["accepted"] for line in lines)
        expect(accepted == len(files), f"{len(files)} files, {accepted} accepted\n{done.stdout[-500:]}")
        expect(sum(line["dead"] for line in lines) == 0, "nothing became a dead letter")

        decided = {item["id"]: item["decision"] for item in orgo.pages("/api/v1/messages?limit=1000")}
        mails = {}
        for number, raw in orgo.raw_messages():
            if decided[number]["outcome"] in ("task_opened", "task_joined"):
                mails[number] = email.message_from_bytes(raw)
        by_ids, by_subjects = judge(mails)

        def pairs(group_of):
            groups = {}
            for key in mails:
                groups.setdefault(group_of(key), []).append(key)
            return {pair for members in groups.values() for pair in itertools.combinations(sorted(members), 2)}
        made = pairs(lambda key: decided[key]["task"])
        wanted, weak = pairs(by_ids.find), pairs(by_subjects.find)
        found = len(made & wanted) / max(1, len(wanted))
        false = sorted(made - weak)
        for a, b in sorted(wanted - made)[:20]:
            print(f"  apart: {a} {text_of(mails[a]['Subject'])[:60]!r} and {b} {text_of(mails[b]['Subject'])[:60]!r}")
        for a, b in false[:50]:
            print(f"  joined: {a} {text_of(mails[a]['Subject'])[:60]!r} and {b} {text_of(mails[b]['Subject'])[:60]!r}: {decided[b]['reason'][:150]}")
        expect(found >= 0.98, f"only {found:.1%} of {len(wanted)} pairs that belong together by their ids are in one task")
        expect(not false, f"{len(false)} pairs are in one task and have nothing in common")
        return (f"{len(files)} mails, {len(mails)} of them in {len({decided[k]['task'] for k in mails})} tasks; {len(made & wanted)} of "
                f"{len(wanted)} pairs by ids, {len(made & weak)} of {len(weak)} by ids or subject, {len(false)} false")


main(real_mail_is_grouped_as_people_would)
