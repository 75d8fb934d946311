#!/usr/bin/env python3
"""The command line as people and programs use it: help, exit statuses, JSON, errors on standard error, import."""
import json
import mailbox
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import BINARY, ROOT, Orgo, child_environment, expect, mail, main  # noqa: E402

COMMANDS = ["serve", "parse", "import", "rules check", "rules history", "rules diff", "rules rollback", "rules backtest", "task list", "task show", "task assign", "task route", "task ack", "task resolve",
            "task close", "task new", "task reply", "task recall", "task reopen", "task comment", "task priority", "task tag", "task due", "trace", "ledger", "queue list",
            "queue dead", "queue show", "queue retry", "queue drop", "token list", "token revoke", "user list", "user show", "user add", "user set", "user disable", "user enable",
            "user password", "user logout", "user token", "config check",
            "config explain", "doctor", "backup", "restore", "export", "bench", "version"]


def run(*arguments, cwd=None, stdin=None):
    return subprocess.run([str(BINARY), *map(str, arguments)], capture_output=True, text=True, input=stdin, cwd=cwd, timeout=60,
                          env=child_environment())


def every_command_has_help_with_examples():
    for command in COMMANDS:
        done = run(*command.split(), "--help")
        expect(done.returncode == 0 and not done.stderr, f"{command} --help: exit {done.returncode} {done.stderr}")
        answers = command in ("task reply", "task new", "task recall")
        words = done.stdout.splitlines() if answers else done.stdout[:done.stdout.index("Examples:")].splitlines()
        wide = [line for line in words if len(line) > 80 and not line.startswith("Usage:")]
        expect(not wide, f"{command} --help is wider than 80 columns: {wide}")
        expect("Examples:" in done.stdout and f"orgo {command}" in done.stdout, f"{command} --help shows no example:\n{done.stdout}")
    expect("orgo task list" in run("help", "task", "list").stdout, "orgo help task list")
    return f"{len(COMMANDS)} commands"


def asking_wrongly_is_2_and_on_standard_error():
    for arguments in ([], ["nonsense"], ["task"], ["task", "show"], ["task", "list", "--limit", "0"], ["task", "show", "x y"],
                      ["trace", "?"], ["queue", "drop", "q1"], ["parse"], ["queue", "show", "T-1"], ["help", "nonsense"],
                      ["parse", "--nonsense", "x"], ["serve", "--roles", "cook"]):
        done = run(*arguments)
        expect(done.returncode == 2, f"orgo {arguments}: exit {done.returncode}, {done.stdout}{done.stderr}")
        expect(done.stderr and not done.stdout, f"orgo {arguments}: the error belongs on standard error:\n{done.stdout}")


def a_word_that_is_not_known_names_the_nearest():
    for arguments, words in ((["taks"], "orgo: there is no subcommand 'taks'; did you mean 'task'?"),
                             (["task", "lst"], "orgo task: there is no subcommand 'lst'; did you mean 'list'?"),
                             (["task", "list", "--limt", "3"], "orgo task list: there is no option '--limt'; did you mean '--limit'?"),
                             (["serve", "--dta=x"], "orgo serve: there is no option '--dta'; did you mean '--data'?"),
                             (["completion", "bsh"], "did you mean 'bash'?"), (["help", "taks"], "orgo: there is no subcommand 'taks'; did you mean 'task'?"),
                             (["help", "task", "lsit"], "orgo task: there is no subcommand 'lsit'; did you mean 'list'?"),
                             (["--json", "task", "list"], "it stands behind a subcommand, as in `orgo task list --json`"),
                             (["task", "list", "-j"], "did you mean '--json'?"), (["task", "list", "all"], "orgo task list: 'all' is one word too many"),
                             (["task"], "orgo task: which one? There are list, show,"), (["parse"], "orgo parse: file is missing; `orgo parse --help` shows how"),
                             (["task", "list", "--limit", "0"], "'0' is no number from 1 to 1000"), (["serve", "--roles", "deliverry"], "did you mean 'delivery'?"),
                             (["config", "explain", "smtpp"], "did you mean 'smtp'?"), (["completion", "tcsh"], "bash, zsh, fish")):
        done = run(*arguments)
        expect(done.returncode == 2 and words in done.stderr, f"orgo {arguments}: exit {done.returncode}, {done.stderr}")


def a_shell_completes_commands_and_options():
    def complete(*words):
        line = " ".join(f"'{word}'" for word in words)
        done = subprocess.run(["bash", "-c", f'eval "$({BINARY} completion bash)"; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _orgo; '
                               'printf "%s\\n" "${COMPREPLY[@]}"'], capture_output=True, text=True, timeout=60)
        expect(done.returncode == 0 and not done.stderr, done.stderr)
        return done.stdout.split()
    expect(complete("orgo", "ta") == ["task"], f"{complete('orgo', 'ta')}")
    expect("resolve" in complete("orgo", "task", "re"), f"{complete('orgo', 'task', 're')}")
    expect("--limit" in complete("orgo", "task", "list", "--l"), f"{complete('orgo', 'task', 'list', '--l')}")
    for shell in ("zsh", "fish"):
        expect("orgo" in run("completion", shell).stdout, shell)


def the_manual_page_has_every_command():
    page = run("help", "--man").stdout
    for command in COMMANDS:
        expect(f".SS orgo {command}\n" in page, f"{command} is not in the manual page")
    if shutil.which("groff"):
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=page, capture_output=True, text=True, timeout=60)
        expect(not done.stderr, done.stderr[:1000])


def failing_is_1_and_says_why():
    with Orgo() as orgo:
        for arguments in (["task", "list"], ["trace", "m1"], ["ledger"], ["task", "ack", "1"]):
            done = orgo.cli(*arguments, check=False)
            expect(done.returncode == 1 and "there is no data in" in done.stderr and "orgo serve" in done.stderr,
                   f"{arguments} without data: {done.returncode} {done.stderr}")
        done = orgo.cli("parse", orgo.folder / "missing.eml", check=False)
        expect(done.returncode == 1 and "missing.eml: there is no such file" in done.stderr, done.stderr)


def parse_tells_the_worked_example():
    with Orgo(rules=(ROOT / "samples/demo/rules.yaml").read_text()) as orgo:
        path = ROOT / "samples/worked-example.eml"
        words = orgo.cli("parse", path).stdout.splitlines()
        expect(words[:4] == ["sender: secretary@organization.com", "subject: Water Leak in Room 102", "keywords: urgent, leak",
                             "routed to: maintenance@organization.com"], words)
        value = json.loads(orgo.cli("parse", "--json", path).stdout)
        for field in ("message_id", "date", "from", "reply_to", "to", "cc", "subject", "in_reply_to", "references", "text", "html",
                      "attachments", "findings", "keywords", "routed_to", "rules", "defects"):
            expect(field in value, f"{field} is missing in --json")
        expect(value["from"] == {"name": "School Secretary", "address": "secretary@organization.com"}, value["from"])
        expect(value["date"] == "2026-11-16T08:12:41Z", value["date"])
        expect(value["keywords"] == ["urgent", "leak"] and value["routed_to"] == ["maintenance@organization.com"], value)
        expect(any(rule["matched"] and rule["rule"] == "worked example" and "leak" in rule["why"] for rule in value["rules"]), value["rules"])
        photo = json.loads(orgo.cli("parse", "--json", ROOT / "samples/mails/003-water-leak-photo.eml").stdout)
        expect(set(photo["attachments"][0]) == {"filename", "content_type", "size", "sha256", "inline", "content_id"}, photo["attachments"])
        from_stdin = orgo.cli("parse", "-", "--json", stdin=path.read_bytes().decode())
        expect(json.loads(from_stdin.stdout)["subject"] == "Water Leak in Room 102", from_stdin.stdout)
        several = orgo.cli("parse", path, ROOT / "samples/mails/004-projector-it.eml").stdout.splitlines()
        expect(len(several) == 2 and all(json.loads(line)["file"] for line in several), several)
        for line in orgo.cli("parse", ROOT / "samples/mails").stdout.splitlines():
            json.loads(line)


def rules_check_tells_every_mistake_with_its_place():
    with Orgo() as orgo:
        good = orgo.cli("rules", "check")
        expect(good.stdout.startswith(f"{orgo.rules}: 2 rules, no errors"), good.stdout)
        orgo.rules.write_text("rules:\n  - condition: \"subject contains 'x'\"\n    action:\n      route_too: \"a@example.org\"\n"
                              "      escalate_after: \"2 hourz\"\n")
        bad = orgo.cli("rules", "check", check=False)
        expect(bad.returncode == 1 and not bad.stdout, f"{bad.returncode} {bad.stdout}")
        expect(f"{orgo.rules}:4:7: error: unknown action 'route_too'" in bad.stderr and "did you mean 'route_to'?" in bad.stderr, bad.stderr)
        expect("'2 hourz' is not a duration" in bad.stderr and "2 errors." in bad.stderr, bad.stderr)
        value = json.loads(orgo.cli("rules", "check", "--json", check=False).stdout)
        expect(not value["valid"] and len(value["errors"]) == 2 and value["errors"][0]["line"] == 4, value)


def config_is_checked_and_explained():
    with Orgo() as orgo:
        expect("no errors" in orgo.cli("config", "check").stdout, "a good configuration")
        expect("no errors" in run("config", "check", orgo.config).stdout, "a file that is named")
        keys = {entry["key"]: entry for entry in json.loads(orgo.cli("config", "explain", "--json").stdout)}
        expect(keys["data.dir"]["origin"] == "--data" and keys["data.dir"]["value"] == str(orgo.data), keys["data.dir"])
        orgo.config.write_text("smtpp:\n  host: x\n")
        bad = orgo.cli("config", "check", check=False)
        expect(bad.returncode == 1 and "smtpp" in bad.stderr and "smtp" in bad.stderr and ":1:1:" in bad.stderr, bad.stderr)
        refused = subprocess.run(orgo.command(), capture_output=True, text=True, env=child_environment(), cwd=orgo.folder, timeout=30)
        expect(refused.returncode == 2 and "smtpp" in refused.stderr, f"serve with it: {refused.returncode} {refused.stderr}")


def the_two_checks_are_alike():
    """`orgo config check` and `orgo rules check`: the same arguments, exit statuses, words and JSON."""
    with Orgo() as orgo:
        good, bad, late = (orgo.folder / name for name in ("good.yaml", "bad.yaml", "late.yaml"))
        texts = {"config": ("organization: {name: A}\n", "organisation: {name: A}\n", "organization: {utc_offset: '+01:00'}\n"),
                 "rules": ("rules: [{action: {route_to: a@b.example}}]\n", "rules: [{action: {route_too: a@b.example}}]\n",
                           "rules: [{action: {route_to: a@b.example, stop: true}}, {condition: subject contains x, action: {tag: y}}]\n")}
        for what, (right, wrong, doubtful) in texts.items():
            good.write_text(right), bad.write_text(wrong), late.write_text(doubtful)

            def check(*words):
                return run(what, "check", *words, cwd=orgo.folder)
            done = check(good)
            expect(done.returncode == 0 and done.stdout.startswith(f"{good}: ") and "no errors" in done.stdout and not done.stderr, f"{what}: {done}")
            done = check(bad)
            expect(done.returncode == 1 and not done.stdout and done.stderr.startswith(f"{bad}:1:") and done.stderr.endswith("1 error.\n"), f"{what}: {done}")
            expect("did you mean" in done.stderr, f"{what}: {done.stderr}")
            done = check(late)
            expect(done.returncode == 0 and ": warning: " in done.stderr and "1 warning" in done.stdout, f"{what}: {done}")
            expect(check("--strict", late).returncode == 1, f"{what} --strict")
            done = check(orgo.folder / "missing.yaml")
            expect(done.returncode == 1 and done.stderr.startswith(f"{orgo.folder / 'missing.yaml'}: error: ") and "1 error." in done.stderr, f"{what}: {done}")
            for path, valid in ((good, True), (bad, False), (late, True), (orgo.folder / "missing.yaml", False)):
                done = check("--json", path)
                value = json.loads(done.stdout)
                expect(done.returncode == (0 if valid else 1) and not done.stderr, f"{what} {path}: {done}")
                expect(value["valid"] == valid and {"files", "errors", "warnings"} <= set(value), f"{what}: {value}")
                expect(all(set(one) == {"file", "line", "column", "message", "hint"} for one in value["errors"] + value["warnings"]), f"{what}: {value}")
            expect(len(json.loads(check("--json", good, good).stdout)["files"]) == 2 or what == "rules", "several files")


def work_on_tasks(orgo, where):
    """The same commands with and without a server."""
    first = json.loads(orgo.cli("task", "list", "--json").stdout)[-1]["id"]
    for action, value, state in (("ack", None, "acknowledged"), ("assign", "anna@organization.com", "acknowledged"),
                                 ("comment", f"from {where}", "acknowledged"), ("priority", "urgent", "acknowledged"),
                                 ("tag", f"tag-{where}", "acknowledged"), 
                                 ("resolve", None, "resolved"), ("reopen", None, "open"), ("close", None, "closed"), ("reopen", None, "open"),
                                 ("due", "2027-01-01T00:00:00Z", "open")):
        task = json.loads(orgo.cli("task", action, first, *([value] if value else []), "--json").stdout)
        expect(task["state"] == state, f"{where}: {action} leads to {task['state']}")
    shown = json.loads(orgo.cli("task", "show", first, "--json").stdout)
    expect(shown["priority"] == "urgent" and f"tag-{where}" in shown["tags"] and shown["due_at"] == "2027-01-01T00:00:00Z", shown)
    expect(any(event["kind"] == "task.commented" and event["data"]["text"] == f"from {where}" for event in shown["events"]), shown["events"])
    twice = orgo.cli("task", "reopen", first, check=False)
    expect(twice.returncode == 1 and first in twice.stderr, f"{where}: reopening an open task: {twice.returncode} {twice.stderr}")
    missing = orgo.cli("task", "ack", "T-9999", check=False)
    expect(missing.returncode == 1 and "T-9999" in missing.stderr, f"{where}: {missing.stderr}")
    orgo.cli("task", "assign", first, "")
    orgo.cli("task", "priority", first, "low")
    wrong = orgo.cli("task", "priority", first, "enormous", check=False)
    expect(wrong.returncode == 2 and "low, normal, high" in wrong.stderr, f"{where}: {wrong.returncode} {wrong.stderr}")
    orgo.cli("user", "add", f"anna-{where}", "--role", "viewer")
    secret = json.loads(orgo.cli("user", "token", f"anna-{where}", "--json").stdout)
    expect(secret["secret"].startswith("orgo_"), secret)
    expect(secret["secret"] not in orgo.cli("token", "list").stdout, "a secret is shown once")
    orgo.cli("token", "revoke", secret["token"]["id"])
    taken = orgo.cli("queue", "retry", "q999", check=False)
    expect(taken.returncode == 1, f"{where}: a dead letter that is not there: {taken.returncode}")
    story = orgo.cli("trace", "m1").stdout
    expect("What was decided" in story and "task.opened" in story, story)
    expect(orgo.cli("trace", "m1", "--raw").stdout.startswith("From: Anna"), "trace --raw")
    expect(json.loads(orgo.cli("trace", "m1", "--json").stdout), "trace --json")
    expect("balanced" in orgo.cli("ledger").stdout, "ledger")
    expect(json.loads(orgo.cli("queue", "list", "--json").stdout)["process"] == 0, "queue list")
    expect(json.loads(orgo.cli("doctor", "--json").stdout)["well"], "doctor")


def tasks_with_a_server_and_without():
    with Orgo() as orgo:
        orgo.start()
        orgo.deliver(mail(subject="urgent: water"))
        orgo.settle()
        work_on_tasks(orgo, "server")
        expect(orgo.stop() == 0, "stops as asked")
        work_on_tasks(orgo, "folder")


def import_takes_all_kinds_once():
    with Orgo() as orgo:
        source = orgo.folder / "old"
        source.mkdir()
        box = mailbox.mbox(source / "inbox.mbox")
        for number in range(250):
            box.add(mail(subject=f"From the box {number}", text="From here\n>From there\nend").replace(b"\r\n", b"\n"))
        box.close()
        folder = mailbox.Maildir(source / "Maildir")
        for number in range(5):
            folder.add(mail(subject=f"From the folder {number}"))
        (source / "one.eml").write_bytes(mail(subject="urgent: alone"))
        dry = orgo.cli("import", "--dry-run", source)
        expect("256 mails; nothing was stored" in dry.stdout and "a task for maintenance@organization.com" in dry.stdout, dry.stdout)
        expect(not orgo.data.exists(), "a dry run makes no data")
        # Without a server, then once more with one: nothing comes in twice.
        first = json.loads(orgo.cli("import", source, "--json").stdout)
        expect(first == {"read": 256, "stored": 256, "duplicates": 0, "failed": 0, "passed_over": 0}, first)
        orgo.start()
        orgo.settle()
        again = json.loads(orgo.cli("import", source, "--json").stdout)
        expect(again == {"read": 256, "stored": 0, "duplicates": 256, "failed": 0, "passed_over": 0}, again)
        lines, balanced, _ = orgo.ledger()
        expect(balanced and lines[0]["channel"] == "import" and lines[0]["accepted"] == 256, lines)
        expect(json.loads(orgo.cli("queue", "list", "--json").stdout)["next_send_at"] is None, "old mail notifies nobody")
        raw = b"".join(raw for _, raw in orgo.raw_messages() if b"From the box 7\n" in raw)
        expect(b"\nFrom here\n" in raw, f"mbox quoting is undone: {raw[-80:]!r}")
        orgo.stop()


def import_waits_for_no_pipe():
    with Orgo() as orgo:
        orgo.start()
        orgo.stop()
        pipe = orgo.folder / "pipe.eml"
        os.mkfifo(pipe)
        for what, status in ((pipe, 1), ("/dev/null", 1)):
            for options in ([], ["--dry-run"]):
                done = orgo.cli("import", *options, what, check=False)
                expect(done.returncode == status and "neither a file nor a folder" in done.stderr, f"{what}: {done.returncode} {done.stderr}")
        folder = orgo.folder / "mails"
        folder.mkdir()
        os.mkfifo(folder / "pipe.eml")
        (folder / "one.eml").write_bytes(mail())
        done = orgo.cli("import", folder, check=False)
        expect("pipe.eml" in done.stderr and "1 stored" in done.stderr, done.stderr)


def import_goes_on_where_it_was():
    with Orgo() as orgo:
        box = mailbox.mbox(orgo.folder / "big.mbox")
        for number in range(3000):
            box.add(mail(subject=f"Mail {number}").replace(b"\r\n", b"\n"))
        box.close()
        command = [str(BINARY), "import", str(orgo.folder / "big.mbox"), "--data", str(orgo.data), "--config", str(orgo.config)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, env=child_environment())
        cursors = lambda: list(orgo.data.glob("import-*.cursor"))
        while process.poll() is None and not cursors():
            pass
        process.kill()
        process.communicate()
        killed = bool(cursors())
        done = subprocess.run([*command, "--json"], capture_output=True, text=True, env=child_environment(), timeout=60)
        value = json.loads(done.stdout)
        expect(done.returncode == 0 and not cursors(), f"{done.returncode} {done.stderr}")
        if killed:
            expect("going on behind" in done.stderr and value["read"] < 3000, f"it began again: {value} {done.stderr}")
        lines, balanced, _ = orgo.ledger()
        expect(balanced and lines[0]["accepted"] == 3000, lines)
        return f"killed after {3000 - value['read']} mails, then the other {value['read']}"


def version_and_bench_speak_json():
    expect("sqlite" in json.loads(run("version", "--json").stdout)["libraries"], "version")
    with Orgo() as orgo:
        value = json.loads(orgo.cli("bench", "--seconds", "0.2", "--json").stdout)
        expect(value["parse"]["per_second"] > 0 and value["store_batch"]["per_second"] > 0, value)
        expect(not list(orgo.folder.glob("orgo-bench-*")), "bench leaves its folder")


def what_cannot_be_written_is_a_failure():
    """A full disk behind `>` must not look like the whole answer."""
    for command in (["version"], ["version", "--json"], ["--help"], ["help", "serve"], ["config", "--help"],
                    ["parse", str(ROOT / "samples/mails/001-water-leak.eml")]):
        with open("/dev/full", "w") as full:
            done = subprocess.run([str(BINARY), *command], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60,
                                  env=child_environment())
        expect(done.returncode == 1 and "standard output" in done.stderr, f"{command}: {done.returncode} {done.stderr}")


if __name__ == "__main__":
    main(every_command_has_help_with_examples, asking_wrongly_is_2_and_on_standard_error, a_word_that_is_not_known_names_the_nearest,
         a_shell_completes_commands_and_options, the_manual_page_has_every_command, failing_is_1_and_says_why,
         parse_tells_the_worked_example, rules_check_tells_every_mistake_with_its_place, config_is_checked_and_explained, the_two_checks_are_alike,
         tasks_with_a_server_and_without, import_takes_all_kinds_once, import_waits_for_no_pipe, import_goes_on_where_it_was, version_and_bench_speak_json,
         what_cannot_be_written_is_a_failure)
