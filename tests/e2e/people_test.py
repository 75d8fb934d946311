#!/usr/bin/env python3
"""People: accounts by the command line, login by name and password in a browser, and what is left of it after a restart."""
import contextlib
import http.client
import json
import os
import pathlib
import pty
import sqlite3
import stat
import subprocess
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from browser import Browser  # noqa: E402
from orgo import BINARY, Orgo, child_environment, expect, mail, main, wait_until  # noqa: E402

PASSWORD = "correct horse battery"


def attempt(orgo, name, password, cookie="", address=None):
    """Status, cookies and text of a login on the page, as a browser sends it."""
    host, port = orgo.host_port("http")
    connection = http.client.HTTPConnection(host, port, timeout=20)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{host}:{port}", "Cookie": cookie}
    if address:
        headers["X-Forwarded-For"] = address
    connection.request("POST", "/login", body=urllib.parse.urlencode({"name": name, "password": password}), headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    cookies = "; ".join(value.split(";")[0] for key, value in answer.getheaders() if key == "Set-Cookie")
    connection.close()
    return answer.status, cookies, text


def page(orgo, target, cookie, form=None):
    host, port = orgo.host_port("http")
    connection = http.client.HTTPConnection(host, port, timeout=20)
    headers = {"Cookie": cookie}
    if form is not None:
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{host}:{port}"}
    connection.request("GET" if form is None else "POST", target, body=None if form is None else urllib.parse.urlencode(form), headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def the_first_start_says_how_to_get_in_once():
    with Orgo() as orgo:
        orgo.start()
        name, password = orgo.first_login()
        file = orgo.data / "first-login.txt"
        expect(stat.S_IMODE(file.stat().st_mode) == 0o600, f"for its owner only: {oct(file.stat().st_mode)}")
        wait_until("the place is told", lambda: str(file) in orgo.log.read_text())
        expect(password not in orgo.log.read_text(), "the place is told, not the password")
        orgo.stop()
        orgo.start()
        expect(orgo.first_login() == (name, password), "nobody was in: it stays, and no other administrator is made")
        status, cookie, text = attempt(orgo, name, password)
        expect(status == 303, f"and it is right: {status} {text[:300]}")
        expect(page(orgo, "/", cookie) == 200, "inside")
        orgo.stop()
        orgo.start()
        expect(not file.exists(), "it goes once its owner has been in")
        expect([one["login"] for one in orgo.get("/api/v1/people")["items"]] == [name], "one account")
        expect(page(orgo, "/", cookie) == 200, "the session goes on over a restart")
        for wherever in orgo.data.rglob("*"):
            if wherever.is_file():
                expect(password.encode() not in wherever.read_bytes(), f"the password stands in {wherever}")
        orgo.stop()


def a_terminal_is_told_the_password():
    with Orgo() as orgo:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(orgo.command(), stdout=theirs, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                                   env=child_environment(), start_new_session=True)
        os.close(theirs)
        said = b""
        try:
            def told():
                nonlocal said
                said += os.read(ours, 65536)
                return b"password, shown this once:" in said and said.rstrip().count(b"-") >= 3
            wait_until("it is told", told)
            password = said.decode().split("shown this once:")[1].split()[0]
            wait_until("the file is there", (orgo.data / "first-login.txt").exists)
            expect(orgo.first_login()[1] == password, f"{said!r}")
        finally:
            process.terminate()
            process.wait(20)
            os.close(ours)


def accounts(orgo, where):
    """The same commands with and without a server."""
    login = f"anna-{where}"
    made = orgo.cli("user", "add", login, "--name", "Anna Müller", "--role", "staff", "--address", f"{login}@organization.com", "--team", "it",
                    "--team", "office", "--time-zone", "Europe/Berlin", "--with-password", "--json", stdin=PASSWORD + "\n")
    expect(json.loads(made.stdout)["teams"] == ["it", "office"], made.stdout)
    expect(PASSWORD not in made.stdout + made.stderr, "a password is never shown")
    shown = json.loads(orgo.cli("user", "show", f"{login}@organization.com", "--json").stdout)
    expect(shown["name"] == "Anna Müller" and shown["role"] == "staff" and shown["has_password"], shown)
    changed = json.loads(orgo.cli("user", "set", login, "--role", "manager", "--no-teams", "--json").stdout)
    expect(changed["role"] == "manager" and changed["teams"] == [] and changed["time_zone"] == "Europe/Berlin", changed)
    for wrong, status, words in ((("add", "An na"), 2, "no login name"), (("add", login), 1, "already"), (("show", login + "x"), 1, f"did you mean '{login}'"),
                                 (("set", login, "--role", "boss"), 2, "administrator, manager, staff, viewer or integration"),
                                 (("set", login, "--time-zone", "Mars/Olympus"), 2, "no time zone"), (("disable", "admin"), 1, "last administrator"),
                                 (("set", "admin", "--role", "staff"), 1, "last administrator"), (("password", login), 2, "no password came")):
        done = orgo.cli("user", *wrong, check=False, stdin="")
        expect(done.returncode == status and words in done.stderr, f"{where}: {wrong}: {done.returncode} {done.stderr}")
    short = orgo.cli("user", "password", login, check=False, stdin="short\n")
    expect(short.returncode == 2 and "10 characters" in short.stderr, short.stderr)
    secret = orgo.cli("user", "token", login, "--for", f"test {where}").stdout.strip()
    expect(secret.startswith("orgo_"), secret)
    listed = orgo.cli("user", "list").stdout
    expect(login in listed and "manager" in listed and secret not in listed, listed)
    expect(json.loads(orgo.cli("user", "disable", login, "--json").stdout)["disabled"], "disabled")
    expect("disabled" in orgo.cli("user", "list").stdout, "and listed so")
    expect(not json.loads(orgo.cli("user", "enable", login, "--json").stdout)["disabled"], "enabled")
    return login, secret


def accounts_with_a_server_and_without():
    with Orgo() as orgo:
        orgo.start()
        login, secret = accounts(orgo, "beside")
        expect(orgo.http("GET", "/api/v1/tasks", token=secret)[0] == 200, "the token is good")
        expect(orgo.http("GET", "/api/v1/tokens", token=secret)[0] == 403, "as far as its person's role goes")
        orgo.cli("user", "disable", login)
        expect(orgo.http("GET", "/api/v1/tasks", token=secret)[0] == 401, "and as long as the account is")
        orgo.stop()
        login, secret = accounts(orgo, "alone")
        orgo.start()
        expect(orgo.http("GET", "/api/v1/tasks", token=secret)[0] == 200, "made without a server, good with one")
        expect(attempt(orgo, login, PASSWORD)[0] == 303, "and the password")
        orgo.stop()


def sessions_end_where_they_should_and_nowhere_else():
    with Orgo() as orgo:
        orgo.start()
        for login in ("anna", "bert"):
            orgo.add_person(login, "staff", PASSWORD)
        one, other, bert = (attempt(orgo, login, PASSWORD)[1] for login in ("anna", "anna", "bert"))
        expect([page(orgo, "/", cookie) for cookie in (one, other, bert)] == [200, 200, 200], "three sessions")
        orgo.kill()
        orgo.start()
        expect([page(orgo, "/", cookie) for cookie in (one, other, bert)] == [200, 200, 200], "they survive a kill")
        expect(page(orgo, "/logout", one, form={}) == 303, "a logout")
        orgo.kill()
        orgo.start()
        expect([page(orgo, "/", cookie) for cookie in (one, other, bert)] == [303, 303, 200], "counts everywhere, and is not forgotten")
        one = attempt(orgo, "anna", PASSWORD)[1]
        orgo.cli("user", "password", "anna", stdin="another password\n")
        expect(page(orgo, "/", one) == 303, "another password ends them")
        expect(attempt(orgo, "anna", PASSWORD)[0] == 401 and attempt(orgo, "anna", "another password")[0] == 303, "and it is another one")
        expect(page(orgo, "/", bert) == 200, "of others nothing ends")
        orgo.stop()


def who_guesses_waits_and_others_do_not():
    with Orgo() as orgo:
        orgo.start()
        orgo.add_person("anna", "staff", PASSWORD)
        browser = attempt(orgo, "anna", PASSWORD, address="10.0.0.1")[1]
        for _ in range(5):
            expect(attempt(orgo, "anna", "wrong", address="203.0.113.9")[0] == 401, "wrong")
        expect(attempt(orgo, "anna", PASSWORD, address="203.0.113.9")[0] == 429, "locked there")
        expect(attempt(orgo, "anna", PASSWORD, address="10.0.0.2")[0] == 303, "and not elsewhere")
        orgo.kill()
        orgo.start()
        expect(attempt(orgo, "anna", PASSWORD, address="203.0.113.9")[0] == 429, "a restart forgives nothing")
        expect(attempt(orgo, "anna", PASSWORD, cookie=browser, address="203.0.113.9")[0] == 303, "a browser that was in is known")
        told = [event for event in orgo.get("/api/v1/events?limit=1000")["items"] if event["kind"] == "person.refused"]
        expect(len(told) == 5 and told[0]["data"] == {"login": "anna", "address": "203.0.113.9"}, str(told[:1]))
        text = json.dumps(orgo.get("/api/v1/events?limit=1000")) + orgo.log.read_text()
        expect(PASSWORD not in text and "argon2" not in text, "neither the log nor the history knows a password")
        orgo.stop()


def a_person_works_under_their_name():
    with Orgo() as orgo, Browser() as browser:
        orgo.start()
        orgo.add_person("anna", "staff", PASSWORD)
        orgo.deliver(mail(subject="urgent: Water Leak in Room 102"))
        orgo.settle()
        browser.open(orgo.address["http"] + "/tasks/T-1")
        browser.fill("#name", " Anna ")
        browser.fill("#password", PASSWORD)
        browser.click("main button")
        expect("Water Leak" in browser.text() and "anna" in browser.text(), browser.text())
        browser.click("form[action$='/ack'] button")
        events = orgo.get("/api/v1/tasks/T-1/events")["items"]
        expect(any(event["actor"] == "user:anna" for event in events), f"the history names her: {events}")
        browser.open(orgo.address["http"] + "/account")
        for field, value in (("#current", PASSWORD), ("#new", "a new password"), ("#again", "a new password")):
            browser.fill(field, value)
        browser.click("main button")
        expect(browser.url() == orgo.address["http"] + "/", f"goes on: {browser.url()} {browser.text()}")
        expect(attempt(orgo, "anna", "a new password")[0] == 303, "the new one")
        expect(attempt(orgo, "anna", PASSWORD)[0] == 401, "not the old one")
        orgo.stop()


def rules_know_people_by_name():
    rules = "rules:\n  - {name: leak, condition: subject contains 'leak', action: {route_to: plumbers}}\n  - {name: all, action: {route_to: anna, assign: anna}}\n"
    with Orgo(rules=rules) as orgo:
        orgo.start()
        expect(orgo.cli("rules", "check", check=False).returncode == 0, "as long as nobody's name is told, any will do")
        orgo.cli("user", "add", "ana-maria", "--role", "staff", "--address", "ana@organization.com")
        checked = orgo.cli("rules", "check", check=False)
        expect(checked.returncode != 0 and "'anna'" in checked.stdout + checked.stderr, f"then each has to be somebody's: {checked.stdout}{checked.stderr}")
        orgo.stop()
        orgo.start()  # rules that were taken once hold
        orgo.cli("user", "add", "anna", "--role", "staff", "--address", "anna.m@organization.com")
        near = orgo.cli("rules", "check", check=False)
        expect("'plumbers'" in near.stdout + near.stderr and "'anna'" not in near.stdout + near.stderr, near.stdout + near.stderr)
        def told():
            """A mail more; is she told at her address? (The rules hear of her within a second.)"""
            orgo.deliver(mail(subject="Keys for the gym"))
            orgo.settle()
            with contextlib.closing(sqlite3.connect(orgo.data / "orgo.db")) as database:
                return ("anna.m@organization.com",) in database.execute("SELECT recipient FROM outbox").fetchall()
        wait_until("the rules know her", told)
        task = orgo.get("/api/v1/tasks/T-1")
        expect(task["assignee"] == "anna" and task["team"] == "anna", str(task))
        orgo.stop()


def an_administrator_minds_the_accounts_on_the_page():
    with Orgo() as orgo, Browser() as browser:
        orgo.start()

        def person(login):
            return orgo.get(f"/api/v1/people/{login}")

        browser.open(orgo.address["http"] + "/people")
        name, password = orgo.first_login()
        browser.fill("#name", name)
        browser.fill("#password", password)
        browser.click("main button")
        expect(browser.url().endswith("/people") and "A new account" in browser.text(), f"goes on: {browser.url()} {browser.text()}")
        for field, value in (("login", "anna"), ("name", "Anna <b>Müller</b>"), ("address", "anna@organization.com"), ("teams", "office, heating ,"),
                             ("zone", "Nowhere/Land"), ("role", "manager"), ("password", PASSWORD)):
            browser.fill("#" + field, value)
        browser.click("main form button")
        expect("no time zone" in browser.text(), f"a mistake is told: {browser.text()}")
        kept = browser.evaluate("[document.querySelector('#login').value, document.querySelector('#teams').value, document.querySelector('#role').value]")
        expect(kept == ["anna", "office, heating ,", "manager"], f"and what was typed stays: {kept}")
        browser.fill("#zone", "Europe/Berlin")
        browser.fill("#password", PASSWORD)
        browser.click("main form button")
        expect(browser.url().endswith("/people/anna") and "Anna <b>Müller</b>" in browser.text(), f"{browser.url()} {browser.text()}")
        made = person("anna")
        expect((made["role"], made["teams"], made["time_zone"], made["has_password"]) == ("manager", ["office", "heating"], "Europe/Berlin", True), f"{made}")
        status, cookie, _ = attempt(orgo, "anna", PASSWORD)
        expect(status == 303 and page(orgo, "/", cookie) == 200, "she gets in")
        expect(page(orgo, "/people", cookie) == 403, "and minds nobody's account")
        expect(page(orgo, "/people/anna/set", cookie, {"role": "administrator"}) == 403 and person("anna")["role"] == "manager", "not her own either")
        browser.fill("#role", "viewer")
        browser.click("form[action$='/set'] button")
        expect(person("anna")["role"] == "viewer", f"{person('anna')}")
        browser.click("form[action='/people/anna/logout'] button")
        expect(page(orgo, "/", cookie) == 303, "her sessions are over")
        browser.fill("#password", "another password")
        browser.click("form[action$='/password'] button")
        expect(attempt(orgo, "anna", "another password")[0] == 303, "with another password")
        browser.click("form[action$='/disable'] button")
        expect(person("anna")["disabled"] and "disabled" in browser.text(), f"suspended: {browser.text()}")
        expect(attempt(orgo, "anna", "another password")[0] == 401, "and no way in")
        browser.click("form[action$='/enable'] button")
        expect(not person("anna")["disabled"], "and back")
        browser.open(orgo.address["http"] + "/people/admin")
        browser.click("form[action$='/disable'] button")
        expect("last administrator" in browser.text() and not person("admin")["disabled"], f"nobody locks all out: {browser.text()}")
        browser.click("nav a")
        rows = browser.evaluate("[...document.querySelectorAll('tbody tr')].map(row => row.cells[0].innerText)")
        expect(rows == ["admin", "anna"], f"{rows}")
        unnamed = browser.evaluate("""[...document.querySelectorAll('input:not([type=hidden]),select,textarea')]
            .filter(e => !e.hidden && !document.querySelector(`label[for="${e.id}"]`)).map(e => e.outerHTML)""")
        expect(unnamed == [], f"fields without a label: {unnamed}")
        orgo.stop()


def a_team_and_a_person_are_one_by_name_and_address():
    rules = """\
match: first
teams:
  crew: {address: crew@organization.com, members: [anna]}
rules:
  - {name: by name, condition: "subject contains 'pump'", action: {route_to: crew, assign: anna}}
  - {name: by address, condition: "subject contains 'roof'", action: {route_to: Crew@organization.com, assign: anna@organization.com}}
  - {name: rest, action: {route_to: rest@organization.com}}
"""
    with Orgo(rules="rules: []\n") as orgo:
        orgo.start()
        orgo.cli("user", "add", "anna", "--role", "staff", "--address", "anna@organization.com")
        orgo.cli("user", "add", "bert", "--role", "staff", "--address", "bert@organization.com")
        orgo.rules.write_text(rules)
        wait_until("the rules are in force", lambda: "rules=3" in orgo.log.read_text())
        for subject in ("pump", "roof", "door"):
            orgo.deliver(mail(subject))
        orgo.settle()
        stands = sorted((task["title"], task["team"], task["assignee"]) for task in orgo.pages("/api/v1/tasks"))
        expect(stands == [("door", "rest@organization.com", ""), ("pump", "crew", "anna"), ("roof", "crew", "anna")], f"{stands}")
        for option, names in (("--team", ("crew", "CREW", "crew@organization.com")), ("--assignee", ("anna", "Anna@organization.com"))):
            for name in names:
                titles = sorted(task["title"] for task in json.loads(orgo.cli("task", "list", option, name, "--json").stdout))
                expect(titles == ["pump", "roof"], f"{option} {name}: {titles}")
        orgo.stop()


def an_account_has_no_address_of_a_team():
    with Orgo(rules="teams:\n  crew: {address: Crew@organization.com}\nrules:\n  - action: {route_to: crew}\n") as orgo:
        orgo.start()
        for served in (True, False):
            refused = orgo.cli("user", "add", "anna", "--role", "staff", "--address", "crew@Organization.com", check=False)
            expect(refused.returncode == 1 and "team 'crew'" in refused.stderr, f"it must name the team: {refused.stderr}")
            if served:
                orgo.cli("user", "add", "bert", "--role", "staff", "--address", "bert@organization.com")
            refused = orgo.cli("user", "set", "bert", "--address", "crew@organization.com", check=False)
            expect(refused.returncode == 1 and "team 'crew'" in refused.stderr, refused.stderr)
            orgo.cli("user", "set", "bert", "--name", f"Bert {served}")
            orgo.stop()


if __name__ == "__main__":
    main(the_first_start_says_how_to_get_in_once, a_terminal_is_told_the_password, accounts_with_a_server_and_without,
         sessions_end_where_they_should_and_nowhere_else, who_guesses_waits_and_others_do_not, a_person_works_under_their_name,
         rules_know_people_by_name, an_administrator_minds_the_accounts_on_the_page, a_team_and_a_person_are_one_by_name_and_address,
         an_account_has_no_address_of_a_team)
