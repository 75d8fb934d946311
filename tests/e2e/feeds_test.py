#!/usr/bin/env python3
"""Holidays by URL, through the real program and a web server of its own: fetched, kept, asked for again, bad ones survived,
and running timers moved when a feed changes."""
import datetime
import http.server
import json
import shutil
import sqlite3
import ssl
import subprocess
import sys
import threading
import pathlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Orgo, expect, mail, main, wait_until  # noqa: E402

SETTINGS = 'feeds: {refresh: "1 second", timeout: "2 seconds", size: "64 KB", allow_networks: [127.0.0.1]}\n'
TODAY = datetime.datetime.now(datetime.timezone.utc).date()
DAYS = [TODAY + datetime.timedelta(days=n) for n in range(4)]


def feed(*days, name="Closed"):
    events = "".join(f"BEGIN:VEVENT\r\nUID:{day}\r\nDTSTART;VALUE=DATE:{day:%Y%m%d}\r\nSUMMARY:{name}\r\nEND:VEVENT\r\n" for day in days)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n".encode()


class FeedServer:
    """Serves one feed; what it does can be changed while it runs."""

    def __init__(self, body, certificate=None):
        self.body, self.status, self.cut, self.hang = body, 200, False, threading.Event()
        self.hang.set()  # clear(): every answer waits
        self.asked, self.unchanged, self.bounces, self.leads_to = 0, 0, 0, "/there"
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked += 1
                outer.hang.wait(30)
                tag = f'"{hash(outer.body)}"'
                if outer.bounces and self.path != "/there":
                    self.send_response(302)
                    self.send_header("Location", outer.leads_to)
                    self.send_header("Content-Length", "0")
                    return self.end_headers()
                if outer.status == 200 and self.headers.get("If-None-Match") == tag:
                    outer.unchanged += 1
                    self.send_response(304)
                    return self.end_headers()
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(outer.body)))
                self.send_header("ETag", tag)
                self.end_headers()
                self.wfile.write(outer.body[:len(outer.body) // 2] if outer.cut else outer.body)

            def log_message(self, *unused):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            def handle_error(self, *unused):  # a peer that has gone is what some tests want
                pass

        self.server = Quiet(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate[0], certificate[1])
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self.server.server_address[1]}/school.ics"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def close(self):
        if self.server is None:
            return
        self.hang.set()
        self.server.shutdown()
        self.server.server_close()
        self.server = None

    def __exit__(self, *unused):
        self.close()


def rules(url, holidays=""):
    return f"""calendars:
  school: {{default: true, time_zone: UTC, hours: always, holidays: [{holidays}"{url}"]}}
rules:
  - name: all
    action: {{route_to: office@organization.com, escalate_after: "2 business hours"}}
"""


def state(orgo, *more, ok=None):
    done = orgo.cli("calendar", "feeds", "--json", *more, check=False)
    value = json.loads(done.stdout)[0]
    expect(ok is None or (done.returncode == 0) == ok, f"exit {done.returncode}: {done.stdout}{done.stderr}")
    return value


def is_open(orgo, day):
    return json.loads(orgo.cli("calendar", "open", "--json", f"{day}T12:00:00Z").stdout)["open"]


def timer(orgo):
    with sqlite3.connect(f"file:{orgo.data}/orgo.db?mode=ro", uri=True) as database:
        row = database.execute("SELECT due_at FROM timers").fetchone()
    return datetime.datetime.fromtimestamp(row[0] / 1000, datetime.timezone.utc) if row else None


def a_changed_feed_moves_running_timers():
    with FeedServer(feed(TODAY + datetime.timedelta(days=200))) as web, Orgo(rules=rules(web.url), settings=SETTINGS) as orgo:
        orgo.start()
        wait_until("the first version is in force", lambda: state(orgo)["in_force"])
        orgo.deliver(mail())
        orgo.settle()
        first = wait_until("the timer is set", lambda: timer(orgo))
        expect(first.date() in DAYS[:2], f"due at {first}")
        # The days on which it would be due become holidays: two hours of open time end on the first open day.
        web.body = feed(*DAYS[:3])
        moved = datetime.datetime.combine(DAYS[3], datetime.time(2), datetime.timezone.utc)
        wait_until(f"the timer is at {moved}, it is at {timer(orgo)}", lambda: timer(orgo) == moved)
        wait_until("people see the new deadline", lambda: orgo.get("/api/v1/tasks")["items"][0]["due_at"].startswith(f"{DAYS[3]}T02:00:00"))
        web.body = feed(TODAY + datetime.timedelta(days=200))
        wait_until(f"the timer is back at {first}, it is at {timer(orgo)}", lambda: timer(orgo) == first)
        unchanged = web.unchanged
        wait_until("an unchanged feed is only asked about", lambda: web.unchanged > unchanged + 1)
        history = orgo.cli("rules", "history").stdout
        return f"{len(history.splitlines())} lines of history"


def without_a_network_the_last_version_holds():
    with FeedServer(feed(DAYS[0])) as web, Orgo(rules=rules(web.url), settings=SETTINGS) as orgo:
        orgo.start()
        wait_until("it is a holiday", lambda: not is_open(orgo, DAYS[0]))
        orgo.kill()
        web.close()
        orgo.start()
        expect(not is_open(orgo, DAYS[0]), "the holiday is lost after a restart without a network")
        wait_until("the failure is told", lambda: state(orgo)["failures"] > 0)
        value = state(orgo, ok=False)
        expect("stays in force" in value["trouble"] and value["in_force"], value)
        doctor = orgo.cli("doctor", check=False).stdout
        expect("warning  feed: http://127.0.0.1" in doctor, doctor)
        status, ready = orgo.http("GET", "/readyz")
        expect(status == 200 and b"feeds" in ready and b"stays in force" in ready, f"{status} {ready}")
        status, page = orgo.http("GET", "/metrics")
        metrics = page.decode()
        expect('orgo_feed_in_force{feed="127.0.0.1:' in metrics and "orgo_feed_failures{" in metrics, metrics[-500:])
        expect("feed.failed" in orgo.log.read_text(), "the log says nothing")


def what_is_no_feed_changes_nothing():
    with FeedServer(feed(DAYS[1])) as web, Orgo(rules=rules(web.url), settings=SETTINGS) as orgo:
        orgo.cli("calendar", "holidays", "--refresh")  # without a server, too
        expect(not is_open(orgo, DAYS[1]), "refreshed by hand, and not in force")

        def refuses(what, words, body=None, status=200, cut=False):
            web.body, web.status, web.cut = body or feed(DAYS[2]), status, cut
            value = state(orgo, "--refresh", ok=False)
            expect(words in value["error"] and value["in_force"], f"{what}: {value}")
            expect(not is_open(orgo, DAYS[1]) and is_open(orgo, DAYS[2]), f"{what}: the last good version is gone")
            web.status, web.cut = 200, False

        refuses("a page", "no BEGIN:VCALENDAR", b"<!doctype html><title>Log in</title>")
        refuses("an empty calendar", "there is no event", feed())
        refuses("half a calendar", "it is cut off", feed(DAYS[2])[:-20])
        refuses("a broken connection", "transfer closed", cut=True)
        refuses("an error", "HTTP 500", status=500)
        refuses("no page", "HTTP 404", status=404)
        refuses("too much", "larger than 65536 bytes", feed(DAYS[2]) * 1000)
        web.hang.clear()
        refuses("silence", "timed out")
        web.hang.set()
        web.body = feed(DAYS[2])
        expect(state(orgo, "--refresh", ok=True)["failures"] == 0, "it is well again")
        expect(is_open(orgo, DAYS[1]) and not is_open(orgo, DAYS[2]), "the new version is not in force")
        web.bounces = 1
        expect(state(orgo, "--refresh", ok=True)["failures"] == 0, "a redirect is followed")


def a_feed_that_was_never_there_is_told_loudly():
    with FeedServer(feed(DAYS[0])) as web, Orgo(rules=rules(web.url, holidays=f"{DAYS[1]}, "), settings=SETTINGS) as orgo:
        web.status = 503
        orgo.start()
        orgo.deliver(mail())
        orgo.settle()
        expect("rules.warning" in orgo.log.read_text() and "never fetched" in orgo.log.read_text(), orgo.tail())
        expect(not is_open(orgo, DAYS[1]) and is_open(orgo, DAYS[0]), "the calendar works without it")
        check = orgo.cli("rules", "check")
        expect(f"{orgo.rules}:2:" in check.stderr and "warning: this feed was never fetched" in check.stderr, check.stderr)
        expect("never fetched" in orgo.cli("doctor", check=False).stdout, "the doctor is silent")
        web.status = 200
        wait_until("its first version is in force", lambda: not is_open(orgo, DAYS[0]), 90)


def only_what_is_allowed_is_asked():
    with FeedServer(feed(DAYS[0])) as web, Orgo(rules=rules(web.url)) as orgo:
        value = state(orgo, "--refresh", ok=False)
        expect("feeds.allow_networks" in value["error"] and web.asked == 0, value)


def certificates_are_verified():
    folder = pathlib.Path(Orgo(rules="rules: []\n").folder)
    try:
        for name, address in (("good", "IP:127.0.0.1"), ("other", "DNS:elsewhere.example")):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName={address}",
                            "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem"], check=True, capture_output=True)

        def outcome(name, trusted):
            settings = SETTINGS.replace("feeds: {", f"feeds: {{ca_file: {folder / trusted}.pem, ") if trusted else SETTINGS
            with FeedServer(feed(DAYS[0]), (folder / f"{name}.pem", folder / f"{name}.key")) as web, Orgo(rules=rules(web.url), settings=settings) as orgo:
                return state(orgo, "--refresh")
        unknown = outcome("good", None)
        expect("certificate" in unknown["error"] and not unknown["in_force"], unknown)
        good = outcome("good", "good")
        expect(good["error"] == "" and good["in_force"], good)
        other = outcome("other", "other")
        expect(not other["in_force"] and other["error"] != "", other)
        settings = SETTINGS.replace("feeds: {", f"feeds: {{ca_file: {folder / 'good'}.pem, ")
        with FeedServer(feed(DAYS[0]), (folder / "good.pem", folder / "good.key")) as web, FeedServer(feed(DAYS[0])) as plain, \
                Orgo(rules=rules(web.url), settings=settings) as orgo:
            web.bounces, web.leads_to = 1, plain.url
            value = state(orgo, "--refresh", ok=False)
            expect("redirects from https" in value["error"] and plain.asked == 0, f"{value}, asked {plain.asked} times without TLS")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main(a_changed_feed_moves_running_timers, without_a_network_the_last_version_holds, what_is_no_feed_changes_nothing,
     a_feed_that_was_never_there_is_told_loudly, only_what_is_allowed_is_asked, certificates_are_verified)
