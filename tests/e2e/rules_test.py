#!/usr/bin/env python3
"""Rules over their life: checked for what can't be meant, tried on old mail before they go live, kept, compared, brought back."""
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import ROOT, Orgo, expect, mail, main, wait_until  # noqa: E402

FIRST = """rules:
  - name: leak
    condition: "subject contains 'leak'"
    action: {route_to: water@organization.com, set_priority: high}
  - name: rest
    action: {route_to: office@organization.com}
"""
SECOND = FIRST.replace("water@organization.com", "plumber@organization.com")


def check_warns_of_what_cannot_be_meant():
    with Orgo(rules="""rules:
  - name: all
    action: {route_to: office@organization.com, stop: true}
  - name: late
    condition: "subject contains 'x'"
    action: {route_to: late@organization.com}
""") as orgo:
        done = orgo.cli("rules", "check")
        expect(done.stdout.startswith(f"{orgo.rules}: 2 rules, no errors, 1 warning"), done.stdout)
        expect(f"{orgo.rules}:4: warning: rule 'late' is never reached" in done.stderr, done.stderr)
        strict = orgo.cli("rules", "check", "--strict", check=False)
        expect(strict.returncode == 1, "warnings are mistakes with --strict")
        value = json.loads(orgo.cli("rules", "check", "--json").stdout)
        expect(value["valid"] and value["errors"] == [] and value["warnings"][0]["line"] == 4, value)


def backtest_tells_what_would_differ_and_changes_nothing():
    with Orgo(rules=FIRST) as orgo:
        new = orgo.folder / "new.yaml"
        new.write_text(SECOND)
        orgo.start()
        for number in range(30):
            orgo.deliver(mail(subject=f"leak {number}" if number % 3 == 0 else f"question {number}"))
        orgo.settle()
        before = orgo.cli("ledger", "--json").stdout
        value = json.loads(orgo.cli("rules", "backtest", "--rules", new, "--json", "--limit", "4").stdout)
        expect((value["messages"], value["asked"], value["changed"], value["unreadable"]) == (30, 30, 10, 0), value)
        expect({"what": "routed to", "before": "water@organization.com", "after": "plumber@organization.com", "messages": 10} in value["sums"],
               value["sums"])
        expect(len(value["changes"]) == 4 and value["changes"][0]["rules_after"] == ["leak", "rest"], value["changes"])
        same = json.loads(orgo.cli("rules", "backtest", "--rules", orgo.rules, "--json").stdout)
        expect(same["changed"] == 0 and same["rules_before"] == same["rules_after"], same)
        words = orgo.cli("rules", "backtest", "--rules", new, "--days", "1").stdout
        expect("30 messages looked at" in words and "10 would come out differently" in words, words)
        files = json.loads(orgo.cli("rules", "backtest", "--rules", new, "--json", ROOT / "samples/mails").stdout)
        expect(files["messages"] == len(list((ROOT / "samples/mails").glob("*.eml"))) and files["changed"] > 0, files)
        broken = orgo.folder / "broken.yaml"
        broken.write_text("rules: [{action: {route_too: x}}]")
        done = orgo.cli("rules", "backtest", "--rules", broken, check=False)
        expect(done.returncode == 2 and "unknown action 'route_too'" in done.stderr, done.stderr)
        expect(orgo.cli("ledger", "--json").stdout == before, "a back-test changes nothing")


def versions_are_kept_compared_and_brought_back():
    with Orgo(rules=FIRST) as orgo:
        orgo.start()

        def versions():
            return [json.loads(line)["version"] for line in orgo.cli("rules", "history", "--json").stdout.splitlines()]
        wait_until("the first version is kept", lambda: len(versions()) == 1)
        first = versions()[0]
        began = time.monotonic()
        orgo.rules.write_text(SECOND)
        wait_until("the second version is in force", lambda: len(versions()) == 2)
        took = time.monotonic() - began
        second = versions()[0]
        orgo.deliver(mail(subject="leak"))
        orgo.settle()
        trace = json.loads(orgo.cli("trace", "m1", "--json").stdout)
        expect(second in json.dumps(trace), "the decision names its version")
        orgo.rules.write_text("rules: [{action: {route_too: x}}]")
        wait_until("the broken rules are refused", lambda: "rules.refused" in orgo.tail())
        expect(versions() == [second, first], "what is refused is no version")
        wait_until("/readyz says which", lambda: b"route_too" in orgo.http("GET", "/readyz", token=None)[1])
        status, said = orgo.http("GET", "/readyz", token=None)
        expect(status == 200 and b"[!] rules: " in said and b"stay in force" in said, f"mail is taken, and the reason told: {status} {said}")
        expect(b"\norgo_rules_troubled 1\n" in orgo.http("GET", "/metrics")[1], "for alerts")
        doctor = json.loads(orgo.cli("doctor", "--json", check=False).stdout)
        expect(any(look["name"] == "rules" and look["state"] == "wrong" for look in doctor["checks"]), doctor)
        diff = orgo.cli("rules", "diff").stdout
        expect("-    action: {route_to: water@organization.com" in diff and "+    action: {route_to: plumber@organization.com" in diff, diff)
        expect("route_too" in orgo.cli("rules", "diff", second[:6]).stdout, "against the files as they are")
        orgo.rules.chmod(0o640)
        done = orgo.cli("rules", "rollback", first[:6])
        expect(orgo.rules.stat().st_mode & 0o777 == 0o640, "who could read the file can read it still")
        expect("the server has taken the rules over" in done.stdout, done.stdout)
        expect(orgo.rules.read_text() == FIRST and versions() == [first, second, first], versions())
        orgo.deliver(mail(subject="another leak"))
        orgo.settle()
        tasks = json.loads("[" + ",".join(orgo.cli("task", "list", "--json").stdout.splitlines()) + "]")
        text = json.dumps(tasks)
        expect("water@organization.com" in text and "plumber@organization.com" in text, text)
        expect(orgo.cli("rules", "rollback", "ffff00", check=False).returncode == 1, "a version that never was")
        orgo.stop()
        orgo.start()
        expect(versions() == [first, second, first], "a restart adds nothing")
    return f"live after {took:.1f} s"


if __name__ == "__main__":
    main(check_warns_of_what_cannot_be_meant, backtest_tells_what_would_differ_and_changes_nothing,
         versions_are_kept_compared_and_brought_back)
