#!/usr/bin/env python3
"""Every option that the program declares does what its help says, seen from outside: each look sets some and watches a real server
and its peers. An option without a look fails this test, so that none can reach nobody again."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import re
import shutil
import smtplib
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from dovecot import Dovecot  # noqa: E402
from orgo import PATIENCE, ROOT, BINARY, Orgo, expect, mail, main, spare_port, wait_until  # noqa: E402
from peers import Receiver, Relay, certificate  # noqa: E402

LOOKS = {}

# Looked at by other tests through the real program (or, for what needs weeks of mail, by the test of the part): the file in which
# the option's last word must stand.
ELSEWHERE = {
    "mail.trusted_certificates": "tests/e2e/signature_test.py",
    "mail.pgp_keyring": "tests/e2e/signature_test.py",
    "organization.administrators": "tests/world/silence_service_test.cpp",
    "silence.holidays": "src/app/policies/silence_settings_test.cpp",
    "silence.calendar": "src/app/policies/silence_settings_test.cpp",
    "mailboxes.NAME.": "tests/e2e/mailbox_test.py",
}


def looks(*options):
    def keep(function):
        for option in options:
            LOOKS.setdefault(option, []).append(function.__name__)
        return function
    return keep


TO_OFFICE = """\
rules:
  - name: all
    action: {route_to: "office@school.example"}
"""


class Plain(Orgo):
    """All comes from the configuration file and none from arguments, so that the file is what is looked at."""

    def __init__(self, settings="", rules=TO_OFFICE, doors=True, roles=None):
        super().__init__(rules=rules)
        self.roles = roles
        base = f"rules: {{files: [{self.rules}]}}\ndata: {{dir: {self.data}}}\n"
        if doors:
            base += "".join(f"{door}: {{listen: '127.0.0.1:0'}}\n" for door in ("http", "lmtp", "smtp_in")
                            if not re.search(rf"^{door}:", settings, re.M))
        self.config.write_text(base + settings)

    def command(self):
        return [str(BINARY), "serve", "--config", str(self.config)] + (["--roles", self.roles] if self.roles else [])

    def threads(self):
        names = [(task / "comm").read_text().strip() for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()]
        return {name: names.count(name) for name in names}

    def rows(self, query, *values):
        with sqlite3.connect(f"file:{self.data}/orgo.db?mode=ro", uri=True, timeout=20) as database:
            return database.execute(query, values).fetchall()

    def metric(self, name):
        text = self.http("GET", "/metrics")[1].decode()
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name))


def started(settings="", **more):
    return Plain(settings, **more).start()


def smtp(port, more=""):
    return f"smtp: {{host: localhost, port: {port}{more}}}\n"


def headers_of(content):
    return content.split(b"\r\n\r\n", 1)[0].decode()


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


@looks("organization.addresses")
def mail_for_our_addresses_is_for_us():
    rules = 'rules:\n  - action: {route_to: "office@branch.example", reply_with: reply_received}\n'
    with Relay() as relay:
        for ours, answers in (("", 0), ("organization: {addresses: ['@branch.example']}\n", 1)):
            with started(smtp(relay.port, ", tls: none") + ours, rules=rules) as orgo:
                orgo.deliver(mail(recipient="list@branch.example"), recipient="box@hoster.example")
                orgo.settle()
                sends = [row[0] for row in orgo.rows("SELECT recipient FROM outbox ORDER BY recipient")]
                expect(sends == ["anna@example.org"] * answers + ["office@branch.example"], f"{ours!r}: {sends}")
                orgo.deliver(mail(sender="office@branch.example", recipient="a@else.example"), sender="office@branch.example")
                orgo.settle()
                told = len(orgo.rows("SELECT 1 FROM outbox WHERE recipient = 'office@branch.example'"))
                expect(told == 2 - answers, f"{ours!r}: the team that wrote it itself was told {told} times")
                with smtplib.SMTP(*orgo.host_port("smtp"), timeout=20 * PATIENCE) as door:
                    door.ehlo()
                    door.mail("anna@example.org")
                    expect((door.rcpt("a@elsewhere.example")[0] == 550) == bool(answers), f"{ours!r}: whom SMTP takes mail for")


@looks("organization.time_zone", "organization.utc_offset")
def rules_know_what_time_it_is_here():
    hour = time.gmtime().tm_hour
    hours = "\n".join(f'  - {{condition: "hour is {n}", action: {{route_to: "hour-{n}@school.example"}}}}' for n in range(24))

    def team(settings):
        with started(settings, rules="match: first\nrules:\n" + hours) as orgo:
            orgo.deliver(mail())
            orgo.settle()
            return int(orgo.get("/api/v1/tasks")["items"][0]["team"].split("-")[1].split("@")[0])
    for settings, offset in (("", 0), ("organization: {time_zone: Asia/Tokyo}\n", 9), ("organization: {utc_offset: '-07:00'}\n", -7)):
        got = team(settings)
        expect((got - hour - offset) % 24 in (0, 1), f"{settings!r}: it was {hour} o'clock UTC, the rules saw {got}")


@looks("silence.alarm")
def rhythms_are_learned_or_not():
    for choice, learned in (("true", 1), ("false", 0)):
        with started(f"silence: {{alarm: {choice}}}\n") as orgo:
            orgo.deliver(mail())
            orgo.stop()
            orgo.start()  # it listens at once, and writes down at the end what it heard
            orgo.deliver(mail())
            orgo.settle()
            orgo.stop()
            rows = orgo.rows("SELECT source FROM rhythms WHERE source <> ''")
            expect(len(rows) == learned, f"silence.alarm: {choice}: {rows}")


@looks("tenants.policies")
def policies_in_memory_are_bounded():
    for most in (1, 2):
        with started(f"tenants: {{policies: {most}}}\n") as orgo:
            orgo.cli("tenant", "add", "hillside", "--recipient", "hillside.org")
            for recipient in ("x@hillside.org", "y@school.example"):
                orgo.deliver(mail(), recipient=recipient)
            orgo.settle()
            wait_until(f"{most} in memory", lambda: orgo.metric("orgo_policies_loaded") == most)


@looks("node.name")
def leases_bear_the_nodes_name():
    with Relay(silent=True) as relay, started(smtp(relay.port, ", tls: none") + "node: {name: east-1}\n") as orgo:
        orgo.deliver(mail())
        wait_until("the send is under lease", lambda: any("east-1" in row[0] for row in orgo.rows("SELECT owner FROM outbox")))


@looks("data.dir", "http.listen", "lmtp.listen", "smtp_in.listen", "rules.files")
def places_are_where_the_file_says():
    ports = {door: spare_port() for door in ("http", "lmtp", "smtp_in")}
    with started("".join(f"{door}: {{listen: '127.0.0.1:{port}'}}\n" for door, port in ports.items())) as orgo:
        for door, port in ports.items():
            socket.create_connection(("127.0.0.1", port), timeout=10).close()
        expect((orgo.data / "orgo.db").exists(), "the database lies in data.dir")
        expect(orgo.metric("orgo_rules_loaded") == 1, "rules.files is read")
    with started("http: {listen: '127.0.0.1:0'}\nlmtp: {listen: 'off'}\nsmtp_in: {listen: 'off'}\n") as orgo:
        expect(not orgo.address.get("lmtp") and not orgo.address.get("smtp"), f"off is off: {orgo.address}")


@looks("database.url")
def a_database_that_is_not_built_in_is_refused():
    done = subprocess.run([str(BINARY), "serve", "--data", tempfile.mkdtemp(prefix="orgo-test-")], capture_output=True, text=True,
                          timeout=30 * PATIENCE, env={"PATH": "/usr/bin", "ORGO_DATABASE_URL": "postgres://here/orgo"})
    expect(done.returncode == 2 and "database.url" in done.stderr, f"{done.returncode}: {done.stderr}")


@looks("http.tls.certificate", "http.tls.key", "smtp_in.tls.certificate", "smtp_in.tls.key", "smtp_in.require_tls")
def doors_speak_tls():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orgo-test-"))
    files = certificate(folder)
    tls = f"tls: {{certificate: {files[0]}, key: {files[1]}}}"
    trust = ssl.create_default_context(cafile=files[0])

    class Https(Plain):
        def ready(self):  # the probe of the base class speaks plain HTTP
            return True
    with Https(f"http: {{listen: '127.0.0.1:0', {tls}}}\nsmtp_in: {{listen: '127.0.0.1:0', require_tls: true, {tls}}}\n").start() as orgo:
        host, port = re.match(r"https://([^:]+):(\d+)", orgo.address["http"]).groups()
        peer = http.client.HTTPSConnection("localhost", int(port), context=trust, timeout=20 * PATIENCE)
        peer.request("GET", "/readyz")
        expect(peer.getresponse().status == 200, "HTTPS with the certificate")
        plain = http.client.HTTPConnection(host, int(port), timeout=20 * PATIENCE)
        try:
            plain.request("GET", "/readyz")
            expect(plain.getresponse().status != 200, "plain HTTP is not served beside it")
        except (OSError, http.client.HTTPException):
            pass
        door_host, door_port = orgo.host_port("smtp")
        with smtplib.SMTP(door_host, door_port, timeout=20 * PATIENCE) as door:
            door.ehlo()
            expect(door.mail("anna@example.org")[0] == 530, "nothing is taken in the clear")
        with smtplib.SMTP("localhost", door_port, timeout=20 * PATIENCE) as door:
            door.starttls(context=trust)
            door.sendmail("anna@example.org", ["office@school.example"], mail())
    shutil.rmtree(folder)


@looks("smtp_in.recipients")
def only_our_recipients_are_taken():
    with started("smtp_in: {listen: '127.0.0.1:0', recipients: [school.example]}\n") as orgo:
        with smtplib.SMTP(*orgo.host_port("smtp"), timeout=20 * PATIENCE) as door:
            door.ehlo()
            door.mail("anna@example.org")
            expect(door.rcpt("office@school.example")[0] == 250, "one of ours")
            expect(door.rcpt("office@elsewhere.example")[0] == 550, "nobody of ours")


def post(orgo, size):
    raw = mail(text="x" * size)
    return orgo.http("POST", "/api/v1/messages?recipient=office@school.example", body=raw, headers={"Content-Type": "message/rfc822"})[0]


@looks("http.max_body", "limits.message_size", "limits.recipients")
def sizes_and_counts_are_bounded():
    with started("limits: {message_size: 64 KB, recipients: 3}\n") as orgo:
        with orgo.lmtp() as door:
            door.ehlo()
            expect(door.esmtp_features["size"] == "65536", f"{door.esmtp_features}")
            expect(door.mail("a@example.org", [f"SIZE={65537}"])[0] == 552, "a mail that says it is too large")
            door.rset()
            door.mail("a@example.org")
            answers = [door.rcpt(f"r{n}@school.example")[0] for n in range(4)]
            expect(answers[:3] == [250] * 3 and answers[3] == 452, f"the fourth recipient: {answers}")
        expect(post(orgo, 60_000) == 201 and post(orgo, 70_000) == 413, "limits.message_size by HTTP")
    with started("http: {listen: '127.0.0.1:0', max_body: 100 KB}\nlimits: {message_size: 64 KB}\n") as orgo:
        with socket.create_connection(orgo.host_port("http"), timeout=20 * PATIENCE) as peer:
            peer.sendall(f"POST /api/v1/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {orgo.token()}\r\n"
                         "Content-Type: message/rfc822\r\nContent-Length: 102401\r\n\r\n".encode())
            expect(b" 413 " in peer.recv(4096).split(b"\r\n")[0], "refused by what it says, before a byte of it came")


def is_closed(peer, seconds=20):
    peer.settimeout(seconds * PATIENCE)
    try:
        while peer.recv(4096):
            pass
        return True
    except ConnectionResetError:
        return True
    except socket.timeout:
        return False


@looks("http.connections", "http.idle_time")
def http_connections_are_bounded_and_not_for_ever():
    with started("http: {listen: '127.0.0.1:0', connections: 3}\n") as orgo:
        held = [socket.create_connection(orgo.host_port("http")) for _ in range(3)]
        for peer in held:
            peer.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            expect(b"200" in peer.recv(4096), "one of three")
        with socket.create_connection(orgo.host_port("http")) as fourth:
            expect(is_closed(fourth), "the fourth is closed")
        for peer in held:
            peer.close()
    with started("http: {listen: '127.0.0.1:0', idle_time: 1 s}\n") as orgo, socket.create_connection(orgo.host_port("http")) as peer:
        expect(is_closed(peer), "a silent one is closed")


@looks("limits.connections", "limits.idle_time")
def mail_connections_are_bounded_and_not_for_ever():
    with started("limits: {connections: 2}\n") as orgo:
        held = [orgo.lmtp() for _ in range(2)]
        with socket.create_connection(orgo.host_port("lmtp"), timeout=20) as third:
            expect(third.recv(4096).startswith(b"421"), "the third is turned away")
        for door in held:
            door.close()
    with started("limits: {idle_time: 1 s}\n") as orgo, socket.create_connection(orgo.host_port("lmtp")) as peer:
        expect(is_closed(peer), "a silent one is closed")


@looks("http.metrics")
def who_reads_the_metrics():
    for choice, status in (("loopback", 200), ("open", 200), ("token", 401)):
        with started(f"http: {{listen: '127.0.0.1:0', metrics: {choice}}}\n") as orgo:
            expect(orgo.http("GET", "/metrics", token=None)[0] == status, f"metrics: {choice}")
            expect(orgo.http("GET", "/metrics")[0] == 200, f"metrics: {choice}, with a token")


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


def day_in(days):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + days * 86400))


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


class Feed(Receiver):
    """Serves one calendar of a given size, after a wait, by https with `files`."""

    def __init__(self, size=200, delay=0.0, files=None):
        super().__init__()
        self.asked = 0
        outer = self
        body = (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20301224\r\nSUMMARY:Closed\r\n"
                b"END:VEVENT\r\n" + b"X-FILL:" + b"x" * size + b"\r\nEND:VCALENDAR\r\n")

        def do_get(handler):
            outer.asked += 1
            time.sleep(delay)
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
        self.server.RequestHandlerClass.do_GET = do_get
        self.server.handle_error = lambda *unused: None
        if files:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*files)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"http{'s' if files else ''}://localhost:{self.server.server_address[1]}/days.ics"


@looks("feeds.refresh", "feeds.timeout", "feeds.size", "feeds.allow_networks", "feeds.ca_file")
def feeds_are_looked_at_as_told():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orgo-test-"))
    files = certificate(folder)

    def serve(feed, settings):
        return started(f"feeds: {{{settings}}}\n", rules=f"calendars:\n  school: {{default: true, time_zone: UTC, hours: always, "
                       f"holidays: [\"{feed.url}\"]}}\n" + TO_OFFICE)

    def in_force(orgo):
        return json.loads(orgo.cli("calendar", "feeds", "--json", check=False).stdout)[0]["in_force"]
    open_house = "allow_networks: [127.0.0.1, '::1'], "
    with Feed() as feed:
        with serve(feed, open_house + "refresh: 1 s") as orgo:
            wait_until("it is asked again and again", lambda: feed.asked >= 3, 30)
            expect(in_force(orgo), "and in force")
        feed.asked = 0
        with serve(feed, "refresh: 1 s") as orgo:
            wait_until("it was refused", lambda: orgo.metric('orgo_feed_failures') > 0, 30)
            expect(feed.asked == 0, "a network that is not allowed is not asked")
    with Feed(size=3_000) as feed, serve(feed, open_house + "refresh: 1 s, size: 1 KB") as orgo:
        wait_until("too large", lambda: orgo.metric('orgo_feed_failures') > 0, 30)
        expect(not in_force(orgo), "a feed past its size is not taken")
    with Feed(delay=8) as feed, serve(feed, open_house + "refresh: 1 s, timeout: 1 s") as orgo:
        wait_until("given up", lambda: orgo.metric('orgo_feed_failures') > 0, 30)
    with Feed(files=files) as feed:
        with serve(feed, open_house + f"refresh: 1 s, ca_file: {files[0]}") as orgo:
            wait_until("taken by https", lambda: in_force(orgo), 30)
        with serve(feed, open_house + "refresh: 1 s") as orgo:
            wait_until("refused", lambda: orgo.metric('orgo_feed_failures') > 0, 30)
            expect(not in_force(orgo), "a certificate that nobody vouches for")
    shutil.rmtree(folder)


@looks("modules.dir")
def modules_come_from_their_folder():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orgo-test-"))
    shutil.copytree(ROOT / "modules/hr", folder / "hr")
    with Plain(f"modules: {{dir: {folder}}}\n") as orgo:
        shown = orgo.cli("module", "list").stdout
        expect("hr" in shown and "education" not in shown, shown)
    shutil.rmtree(folder)


def with_mails_that_wait(count, settings):
    """A server that has taken mails and decided none, and is then started whole."""
    orgo = Plain(settings, roles="gateway").start()
    for n in range(count):
        orgo.deliver(mail(subject=f"Number {n}"))
    expect(orgo.stop() == 0, "stopped")
    orgo.roles = None
    return orgo


@looks("queue.attempts")
def a_message_is_tried_so_often():
    for most, outcome in ((3, "dead"), (20, "task")):
        with with_mails_that_wait(1, f"queue: {{attempts: {most}}}\n") as orgo:
            with sqlite3.connect(orgo.data / "orgo.db") as database:  # as if three processes had died of it
                database.execute("UPDATE work SET attempts = 3")
            orgo.start()
            orgo.settle()
            dead = len(json.loads(orgo.cli("queue", "dead", "--json").stdout))
            expect((dead == 1) == (outcome == "dead"), f"queue.attempts: {most}: {dead} dead letters")


@looks("queue.lease_time", "processing.batch")
def a_worker_takes_so_many_for_so_long():
    with with_mails_that_wait(300, "queue: {lease_time: 40 minutes}\nprocessing: {batch: 7, workers: 1}\n") as orgo:
        orgo.start()
        seen = []

        def caught():
            seen.extend(orgo.rows("SELECT count(*), min(visible_at) FROM work WHERE owner <> ''"))
            return orgo.rows("SELECT count(*) FROM decisions")[0][0] >= 300
        wait_until("all are decided", caught, 60, every=0.0)
        claimed = [row for row in seen if row[0]]
        expect(claimed, "no claim was seen")
        expect(all(count <= 7 for count, _ in claimed), f"batches of {max(count for count, _ in claimed)}")
        for _, until in claimed:
            expect(2_300 <= until / 1000 - time.time() <= 2_420, f"a lease of {until / 1000 - time.time():.0f} s")


@looks("queue.retry_first", "queue.retry_most")
def what_cannot_be_decided_is_tried_again_later():
    """No decision can be stored: each waits, and twice as long after each attempt, up to the longest wait."""
    def wait_after(attempts, settings):
        with with_mails_that_wait(1, f"queue: {{attempts: 20, {settings}}}\n") as orgo:
            with sqlite3.connect(orgo.data / "orgo.db") as database:
                database.execute("CREATE TRIGGER no_decisions BEFORE INSERT ON decisions BEGIN SELECT RAISE(ABORT, 'no'); END")
            asked = time.time()
            orgo.start()
            row = wait_until("it waits", lambda: orgo.rows(
                "SELECT visible_at FROM work WHERE state = 1 AND owner = '' AND attempts >= ?", attempts), 40)
            return row[0][0] / 1000 - asked
    first = wait_after(1, "retry_first: 30 minutes, retry_most: 2 h")
    expect(1_780 <= first <= 1_900, f"the first wait is half an hour: {first:.0f} s")
    capped = wait_after(2, "retry_first: 1 s, retry_most: 1 s")
    expect(capped <= 15 * PATIENCE, f"no wait beyond retry_most: {capped:.0f} s")


@looks("mailboxes.NAME.only_new", "mailboxes.NAME.token_command", "mailboxes.NAME.message_size")
def a_mailbox_gives_what_it_should():
    with Dovecot(users={"office": "secret"}) as server:
        base = (f"host: localhost, port: {server.ports['imaps']}, username: office, recipient: office@school.example, "
                f"ca_file: {server.certificate}, poll: 1 s")

        def subjects(orgo):
            return sorted(item["decision"]["subject"] for item in orgo.pages("/api/v1/messages") if item["decision"])
        server.deliver("office", mail(subject="lay there"))
        server.deliver("office", mail(subject="large", text="line\n" * 30_000))
        with started(f"mailboxes:\n  - {{name: office, password: secret, message_size: 64 KB, {base}}}\n") as orgo:
            wait_until("the small one", lambda: subjects(orgo) == ["lay there"])
            wait_until("the large one is told", lambda: orgo.metric("orgo_mailbox_refused_total") == 1)
        with started(f"mailboxes:\n  - {{name: office, password: secret, only_new: true, {base}}}\n") as orgo:
            wait_until("it was looked at", lambda: orgo.metric("orgo_mailbox_up") == 1)
            server.deliver("office", mail(subject="came later"))
            wait_until("the later one", lambda: "came later" in subjects(orgo))
            expect(subjects(orgo) == ["came later"], f"{subjects(orgo)}")
        (server.folder / "tokens.json").write_text(json.dumps({"a-token": "office"}))
        with started(f"mailboxes:\n  - {{name: office, token_command: echo a-token, {base}}}\n") as orgo:
            wait_until("logged in by the token that the command prints", lambda: len(subjects(orgo)) == 3)


@looks("processing.workers")
def so_many_workers():
    counts = {}
    for workers in (1, 5):
        with started(f"processing: {{workers: {workers}}}\n") as orgo:
            counts[workers] = sum(orgo.threads().values())
    expect(counts[5] - counts[1] == 4, f"threads: {counts}")


@looks("processing.trace")
def the_trace_is_kept_or_not():
    for choice in ("true", "false"):
        with started(f"processing: {{trace: {choice}}}\n") as orgo:
            orgo.deliver(mail())
            orgo.settle()
            told = orgo.get("/api/v1/messages/m1/trace").get("trace") or {}
            expect(bool(told.get("rules")) == (choice == "true"), f"trace: {choice}: {json.dumps(told)[:300]}")


@looks("processing.subject_time")
def a_reply_known_by_its_subject():
    for age, tasks in (("30 days", 1), ("0 s", 2)):
        with started(f"processing: {{subject_time: {age}}}\n") as orgo:
            orgo.deliver(mail(subject="The key of the gym"))
            orgo.settle()
            orgo.deliver(mail(subject="Re: The key of the gym", text="Any news?", extra="In-Reply-To: <gone@example.org>\n"))
            orgo.settle()
            expect(len(orgo.get("/api/v1/tasks")["items"]) == tasks, f"subject_time: {age}")


@looks("processing.copies")
def a_copy_for_another_department():
    rules = ("match: first\nrules:\n  - {condition: \"envelope recipient is 'it@school.example'\", action: {route_to: it-team@school.example}}\n"
             "  - action: {route_to: office@school.example}\n")
    for choice, tasks in (("join", 1), ("own", 2)):
        with started(f"processing: {{copies: {choice}}}\n", rules=rules) as orgo:
            raw = mail(subject="For both", recipient="office@school.example, it@school.example")
            for recipient in ("office@school.example", "it@school.example"):
                orgo.deliver(raw, recipient=recipient)
                orgo.settle()
            told = {row[0] for row in orgo.rows("SELECT recipient FROM outbox")}
            expect(told == {"office@school.example", "it-team@school.example"}, f"copies: {choice}: told {told}")
            expect(len(orgo.get("/api/v1/tasks")["items"]) == tasks, f"copies: {choice}")


@looks("processing.alerts")
def a_second_alert_of_a_machine():
    for choice, tasks in (("reopen", 1), ("open", 2)):
        with started(f"processing: {{alerts: {choice}}}\n") as orgo:
            orgo.deliver(mail(subject="Disk full", message_id="<alert-1@monitor.example>", extra="Auto-Submitted: auto-generated\n"))
            orgo.settle()
            orgo.cli("task", "resolve", "T-1")
            orgo.deliver(mail(subject="Re: Disk full", text="The disk of db2 is full, too.", message_id="<alert-2@monitor.example>",
                              extra="In-Reply-To: <alert-1@monitor.example>\nAuto-Submitted: auto-generated\n"))
            orgo.settle()
            states = {item["id"]: item["state"] for item in orgo.get("/api/v1/tasks")["items"]}
            known = len(orgo.rows("SELECT 1 FROM tasks"))
            expect(known == tasks and states.get(f"T-{tasks}") in ("new", "open"), f"alerts: {choice}: {states}")


@looks("log.level", "log.format")
def the_log_says_so_much_in_this_form():
    with started("log: {level: info, format: json}\n") as orgo:
        lines = [line for line in orgo.log.read_text().splitlines() if line.startswith("{")]
        expect(any("server.started" in json.dumps(json.loads(line)) for line in lines), orgo.log.read_text())
    with started("log: {level: error}\n") as orgo:
        expect("server.started" not in orgo.log.read_text(), orgo.log.read_text())


def every_declared_option_has_a_look():
    documented = re.findall(r"^\| `([a-z_.A-Z]+)` \|", (ROOT / "docs/configuration.md").read_text(), re.M)
    expect(len(documented) > 80, f"only {len(documented)} options are documented")
    unknown = set(LOOKS) - set(documented)
    expect(not unknown, f"no such option: {sorted(unknown)}")
    missing = []
    for option in documented:
        if option in LOOKS:
            continue
        place = next((file for start, file in ELSEWHERE.items() if option == start or (start.endswith(".") and option.startswith(start))), None)
        if place and re.search(rf"\b{option.rsplit('.', 1)[1]}\b", (ROOT / place).read_text()):
            continue
        missing.append(option + (f" (not in {place})" if place else ""))
    expect(not missing, "options that nobody looks at: " + ", ".join(missing))
    return f"{len(documented)} options"


if __name__ == "__main__":
    main(every_declared_option_has_a_look, *{name: globals()[name] for names in LOOKS.values() for name in names}.values())
