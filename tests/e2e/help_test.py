#!/usr/bin/env python3
"""What `--help` says, of every command: within 80 columns, with examples that work as they stand, and with --json errors that are JSON."""
import json
import mailbox
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from help_tree import every_command  # noqa: E402
from orgo import BINARY, PATIENCE, ROOT, Orgo, child_environment, expect, mail, main, wait_until  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402


def helps_fit_a_terminal_and_have_examples():
    count = 0
    for command in every_command():
        count += 1
        wide = [line for line in command.text.splitlines() if len(line) > 80]
        expect(not wide, f"orgo {command.path} --help is wider than 80 columns: {wide}")
        expect(f"Usage: orgo {command.path}".strip() in command.text, f"orgo {command.path}: {command.text}")
        begin = f"orgo {command.path}".strip()
        expect(any(begin in example for example in command.examples), f"`{begin} --help` shows no example of it")
    expect(count > 70, f"only {count} commands were found: are the helps still read?")
    return f"{count} commands"


def errors_are_json_for_who_asks_for_json():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orgo-help-"))
    count = 0
    for command in every_command():
        words = [*command.path.split(), *("nonsense" for _ in command.needed)]
        for option in command.needed_options:
            words += [option, "nonsense"]
        if command.path == "bench":
            words += ["--seconds", "0.1"]
        for arguments in ([*words, "--json"], [*words, "--json", "--no-such-option"]):
            done = subprocess.run([str(BINARY), *arguments], capture_output=True, text=True, cwd=folder, stdin=subprocess.DEVNULL, timeout=120 * PATIENCE,
                                  env=child_environment())
            said = []
            for line in done.stderr.splitlines():
                try:
                    said.append(json.loads(line))
                except ValueError:
                    expect(False, f"orgo {arguments}: this is no JSON: {line!r} of {done.stderr}")
            if done.returncode == 0:
                for line in done.stdout.splitlines():
                    json.loads(line)
                continue
            errors = [one["error"] for one in said if "error" in one]
            expect(errors or json.loads(done.stdout), f"orgo {arguments} fails and does not say why: {done.stdout} {done.stderr}")
            expect(all(error["code"] and error["message"] for error in errors), f"{errors}")
            if "--no-such-option" in arguments:
                expect(done.returncode == 2 and errors[0]["code"] == "invalid_input" and not done.stdout, f"orgo {arguments}: {done}")
            count += 1
    shutil.rmtree(folder)
    expect(count > 140, f"only {count} errors")
    return f"{count} errors"


RULES = """calendars:
  office: {default: true, time_zone: Europe/Berlin, hours: {mon-fri: "09:00-17:00"}, holidays: [{date: 2027-01-06, name: Epiphany}]}
slas:
  gold: {first_response: "2 hours"}
teams:
  maintenance: {address: maintenance@organization.com, default: true}
  it: {address: it@organization.com}
templates:
  closed_early: {subject: "{{subject}}", body: "We close early."}
rules:
  - name: leak
    condition: "subject contains 'leak'"
    action: {route_to: maintenance}
  - name: rest
    action: {route_to: it}
"""
# What stands in the examples, and what it is here.
HERE = [(r"--seconds 10\b", "--seconds 0.1"), (r"/etc/bash_completion\.d/", ""), (r"~/\.config/fish/completions/", ""),
        (r"(?<= )/backup", "backup"), (r"/tmp/try", "try"), (r"assign 12 anna", "assign 12 admin"), (r"2026-11-30T161500Z", "")]
NOT_HERE = {  # command -> why none of its examples can be run here; each has a test of its own
    "serve": "takes the ports that it names", "mailbox": "wants a server to fetch from", "mailbox test": "the same",
    "restore": "wants a server that is stopped",
    "queue show": "wants a dead letter", "queue retry": "the same", "queue drop": "the same",
    "token revoke": "wants a token of that number",
    "task set": "wants a task with a type", "task recall": "wants an answer that has not left"}
SKIPPED = ("curl ", "orgo serve")


def world(folder, orgo):
    """Everything that the examples name."""
    (folder / "samples").symlink_to(ROOT / "samples")
    for name in ("new.yaml", "old.yaml", "new-rules.yaml"):
        (folder / name).write_text(RULES)
    (folder / "new-config.yaml").write_text("organization: {name: New}\n")
    (folder / "calendars.yaml").write_text(RULES.split("slas:")[0])
    (folder / "questions.csv").write_text("op,calendar,start,minutes\nadd_minutes,office,2026-11-23 15:30,60\n")
    (folder / "cases").mkdir()
    (folder / "cases/leak.yaml").write_text("cases: [{message: {subject: A leak}, expect: {rules: [leak, rest]}}]\n")
    for name in ("mail.eml", "plan.pdf"):
        (folder / name).write_bytes(mail(subject="A leak"))
    (folder / "answer.txt").write_text("It is done.\n")
    (folder / "password.txt").write_text("correct horse battery\n")
    (folder / "modules").mkdir()
    (folder / "home").mkdir()
    mailbox.Maildir(folder / "home/Maildir").add(mail(subject="From a Maildir"))
    (folder / "old-mail").mkdir()
    (folder / "old-mail/one.eml").write_bytes(mail(subject="An old one"))
    box = mailbox.mbox(folder / "inbox.mbox")
    box.add(mail(subject="From a box").replace(b"\r\n", b"\n"))
    box.close()
    (folder / "bin").mkdir()
    (folder / "bin/orgo").symlink_to(BINARY)
    for number in range(1, 21):  # T-12 has another message, m17
        orgo.deliver(mail(subject=f"A leak {number}", message_id=f"<leak-{number}@example.org>",
                          extra="In-Reply-To: <leak-12@example.org>\n" if number == 17 else ""))
    orgo.settle()
    orgo.rules.write_text(RULES + "# changed\n")


def the_examples_work():
    ran = passed = 0
    with SmtpSink() as sink, Orgo(rules=RULES, settings=f"data: {{dir: ./var}}\nsmtp: {{host: 127.0.0.1, port: {sink.port}}}\nanswers: {{undo: 5 minutes}}\n") as orgo:
        orgo.start()
        world(orgo.folder, orgo)

        def versions():
            return [json.loads(line)["version"] for line in orgo.cli("rules", "history", "--json").stdout.splitlines()]
        wait_until("the changed rules are in force", lambda: len(versions()) == 2)
        second, first = versions()
        environment = {**child_environment(), "PATH": f"{orgo.folder / 'bin'}:{os.environ['PATH']}", "HOME": str(orgo.folder / "home"), "COLUMNS": "80"}
        empty = orgo.folder / "empty"
        empty.mkdir()
        for command in every_command():
            works = []
            for example in command.examples:
                if example.startswith(SKIPPED):
                    continue
                line = example.replace("3f2a90", first[:6]).replace("77c1d2", second[:6])
                for pattern, instead in HERE:
                    line = re.sub(pattern, instead, line)
                done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, env=environment, timeout=120 * PATIENCE,
                                      cwd=empty if line.startswith("orgo init") else orgo.folder, input="correct horse battery\n")
                ran += 1
                passed += done.returncode == 0
                # What an example of another command has done can't be done again.
                works.append((done.returncode == 0 or done.stderr.rstrip().endswith(" already"), f"$ {line}\nexit {done.returncode}: {done.stderr[:600]}"))
                understood = "there is no option" not in done.stderr and "there is no subcommand" not in done.stderr and "is missing;" not in done.stderr
                expect(understood and done.returncode in (0, 1, 2), f"an example of `orgo {command.path} --help` is not understood: {works[-1][1]}")
            if command.path not in NOT_HERE:
                expect(any(good for good, _ in works), f"no example of `orgo {command.path} --help` works:\n" + "\n".join(text for _, text in works))
        expect(orgo.stop() == 0, "stops as asked")
    expect(passed > 100, f"only {passed} of {ran} examples work")
    return f"{passed} of {ran} examples"


if __name__ == "__main__":
    main(helps_fit_a_terminal_and_have_examples, errors_are_json_for_who_asks_for_json, the_examples_work)
