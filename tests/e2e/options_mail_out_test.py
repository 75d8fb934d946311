#!/usr/bin/env python3
"""What the options of what goes out do, seen by the relay and the receiver: names, TLS, attempts, brakes, reports, webhooks."""
import base64
import hashlib
import hmac
import json
import pathlib
import re
import shutil
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from options import all_looks, headers_of, looks, smtp, started  # noqa: E402
from orgo import expect, mail, main, wait_until  # noqa: E402
from peers import Receiver, Relay, certificate  # noqa: E402


@looks("organization.name", "organization.domain", "http.public_url", "smtp.host", "smtp.port", "smtp.from", "smtp.from_name")
def what_we_send_bears_our_name():
    with Relay() as relay:
        with started(smtp(relay.port, ", tls: none") + "organization: {name: Hillside School, domain: school.example}\n"
                     "http: {listen: '127.0.0.1:0', public_url: 'https://work.school.example'}\n") as orgo:
            expect("Hillside School is served by Orgo" in orgo.log.read_text(), orgo.log.read_text())
            orgo.deliver(mail())
            wait_until("the team is told", lambda: relay.mails)
            head, text = headers_of(relay.mails[0]), relay.mails[0].decode()
            expect("From: Hillside School <orgo@school.example>" in head, head)
            expect(re.search(r"Message-ID: <[^>]+@school\.example>", head, re.I), head)
            expect("https://work.school.example/" in text and "T-1" in text, text)
        relay.mails.clear()
        with started(smtp(relay.port, ", tls: none, from: desk@school.example, from_name: The desk")) as orgo:
            orgo.deliver(mail())
            wait_until("the team is told", lambda: relay.mails)
            expect("From: The desk <desk@school.example>" in headers_of(relay.mails[0]), headers_of(relay.mails[0]))


@looks("smtp.username", "smtp.password", "smtp.tls", "smtp.ca_file")
def the_relay_is_known_before_it_hears_a_password():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orgo-test-"))
    files = certificate(folder)
    login = ", username: desk, password: s3cret words"
    with Relay(files, auth=True) as relay:
        with started(smtp(relay.port, f", tls: required, ca_file: {files[0]}{login}")) as orgo:
            orgo.deliver(mail())
            wait_until("sent", lambda: relay.mails)
            expect(relay.logins[0] == (("desk", "s3cret words"), True) and relay.secure == [True], f"{relay.logins}")
            expect("s3cret" not in orgo.log.read_text(), "the password stands in the log")
        relay.mails.clear()
        with started(smtp(relay.port, ", tls: required")) as orgo:  # without the authority
            orgo.deliver(mail())
            wait_until("it was tried", lambda: orgo.metric("orgo_delivery_deferred_total") > 0)
            expect(not relay.mails, "nothing goes to a server that nobody vouches for")
        relay.secure.clear()
        for choice, secure in (("opportunistic", True), ("none", False)):
            relay.secure.clear()
            with started(smtp(relay.port, f", tls: {choice}, ca_file: {files[0]}")) as orgo:
                orgo.deliver(mail())
                wait_until("sent", lambda: relay.secure)
                expect(relay.secure == [secure], f"tls: {choice}: {relay.secure}")
    with Relay() as bare, started(smtp(bare.port, ", tls: required")) as orgo:
        orgo.deliver(mail())
        wait_until("it was tried", lambda: orgo.metric("orgo_delivery_deferred_total") > 0)
        expect(not bare.mails, "required, and the server has none")
    shutil.rmtree(folder)


@looks("smtp.timeout")
def a_silent_relay_is_left():
    with Relay(silent=True) as relay, started(smtp(relay.port, ", tls: none, timeout: 1 s")) as orgo:
        orgo.deliver(mail())
        wait_until("it was given up for now", lambda: orgo.metric("orgo_delivery_deferred_total") > 0, 25)


@looks("delivery.workers")
def so_many_go_out_at_once():
    with Relay(delay=0.4) as relay:
        for workers in (1, 3):
            relay.most_at_once = 0
            relay.mails.clear()
            with started(smtp(relay.port, ", tls: none") + f"delivery: {{workers: {workers}}}\n") as orgo:
                for n in range(6):
                    orgo.deliver(mail(subject=f"Number {n}"))
                wait_until("all are out", lambda: len(relay.mails) == 6, 40)
                expect(relay.most_at_once <= workers and (workers == 1 or relay.most_at_once > 1),
                       f"workers: {workers}, at once: {relay.most_at_once}")


@looks("delivery.attempts", "delivery.retry_first", "delivery.retry_most")
def attempts_and_their_waits():
    with Relay(answer="451 4.2.1 later") as relay:
        with started(smtp(relay.port, ", tls: none") + "delivery: {attempts: 3, retry_first: 1 s, retry_most: 1 s}\n") as orgo:
            orgo.deliver(mail())
            wait_until("given up", lambda: orgo.metric("orgo_delivery_failed_total") == 1, 40)
            expect(len(relay.refused) == 3, f"three attempts: {relay.refused}")

        def wait_after(attempts, settings):
            relay.refused.clear()
            with started(smtp(relay.port, ", tls: none") + f"delivery: {{{settings}}}\n") as orgo:
                orgo.deliver(mail())
                due = wait_until("it waits", lambda: orgo.rows(
                    "SELECT visible_at - updated_at FROM outbox WHERE state = 1 AND attempts = ? AND owner = ''", attempts), 40)
                return due[0][0] / 1000
        first = wait_after(1, "retry_first: 1 h, retry_most: 2 h")
        expect(1_800 <= first <= 5_400, f"the first wait is about an hour: {first} s")
        grown = wait_after(4, "retry_first: 1 s, retry_most: 1 h")
        expect(4 <= grown <= 12, f"the fourth wait is about eight times the first: {grown} s")
        capped = wait_after(4, "retry_first: 1 s, retry_most: 2 s")
        expect(capped <= 3.1, f"no wait beyond retry_most and its jitter: {capped} s")


@looks("delivery.total_factor")
def the_brake_on_all():
    with Relay() as relay, started(smtp(relay.port, ", tls: none") + "delivery: {total_factor: 1}\n") as orgo:
        for n in range(11):
            orgo.deliver(mail(subject=f"Number {n}"))

        def held():  # what has gone out is counted anew every ten seconds
            orgo.deliver(mail(subject="One more", message_id=f"<{time.time_ns()}@example.org>"))
            return orgo.rows("SELECT detail FROM outbox WHERE state = 1 AND detail LIKE '%within 10 minutes%'")
        wait_until("past ten mails in ten minutes the others wait, and say so", held, 40, every=1.0)
        said = orgo.cli("queue", "list").stdout
        expect("the brake against loops holds these" in said and "held: more than 10 ordinary mails set off by" in said, said)
        items = orgo.get("/api/v1/queue/held")["items"]
        expect(items and all(one["detail"].startswith("held: more than 10 ordinary mails") for one in items), f"{items}")
        expect(len(json.loads(orgo.cli("queue", "list", "--json").stdout)["held"]) >= len(items), "the command lists them, too")


@looks("delivery.hops")
def hops_end():
    with Relay() as relay:
        for hops, sent in ((2, 0), (5, 1)):
            relay.mails.clear()
            with started(smtp(relay.port, ", tls: none") + f"delivery: {{hops: {hops}}}\n") as orgo:
                orgo.deliver(mail(extra="X-Orgo-Hop: 3\r\n".replace("\r\n", "\n")))
                orgo.settle()
                if sent:
                    wait_until("the team is told", lambda: relay.mails)
                expect(len(orgo.rows("SELECT 1 FROM outbox")) == sent, f"hops: {hops}")


def bounce(original, status, recipient="anna@example.org"):
    return (f"From: MAILER-DAEMON@mx.example\nTo: orgo@orgo.localhost\nSubject: Undelivered\nMessage-ID: <{time.time_ns()}@mx.example>\n"
            "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nNot delivered.\n--b\n"
            f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; {recipient}\n"
            f"Action: failed\nStatus: {status}\nDiagnostic-Code: smtp; 550 {status} no\n--b\nContent-Type: text/rfc822-headers\n\n"
            f"Message-ID: {original}\n--b--\n").replace("\n", "\r\n").encode()


def message_id(content):
    return re.search(r"^Message-ID: (<[^>]+>)", headers_of(content), re.M | re.I).group(1)


def listed(relay, settings, status, reports=1, age=0):
    """The list after so many reports, the first of them `age` ms old."""
    relay.mails.clear()
    # Answers to people outside: whom our rules name is never put on the list by a report.
    rules = "rules:\n  - action: {tag: seen, reply_with: reply_received}\n"
    with started(smtp(relay.port, ", tls: none") + f"suppression: {{{settings}}}\n", rules=rules) as orgo:
        for n in range(reports):
            orgo.deliver(mail(subject=f"Number {n}"))
        wait_until("all are told", lambda: len(relay.mails) == reports)
        # told once and for all: the sends' outcomes are in the store before reports about them come
        wait_until("their outcomes are kept", lambda: not orgo.rows("SELECT 1 FROM outbox WHERE state = 1"))
        for n, sent in enumerate(relay.mails):
            orgo.deliver(bounce(message_id(sent), status), recipient="orgo@orgo.localhost", sender="")
            orgo.settle()
            if n == 0 and age:
                expect(orgo.stop() == 0, "stopped")
                with sqlite3.connect(orgo.data / "orgo.db") as database:
                    database.execute("UPDATE suppressions SET since = since - ?, updated_at = updated_at - ?", (age, age))
                orgo.start()
        return json.loads(orgo.cli("suppression", "list", "--all", "--json").stdout)


def day_in(days):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + days * 86400))


@looks("suppression.enabled", "suppression.failures", "suppression.window", "suppression.temporary_time", "suppression.permanent_time")
def what_reports_do_to_an_address():
    def blocks(entries):
        return [one["blocks"] for one in entries]

    def kept_for(entries):
        with_end = [one for one in entries if one.get("expires_at") or one.get("until")]
        return with_end[0].get("expires_at") or with_end[0].get("until") if with_end else None
    with Relay() as relay:
        expect(not any(blocks(listed(relay, "enabled: false", "5.1.1"))), "off is off")
        dead = listed(relay, "permanent_time: 0 s", "5.1.1")
        expect(blocks(dead) == [True] and kept_for(dead) is None, f"a dead mailbox, until it is removed: {dead}")
        ends = kept_for(listed(relay, "permanent_time: 3 days", "5.1.1"))
        expect(ends and ends[:10] == day_in(3), f"for three days: {ends}")
        expect(not any(blocks(listed(relay, "failures: 2", "4.2.2"))), "one failure of two")
        full = listed(relay, "failures: 2, temporary_time: 2 days", "4.2.2", reports=2)
        expect(blocks(full) == [True] and kept_for(full)[:10] == day_in(2), f"two of two, for two days: {full}")
        old = listed(relay, "failures: 2, window: 10 minutes", "4.2.2", reports=2, age=1_200_000)
        expect(not any(blocks(old)), f"the first is too long ago: {old}")


@looks("webhooks.secret", "webhooks.allow_networks")
def webhooks_are_signed_and_stay_outside():
    with Receiver() as receiver:
        rules = f'rules:\n  - action: {{route_to: "office@school.example", webhook: "{receiver.url}"}}\n'
        secret = base64.b64encode(b"k" * 24).decode()
        with started(f"webhooks: {{secret: whsec_{secret}, allow_networks: [127.0.0.1]}}\n", rules=rules) as orgo:
            orgo.deliver(mail())
            wait_until("called", lambda: receiver.calls)
            _, fields, body = receiver.calls[0]
            signed = f"{fields['webhook-id']}.{fields['webhook-timestamp']}.".encode() + body
            wanted = "v1," + base64.b64encode(hmac.new(b"k" * 24, signed, hashlib.sha256).digest()).decode()
            expect(fields["webhook-signature"] == wanted, f"{fields}")
        receiver.calls.clear()
        with started("", rules=rules) as orgo:
            orgo.deliver(mail())
            wait_until("it was tried", lambda: orgo.rows("SELECT 1 FROM outbox WHERE channel = 'webhook' AND (attempts > 0 OR state <> 1)"))
            expect(not receiver.calls, "no rule reaches into this house")


if __name__ == "__main__":
    main(*all_looks())
