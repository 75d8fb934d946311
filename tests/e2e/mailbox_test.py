#!/usr/bin/env python3
"""Mailboxes against a real Dovecot: what people configure, see and survive."""
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from dovecot import Dovecot, available  # noqa: E402
from orgo import ROOT, Orgo, expect, mail, main, wait_until  # noqa: E402

CORPORA = pathlib.Path(os.environ.get("ORGO_CORPORA", ROOT.parent / "shared" / "corpora"))

RULES = """\
match: first
rules:
  - name: parents
    condition: "any recipient is 'parents@organization.com'"
    action: {route_to: "parents-team"}
  - name: rest
    condition: "any recipient ends with '@organization.com'"
    action: {route_to: "office-team"}
"""

USERS = {"office": "secret", "parents": "secret2", "broken": "right"}


def mailbox(name, server, password, more=""):
    return (f"  - {{name: {name}, host: localhost, port: {server.ports['imaps']}, username: {name}, password: {password}, "
            f"recipient: {name}@organization.com, ca_file: {server.certificate}, poll: 1 s{more}}}\n")


def settings(server, extra=""):
    return ("mailboxes:\n" + mailbox("office", server, "secret") +
            f"  - {{name: parents, protocol: pop3, host: localhost, port: {server.ports['pop3s']}, username: parents, password: secret2, "
            f"recipient: parents@organization.com, ca_file: {server.certificate}, poll: 1 s, after: delete}}\n" +
            mailbox("broken", server, "wrong") + extra)


def subjects(orgo):
    return sorted(item["decision"]["subject"] for item in orgo.pages("/api/v1/messages?limit=1000") if item["decision"])


def state_of(orgo, name):
    return orgo.get(f"/api/v1/mailboxes/{name}")


def two_mailboxes_become_tasks_and_a_third_fails_alone():
    with Dovecot(users=USERS) as server, Orgo(rules=RULES, settings=settings(server)) as orgo:
        server.deliver("office", mail(subject="water"))
        server.deliver("parents", mail(subject="lunch"))
        orgo.start()
        wait_until("both mails are decided", lambda: subjects(orgo) == ["lunch", "water"])
        server.deliver("office", mail(subject="told by IDLE"))
        wait_until("a mail that came later", lambda: "told by IDLE" in subjects(orgo))
        tasks = {task["title"]: task["team"] for task in orgo.pages("/api/v1/tasks")}
        expect(tasks == {"water": "office-team", "told by IDLE": "office-team", "lunch": "parents-team"}, f"tasks: {tasks}")
        channels = {item["channel"] for item in orgo.pages("/api/v1/messages")}
        expect(channels == {"imap", "pop3"}, f"channels: {channels}")

        wait_until("the third has failed", lambda: state_of(orgo, "broken")["state"] == "failing")
        status, body = orgo.http("GET", "/readyz", token=None)
        expect(status == 200 and b"[!] mailbox broken: " in body, f"/readyz: {status} {body!r}")
        expect(state_of(orgo, "office")["last_success"] and "IMAP" in state_of(orgo, "office")["connection"], f"{state_of(orgo, 'office')}")
        metrics = orgo.http("GET", "/metrics", token=None)[1].decode()
        for line in ('orgo_mailbox_up{mailbox="office"} 1', 'orgo_mailbox_up{mailbox="broken"} 0', 'orgo_mailbox_taken_total{mailbox="office"} 2'):
            expect(line in metrics, f"/metrics has no {line}")
        shown = orgo.cli("mailbox", "status").stdout
        expect("failing (1 in a row)" in shown and "office" in shown, shown)
        expect("wrong" not in orgo.log.read_text().replace("wrong password", ""), "the password stands in the log")
        expect(orgo.stop() == 0, "stopped")
        rows = json.loads(orgo.cli("mailbox", "status", "--json").stdout)
        expect([row["state"] for row in rows] == ["off"] * 3 and {row["name"]: row["taken"] for row in rows}["office"] == 2, f"{rows}")
        expect(not list(server.maildir("parents").glob("*/*.test*")), "after: delete leaves nothing on the server")


def killed_in_the_middle_nothing_is_lost_or_twice():
    count = 300
    with Dovecot(users=USERS) as server, Orgo(rules=RULES, settings=settings(server)) as orgo:
        wanted = []
        for i in range(count):
            for box in ("office", "parents"):
                wanted.append(f"{box} {i:03d}")
                server.deliver(box, mail(subject=wanted[-1], text="x" * 2000, recipient=f"{box}@organization.com"))
        kills = 0
        while kills < 6:
            orgo.start()
            before = len(subjects(orgo))
            wait_until("something more came", lambda: len(subjects(orgo)) > before or before == len(wanted))
            orgo.kill()
            kills += 1
            if kills == 3:
                server.kill()
                server.start()
        orgo.start()
        wait_until("all mails are here", lambda: len(subjects(orgo)) >= len(wanted), 60)
        orgo.settle()
        expect(subjects(orgo) == sorted(wanted), "each mail is here once")
        titles = sorted(task["title"] for task in orgo.pages("/api/v1/tasks"))
        expect(titles == sorted(wanted), f"{len(titles)} tasks for {len(wanted)} mails")
        wait_until("the POP3 mailbox is empty", lambda: not list(server.maildir("parents").glob("*/*.test*")))
        _, balanced, _ = orgo.ledger()
        expect(balanced, "the ledger balances")
        return f"{kills} kills, {len(wanted)} mails"


def an_archived_mailbox_is_history():
    with Dovecot(users=USERS) as server:
        extra = "mailboxes:\n" + mailbox("office", server, "secret", ", archive: true, archive_until: 2026-01-01, archive_state: resolved, folder: Old")
        with Orgo(rules=RULES, settings=extra) as orgo:
            old = mail(subject="from long ago").replace(b"Mon, 16 Nov 2026 08:12:41 +0000", b"Tue, 12 Jan 2016 10:00:00 +0000")
            server.deliver("office", old, folder="Old")
            server.deliver("office", mail(subject="of today"), folder="Old")
            orgo.start()
            wait_until("both are decided", lambda: len(subjects(orgo)) == 2)
            tasks = {task["title"]: task for task in orgo.pages("/api/v1/tasks")}
            task = tasks["from long ago"]
            expect(task["created_at"] == "2016-01-12T10:00:00Z" and task["state"] == "resolved" and task["tags"] == ["Old"], f"{task}")
            expect(tasks["of today"]["state"] == "new" and tasks["of today"]["created_at"] > "2026", f"{tasks['of today']}")


def mailboxes_of_a_tenant_follow_its_folder_while_the_server_runs():
    with Dovecot(users=USERS) as server, Orgo(rules=RULES, settings="mailboxes:\n" + mailbox("office", server, "secret")) as orgo:
        orgo.start()
        orgo.cli("tenant", "add", "hillside", "--recipient", "hillside.org")
        orgo.cli("user", "add", "boss", "--role", "administrator", "--tenant", "hillside")
        token = orgo.cli("user", "token", "boss", "--for", "a test", "--tenant", "hillside").stdout.split()[-1]
        folder = orgo.data / "tenants/hillside"
        (folder / "rules.yaml").write_text("rules:\n  - {name: all, action: {route_to: hill-team}}\n")

        def of(target):
            status, body = orgo.http("GET", target, token=token)
            expect(status == 200, f"GET {target}: {status} {body!r}")
            return json.loads(body)["items"]

        def titles():
            return sorted(task["title"] for task in of("/api/v1/tasks"))

        def boxes():
            return {box["name"]: box["state"] for box in of("/api/v1/mailboxes")}

        def written(*entries):
            (folder / "organization.yaml").write_text("mailboxes:\n" + "".join(entries) if entries else "")

        of_file = mailbox("parents", server, "x").replace("password: x", "password_file: parents.password")
        (folder / "parents.password").write_text("not this one")
        server.deliver("parents", mail(subject="lunch"))
        written(of_file)
        wait_until("it fails", lambda: boxes() == {"parents": "failing"})
        status, body = orgo.http("GET", "/readyz", token=None)
        expect(status == 200 and b"[!] mailbox n2-parents: " in body, f"/readyz: {status} {body!r}")
        (folder / "parents.password").write_text("secret2")
        wait_until("its mail with the right password", lambda: titles() == ["lunch"])
        written(of_file, mailbox("broken", server, "right"))
        server.deliver("broken", mail(subject="of a second one"))
        wait_until("a second one is read", lambda: titles() == ["lunch", "of a second one"])
        (folder / "organization.yaml").write_text("mailboxes: [nonsense]\n")
        wait_until("it is told", lambda: "mailboxes.refused" in orgo.log.read_text())
        server.deliver("parents", mail(subject="supper"))
        wait_until("mistakes take none away", lambda: "supper" in titles())
        (folder / "organization.yaml").unlink()
        wait_until("a file that is gone is told", lambda: "the file is gone" in orgo.log.read_text())
        expect(len(boxes()) == 2, f"{boxes()}")
        written(of_file)
        wait_until("what is taken out is left", lambda: list(boxes()) == ["parents"])
        server.deliver("broken", mail(subject="too late"))
        server.deliver("parents", mail(subject="tea"))
        wait_until("the other goes on", lambda: "tea" in titles())
        expect(titles() == ["lunch", "of a second one", "supper", "tea"], f"{titles()}")
        up = [line for line in orgo.http("GET", "/metrics", token=None)[1].decode().splitlines() if line.startswith("orgo_mailbox_up")]
        expect(any("hillside/broken" in line and line.lower().endswith("nan") for line in up), f"{up}")
        expect(state_of(orgo, "office")["state"] != "failing", "the server's own reads on")
        orgo.cli("tenant", "add", "valley", "--recipient", "valley.org")
        valley = orgo.data / "tenants/valley/organization.yaml"
        valley.write_text("mailboxes:\n" + mailbox("broken", server, "right", ", recipient: x@valley.org").replace(", recipient: broken@organization.com", ""))
        wait_until("that of a new tenant, too", lambda: "too late" in orgo.cli("task", "list", "--tenant", "valley", "--json").stdout)


def the_check_names_each_step_and_a_remedy():
    with Dovecot(users=USERS) as server:
        base = f"host: localhost, username: office, recipient: office@organization.com, ca_file: {server.certificate}"
        port = server.ports["imaps"]
        boxes = ("mailboxes:\n"
                 f"  - {{name: good, port: {port}, password: secret, {base}}}\n"
                 f"  - {{name: starttls, tls: starttls, port: {server.ports['imap']}, password: secret, {base}}}\n"
                 f"  - {{name: login, port: {port}, password: wrong, {base}}}\n"
                 f"  - {{name: folder, port: {port}, password: secret, folder: Nowhere, {base}}}\n"
                 f"  - {{name: tls, tls: starttls, port: {port}, password: secret, {base}}}\n"
                 f"  - {{name: closed, port: 1, password: secret, {base}}}\n"
                 f"  - {{name: unknown, port: {port}, password: secret, {base.replace('localhost', 'no-such-host.invalid')}}}\n"
                 f"  - {{name: stranger, port: {port}, password: secret, host: localhost, username: office, recipient: office@organization.com}}\n")
        with Orgo(settings=boxes + f"smtp: {{host: 127.0.0.1, port: {server.ports['lmtp']}}}\n") as orgo:
            server.deliver("office", mail(subject="lies there"))
            for name, step, word in (("login", "login", "password"), ("folder", "folder", "folder"), ("closed", "reach", "port"),
                                     ("unknown", "name", "host"), ("stranger", "connect", "ca_file")):
                done = orgo.cli("mailbox", "test", name, "--json", check=False)
                report = json.loads(done.stdout)
                last = report["steps"][-1]
                expect(done.returncode == 1 and not report["ok"] and last["step"] == step and word in last["remedy"], f"{name}: {report}")
                expect("secret" not in done.stdout + done.stderr, "no passwords")
            for name in ("good", "starttls"):
                done = orgo.cli("mailbox", "test", name)
                expect("all is well" in done.stdout and "FAIL" not in done.stdout, done.stdout)
            expect(len(list(server.maildir("office").glob("*/*.test*"))) == 1, "the check takes nothing")
            done = orgo.cli("mailbox", "test", "nobody", check=False)
            expect(done.returncode == 2 and "there are good, starttls" in done.stderr, done.stderr)


def an_archive_is_imported_with_dates_and_folders():
    with Orgo(rules=RULES) as orgo:
        old = mail(subject="from long ago").replace(b"Mon, 16 Nov 2026 08:12:41 +0000", b"Tue, 12 Jan 2016 10:00:00 +0000")
        folder = orgo.folder / "mail"
        (folder / "Projects").mkdir(parents=True)
        (folder / "Projects" / "old.eml").write_bytes(old)
        (folder / "new.eml").write_bytes(mail(subject="of today"))
        orgo.start()
        for again in (False, True):
            done = json.loads(orgo.cli("import", "--archive", "--until", "2026-01-01", "--json", folder).stdout)
            expect(done["duplicates" if again else "stored"] == 2, f"{done}")
        orgo.settle()
        tasks = {task["title"]: task for task in orgo.pages("/api/v1/tasks")}
        task = tasks["from long ago"]
        expect(task["created_at"] == "2016-01-12T10:00:00Z" and task["state"] == "closed" and task["tags"] == ["Projects"], f"{task}")
        expect(tasks["of today"]["state"] == "new" and not tasks["of today"]["tags"], f"{tasks['of today']}")
        expect(orgo.cli("import", "--until", "2026-01-01", folder, check=False).returncode == 2, "--until alone is refused")


def what_was_imported_is_known_to_its_mailbox():
    """An archive by import, with the line ends of files, then the mailbox it came from, with those of the wire: no mail twice."""
    folder = CORPORA / "spamassassin-corpus"
    if folder.is_dir():
        mails = [path.read_bytes() for path in sorted(folder.glob("*/*.eml"))]
    else:
        mails = [mail(subject=f"old {number}").replace(b"\r\n", b"\n") for number in range(50)]
    with Dovecot(users=USERS) as server:
        extra = "mailboxes:\n" + mailbox("office", server, "secret", ", only_new: false")
        with Orgo(rules=RULES, settings=extra) as orgo:
            archive = orgo.folder / "archive"
            archive.mkdir()
            for number, raw in enumerate(mails):
                (archive / f"{number:04}.eml").write_bytes(raw)
                server.deliver("office", raw)
            done = json.loads(orgo.cli("import", "--json", archive).stdout)
            expect(done["read"] == len(mails) and done["stored"] == len(mails), f"{done}")
            orgo.start(60)
            wait_until("all are fetched and known", lambda: state_of(orgo, "office")["duplicates"] >= len(mails), 120)
            state = state_of(orgo, "office")
            expect(state["taken"] == 0 and state["duplicates"] == len(mails), f"{state}")
            orgo.settle(300)
            lines, balanced, ledger = orgo.ledger()
            expect(balanced and sum(line["accepted"] for line in lines) == len(mails), f"{ledger}")
            return f"{len(mails)} mails imported, none of them twice by IMAP"


if __name__ == "__main__":
    if not available():
        print("skipped: Dovecot is not installed (scripts/packages-test.txt)")
        sys.exit(0)
    main(two_mailboxes_become_tasks_and_a_third_fails_alone, mailboxes_of_a_tenant_follow_its_folder_while_the_server_runs,
         killed_in_the_middle_nothing_is_lost_or_twice, an_archived_mailbox_is_history, an_archive_is_imported_with_dates_and_folders,
         what_was_imported_is_known_to_its_mailbox, the_check_names_each_step_and_a_remedy)
