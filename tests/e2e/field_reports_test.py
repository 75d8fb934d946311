#!/usr/bin/env python3
"""Mails and mailboxes that public reports of other systems told of, each with its right outcome, through the real program.

The inputs are no part of the repository: ORGO_CORPORA names the folder that holds `field-reports/mail`, one folder for each case. What is
right stands here, by the folder's name; each case is named with "right" or what was wrong with it."""
import json
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import ROOT, Orgo, expect, main  # noqa: E402

CORPORA = pathlib.Path(os.environ.get("ORGO_CORPORA", ROOT.parent / "shared" / "corpora"))
CASES = CORPORA / "field-reports" / "mail"


def parsed(orgo, path):
    """What `orgo parse` says of each mail in a file or folder, in order."""
    lines = orgo.cli("parse", "--json", str(path), data=False).stdout.splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def one(orgo, name):
    return parsed(orgo, CASES / name / "mail.eml")[0]


def several(orgo, name):
    return [parsed(orgo, path)[0] for path in sorted((CASES / name).glob("mail*.eml"))]


def imported(name, what):
    """How many mails of a file or folder are stored; the exit status."""
    with tempfile.TemporaryDirectory() as folder, Orgo(folder=folder) as orgo:
        done = orgo.cli("import", "--json", str(CASES / name / what), check=False)
        return json.loads(done.stdout)["stored"], done.returncode


def says(value, wanted, what):
    expect(value == wanted, f"{what} is {value!r}, not {wanted!r}")


def has(text, piece, what):
    expect(piece in text, f"{what} has no {piece!r}: {text[:200]!r}")


def is_work(result):
    kinds = {finding["kind"] for finding in result["findings"]}
    expect(not kinds & {"bounce", "auto_reply", "out_of_office", "own_loop"}, f"it is taken for {kinds}")
    says(result["outcome"], "task_opened", "outcome")


def is_a(result, kind):
    kinds = {finding["kind"] for finding in result["findings"]}
    expect(kind in kinds, f"findings are {kinds}, not {kind}")
    says(result["outcome"], "recorded", "outcome")


def odd_from_addresses(orgo):
    wanted = ["name2@example.com", "webmaster@howl.example", "i@zotope.example", "bb@test.example", "local@domain.example",
              "john.doe@gmail.example", "joe@example.com", "gmeyer@c.example", "desk@list.example", "greg@c.example", "example@example.com",
              "anna@customer.example", "anna@customer.example", "anna@customer.example", "anna@customer.example", "anna@customer.example",
              "anna@customer.example", "anna@customer.example", "anna@customer.example", "jörg@bücher.example"]
    for number, (result, address) in enumerate(zip(several(orgo, "27-odd-from-addresses"), wanted), 1):
        says(result["from"]["address"], address, f"From of mail {number}")


def dates(orgo):
    wanted = ["2005-04-09T13:39:52Z", "2007-07-24T18:55:07Z", "2022-10-06T10:27:13Z", "2002-07-17T07:41:00Z", "2003-08-19T16:47:46Z",
              "2003-09-05T21:02:01Z", "2023-05-12T08:00:05Z", "2025-08-14T14:15:52Z", "2015-10-01T12:40:57Z", "2026-11-16T07:12:41Z",
              "2026-11-16T07:12:41Z", "2026-11-16T07:12:41Z", "2026-11-16T07:12:41Z", "2026-11-16T07:12:41Z", "2026-12-16T07:12:41Z",
              "2026-11-16T07:12:41.123Z", "2026-11-16T07:12:41Z", "2026-11-17T00:00:00Z", "2026-11-16T07:12:41Z"]
    for number, (result, date) in enumerate(zip(several(orgo, "30-dates"), wanted), 1):
        says(result["date"], date, f"Date of mail {number}")


def file_names(orgo):
    wanted = {1: "filename with spaces.pdf", 3: "file.zip", 4: "@.xlsx", 5: "a;b.pdf", 7: "grüße.pdf", 9: "grüße.pdf", 11: "a.pdf",
              12: "a.pdf", 14: "grüße.pdf", 15: "xxx.pdf", 16: "Müller a.pdf", 18: "grüße.pdf", 19: "long name.pdf", 20: "grüße.pdf"}
    results = several(orgo, "aa-file-names")
    for number, name in wanted.items():
        files = results[number - 1]["attachments"]
        expect(len(files) == 1, f"mail {number} has {len(files)} files")
        says(files[0]["filename"], name, f"file of mail {number}")


def body_with_file(orgo, name):
    result = one(orgo, name)
    has(result["text"], "leak", "text")
    says(len(result["attachments"]), 1, "files")


CHECKS = {
    "03-read-receipt-within-mixed": lambda o, n: is_a(one(o, n), "auto_reply"),
    "11-charset-cp1026-on-ascii": lambda o, n: has(one(o, n)["text"], "There is a leak in room 7", "text"),
    "15-multipart-really-base64": body_with_file,
    "17-stray-quote-in-type-and-encoding": lambda o, n: has(one(o, n)["text"], "leak in room seven", "text"),
    "23-alternative-plain-and-related-image-first": lambda o, n: has(one(o, n)["html"], "<p>leak", "HTML"),
    "27-odd-from-addresses": lambda o, n: odd_from_addresses(o),
    "30-dates": lambda o, n: dates(o),
    "33-message-id-encoded": lambda o, n: says([r["message_id"] for r in several(o, n)],
                                               ["abc.1@x.example", "PAXP193MB2314@PAXP193.EURP193.PROD.OUTLOOK.COM"], "ids"),
    "42-plain-is-a-stub": lambda o, n: has(one(o, n)["text"], "There is a leak in room seven", "text"),
    "43-plain-is-blank": lambda o, n: has(one(o, n)["text"], "There is a leak in room seven", "text"),
    "51-dsn-within-mixed": lambda o, n: is_a(one(o, n), "bounce"),
    "58-person-changes-subject-of-reply": lambda o, n: is_work(one(o, n)),
    "60-portal-absence-notice": lambda o, n: is_work(one(o, n)),
    "63-scanner-null-sender": lambda o, n: is_work(one(o, n)),
    "71-mbox-from-in-body-ends-in-year": lambda o, n: says((imported(n, "in.mbox"), imported(n, "var.mbox")), ((2, 0), (2, 0)), "mails"),
    "72-mbox-without-empty-line-between": lambda o, n: says((imported(n, "in.mbox"), imported(n, "var.mbox")), ((3, 0), (3, 0)), "mails"),
    "74-mbox-separator-with-zone-last": lambda o, n: says(imported(n, "in.mbox"), (4, 0), "mails"),
    "74v-a": lambda o, n: says(imported(n, "in.mbox"), (2, 0), "mails"),
    "74v-b": lambda o, n: says(imported(n, "in.mbox"), (2, 0), "mails"),
    "74v-c": lambda o, n: says(imported(n, "in.mbox"), (2, 0), "mails"),
    "74v-d": lambda o, n: says(imported(n, "in.mbox"), (2, 0), "mails"),
    "75-mbox-with-bom": lambda o, n: says(imported(n, "in.mbox"), (2, 0), "mails"),
    "77-maildir-only-cur": lambda o, n: says(imported(n, "Maildir"), (2, 0), "mails"),
    "80-thunderbird-folder": lambda o, n: says(imported(n, "Mail"), (3, 0), "mails"),
    "96-from-wholly-encoded": lambda o, n: says(one(o, n)["from"], {"name": "Anna Müster", "address": "anna@customer.example"}, "From"),
    "98-from-unclosed-comment": lambda o, n: says(one(o, n)["from"]["address"], "bb@customer.example", "From"),
    "aa-file-names": lambda o, n: file_names(o),
    "ae2-smime-opaque": lambda o, n: has(one(o, n)["text"], "There is a leak in room seven.", "text"),
    "b2-bom-before-from": lambda o, n: says(one(o, n)["from"]["address"], "anna@customer.example", "From"),
    "b6-two-content-types-second-true": body_with_file,
    "be-person-subject-like-a-prefix": lambda o, n: is_work(one(o, n)),
    "c1-reply-to-of-form": lambda o, n: is_work(one(o, n)),
    "e1-thunderbird-deleted": lambda o, n: says(imported(n, "Inbox"), (1, 0), "mails"),
    "f1-human-reply-from-servicenow": lambda o, n: is_work(one(o, n)),
}


def field_reports_come_out_right():
    if not CASES.is_dir():
        return f"SKIPPED: there is no {CASES} (ORGO_CORPORA names another place)"
    wrong = []
    with Orgo() as orgo:
        for name in sorted(entry.name for entry in CASES.iterdir() if entry.is_dir()):
            check = CHECKS.get(name)
            if check is None:
                print(f"  {name}: no check here")
                continue
            try:
                check(orgo, name)
                print(f"  {name}: right")
            except Exception as why:  # noqa: BLE001: each case by itself, whatever is wrong with it
                print(f"  {name}: {type(why).__name__}: {why}")
                wrong.append(name)
    expect(not wrong, f"{len(wrong)} of {len(CHECKS)} cases are wrong: {', '.join(wrong)}")
    return None


main(field_reports_come_out_right)
