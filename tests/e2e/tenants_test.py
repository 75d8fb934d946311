#!/usr/bin/env python3
"""Two organizations on one server: each with its own rules, modules and senders, and nothing of one is seen in the other."""
import json
import pathlib
import smtplib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Orgo, expect, mail, main, wait_until  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402

OWN = """\
match: first
rules:
  - {name: all, action: {route_to: "desk@organization.com"}}
"""
HILLSIDE = """\
match: first
rules:
  - {name: water, condition: "subject contains 'water'", action: {route_to: "plumber@hillside.org", set_priority: urgent}}
  - {name: rest, action: {route_to: "office@hillside.org"}}
"""
VALLEY = """\
match: first
rules:
  - {name: water, condition: "subject contains 'water'", action: {route_to: "caretaker@valley.org", reply_with: got}}
templates:
  got: {subject: "We have it", body: "Thank you."}
"""


class Tenants(Orgo):
    """A server with the tenants hillside and valley, each with a token of its own."""

    def add(self, name, rules, *recipients):
        options = [word for one in recipients for word in ("--recipient", one)]
        self.cli("tenant", "add", name, *options)
        folder = self.data / "tenants" / name
        expect((folder / "organization.yaml").exists(), f"{folder} has no starting file")
        (folder / "rules.yaml").write_text(rules)
        return self.boss(name)

    def boss(self, tenant):
        """An administrator of the tenant; the secret of a token of theirs."""
        self.cli("user", "add", "boss", "--role", "administrator", "--tenant", tenant)
        return self.cli("user", "token", "boss", "--for", "a test", "--tenant", tenant).stdout.split()[-1]

    def send(self, recipients, raw, sender="anna@example.org", options=()):
        """One mail for all of them, by SMTP."""
        with smtplib.SMTP(*self.host_port("smtp"), timeout=60) as door:
            refused = door.sendmail(sender, recipients, raw, mail_options=list(options))
        expect(not refused, f"refused: {refused}")

    def settle(self, seconds=60):
        super().settle(seconds)
        for tenant in self.get("/api/v1/tenants")["items"][1:]:
            def settled():
                lines = json.loads(self.cli("ledger", "--tenant", tenant["name"], "--json", check=False).stdout)["lines"]
                return all(line["waiting"] == 0 for line in lines) or None
            wait_until(f"every message of {tenant['name']} is decided", settled, seconds, every=0.1)

    def of(self, token, target):
        status, body = self.http("GET", target, token=token)
        expect(status == 200, f"GET {target}: {status} {body[:300]!r}")
        return json.loads(body)

    def tasks(self, token):
        return self.of(token, "/api/v1/tasks?limit=1000")["items"]


def the_same_mail_goes_each_ones_own_way():
    with SmtpSink() as sink, Tenants(rules=OWN, settings=f"smtp: {{host: 127.0.0.1, port: {sink.port}, tls: none}}\n") as orgo:
        orgo.start()
        hillside = orgo.add("hillside", HILLSIDE, "hillside.org")
        valley = orgo.add("valley", VALLEY, "@valley.org", "desk@hillside.org")
        (orgo.data / "tenants/valley/organization.yaml").write_text(
            "organization: {domain: valley.org}\nsmtp: {from: answers@valley.org, from_name: Valley}\n")
        orgo.send(["x@hillside.org", "y@valley.org", "desk@HILLSIDE.org", "z@elsewhere.org"], mail("water in the cellar", recipient="x@hillside.org, y@valley.org"))
        orgo.settle()
        own, high, deep = orgo.tasks("cli"), orgo.tasks(hillside), orgo.tasks(valley)
        expect([task["team"] for task in own] == ["desk@organization.com"], f"the operators' own: {own}")
        expect([(task["team"], task["priority"]) for task in high] == [("plumber@hillside.org", "urgent")], f"hillside: {high}")
        expect([task["team"] for task in deep] == ["caretaker@valley.org"], f"valley, to which it came twice: {deep}")
        for token in (hillside, valley):
            expect("T-1" in [task["id"] for task in orgo.tasks(token)], "each counts from one")

        # Senders are each one's own, too.
        answers = wait_until("valley's answer", lambda: [one for one in sink.kept if one.recipient == "anna@example.org"])
        expect(all("answers@valley.org" in str(one.message["From"]) for one in answers), f"{[str(one.message['From']) for one in answers]}")
        told = wait_until("hillside's mail", lambda: [one for one in sink.kept if one.recipient == "plumber@hillside.org"])
        expect(all("hillside.org" in str(one.message["From"]) for one in told), f"{[str(one.message['From']) for one in told]}")

        # The answer to a mail of hillside's joins hillside's task; to valley it proves nothing.
        reply = mail("Re: water", "Done.", sender="plumber@hillside.org", extra=f"In-Reply-To: {told[0].message_id}\n")
        orgo.send(["x@hillside.org", "y@valley.org"], reply, sender="plumber@hillside.org")
        orgo.settle()
        expect(len(orgo.tasks(hillside)) == 1, "it joined")
        expect(len(orgo.tasks(valley)) == 2, "it is a new matter there")
        lines, balanced, _ = orgo.ledger()
        expect(balanced, f"{lines}")


def nothing_of_one_is_seen_in_the_other():
    with Tenants(rules=OWN) as orgo:
        orgo.start()
        hillside = orgo.add("hillside", HILLSIDE, "hillside.org")
        valley = orgo.add("valley", VALLEY, "valley.org")
        for number in range(3):
            orgo.deliver(mail(f"water {number}"), recipient="x@hillside.org")
        orgo.deliver(mail("secret matter"), recipient="y@valley.org")
        orgo.settle()
        expect(len(orgo.tasks(valley)) == 1, "one task")
        for target in ("/api/v1/tasks/T-3", "/api/v1/tasks/T-3/events"):
            status, _ = orgo.http("GET", target, token=valley)
            expect(status == 404, f"{target} of hillside: {status}")
        for kind in ("tasks", "messages", "events", "tokens", "suppressions", "mailboxes", "modules"):
            status, body = orgo.http("GET", f"/api/v1/{kind}", token=hillside)
            expect(status in (200, 404) and b"secret" not in body and b"valley" not in body, f"{kind}: {status} {body[:200]!r}")
        status, body = orgo.http("GET", "/api/v1/tenants", token=hillside)
        expect(status == 403 and b"valley" not in body, f"who lives here is the operators' business: {status} {body!r}")
        names = [tenant["name"] for tenant in orgo.get("/api/v1/tenants")["items"]]
        expect(names == ["default", "hillside", "valley"], f"{names}")
        done = orgo.cli("task", "list", "--tenant", "valley", "--json")
        expect([task["title"] for task in json.loads(done.stdout)] == ["secret matter"], done.stdout)
        done = orgo.cli("task", "assign", "T-1", "bert", "--tenant", "valley")
        expect(orgo.tasks(valley)[0]["assignee"] == "bert", done.stdout)
        expect(all(task["assignee"] != "bert" for task in orgo.tasks(hillside)), "T-1 of hillside is another task")


def rules_and_modules_change_while_others_go_on():
    with Tenants(rules=OWN) as orgo:
        orgo.start()
        hillside = orgo.add("hillside", HILLSIDE, "hillside.org")
        valley = orgo.add("valley", VALLEY, "valley.org")
        rules = orgo.data / "tenants/hillside/rules.yaml"

        def team(recipient, token, subject):
            before = {task["id"] for task in orgo.tasks(token)}
            orgo.deliver(mail(subject), recipient=recipient)
            orgo.settle()
            return [task["team"] for task in orgo.tasks(token) if task["id"] not in before][0]

        expect(team("x@hillside.org", hillside, "hello") == "office@hillside.org", "as written")
        rules.write_text(HILLSIDE.replace("office@", "reception@"))
        wait_until("the change is in force", lambda: team("x@hillside.org", hillside, "hello") == "reception@hillside.org")
        rules.write_text("rules: [{nonsense: true}]\n")
        wait_until("it is told", lambda: b"hillside" in orgo.http("GET", "/readyz?verbose", token=None)[1]
                   or "rules.refused" in orgo.tail(200))
        expect(team("x@hillside.org", hillside, "hello") == "reception@hillside.org", "a file with errors changes nothing")
        expect(orgo.http("GET", "/readyz", token=None)[0] == 200, "and is nobody else's trouble")
        expect(team("y@valley.org", valley, "water") == "caretaker@valley.org", "the other works on")
        orgo.cli("module", "add", "maintenance", "--tenant", "valley")
        wait_until("valley's module is in force", lambda: team("y@valley.org", valley, "Heating is cold in room 7") not in ("", None))
        listed = json.loads(orgo.cli("module", "list", "--tenant", "hillside", "--json").stdout)
        expect(all(one["state"] != "enabled" for one in listed), "hillside has none")
        orgo.stop()
        orgo.start()
        expect(team("x@hillside.org", hillside, "hello") == "reception@hillside.org", "also over a restart")


def a_domain_is_one_tenants_only_however_it_is_written():
    with Tenants(rules=OWN) as orgo:
        orgo.start()
        school = orgo.add("school", HILLSIDE, "@Schule-Höhe.example", "Office@COLLEGE.example")
        for taken in ("xn--schule-hhe-lcb.example", "SCHULE-HÖHE.EXAMPLE.", "office@college.example"):
            done = orgo.cli("tenant", "add", "thief", "--recipient", taken, check=False)
            expect(done.returncode == 1 and "'school'" in done.stderr, f"{taken}: {done.stderr}")
        expect([tenant["name"] for tenant in orgo.get("/api/v1/tenants")["items"]] == ["default", "school"], "no thief")
        expect(orgo.cli("tenant", "add", "school", check=False).returncode == 1, "a name is given once")
        expect([one.name for one in (orgo.data / "tenants").iterdir()] == ["school"], "what was refused leaves nothing, and nothing of another goes")
        expect((orgo.data / "tenants/school/organization.yaml").exists(), "not even what a new tenant's folder has, too")
        done = orgo.cli("tenant", "add", "School", check=False)
        expect(done.returncode != 0 and "lower-case" in done.stderr, f"a name that differs by case only: {done.stderr}")
        orgo.deliver(mail("one"), recipient="x@XN--SCHULE-HHE-LCB.example")
        orgo.send(["x@schule-höhe.example", "oFFice@college.EXAMPLE"], mail("two"), options=["SMTPUTF8"])
        orgo.settle()
        expect(len(orgo.tasks(school)) == 2, f"{orgo.tasks(school)}")
        expect(orgo.tasks("cli") == [], "nothing for the operators")


def rules_that_were_never_right_keep_only_their_own_mail_waiting():
    with Tenants(rules=OWN) as orgo:
        orgo.start()
        valley = orgo.add("valley", VALLEY, "valley.org")
        orgo.cli("tenant", "add", "hillside", "--recipient", "hillside.org")
        rules = orgo.data / "tenants/hillside/rules.yaml"
        rules.write_text("rules: [{nonsense: true}]\n")
        orgo.send(["x@hillside.org", "y@valley.org", "z@organization.com"], mail("water"))
        wait_until("the others' are decided", lambda: orgo.tasks(valley) and orgo.tasks("cli"))
        dead = json.loads(orgo.cli("queue", "dead", "--tenant", "hillside", "--json").stdout)
        expect(dead == [], f"it is nobody's mistake but the rules': {dead}")
        rules.write_text(HILLSIDE)
        hillside = orgo.boss("hillside")
        wait_until("it is decided, once they are mended", lambda: orgo.tasks(hillside), 90)
        expect([task["team"] for task in orgo.tasks(hillside)] == ["plumber@hillside.org"], f"{orgo.tasks(hillside)}")


def what_waits_stands_still_while_a_tenant_is_suspended():
    rules = HILLSIDE.replace('"office@hillside.org"', '"office@hillside.org", escalate_after: "5 seconds", escalate_to: "head@hillside.org"')
    with SmtpSink() as sink, Tenants(rules=OWN, settings=f"smtp: {{host: 127.0.0.1, port: {sink.port}, tls: none}}\n") as orgo:
        orgo.start()
        hillside = orgo.add("hillside", rules, "hillside.org")

        def got(address):
            return [one for one in sink.kept if one.recipient == address]

        orgo.deliver(mail("hello"), recipient="x@hillside.org")
        wait_until("the team is told", lambda: got("office@hillside.org"))
        due = orgo.tasks(hillside)[0]["due_at"]
        orgo.cli("tenant", "suspend", "hillside")
        expect(not got("head@hillside.org"), "the test is too slow for its deadline")
        orgo.deliver(mail("hello"), recipient="x@organization.com")
        wait_until("another's mail goes out", lambda: got("desk@organization.com"))
        time.sleep(7)
        expect(not got("head@hillside.org"), f"its deadline at {due} stands still")
        orgo.stop()
        orgo.start()
        time.sleep(2)
        expect(not got("head@hillside.org"), "also over a restart")
        orgo.cli("tenant", "resume", "hillside")
        wait_until("what was due goes on", lambda: got("head@hillside.org"), 90)


def a_suspended_tenant_gets_and_shows_nothing():
    with Tenants(rules=OWN) as orgo:
        orgo.start()
        hillside = orgo.add("hillside", HILLSIDE, "hillside.org")
        orgo.deliver(mail("hello"), recipient="x@hillside.org")
        orgo.settle()
        orgo.cli("tenant", "suspend", "hillside")
        try:
            orgo.deliver(mail("later"), recipient="x@hillside.org")
            raise AssertionError("it was taken")
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            expect(codes == [451], f"{refused.recipients}")
        status, _ = orgo.http("GET", "/api/v1/tasks", token=hillside)
        expect(status == 403, f"its token: {status}")
        orgo.deliver(mail("hello"), recipient="x@organization.com")
        orgo.cli("tenant", "resume", "hillside")
        orgo.deliver(mail("later"), recipient="x@hillside.org")
        orgo.settle()
        expect(len(orgo.tasks(hillside)) == 2, "as before")
        kinds = [event["kind"] for event in orgo.get("/api/v1/events?limit=1000")["items"] if event["kind"].startswith("tenant.")]
        expect(kinds == ["tenant.added", "tenant.suspended", "tenant.resumed"], f"{kinds}")


def without_a_server_the_commands_do_the_same():
    with Tenants(rules=OWN) as orgo:
        orgo.start()
        orgo.stop()
        secret = orgo.add("hillside", HILLSIDE, "hillside.org")
        shown = json.loads(orgo.cli("tenant", "show", "hillside", "--json").stdout)
        expect((shown["name"], shown["state"], shown["recipients"]) == ("hillside", "active", ["hillside.org"]), f"{shown}")
        expect(orgo.cli("tenant", "add", "hillside", check=False).returncode == 1, "a name is given once")
        expect(orgo.cli("tenant", "add", "../x", check=False).returncode != 0, "no path")
        expect(orgo.cli("tenant", "add", "thief", "--recipient", "hillside.org", check=False).returncode == 1, "a domain is one tenant's only")
        expect([one.name for one in (orgo.data / "tenants").iterdir()] == ["hillside"], "what was refused leaves nothing")
        expect("there is no tenant 'vale'" in orgo.cli("task", "list", "--tenant", "vale", check=False).stderr, "a typing error")
        box = orgo.folder / "old.mbox"
        box.write_bytes(b"From x\n" + mail("old water").replace(b"\r\n", b"\n"))
        orgo.cli("import", box, "--tenant", "hillside")
        orgo.start()
        orgo.settle()
        expect([task["team"] for task in orgo.tasks(secret)] == ["plumber@hillside.org"], f"{orgo.tasks(secret)}")
        expect(orgo.tasks("cli") == [], "nothing for the operators")


def what_another_calls_its_own_is_not_taken():
    settings = 'organization: {addresses: ["@organization.com", "help@other.org"]}\n'
    with Tenants(rules=OWN, settings=settings) as orgo:
        orgo.start()
        orgo.add("valley", VALLEY, "valley.org")
        (orgo.data / "tenants/valley/organization.yaml").write_text('organization: {addresses: ["@valley.org", "desk@lab.org"]}\n')
        for served in (True, False):
            for recipient, whose in (("organization.com", "default"), ("@Organization.com", "default"), ("help@Other.org", "default"),
                                     ("other.org", "default"), ("desk@lab.org", "valley"), ("lab.org", "valley"), ("valley.org", "valley")):
                refused = orgo.cli("tenant", "add", "hillside", "--recipient", recipient, check=False)
                expect(refused.returncode == 1 and f"'{whose}'" in refused.stderr, f"{recipient}: {refused.stdout}{refused.stderr}")
            for recipient in ("*.org", "xn--", "a..b", "office@*.org"):
                refused = orgo.cli("tenant", "add", "hillside", "--recipient", recipient, check=False)
                expect(refused.returncode != 0 and "neither a domain nor an address" in refused.stderr, f"{recipient}: {refused.stderr}")
            expect(not (orgo.data / "tenants/hillside").exists(), "nothing is left of one that was refused")
            orgo.stop()
        orgo.cli("tenant", "add", "hillside", "--recipient", "front@organization.com", "--recipient", "hillside.org")
        refused = orgo.cli("tenant", "set", "hillside", "--recipient", "other.org", check=False)
        expect(refused.returncode == 1 and "'default'" in refused.stderr, refused.stderr)
        orgo.cli("tenant", "set", "valley", "--recipient", "valley.org", "--recipient", "desk@lab.org")


if __name__ == "__main__":
    main(the_same_mail_goes_each_ones_own_way, nothing_of_one_is_seen_in_the_other, rules_and_modules_change_while_others_go_on,
         a_domain_is_one_tenants_only_however_it_is_written, rules_that_were_never_right_keep_only_their_own_mail_waiting,
         what_waits_stands_still_while_a_tenant_is_suspended, a_suspended_tenant_gets_and_shows_nothing, without_a_server_the_commands_do_the_same,
         what_another_calls_its_own_is_not_taken)
