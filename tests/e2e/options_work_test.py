#!/usr/bin/env python3
"""What the options of deciding do, seen from outside: whose mail, which rules and feeds, how much at a time, what is kept and told."""
import json
import pathlib
import shutil
import signal
import smtplib
import sqlite3
import ssl
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from dovecot import Dovecot  # noqa: E402
from options import Plain, all_looks, TO_OFFICE, looks, smtp, started  # noqa: E402
from orgo import PATIENCE, ROOT, expect, mail, main, wait_until  # noqa: E402
from peers import Receiver, Relay, certificate  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402


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
    grown = wait_after(4, "retry_first: 1 s, retry_most: 1 h")
    expect(14.5 <= grown <= 20 + 10 * PATIENCE, f"1, 2, 4 and 8 s: {grown:.1f} s")
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


@looks("processing.reopen_time")
def a_reply_after_long():
    for time_, tasks in (("0s", 1), ("1s", 2)):
        with started(f"processing: {{reopen_time: {time_}}}\n") as orgo:
            orgo.deliver(mail(subject="A lamp", message_id="<lamp@example.org>"))
            orgo.settle()
            orgo.cli("task", "close", "T-1")
            time.sleep(1.2)
            orgo.deliver(mail(subject="Re: A lamp", text="It is dark again.", extra="In-Reply-To: <lamp@example.org>\n"))
            orgo.settle()
            expect(len(orgo.rows("SELECT 1 FROM tasks")) == tasks, f"reopen_time: {time_}")
            if tasks == 2:
                opened = next(event for event in orgo.get("/api/v1/tasks/T-2/events")["items"] if event["kind"] == "task.opened")
                expect(opened["data"]["related"] == "T-1" and orgo.get("/api/v1/tasks/T-1")["state"] == "closed", str(opened))


@looks("answers.undo")
def an_answer_waits_so_long():
    for undo, waits in (("1 hour", True), ("0s", False)):
        with started(f"answers: {{undo: {undo}}}\n") as orgo:
            orgo.deliver(mail(subject="A question"))
            orgo.settle()
            orgo.cli("task", "reply", "T-1", "An answer.")
            due, made = orgo.rows("SELECT visible_at, created_at FROM outbox WHERE kind = 5")[0]
            expect((due - made >= 3_000_000) == waits, f"undo: {undo}: due {due - made} ms after it was made")


@looks("answers.state")
def what_an_answer_makes_of_its_task():
    for choice, state in (("keep", "open"), ("pending", "pending"), ("resolved", "resolved")):
        with started(f"answers: {{state: {choice}}}\n") as orgo:
            orgo.deliver(mail(subject="A question"))
            orgo.settle()
            orgo.cli("task", "reply", "T-1", "An answer.")
            is_now = orgo.get("/api/v1/tasks/T-1")["state"]
            expect(is_now == state, f"state: {choice}: it is {is_now}")


@looks("answers.tell_resolved")
def word_that_it_is_done():
    for told in (True, False):
        with SmtpSink() as sink, started(f"answers: {{tell_resolved: {str(told).lower()}}}\n" + sink.settings()) as orgo:
            orgo.deliver(mail(subject="A lamp", message_id="<lamp@example.org>"))
            orgo.settle()
            orgo.cli("task", "resolve", "T-1")
            kinds = [row[0] for row in orgo.rows("SELECT template FROM outbox WHERE kind = 3")]
            expect(kinds == (["task_resolved"] if told else []), f"tell_resolved: {told}: {kinds}")
            if told:
                got = wait_until("the customer knows", lambda: [one for one in sink.kept if one.recipient == "anna@example.org"])[0]
                expect(got.message["In-Reply-To"] == "<lamp@example.org>" and "is done" in got.message.get_content(), str(got.message))


@looks("answers.by_mail")
def what_a_colleagues_mail_becomes():
    rules = "teams: {desk: {address: desk@organization.com}}\nrules: [{action: {route_to: desk}}]\n"
    for choice, sent in (("forward", 1), ("comment", 0)):
        with SmtpSink() as sink, started(f"answers: {{by_mail: {choice}}}\n" + sink.settings(), rules=rules) as orgo:
            orgo.deliver(mail(subject="A question"))
            told = wait_until("the team is told", lambda: sink.kept)[0].message_id
            orgo.deliver(mail(subject="Re: [T-1] A question", text="Yes.", sender="desk@organization.com", extra=f"In-Reply-To: {told}\n"),
                         sender="desk@organization.com")
            orgo.settle()
            expect(len(orgo.rows("SELECT 1 FROM outbox WHERE kind = 5")) == sent, f"by_mail: {choice}")


@looks("answers.vouching_server")
def whom_our_mail_server_vouches_for():
    rules = "teams: {desk: {address: desk@organization.com}}\nrules: [{action: {route_to: desk}}]\n"
    for server, state in (("mx.organization.com", "open"), ("", "new")):
        with started(f"answers: {{vouching_server: '{server}'}}\n", rules=rules) as orgo:
            orgo.deliver(mail(subject="A question", message_id="<asked@example.org>"))
            orgo.deliver(mail(subject="Re: A question", text="Yes.", sender="desk@organization.com", recipient="anna@example.org",
                              extra="Cc: office@organization.com\nIn-Reply-To: <asked@example.org>\n"
                              "Authentication-Results: mx.organization.com; dmarc=pass header.from=organization.com\n"), sender="desk@organization.com")
            orgo.settle()
            is_now = orgo.get("/api/v1/tasks/T-1")["state"]
            expect(is_now == state, f"vouching_server: {server!r}: it is {is_now}")


@looks("log.level", "log.format")
def the_log_says_so_much_in_this_form():
    with started("log: {level: info, format: json}\n") as orgo:
        lines = [line for line in orgo.log.read_text().splitlines() if line.startswith("{")]
        expect(any("server.started" in json.dumps(json.loads(line)) for line in lines), orgo.log.read_text())
    with started("log: {level: error}\n") as orgo:
        expect("server.started" not in orgo.log.read_text(), orgo.log.read_text())
        text = orgo.config.read_text()
        orgo.config.write_text(text.replace("level: error", "level: loud"))
        orgo.process.send_signal(signal.SIGHUP)
        wait_until("a refused configuration is told", lambda: "config.refused" in orgo.log.read_text())
        orgo.config.write_text(text.replace("level: error", "level: info"))
        orgo.process.send_signal(signal.SIGHUP)
        orgo.stop()
        expect("server.stopping" in orgo.log.read_text(), f"what is written changes at a reload: {orgo.log.read_text()}")


if __name__ == "__main__":
    main(*all_looks())
