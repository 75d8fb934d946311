#!/usr/bin/env python3
"""What the options of the doors do, seen from outside: where they listen, TLS, whom they take mail for, how much at a time."""
import contextlib
import http.client
import pathlib
import re
import shutil
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import postgres  # noqa: E402
from options import Plain, all_looks, looks, started  # noqa: E402
from orgo import PATIENCE, BINARY, expect, mail, main, spare_port, wait_until  # noqa: E402
from peers import certificate  # noqa: E402


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


def refused_database(url, **more):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orgo-test-"))
    (folder / "config.yaml").write_text("log:\n  level: info\n", encoding="utf-8")
    done = subprocess.run([str(BINARY), "serve", "--config", str(folder / "config.yaml"), "--data", str(folder / "var"),
                           "--http", "127.0.0.1:0", "--lmtp", "off", "--smtp", "off"], capture_output=True, text=True,
                          timeout=60 * PATIENCE, env={"PATH": "/usr/bin", "ORGO_DATABASE_URL": url, **more})
    expect(done.returncode in (1, 2), f"{url}: {done.returncode}: {done.stderr}")
    return done.stderr


@looks("database.url", "database.password")
def the_database_is_where_its_url_says():
    expect("database.url" in refused_database("mysql://here/orgo"), "an engine that there is not is refused")
    told = refused_database("postgres://orgo:hidden-word@127.0.0.1/orgo")
    expect("database.password_file" in told, f"a password in the url is refused: {told}")
    if not postgres.available():
        return "PostgreSQL is not installed: the rest was not looked at"
    with postgres.Postgres(password="correct horse") as server:
        told = refused_database(server.url, ORGO_DATABASE_PASSWORD="wrong horse")
        expect("password authentication failed" in told and "horse" not in told, f"a wrong password is told: {told}")
        with started(f"database: {{url: '{server.url}', password: 'correct horse'}}\n") as orgo:
            orgo.deliver(mail())
            orgo.settle()
            expect(not (orgo.data / "orgo.db").exists(), "nothing is kept in the folder")
            expect(server.sql("SELECT count(*) FROM orgo.tasks", "orgo") == ["1"], "the task is there")
            expect("T-1" in orgo.cli("task", "list").stdout, "the command line finds it")
            told = refused_database(server.url, ORGO_DATABASE_PASSWORD="correct horse")
            expect("another Orgo" in told, f"one server for each database: {told}")
            told = orgo.cli("config", "explain").stdout
            expect("correct horse" not in told, "a password is never shown")


@looks("files.store")
def mails_lie_where_it_says():
    if not postgres.available():
        return "PostgreSQL is not installed: not looked at"
    with postgres.Postgres() as server:
        for store, rows in (("folder", "0"), ("database", "1")):
            with started(f"database: {{url: '{server.url}'}}\nfiles: {{store: {store}}}\n") as orgo:
                orgo.deliver(mail())
                orgo.settle()
                expect(server.sql("SELECT count(*) FROM orgo.raw_mails", "orgo") == [rows], f"{store}: a row for each mail, or none")
                expect(any(path.stat().st_size for path in (orgo.data / "blobs").glob("*.seg")) == (store == "folder"), store)


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
    with started("smtp_in: {listen: '127.0.0.1:0', recipients: [school.example, bücher.example, '@xn--mller-kva.example']}\n") as orgo:
        with smtplib.SMTP(*orgo.host_port("smtp"), timeout=20 * PATIENCE) as door:
            door.ehlo()
            door.mail("anna@example.org")
            expect(door.rcpt("office@school.example")[0] == 250, "one of ours")
            expect(door.rcpt("office@elsewhere.example")[0] == 550, "nobody of ours")
            expect(door.rcpt("office@XN--BCHER-KVA.example")[0] == 250, "a domain beyond ASCII, as the wire carries it")
            expect(door.rcpt("office@xn--mller-kva.example")[0] == 250, "the same where the setting has it so")
            expect(door.rcpt("office@bucher.example")[0] == 550, "another domain")


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
        held = []

        def one_more():
            """The connection by which the start was looked at counts until the server has seen its end."""
            peer = socket.create_connection(orgo.host_port("http"))
            with contextlib.suppress(ConnectionError):
                peer.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                if b"200" in peer.recv(4096):
                    held.append(peer)
                    return True
            peer.close()
            return False
        for _ in range(3):
            wait_until("one of three", one_more)
        with socket.create_connection(orgo.host_port("http")) as fourth:
            expect(is_closed(fourth), "the fourth is closed")
        for peer in held:
            peer.close()
    with started("http: {listen: '127.0.0.1:0', idle_time: 1 s}\n") as orgo:
        silent, answered, slow = (socket.create_connection(orgo.host_port("http"), timeout=20 * PATIENCE) for _ in range(3))
        with silent, answered, slow:
            slow.sendall(b"GET /livez HTTP/1.1\r\nHost:")
            answered.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            begun = time.monotonic()
            expect(is_closed(silent) and is_closed(answered), "silent ones are closed, before and behind a request")
            expect(time.monotonic() - begun < 30, "and not only after the minute that is usual")
            time.sleep(max(0.0, 2.5 - time.monotonic() + begun))
            slow.sendall(b" x\r\n\r\n")
            expect(b"200" in slow.recv(4096), "who has begun to speak has another time")


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


if __name__ == "__main__":
    main(*all_looks())
