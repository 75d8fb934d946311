#!/usr/bin/env python3
"""Modules in a running server: they come and go while mail flows, and nothing else changes."""
import json
import pathlib
import shutil
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import ROOT, Orgo, expect, mail, main, wait_until  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402

RULES = """\
match: first
rules:
  - {name: own, condition: "subject contains 'invoice'", action: {route_to: "office@organization.com"}}
  - {name: rest, action: {route_to: "desk@organization.com"}}
"""
SHIPPED = ROOT / "modules"


def rules_in_force(orgo):
    status, body = orgo.http("GET", "/metrics", token=None)
    expect(status == 200, f"/metrics: {status}")
    for line in body.decode().splitlines():
        if line.startswith("orgo_rules_loaded"):
            return int(float(line.split()[-1]))
    raise AssertionError("there is no metric of rules")


def team_of(orgo, subject, text="Please have a look."):
    """Delivers a mail and gives the task that came of it."""
    known = {task["id"] for task in orgo.pages("/api/v1/tasks?limit=1000")}
    orgo.deliver(mail(subject, text))
    orgo.settle()
    fresh = [task for task in orgo.pages("/api/v1/tasks?limit=1000") if task["id"] not in known]
    expect(len(fresh) == 1, f"{len(fresh)} tasks of one mail")
    return fresh[0]


def all_shipped_modules_pass_their_cases():
    with Orgo() as orgo:
        done = orgo.cli("module", "test", "--json", check=False, data=False)
        expect(done.stdout.strip(), f"orgo module test said nothing: {done.stderr}")
        outcomes = json.loads(done.stdout)
        names = {outcome["name"] for outcome in outcomes}
        expect(names == {path.name for path in SHIPPED.iterdir() if (path / "module.yaml").exists()}, f"tested: {names}")
        for outcome in outcomes:
            expect(outcome["passed"], f"{outcome['name']}: {json.dumps(outcome['errors'] or outcome['failed'], ensure_ascii=False, indent=1)[:3000]}")
            expect(outcome["cases"] >= 25, f"{outcome['name']} has only {outcome['cases']} cases")
        expect(done.returncode == 0, "exit status")
        return ", ".join(f"{outcome['name']} {outcome['cases']}" for outcome in outcomes)


def a_failing_case_is_told_readably():
    with Orgo() as orgo:
        folder = orgo.folder / "maintenance"
        shutil.copytree(SHIPPED / "maintenance", folder)
        cases = folder / "cases/extra.yaml"
        cases.write_text("cases:\n  - {name: wrong, message: {subject: Water leak in room 7}, expect: {rules: [heating], priority: low}}\n")
        done = orgo.cli("module", "add", "./maintenance", check=False)
        expect(done.returncode != 0, "a module that fails its cases is not added")
        for line in ("extra.yaml:2  wrong", "rules:\n    expected  heating\n    got       water-leak", "priority:", "was not added"):
            expect(line in done.stderr, f"'{line}' is not in\n{done.stderr}")
        expect(json.loads(orgo.cli("module", "list", "--json").stdout)[0]["state"] != "enabled", "nothing is in force")


def modules_come_and_go_while_mail_flows():
    with Orgo(rules=RULES) as orgo:
        orgo.start()
        before = rules_in_force(orgo)
        stop = threading.Event()
        sent = []

        def mail_flows():
            while not stop.is_set():
                orgo.deliver(mail(f"Question {len(sent)}", "When are you open?"))
                sent.append(1)
                stop.wait(0.02)

        flow = threading.Thread(target=mail_flows)
        flow.start()
        try:
            orgo.cli("module", "add", "maintenance", "--team", "facilities=crew@organization.com")
            wait_until("the module is in force", lambda: rules_in_force(orgo) > before, 5)
            with_module = rules_in_force(orgo)
            orgo.cli("module", "add", "it_helpdesk") if (SHIPPED / "it_helpdesk").exists() else None
            orgo.cli("module", "disable", "maintenance")
            orgo.cli("module", "enable", "maintenance")
            orgo.cli("module", "undo")  # disabled again
            orgo.cli("module", "undo")  # and undo the undo
            wait_until("it is in force again", lambda: rules_in_force(orgo) >= with_module, 5)
        finally:
            stop.set()
            flow.join()
        orgo.settle()
        tasks = list(orgo.pages("/api/v1/tasks?limit=1000"))
        expect(len(tasks) == len(sent) > 5, f"{len(tasks)} tasks of {len(sent)} mails")
        expect({task["team"] for task in tasks} == {"desk@organization.com"}, "what no module takes goes where it went before")

        leak = team_of(orgo, "Water leak in room 102", "Water drips from the ceiling.")
        expect(leak["team"] == "facilities", f"the leak went to {leak['team']}")
        expect(leak["type"] == "maintenance/water", leak["type"])
        fields = {field["name"]: field["value"] for field in leak["fields"]}
        expect(fields["room"] == "102" and fields["source"] == "roof", str(fields))
        told = orgo.cli("task", "set", leak["id"], "room=204", "source=sky", check=False)
        expect(told.returncode != 0 and "none of the choices" in told.stderr and "roof" in told.stderr, told.stderr)
        told = orgo.cli("task", "set", leak["id"], "rom=204", check=False)
        expect(told.returncode != 0 and "did you mean 'room'" in told.stderr, told.stderr)
        orgo.cli("task", "set", leak["id"], "room=204")
        shown = orgo.cli("task", "show", leak["id"]).stdout
        expect("Room: 204" in shown and "field: room, from: 102, to: 204" in shown, shown)
        expect(team_of(orgo, "Invoice for the water leak in room 102")["team"] == "office@organization.com", "our own rules go first")

        # The organization's mails that a module has to answer still wait (no relay); now the module goes.
        refused = orgo.cli("module", "remove", "maintenance", check=False, stdin="")
        expect(refused.returncode == 2 and leak["id"] in refused.stderr and "--yes" in refused.stderr, refused.stderr)
        told = orgo.cli("module", "remove", "maintenance", "--yes").stdout
        expect(leak["id"] in told, f"open tasks are named: {told}")
        wait_until("it is gone", lambda: rules_in_force(orgo) < with_module, 5)
        expect(team_of(orgo, "Another leak in room 103")["team"] == "desk@organization.com", "as before there was a module")

        # Its open task is readable and can be finished.
        shown = orgo.cli("task", "show", leak["id"]).stdout
        for part in ("type: maintenance/water", "Room: 204", "escalation: after 2 hours -> duty-officer"):
            expect(part in shown, f"'{part}' is not in\n{shown}")
        orgo.cli("task", "set", leak["id"], "room=the whole wing")
        expect("Room: the whole wing" in orgo.cli("task", "show", leak["id"]).stdout, "nobody checks it any more, and it can be put right")
        for action in ("ack", "resolve", "close"):
            orgo.cli("task", action, leak["id"])
        expect(orgo.get(f"/api/v1/tasks/{leak['id']}")["state"] == "closed", "closed")
        expect(orgo.http("GET", "/readyz", token=None)[0] == 200, "ready")
        expect(orgo.ledger()[1], "the ledger balances")
        expect(orgo.stop() == 0, "stops as asked")

        # After a restart all of it is as it was.
        orgo.cli("module", "undo")
        orgo.start()
        expect(rules_in_force(orgo) >= with_module, "undo has brought it back")
        expect(team_of(orgo, "A leak in room 104")["team"] == "facilities", "and its teams")
        expect(orgo.stop() == 0, "stops as asked")
        return f"{len(sent)} mails meanwhile"


def the_answer_of_a_removed_module_still_goes_out():
    with SmtpSink() as sink:
        settings = f"smtp: {{host: 127.0.0.1, port: {sink.port}, tls: none}}\ndelivery: {{retry_first: 1 second}}\n"
        with Orgo(rules=RULES, settings=settings) as orgo:
            orgo.cli("module", "add", "maintenance")
            orgo.start()
            with_module = rules_in_force(orgo)
            sink.mode = "temporary"
            orgo.deliver(mail("Water leak in room 102", "There is a water leak in room 102, please come and have a look at it."))
            orgo.settle()
            wait_until("the answer was tried", lambda: "anna@example.org" in sink.attempts, 20)
            orgo.cli("module", "remove", "maintenance", "--yes")
            wait_until("the module is gone", lambda: rules_in_force(orgo) < with_module, 5)
            sink.mode = "ok"

            def answer():
                return [kept for kept in sink.kept if kept.recipient == "anna@example.org"]
            wait_until("the answer is there", answer, 20)
            expect(b"Your report has the number T-1" in answer()[0].content, answer()[0].content.decode())
            expect(orgo.stop() == 0, "stops as asked")


AID = {
    "module.yaml": "name: aid\nversion: 1.0.0\nroles: {head: }\n",
    "slas.yaml": "calendars:\n  day-and-night: {hours: always}\n"
                 "slas:\n  fast: {default: true, calendar: day-and-night, first_response: 12 seconds, notify: crew}\n",
    "teams.yaml": "teams:\n  crew: {address: crew@aid.example, on_call: watch}\n"
                  "on_call:\n  watch: {time_zone: Europe/Berlin, rotation: daily, start: 2026-01-05, members: [watch@aid.example]}\n",
    "rules.yaml": "rules:\n  - name: call\n    condition: subject contains 'help'\n"
                  "    action: {route_to: crew, escalate_to: [{after: 12 seconds, to: watch}, {after: 14 seconds, to: head}]}\n",
    "cases/a.yaml": "cases:\n  - name: a call\n    message: {subject: help}\n"
                    "    expect: {routed_to: [crew], sla: {name: fast, first_response: '2026-11-23 10:00:12'}}\n"
                    "  - {name: none, message: {subject: hello}, expect: {rules: [], sla: ''}}\n",
}


def a_removed_module_keeps_its_promises():
    """The clocks and the chain of an open task go on when its module is gone, and after a restart, and reach whom they named."""
    with SmtpSink() as sink:
        settings = f"smtp: {{host: 127.0.0.1, port: {sink.port}, tls: none}}\ndelivery: {{retry_first: 1 second}}\n"
        with Orgo(rules=RULES, settings=settings) as orgo:
            for name, text in AID.items():
                path = orgo.folder / "aid" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            orgo.cli("module", "add", "./aid", "--team", "head=head@organization.com")
            orgo.start()
            with_module = rules_in_force(orgo)
            task = team_of(orgo, "Please help")
            expect(task["team"] == "aid/crew" and task["type"] == "aid", str(task))

            def clocks():
                return orgo.get(f"/api/v1/tasks/{task['id']}/clocks")
            before = clocks()
            due = orgo.cli("calendar", "due", "--name", "aid/day-and-night", "2026-11-28 23:00", "2 hours").stdout
            expect("2026-11-29T01:00:00Z" in due, f"by hand: {due}")
            expect(before["sla"] == "aid/fast" and before["calendar"] == "aid/day-and-night", str(before))
            expect(before["escalates_to"] == "watch@aid.example", str(before))
            orgo.cli("module", "remove", "aid", "--yes")
            wait_until("the module is gone", lambda: rules_in_force(orgo) < with_module, 5)
            expect(orgo.stop() == 0, "stops as asked")
            orgo.start()
            after = clocks()
            for key in ("sla", "calendar", "escalates_at", "escalates_to"):
                expect(after[key] == before[key], f"{key}: {before[key]} before, {after[key]} after")
            expect(after["clocks"][0]["due_at"] == before["clocks"][0]["due_at"], f"{before}\n{after}")

            def told(address, part):
                return [kept for kept in sink.kept if kept.recipient == address and part in kept.content]
            wait_until("who is on call is told by the chain", lambda: told("watch@aid.example", b"nobody has acknowledged"), 40)
            wait_until("and the next step is", lambda: told("head@organization.com", b"nobody has acknowledged"), 20)
            wait_until("the broken promise is told", lambda: told("watch@aid.example", b"is overdue since"), 20)
            for action in ("ack", "resolve", "close"):
                orgo.cli("task", action, task["id"])
            expect(orgo.get(f"/api/v1/tasks/{task['id']}")["state"] == "closed", "closed")
            expect(orgo.ledger()[1], "the ledger balances")
            expect(orgo.stop() == 0, "stops as asked")


def an_override_of_a_module_is_ours():
    """The organization's own calendar under the module's name holds; a slip in the name is a warning of the check."""
    with Orgo(rules=RULES + "slas: {aid/fast: {first_response: 1 wall hour}}\nteams: {aid/crow: crew@organization.com}\n") as orgo:
        for name, text in AID.items():
            path = orgo.folder / "aid" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        orgo.cli("module", "add", "./aid")
        done = orgo.cli("rules", "check")
        expect("module 'aid' has no team 'crow', so this overrides nothing" in done.stderr and "did you mean 'crew'" in done.stderr, done.stderr)
        orgo.start()
        task = team_of(orgo, "Please help")
        clock = orgo.get(f"/api/v1/tasks/{task['id']}/clocks")["clocks"][0]
        expect(clock["within_s"] == 3600, str(clock))
        expect(orgo.stop() == 0, "stops as asked")


def a_bad_module_takes_nothing_down():
    with Orgo(rules=RULES) as orgo:
        orgo.cli("module", "new", "library")
        orgo.cli("module", "add", "./library")
        orgo.cli("module", "add", "maintenance")
        orgo.start()
        good = rules_in_force(orgo)
        rules = next((orgo.data / "modules/library").glob("*/rules.yaml"))
        text = rules.read_text()
        rules.write_text(text.replace("route_to: desk", "route_too: desk", 1))

        def ready():
            return orgo.http("GET", "/readyz", token=None)
        wait_until("/readyz tells", lambda: b"[!] rules" in ready()[1], 5)
        expect(ready()[0] == 200, "what was in force works on, and mail is taken")
        body = ready()[1].decode()
        expect("module 'library' has 1 error" in body and "rules.yaml:6" in body and "stays in force" in body, body)
        wait_until("the log shows the line", lambda: "route_too" in orgo.log.read_text(), 5)
        expect(rules_in_force(orgo) == good, "its old version stays, and all others")
        expect(team_of(orgo, "A water leak")["type"] == "maintenance/water", "others work on")
        expect(team_of(orgo, "I lost my keys")["type"] == "library/lost-item", "and so does its old version")
        expect(orgo.stop() == 0, "stops as asked")
        rules.write_text(text)
        orgo.start()
        expect(ready()[0] == 200, "mended")
        rules.write_text("rules: 3\n")
        wait_until("/readyz tells", lambda: b"[!] rules" in ready()[1], 5)
        expect(orgo.stop() == 0, "stops as asked")


def conflicts_and_needs_are_told_with_both_sides():
    with Orgo(rules=RULES.replace("name: own", "name: library/lost")) as orgo:
        orgo.cli("module", "new", "library")
        done = orgo.cli("module", "add", "./library", check=False)
        expect(done.returncode == 1, "refused")
        expect("rule 'library/lost' of module 'library' is also in" in done.stderr and "rules.yaml:3" in done.stderr, done.stderr)
        orgo.rules.write_text(RULES)
        orgo.cli("module", "new", "archive")
        manifest = orgo.folder / "archive/module.yaml"
        manifest.write_text(manifest.read_text() + "needs: {library: '>= 0.1'}\n")
        done = orgo.cli("module", "add", "./archive", check=False)
        expect("module 'archive' needs 'library', which is not there" in done.stderr, done.stderr)
        orgo.cli("module", "add", "./library")
        orgo.cli("module", "add", "./archive")
        done = orgo.cli("module", "remove", "library", "--yes", check=False)
        expect(done.returncode != 0 and "module 'archive' needs 'library'" in done.stderr, done.stderr)
        done = orgo.cli("module", "add", "maintenence", check=False)
        expect("did you mean 'maintenance'?" in done.stderr, done.stderr)


def modules_over_http_and_in_the_history():
    """The API does what `orgo module` does; each change is in the history of rules, and a rollback brings the modules back."""
    with Orgo(rules=RULES) as orgo:
        orgo.cli("module", "new", "library")
        orgo.cli("module", "add", "./library", "--team", "desk=desk@organization.com")
        orgo.start()

        def versions():
            return [json.loads(line) for line in orgo.cli("rules", "history", "--json").stdout.splitlines()]
        wait_until("the first version is kept", lambda: len(versions()) == 1)
        first = versions()[0]
        expect([(one["name"], one["version"]) for one in first["modules"]] == [("library", "0.1.0")], str(first))
        with_module = rules_in_force(orgo)

        modules = {one["name"]: one for one in orgo.get("/api/v1/modules")["items"]}
        expect(modules["library"]["state"] == "enabled" and modules["maintenance"]["state"] == "available", str(modules))
        shown = orgo.get("/api/v1/modules/library")
        expect(shown == json.loads(orgo.cli("module", "show", "library", "--json").stdout), "the command says the same")
        viewer = orgo.add_person("watcher", "viewer")
        expect(orgo.http("POST", "/api/v1/modules/library/disable", token=viewer)[0] == 403, "a viewer changes nothing")
        expect(orgo.http("POST", "/api/v1/modules/library/disable")[0] == 200, "disabled")
        wait_until("it is out of force", lambda: rules_in_force(orgo) < with_module, 5)
        wait_until("that is a version, too", lambda: len(versions()) == 2, 5)
        expect(versions()[0]["modules"] == [], str(versions()[0]))
        expect("module library 0.1.0 disabled" in orgo.cli("rules", "history").stdout, orgo.cli("rules", "history").stdout)
        expect("module library 0.1.0 disabled" in orgo.cli("rules", "diff").stdout, orgo.cli("rules", "diff").stdout)
        expect('what=disabled name=library by="user:' in orgo.log.read_text(), "the log names who did it")

        body = json.dumps({"address": "new@organization.com"})
        status, answer = orgo.http("PUT", "/api/v1/module-teams/desk", body=body, headers={"Content-Type": "application/json"})
        expect(status == 200 and json.loads(answer)["address"] == "new@organization.com", f"{status} {answer}")
        done = orgo.cli("rules", "rollback", first["version"]).stdout
        for part in ("module library 0.1.0 enabled", "team desk: new@organization.com -> desk@organization.com", "the server has taken the rules over"):
            expect(part in done, f"'{part}' is not in\n{done}")
        expect(versions()[0]["version"] == first["version"], "the same rules and modules are the same version")
        lost = team_of(orgo, "I lost my keys")
        expect(lost["team"] == "desk", f"and decide as then: {lost}")

        # A version of which the files are gone is told, and nothing else is lost.
        manifest = orgo.folder / "library/module.yaml"
        manifest.write_text(manifest.read_text().replace("0.1.0", "0.2.0"))
        orgo.cli("module", "add", "./library")
        wait_until("the newer one is in force", lambda: versions()[0]["modules"][0]["version"] == "0.2.0", 5)
        expect("module library 0.1.0 -> 0.2.0" in orgo.cli("rules", "diff").stdout, "the diff")
        for copy in (orgo.data / "modules/library").glob("0.1.0-*"):
            shutil.rmtree(copy)
        done = orgo.cli("rules", "rollback", first["version"]).stdout
        expect("its files are not kept any more: it stays as it is" in done, done)
        expect(orgo.get("/api/v1/modules/library")["version"] == "0.2.0", "it stays")
        expect(orgo.stop() == 0, "stops as asked")


def cases_beside_rules():
    with Orgo(rules=RULES) as orgo:
        cases = orgo.folder / "cases"
        cases.mkdir()
        (cases / "a.yaml").write_text("cases:\n  - {name: bill, message: {subject: Invoice 7}, expect: {rules: [own], routed_to: [office@organization.com]}}\n")
        expect("1 case passed" in orgo.cli("rules", "test").stdout, "they pass")
        (cases / "b.eml").write_bytes(mail("Hello"))
        (cases / "b.yaml").write_text("expect: {rules: [own]}\n")
        done = orgo.cli("rules", "test", check=False)
        expect(done.returncode == 1 and "expected  own" in done.stderr and "got       rest" in done.stderr, done.stderr)
        done = orgo.cli("rules", "test", "--json", check=False)
        value = json.loads(done.stdout)
        expect(value["cases"] == 2 and value["failed"][0]["differences"][0] ==
               {"what": "rules", "expected": "own", "got": "rest", "missing": ["own"], "unexpected": ["rest"]}, done.stdout)


if __name__ == "__main__":
    main(all_shipped_modules_pass_their_cases, a_failing_case_is_told_readably, modules_come_and_go_while_mail_flows,
         the_answer_of_a_removed_module_still_goes_out, a_removed_module_keeps_its_promises, an_override_of_a_module_is_ours, a_bad_module_takes_nothing_down, conflicts_and_needs_are_told_with_both_sides,
         modules_over_http_and_in_the_history, cases_beside_rules)
