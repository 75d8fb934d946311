"""A real Orgo on spare loopback ports in a temporary folder, for tests from outside (standard library only)."""
import base64
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("ORGO_BINARY", ROOT / "build/release/orgo"))
BUILD = pathlib.Path(os.environ.get("ORGO_BUILD", BINARY.parent))
# Sanitizers and valgrind make everything slower; deadlines follow.
PATIENCE = float(os.environ.get("ORGO_PATIENCE", "1"))


class Failed(Exception):
    """What a test found wrong, in words."""


def expect(condition, text):
    if not condition:
        raise Failed(text)


def wait_until(what, condition, seconds=20.0, every=0.02):
    """Polls; never a sleep that hopes. Returns what the condition gave."""
    until = time.monotonic() + seconds * PATIENCE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > until:
            raise Failed(f"not within {seconds * PATIENCE:.0f} s: {what}")
        time.sleep(every)


def child_environment():
    """Without ORGO_..., which would be settings over those of the test."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ORGO_")}


def traced_environment():
    """The same under strace, where the looks for leaks of a build with AddressSanitizer can't work and end the program as failed."""
    return {**child_environment(), "ASAN_OPTIONS": "detect_leaks=0"}


class Orgo:
    """One data folder and the server on it. The folder is removed at the end unless the test failed."""

    def __init__(self, rules=None, settings="", folder=None, environment=None, wrapper=()):
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="orgo-test-"))
        self.own_folder = folder is None
        self.data = self.folder / "var"
        self.config = self.folder / "config.yaml"
        self.rules = self.folder / "rules.yaml"
        self.log = self.folder / "orgo.log"
        self.environment = environment or {}
        self.wrapper = list(wrapper)
        self.process = None
        self.address = {}
        self.rules.write_text(rules if rules is not None else DEFAULT_RULES, encoding="utf-8")
        self.config.write_text(f"rules:\n  files: [{self.rules}]\n" + settings, encoding="utf-8")

    def command(self):
        return self.wrapper + [str(BINARY), "serve", "--config", str(self.config), "--data", str(self.data),
                               "--http", "127.0.0.1:0", "--lmtp", "127.0.0.1:0", "--smtp", "127.0.0.1:0"]

    def start(self, seconds=30):
        announcement = self.data / "server.json"
        announcement.unlink(missing_ok=True)
        with open(self.log, "ab") as log:
            # A session of its own, so that a test that dies does not leave the signals of its terminal to it.
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, cwd=self.folder,
                                            env={**child_environment(), **self.environment}, start_new_session=True)

        def announced():
            if self.process.poll() is not None:
                raise Failed(f"the server ended with {self.process.returncode}:\n{self.tail()}")
            try:
                self.address = json.loads(announcement.read_text())
                return self.address.get("pid") and self.ready()
            except (OSError, ValueError):
                return False
        wait_until(f"the server is ready\n{self.tail()}", announced, seconds)
        return self

    def ready(self):
        try:
            return self.http("GET", "/readyz", token=None)[0] == 200
        except OSError:
            return False

    def tail(self, lines=30):
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def kill(self):
        """kill -9, as a power switch for the process."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def stop(self, seconds=15):
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds * PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failed(f"did not stop within {seconds} s of SIGTERM:\n{self.tail()}")
        finally:
            self.process = None

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        if kind is None:
            if self.own_folder:
                shutil.rmtree(self.folder, ignore_errors=True)
        else:
            print(f"kept for a look: {self.folder}\n--- end of the log\n{self.tail()}", file=sys.stderr)

    # --- ways in ---

    def host_port(self, door):
        address = self.address[door].removeprefix("http://")
        host, _, port = address.rpartition(":")
        return host, int(port)

    def lmtp(self, timeout=20):
        host, port = self.host_port("lmtp")
        return smtplib.LMTP(host, port, timeout=timeout * PATIENCE)

    def deliver(self, raw, recipient="office@organization.com", sender="anna@example.org"):
        with self.lmtp() as door:
            return door.sendmail(sender, [recipient], raw)

    def token(self):
        return (self.data / "cli.token").read_text().strip()

    def first_login(self):
        """Name and password of the administrator whom the first start made."""
        text = (self.data / "first-login.txt").read_text()
        return tuple(re.search(rf"^ *{key}: *(\S+)$", text, re.MULTILINE)[1] for key in ("name", "password"))

    def add_person(self, login, role="staff", password=None, *more):
        """An account, and a token of theirs."""
        self.cli("user", "add", login, "--role", role, *(["--with-password"] if password else []), *more, stdin=password)
        return self.cli("user", "token", login, "--for", "test of " + login).stdout.strip()

    def http(self, method, target, body=None, token="cli", headers=None, timeout=20):
        host, port = self.host_port("http")
        connection = http.client.HTTPConnection(host, port, timeout=timeout * PATIENCE)
        fields = dict(headers or {})
        if token is not None:
            fields["Authorization"] = "Bearer " + (self.token() if token == "cli" else token)
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            fields.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, target, body=body, headers=fields)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def raw_messages(self):
        """(id, bytes) of every message in the store, over one connection."""
        host, port = self.host_port("http")
        connection = http.client.HTTPConnection(host, port, timeout=20 * PATIENCE)
        try:
            for item in self.pages("/api/v1/messages?limit=1000"):
                connection.request("GET", f"/api/v1/messages/{item['id']}/raw", headers={"Authorization": "Bearer " + self.token()})
                answer = connection.getresponse()
                raw = answer.read()
                expect(answer.status == 200, f"the bytes of {item['id']} can't be read: {answer.status} {raw[:200]!r}")
                yield item["id"], raw
        finally:
            connection.close()

    def get(self, target):
        status, body = self.http("GET", target)
        expect(status == 200, f"GET {target}: {status} {body[:300]!r}")
        return json.loads(body)

    def pages(self, target):
        """Every item of a cursor list."""
        cursor = None
        while True:
            joint = "&" if "?" in target else "?"
            page = self.get(target + (f"{joint}cursor={urllib.parse.quote(cursor)}" if cursor else ""))
            yield from page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return

    def cli(self, *arguments, check=True, stdin=None, data=True, timeout=120):
        """`orgo ARGUMENTS --data ...`; returns the finished process (text)."""
        command = [str(BINARY), *map(str, arguments)]
        if data:
            command += ["--data", str(self.data), "--config", str(self.config)]
        done = subprocess.run(command, capture_output=True, text=True, input=stdin, cwd=self.folder, timeout=timeout * PATIENCE,
                              env=child_environment())
        if check:
            expect(done.returncode == 0, f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def ledger(self):
        """(lines, balanced) from `orgo ledger --json`, which counts the tables themselves."""
        done = self.cli("ledger", "--json", check=False)
        expect(done.returncode in (0, 1), f"orgo ledger: {done.stderr}")
        value = json.loads(done.stdout)
        return value["lines"], value["balanced"], value

    def settle(self, seconds=60):
        """Waits until nothing waits for a decision any more."""
        def settled():
            lines, _, _ = self.ledger()
            return all(line["waiting"] == 0 for line in lines) or None
        wait_until("every message is decided", settled, seconds, every=0.1)


DEFAULT_RULES = """\
match: first
rules:
  - name: urgent
    condition: "subject contains 'urgent'"
    action:
      route_to: "maintenance@organization.com"
      escalate_after: "2 hours"
  - name: rest
    condition: "any recipient ends with '@organization.com'"
    action:
      route_to: "office@organization.com"
"""


def mail(subject="A request", text="Please have a look.", message_id=None, sender="anna@example.org",
         recipient="office@organization.com", extra=""):
    """A small mail as bytes with CRLF."""
    message_id = message_id or f"<{base64.b32encode(os.urandom(10)).decode().lower()}@example.org>"
    lines = (f"From: Anna <{sender}>\nTo: {recipient}\nSubject: {subject}\nMessage-ID: {message_id}\n"
             f"Date: Mon, 16 Nov 2026 08:12:41 +0000\n{extra}Content-Type: text/plain; charset=utf-8\n\n{text}\n")
    return lines.encode("utf-8").replace(b"\n", b"\r\n")


def sha256(raw):
    return hashlib.sha256(raw).hexdigest()


def spare_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main(*tests):
    """Runs the tests (functions), tells what failed; the exit status is the answer. Arguments name some of them."""
    if not BINARY.exists():
        print(f"there is no {BINARY}; build it first, or set ORGO_BINARY", file=sys.stderr)
        sys.exit(1)
    chosen = [test for test in tests if not sys.argv[1:] or test.__name__ in sys.argv[1:]]
    failed = 0
    for test in chosen:
        started = time.monotonic()
        try:
            note = test()
            print(f"ok      {test.__name__} ({time.monotonic() - started:.1f} s){': ' + note if note else ''}", flush=True)
        except Exception as error:  # whatever it was, the next test should still run
            failed += 1
            what = str(error) if isinstance(error, Failed) else f"{type(error).__name__}: {error}"
            print(f"FAILED  {test.__name__} ({time.monotonic() - started:.1f} s): {what}", flush=True)
            if not isinstance(error, Failed):
                import traceback
                traceback.print_exc()
    sys.exit(1 if failed else 0)
