#!/usr/bin/env python3
"""Mails and mailboxes that public reports of other systems told of, each with its right outcome, through the real program.

The inputs are no part of the repository: ORGO_CORPORA names the folder that holds `field-reports/mail`, one folder for each case. What is
right stands here, by the folder's name; each case is named with "right" or what was wrong with it."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import ROOT, Orgo, child_environment, expect, main, wait_until  # noqa: E402
from peers import Relay  # noqa: E402

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


def imported(name, what, mails):
    """So many mails of a file or folder are stored, with exit status 0, and each is one: a line From, and no second Message-ID in it."""
    with tempfile.TemporaryDirectory() as folder, Orgo(folder=folder) as orgo:
        done = orgo.cli("import", "--json", str(CASES / name / what), check=False)
        says((json.loads(done.stdout)["stored"], done.returncode), (mails, 0), f"mails of {what}, exit status")
        orgo.start()
        taken = dict(orgo.raw_messages())
        says(len(taken), mails, "mails in the store")
        for number, raw in taken.items():
            expect(re.match(rb"(?!From )[!-9;-~]+:", raw), f"{number} begins with {raw[:60]!r}")
            says(len(re.findall(rb"^Message-ID:", raw, re.MULTILINE | re.IGNORECASE)) <= 1, True, f"{number} is one mail")
        return [orgo.get(f"/api/v1/messages/{number}/trace")["content"]["new_text"] for number in sorted(taken)]


RULES = """\
templates: {received: {subject: "Re: {{subject}}", body: "We have it."}}
rules:
  - condition: always
    action: {route_to: desk@house.example, reply_with: received}
"""
SETTINGS = ("organization: {domain: orgo.house.example, addresses: [desk@house.example]}\n"
            "smtp: {host: 127.0.0.1, port: %d, tls: none, from: orgo@house.example}\n")


def envelope_of(name):
    """The sender that expect.txt names for the delivery."""
    return re.search(r"^envelope: <(.+?)> to <(.+?)>", (CASES / name / "expect.txt").read_text(), re.MULTILINE).groups()


def asked_and_answered(name, requester):
    """The mail comes by LMTP: whose request it is, and who gets the answer."""
    sender, recipient = envelope_of(name)
    with Relay() as relay, Orgo(rules=RULES, settings=SETTINGS % relay.port) as orgo:
        orgo.start()
        orgo.deliver((CASES / name / "mail.eml").read_bytes(), recipient, sender)
        orgo.settle()
        says(orgo.get("/api/v1/tasks/T-1")["requester"], requester, "requester")
        said = wait_until("the team is told and the answer is out", lambda: len(relay.mails) >= 2 and relay.mails)
        to = sorted(re.search(rb"^To: <?(.+?)>?\r?$", one, re.MULTILINE)[1].decode() for one in said)
        says(to, sorted(["desk@house.example", requester]), "who was written to")


def answer_of_a_person_reopens(name):
    """A task that was resolved; the mail answers what Orgo wrote about it."""
    sender, recipient = envelope_of(name)
    text = (CASES / name / "mail.eml").read_bytes()
    with Relay() as relay, Orgo(rules=RULES, settings=SETTINGS % relay.port) as orgo:
        orgo.start()
        asked = f"From: Vendor <{sender}>\r\nTo: {recipient}\r\nSubject: Pump\r\nMessage-ID: <first@vendor.example>\r\n\r\nThe pump?\r\n"
        orgo.deliver(asked.encode(), recipient, sender)
        wait_until("told and answered", lambda: len(relay.mails) >= 2)
        ours = next(one for one in relay.mails if b"To: <" + sender.encode() in one or b"To: " + sender.encode() in one)
        own_id = re.search(rb"^Message-ID: (<.+?>)", ours, re.MULTILINE)[1]
        text = re.sub(rb"^In-Reply-To: <.+?>", b"In-Reply-To: " + own_id, text, flags=re.MULTILINE).replace(b"[T-28]", b"[T-1]")
        orgo.cli("task", "resolve", "T-1")
        before = len(relay.mails)
        orgo.deliver(text, recipient, sender)
        orgo.settle()
        expect(orgo.get("/api/v1/tasks/T-1")["open"], "the task is open again")
        wait_until("the team is told of the new words", lambda: any(b"desk@house.example" in one for one in relay.mails[before:]))


def a_lone_dot_ends_no_mail(name):
    """Mailboxes with `after: delete`, where one mail of three holds a dot between bare line feeds: the last, and the one in the middle."""
    expect((CASES / name).is_dir(), name)
    peer = subprocess.Popen([sys.executable, str(CASES / "pop3_imap_peer.py")], env=child_environment())
    try:
        boxes = "".join(f"  - {{name: {box}, protocol: pop3, host: 127.0.0.1, port: {port}, tls: none, username: u, password: p, "
                        f"recipient: {box}@house.example, poll: 1 s, after: delete}}\n" for box, port in (("middle", 21111), ("last", 21114)))
        with Orgo(settings="mailboxes:\n" + boxes) as orgo:
            time.sleep(0.3)
            orgo.start()
            wait_until("six mails", lambda: len(list(orgo.pages("/api/v1/messages"))) == 6, 30)
            orgo.settle()
            whole = [raw for _, raw in orgo.raw_messages() if b"first line" in raw]
            says(len(whole), 2, "mails with a lone dot")
            for raw in whole:
                expect(b"first line\n.\nsecond line behind a lone dot with a bare LF\r\nthe leak is in room seven" in raw, f"{raw!r}")
            for box in ("middle", "last"):
                says(orgo.get(f"/api/v1/mailboxes/{box}")["state"] != "failing", True, f"mailbox {box} works")
    finally:
        peer.kill()
        peer.wait()


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
    names = ["some", "HowlRound: A Center for the Commons", "iZotope, Inc.", "111(aaa\uff09", "Blah blah One, comma foo bar",
             "JOHN DOE[XXX - DOE John]", "Joe Foo, PhD", "Meyer, Greg", "'anna@customer.example' via Desk", "Meyer, Greg <greg@c.example>",
             "Example | Example", "anna@customer.example", "", "Anna", "Anna", "Anna", "Anna", "Anna", "Anna", "J\u00f6rg"]
    wanted = ["name2@example.com", "webmaster@howl.example", "i@zotope.example", "bb@test.example", "local@domain.example",
              "john.doe@gmail.example", "joe@example.com", "gmeyer@c.example", "desk@list.example", "greg@c.example", "example@example.com",
              "anna@customer.example", "anna@customer.example", "anna@customer.example", "anna@customer.example", "anna@customer.example",
              "anna@customer.example", "anna@customer.example", "anna@customer.example", "jörg@bücher.example"]
    for number, (result, address, name) in enumerate(zip(several(orgo, "27-odd-from-addresses"), wanted, names), 1):
        says(result["from"], {"name": name, "address": address}, f"From of mail {number}")


def dates(orgo):
    wanted = ["2005-04-09T13:39:52Z", "2007-07-24T18:55:07Z", "2022-10-06T10:27:13Z", "2002-07-17T07:41:00Z", "2003-08-19T16:47:46Z",
              "2003-09-05T21:02:01Z", "2023-05-12T08:00:05Z", "2025-08-14T14:15:52Z", "2015-10-01T12:40:57Z", "2026-11-16T07:12:41Z",
              "2026-11-16T07:12:41Z", "2026-11-16T07:12:41Z", "2026-11-16T07:12:41Z", "2026-11-16T07:12:41Z", "2026-12-16T07:12:41Z",
              "2026-11-16T07:12:41.123Z", "2026-11-16T07:12:41Z", "2026-11-17T00:00:00Z", "2026-11-16T07:12:41Z"]
    for number, (result, date) in enumerate(zip(several(orgo, "30-dates"), wanted), 1):
        says(result["date"], date, f"Date of mail {number}")


def file_names(orgo):
    wanted = ["filename with spaces.pdf", "GALAXY data for PMR as at 17.04.13.zip", "file.zip", "@.xlsx", "a;b.pdf", "a;b.pdf", "grüße.pdf",
              "grüße.pdf", "grüße.pdf", "grüße.pdf", "a.pdf", "a.pdf", '"quoted".pdf', "grüße.pdf", "xxx.pdf", "Müller a.pdf", "Müller.pdf",
              "grüße.pdf", "long name.pdf", "grüße.pdf"]
    for number, (result, name) in enumerate(zip(several(orgo, "aa-file-names"), wanted), 1):
        says([file["filename"] for file in result["attachments"]], [name], f"files of mail {number}")
        says(result["text"].strip(), "leak", f"text of mail {number}")


def body_with_file(orgo, name, text, file):
    result = one(orgo, name)
    says(result["text"].strip(), text, "text")
    says([(one["filename"], one["content_type"], one["size"]) for one in result["attachments"]], [(file, "application/pdf", 9)], "files")


def related_as_the_other_form(orgo, name):
    result = one(orgo, name)
    says(result["text"].strip(), "leak", "text")
    has(result["html"], "<p>leak", "HTML")
    says([(one["filename"], one["inline"], one["content_id"]) for one in result["attachments"]], [("a.png", True, "i1")], "files")


def a_form_is_new_text(orgo, name):
    result = one(orgo, name)
    says(result["new_text"].strip(), result["text"].strip(), "new text")
    has(result["new_text"], "Message: The pipe in room seven is broken.", "new text")
    says((result["quoted_text"], result["signature"]), ("", ""), "quotes and signature")
    says(result["subject"], "leave", "subject")
    is_work(result)


def only_what_was_not_deleted(name):
    with tempfile.TemporaryDirectory() as folder, Orgo(folder=folder) as orgo:
        done = orgo.cli("import", "--json", str(CASES / name / "Inbox"), check=False)
        says((json.loads(done.stdout)["stored"], done.returncode), (1, 0), "mails, exit status")
        orgo.start()
        (_, raw), = orgo.raw_messages()
        flags = int(re.search(rb"^X-Mozilla-Status: ([0-9a-fA-F]+)", raw, re.MULTILINE)[1], 16)
        says(flags & 8, 0, "its flag of a deleted mail")


CHECKS = {
    "03-read-receipt-within-mixed": lambda o, n: is_a(one(o, n), "auto_reply"),
    "11-charset-cp1026-on-ascii": lambda o, n: says(one(o, n)["text"].strip(), "There is a leak in room 7", "text"),
    "15-multipart-really-base64": lambda o, n: body_with_file(o, n, "There is a leak.", "order.pdf"),
    "17-stray-quote-in-type-and-encoding": lambda o, n: says(one(o, n)["text"].strip(), "leak in room seven", "text"),
    "23-alternative-plain-and-related-image-first": related_as_the_other_form,
    "27-odd-from-addresses": lambda o, n: odd_from_addresses(o),
    "30-dates": lambda o, n: dates(o),
    "33-message-id-encoded": lambda o, n: says([r["message_id"] for r in several(o, n)],
                                               ["abc.1@x.example", "PAXP193MB2314@PAXP193.EURP193.PROD.OUTLOOK.COM"], "ids"),
    "42-plain-is-a-stub": lambda o, n: says(one(o, n)["text"].strip(), "There is a leak in room seven. Please send a plumber.", "text"),
    "43-plain-is-blank": lambda o, n: says(one(o, n)["text"].strip(), "There is a leak in room seven.", "text"),
    "51-dsn-within-mixed": lambda o, n: is_a(one(o, n), "bounce"),
    "58-person-changes-subject-of-reply": lambda o, n: is_work(one(o, n)),
    "60-portal-absence-notice": lambda o, n: is_work(one(o, n)),
    "63-scanner-null-sender": lambda o, n: is_work(one(o, n)),
    "71-mbox-from-in-body-ends-in-year": lambda o, n: (imported(n, "in.mbox", 2), imported(n, "var.mbox", 2)),
    "72-mbox-without-empty-line-between": lambda o, n: (imported(n, "in.mbox", 3), imported(n, "var.mbox", 3)),
    "74-mbox-separator-with-zone-last": lambda o, n: imported(n, "in.mbox", 4),
    "74v-a": lambda o, n: imported(n, "in.mbox", 2),
    "74v-b": lambda o, n: imported(n, "in.mbox", 2),
    "74v-c": lambda o, n: imported(n, "in.mbox", 2),
    "74v-d": lambda o, n: imported(n, "in.mbox", 2),
    "75-mbox-with-bom": lambda o, n: imported(n, "in.mbox", 2),
    "77-maildir-only-cur": lambda o, n: imported(n, "Maildir", 2),
    "80-thunderbird-folder": lambda o, n: imported(n, "Mail", 3),
    "96-from-wholly-encoded": lambda o, n: (says(one(o, n)["from"], {"name": "Anna M\u00fcster", "address": "anna@customer.example"}, "From"),
                                            asked_and_answered(n, "anna@customer.example")),
    "98-from-unclosed-comment": lambda o, n: asked_and_answered(n, "bb@customer.example"),
    "a3-form-date-from-subject": a_form_is_new_text,
    "aa-file-names": lambda o, n: file_names(o),
    "ae2-smime-opaque": lambda o, n: has(one(o, n)["text"], "There is a leak in room seven.", "text"),
    "b2-bom-before-from": lambda o, n: says(one(o, n)["from"]["address"], "anna@customer.example", "From"),
    "b6-two-content-types-second-true": lambda o, n: body_with_file(o, n, "leak", "a.pdf"),
    "be-person-subject-like-a-prefix": lambda o, n: is_work(one(o, n)),
    "c1-reply-to-of-form": lambda o, n: (is_work(one(o, n)), asked_and_answered(n, "carla@person.example")),
    "e1-thunderbird-deleted": lambda o, n: only_what_was_not_deleted(n),
    "f1-human-reply-from-servicenow": lambda o, n: (is_work(one(o, n)), answer_of_a_person_reopens(n)),
    "gb-pop3-lone-dot-bare-lf-in-the-last-mail": lambda o, n: a_lone_dot_ends_no_mail(n),
}


def field_reports_come_out_right():
    if not CASES.is_dir():
        return f"SKIPPED: there is no {CASES} (ORGO_CORPORA names another place)"
    wrong = []
    with Orgo() as orgo:
        for name in sorted(entry.name for entry in CASES.iterdir() if entry.is_dir()):
            check = CHECKS.get(name)
            if check is None:
                wrong.append(name)
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
