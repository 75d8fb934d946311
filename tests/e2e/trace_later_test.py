#!/usr/bin/env python3
"""Why a mail was decided as it was, asked much later: ten versions of the rules, modules changed and taken out, the rule file gone."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Orgo, expect, mail, main, wait_until  # noqa: E402

RULES = """match: all
calendars:
  office: {default: true, time_zone: Europe/Berlin, hours: {daily: "00:00-24:00"}}
rules:
  - name: leak
    condition: "subject contains 'leak' and body contains 'room'"
    action: {tag: wet}
  - condition: "subject contains 'leak' and earlier messages > 0"
    action: {tag: again}
  - name: fire
    condition: "subject contains ['fire', 'leak'] and body contains 'smoke'"
    action: {tag: hot}
  - name: open
    condition: "within business hours and subject contains 'hall'"
    action: {tag: open}
  - name: thread
    condition: "thread is not none and thread tag is 'wet' and body contains 'still'"
    action: {set_priority: urgent}
"""
MODULE = {
    "module.yaml": "name: sports\nversion: 1.0.0\ndescription: Sports\nteams: {crew: who comes}\n",
    "lexicon/en.yaml": "language: en\nkeywords: {ball: [ball, net]}\n",
    "rules.yaml": "rules:\n  - name: ball\n    condition: keywords contains 'ball'\n    action: {route_to: crew}\n"
                  "  - condition: subject contains 'hall'\n    action: {tag: hall}\n",
}


def write_module(folder, **changes):
    for path, text in {**MODULE, **changes}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def decision_part(words):
    return words[words.index("What was decided"):words.index("\nTask T-") if "\nTask T-" in words else words.index("What happened")]


def the_same_words_ten_versions_later():
    with Orgo(rules=RULES) as orgo:
        module = orgo.folder / "sports"
        write_module(module)
        orgo.cli("module", "add", module)
        orgo.start()
        for one in (mail("a leak", "in room 1", "<first@example.org>"), mail("leak again", "no smoke here"),
                    mail("hall", "the net of the ball"), mail("Re: a leak", "it is still wet", extra="In-Reply-To: <first@example.org>\n"),
                    mail("nothing", "of interest")):
            orgo.deliver(one)
            orgo.settle()
        numbers = [f"m{n}" for n in range(1, 6)]
        texts = {n: decision_part(orgo.cli("trace", n).stdout) for n in numbers}
        values = {n: json.loads(orgo.cli("trace", n, "--json").stdout)["trace"] for n in numbers}
        held = [rule["rule"] for n in numbers for rule in values[n]["rules"] if rule["matched"]]
        for name in ("leak", "rule 2 (rules.yaml:8)", "open", "sports/ball", "thread"):
            expect(name in held, f"{name} held for none of the mails: {held}")
        expect(any("does not hold" in rule["why"] for n in numbers for rule in values[n]["rules"]), "near misses are told with the reason")

        def same(when):
            for n in numbers:
                now = json.loads(orgo.cli("trace", n, "--json").stdout)["trace"]
                expect(now == values[n], f"{when}, {n}:\n{json.dumps(values[n])}\n{json.dumps(now)}")
                words = decision_part(orgo.cli("trace", n).stdout)
                expect(words == texts[n], f"{when}, {n}:\n{texts[n]}\n{words}")
                api = orgo.get(f"/api/v1/messages/{n}/trace")["trace"] if orgo.process else now
                expect(api == values[n], f"{when}, API, {n}: {api}")

        same("at once")
        for version in range(10):
            orgo.rules.write_text(RULES.replace("'leak'", f"'leek {version}'").replace("00:00-24:00", f"0{version}:00-0{version}:30"))
            wait_until("the rules are taken over", lambda: len(orgo.cli("rules", "history", "--json").stdout.splitlines()) >= 2 + version, 20)
        same("ten versions later")
        write_module(module, **{"module.yaml": MODULE["module.yaml"].replace("1.0.0", "1.1.0"), "rules.yaml": MODULE["rules.yaml"].replace("'ball'", "'ball' and subject contains 'x'")})
        orgo.cli("module", "add", module)
        same("with another version of the module")
        orgo.cli("module", "remove", "sports", "--yes")
        same("without the module")
        orgo.rules.unlink()
        same("without the rule file")
        orgo.stop()
        same("without a server")


if __name__ == "__main__":
    main(the_same_words_ten_versions_later)
