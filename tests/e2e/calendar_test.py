#!/usr/bin/env python3
"""Business time through the real program: calendars that change while timers run, the organization's time zone wherever people see a
time, and `orgo calendar` as somebody uses it who has only a table from a spreadsheet."""
import datetime
import http.client
import json
import pathlib
import sqlite3
import subprocess
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import BINARY, Orgo, child_environment, expect, mail, main, wait_until  # noqa: E402

UTC = datetime.timezone.utc
TODAY = datetime.datetime.now(UTC).date()
DAYS = [TODAY + datetime.timedelta(days=n) for n in range(5)]


def rules(closed=(), zone="UTC"):
    exceptions = ", ".join(f"{day}: closed" for day in closed)
    return f"""calendars:
  school: {{default: true, time_zone: {zone}, hours: always, exceptions: {{{exceptions}}}}}
slas:
  standard: {{default: true, first_response: "3 hours"}}
rules:
  - name: all
    action: {{route_to: office@organization.com, escalate_after: "2 business hours"}}
"""


def timer(orgo):
    with sqlite3.connect(f"file:{orgo.data}/orgo.db?mode=ro", uri=True) as database:
        row = database.execute("SELECT due_at FROM timers").fetchone()
    return datetime.datetime.fromtimestamp(row[0] / 1000, UTC) if row else None


def at(day, hour):
    return datetime.datetime.combine(day, datetime.time(hour), UTC)


def first_response(orgo):
    return orgo.get("/api/v1/tasks/1/clocks")["clocks"][0]["due_at"]


def due(orgo):
    return orgo.get("/api/v1/tasks")["items"][0]["due_at"]


def a_changed_calendar_moves_running_timers_and_promises():
    with Orgo(rules=rules()) as orgo:
        orgo.start()
        orgo.deliver(mail())
        orgo.settle()
        wait_until("the timer is set", lambda: timer(orgo))
        expect(timer(orgo).date() in DAYS[:2], timer(orgo))
        orgo.rules.write_text(rules(closed=DAYS[:2]))
        wait_until(f"the timer is at two o'clock on {DAYS[2]}: {timer(orgo)}", lambda: timer(orgo) == at(DAYS[2], 2))
        wait_until("people see it", lambda: due(orgo).startswith(f"{DAYS[2]}T02:00:00"))
        expect(first_response(orgo).startswith(f"{DAYS[2]}T03:00:00"), first_response(orgo))
        # A file with an error changes nothing.
        orgo.rules.write_text(rules(closed=DAYS[:3]).replace("closed", "clsoed"))
        wait_until("the error is told", lambda: "rules.refused" in orgo.log.read_text())
        expect(timer(orgo) == at(DAYS[2], 2), timer(orgo))
        # A restart with a calendar that was changed meanwhile.
        orgo.stop()
        orgo.rules.write_text(rules(closed=DAYS[:3]))
        orgo.start()
        wait_until("the timer follows after a restart", lambda: timer(orgo) == at(DAYS[3], 2))
        wait_until("and so does what people see", lambda: due(orgo).startswith(f"{DAYS[3]}T02:00:00"))
        # What a person has set stays.
        orgo.cli("task", "due", "1", f"{DAYS[4]}T12:00:00Z")
        orgo.rules.write_text(rules(closed=DAYS[:2]))
        wait_until("the timer moves back", lambda: timer(orgo) == at(DAYS[2], 2))
        expect(due(orgo).startswith(f"{DAYS[4]}T12:00:00"), due(orgo))
        # Another zone: the days begin at another time.
        orgo.rules.write_text(rules(closed=DAYS[:2], zone="Asia/Kolkata"))
        moved = datetime.datetime.combine(DAYS[1], datetime.time(20, 30), UTC)
        wait_until(f"the timer follows the zone: {timer(orgo)}", lambda: timer(orgo) == moved)


def people_see_the_organizations_time():
    plain = "rules: [{name: all, action: {route_to: office@organization.com}}]\n"
    with Orgo(rules=plain, settings="organization: {time_zone: Asia/Kolkata}\n") as orgo:
        orgo.start()
        orgo.deliver(mail())
        orgo.settle()
        host, port = orgo.host_port("http")
        connection = http.client.HTTPConnection(host, port, timeout=20)
        connection.request("POST", "/login", body=urllib.parse.urlencode(dict(zip(("name", "password"), orgo.first_login()))), headers={"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{host}:{port}"})
        answer = connection.getresponse()
        answer.read()
        connection.request("GET", "/tasks/T-1", headers={"Cookie": answer.headers["Set-Cookie"].split(";")[0]})
        page = connection.getresponse().read().decode()
        connection.close()
        expect(" Asia/Kolkata</time>" in page, page[:2000])
        expect("time zone: Asia/Kolkata" in orgo.cli("doctor", check=False).stdout, "the doctor does not name the zone")
        orgo.rules.write_text("calendars: {office: {time_zone: Europe/Berlin}}\n" + plain)
        doctor = orgo.cli("doctor", check=False).stdout
        expect("warning  time zone: Europe/Berlin, of the default calendar 'office'; organization.time_zone says Asia/Kolkata" in doctor, doctor)
        orgo.config.write_text(orgo.config.read_text().replace("time_zone: Asia/Kolkata", 'utc_offset: "+05:30"'))
        done = orgo.cli("config", "check", check=False)
        expect("organization.utc_offset knows no summer time" in done.stdout + done.stderr and done.returncode == 0, done.stdout + done.stderr)


CALENDARS = """office: {default: true, time_zone: Europe/Berlin, hours: {mon-fri: "08:00-17:00"}}
night: {time_zone: UTC, hours: {daily: "22:00-06:00"}}
"""


def a_stranger_with_a_table():
    with Orgo(rules="rules: []\n") as orgo:
        calendars = orgo.folder / "calendars.yaml"
        calendars.write_text(CALENDARS)
        table = orgo.folder / "questions.csv"

        def batch(data, *more, code=0):
            table.write_bytes(data if isinstance(data, bytes) else data.encode())
            done = orgo.cli("calendar", "due", "--calendar", calendars, "--batch", table, *more, check=False, data=False)
            expect(done.returncode == code, f"exit {done.returncode}, not {code}: {done.stdout[:500]}{done.stderr[:500]}")
            return done.stdout, done.stderr
        good = "op,calendar,start,minutes\nadd_minutes,office,2026-11-23 16:30,60\n"
        answer = good.replace("minutes\n", "minutes,result\n").replace(",60\n", ",60,2026-11-24T07:30:00Z\n")
        expect(batch(good)[0] == answer, batch(good))
        expect(batch(good.replace("\n", "\r\n"))[0] == answer, "CR LF")
        expect(batch("\ufeff" + good)[0] == answer, "a byte order mark")
        expect(";2026-11-24T07:30:00Z" in batch(good.replace(",", ";"))[0], "semicolons")
        expect("UTF-16" in batch(good.encode("utf-16"), code=2)[1], "UTF-16")
        out, err = batch(good.replace("office,", "ofice,"), code=1)
        expect("there is no calendar 'ofice'; did you mean 'office'?" in out and "1 errors" in err, out + err)
        expect("no column 'op'" in batch(good.replace("op,", "what,"), code=2)[1], "the column op is missing")
        expect("needs a number in the column 'minutes'" in batch("op,start\nadd_minutes,2026-11-23 16:30\n", code=1)[0], "no minutes")
        expect("did you mean 'minutes'" in batch(good.replace("minutes\n", "minute\n"), code=1)[1], "a column that is nearly one")
        expect("never closed" in batch('op,start\nopen,"2026\n', code=2)[1], "an open quote")
        expect("empty" in batch("", code=2)[1], "an empty table")
        wrong = good.replace("minutes\n", "minutes,expected\n").replace(",60\n", ",60,2026-11-24T07:31:00Z\n")
        expect(",no\n" in batch(wrong, code=1)[0], "something else was expected")
        rows = 20_000
        head, row = good.splitlines()
        out, err = batch(head + "\n" + (row + "\n") * rows)
        expect(out.count("2026-11-24T07:30:00Z") == rows, err)

        def run(*arguments, stdin=None):
            return subprocess.run([str(BINARY), "calendar", *map(str, arguments)], capture_output=True, text=True, input=stdin, cwd=orgo.folder,
                                  env=child_environment(), timeout=60)
        piped = run("due", "--calendar", calendars, "--batch", "-", stdin=good)
        expect(piped.returncode == 0 and piped.stdout == answer, piped)
        expect("is a folder" in run("due", "--calendar", calendars, "--batch", orgo.folder).stderr, "a folder as a table")
        expect("can't be read" in run("due", "--calendar", calendars, "--batch", "gone.csv").stderr, "no such table")
        cut = subprocess.run(f"'{BINARY}' calendar due --calendar '{calendars}' --batch '{table}' | head -n 1", shell=True, capture_output=True, text=True,
                             cwd=orgo.folder, env=child_environment(), timeout=60)
        expect(cut.stdout.startswith("op,calendar") and "rror" not in cut.stderr, cut)
        for arguments, words in ((("due", "--calendar", calendars), "when?"), (("due", "--calendar", calendars, "2026-11-23 16:30"), "how much"),
                                 (("between", "--calendar", calendars, "2026-11-23 16:30"), "until when"), (("open", "--calendar", calendars, "soon"), "'soon' is not a time"),
                                 (("open", "--calendar", calendars, "--name", "nigt", "2026-11-23 16:30"), "did you mean 'night'?"),
                                 (("open", "--calendar", "gone.yaml", "2026-11-23 16:30"), "gone.yaml"),
                                 (("show", "--calendar", table), "questions.csv"), (("holidays", "--calendar", calendars, "--name", "nigt"), "did you mean 'night'?"),
                                 (("show", "--calendar", calendars, "--name", "nigt"), "did you mean 'night'?"),
                                 (("due", "--calendar", calendars, "2026-11-23 16:30", "two hours"), "is not a duration"),
                                 (("due", "--calendar", calendars, "2026-11-23 16:30", "2h", "--pause", "2026-11-23 17:00"), "is not a pause"),
                                 (("due", "--calendar", calendars, "2026-11-23 16:30", "2h", "--round", "up"), "--round is none, minute or next_minute")):
            done = run(*arguments)
            expect(done.returncode != 0 and words in done.stderr, f"{arguments}: exit {done.returncode}, {done.stdout}{done.stderr}")


main(a_changed_calendar_moves_running_timers_and_promises, people_see_the_organizations_time, a_stranger_with_a_table)
