#!/usr/bin/env python3
"""`orgo rules explain`: why rules hold for a message or do not, with the words that did it."""
import json
import os
import pathlib
import pty
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import BINARY, Orgo, expect, mail, main  # noqa: E402

RULES = """rules:
  - name: leak
    condition: "subject contains 'leak' and (body contains ['kitchen', 'caf\u00e9'] or size > 1 MB) and not from ends with '@news.org'"
    action: {route_to: water@organization.com}
  - name: night
    condition: "body contains 'kitchen' and header[X-Floor] >= 5"
    action: {route_to: guard@organization.com}
  - name: zebra
    condition: "subject contains 'zebra'"
    action: {route_to: zoo@organization.com}
"""
MAIL = mail(subject="Leak again", text="It drips in the Cafe\u0301, and in the kitchen.")


def words_and_places_are_shown():
    with Orgo(rules=RULES) as orgo:
        path = orgo.folder / "mail.eml"
        path.write_bytes(MAIL)
        text = orgo.cli("rules", "explain", path).stdout
        expect("3 rules tried: 1 holds, 1 holds in part, 1 not at all" in text, text)
        expect("HOLDS  leak" in text and "subject 0-4: [[Leak]] again" in text, text)
        expect("[[Cafe\u0301]], and in the [[kitchen]]." in text, f"letters composed in another way: {text}")
        expect("-  size > 1 MB   (it is: " in text and "+  not from ends with '@news.org'   (it is: " in text, text)
        expect(text.index("HOLDS  leak") < text.index("near   night"), "what holds stands first")
        expect("zebra" not in text and "1 rule more" in text, f"of which nothing holds, is left out: {text}")
        expect("zebra" in orgo.cli("rules", "explain", "--all", path).stdout, "--all shows it")
        one = orgo.cli("rules", "explain", "--rule", "zebra", path).stdout
        expect("no     zebra" in one and "HOLDS" not in one, one)
        wrong = orgo.cli("rules", "explain", "--rule", "zebro", path, check=False)
        expect(wrong.returncode == 2 and "did you mean 'zebra'?" in wrong.stderr, wrong.stderr)

        value = json.loads(orgo.cli("rules", "explain", "--json", path).stdout)
        expect((value["tried"], value["held"], value["near"], len(value["rules"])) == (3, 1, 1, 2), value)
        body = value["rules"][0]["parts"][1]
        expect(body["held"] and [w["field"] for w in body["words"]] == ["body"] and len(body["words"][0]["places"]) == 2, body)
        expect([p["text"] for p in body["words"][0]["excerpt"] if p["marked"]] == ["Cafe\u0301", "kitchen"], body)


def a_stored_message_is_explained_by_the_rules_of_now():
    with Orgo(rules=RULES) as orgo:
        orgo.start()
        orgo.deliver(MAIL)
        orgo.settle()
        expect("HOLDS  leak" in orgo.cli("rules", "explain", "m1").stdout, "while the server runs")
        folder = orgo.folder / "new"
        folder.mkdir()
        (folder / "a.yaml").write_text(RULES.replace("subject contains 'leak'", "subject contains 'flood'"))
        text = orgo.cli("rules", "explain", "--rules", folder, "m1").stdout
        expect("near   leak" in text and "-  subject contains 'flood'" in text, text)
        missing = orgo.cli("rules", "explain", "m99", check=False)
        expect(missing.returncode == 1 and "m99" in missing.stderr, missing.stderr)
        neither = orgo.cli("rules", "explain", "no-such.eml", check=False)
        expect(neither.returncode == 2 and "neither a mail file nor a stored message" in neither.stderr, neither.stderr)
        orgo.stop()


def a_thousand_rules_stay_readable():
    rules = "rules:\n" + "".join(f"  - name: r{n}\n    condition: \"subject contains 'word{n}' and body contains 'kitchen'\"\n    action: {{tag: t{n}}}\n"
                                 for n in range(1000))
    with Orgo(rules=rules) as orgo:
        path = orgo.folder / "mail.eml"
        path.write_bytes(mail(subject="word777 word5", text="in the kitchen"))
        text = orgo.cli("rules", "explain", path).stdout
        expect("1000 rules tried" in text and "HOLDS  r5\n" in text and "HOLDS  r777\n" in text, text[:1000])
        expect(text.count("near   ") == 20 and len(text.splitlines()) < 220, f"{len(text.splitlines())} lines")
        done = orgo.cli("rules", "explain", "--all", path).stdout
        expect(done.count("near   ") > 900, "--all shows every one")


def a_terminal_gets_colors_and_no_tricks():
    with Orgo(rules="rules:\n  - name: a\n    condition: \"subject contains 'pay'\"\n    action: {tag: a}\n") as orgo:
        path = orgo.folder / "mail.eml"
        path.write_bytes("From: a@b.org\nSubject: =?utf-8?B?G1szMW1wYXkbWzJKIOKArnN0bm/DmwfCmw==?=\n\nx\n".encode())
        plain = orgo.cli("rules", "explain", path).stdout
        expect("\x1b" not in plain and "\u202e" not in plain and "\x07" not in plain and "[[pay]]" in plain, repr(plain))
        master, slave = pty.openpty()
        environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
        done = subprocess.Popen([BINARY, "rules", "explain", "--rules", str(orgo.rules), str(path)], stdout=slave, stderr=slave, env=environment)
        os.close(slave)
        out = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:
                break
            if not piece:
                break
            out += piece
        done.wait(30)
        os.close(master)
        text = out.decode("utf-8", "replace")
        expect("\x1b[1;30;43mpay\x1b[0m" in text, repr(text))
        expect("\x1b[2J" not in text and "\x1b[31mpay" not in text, f"what the mail says does not steer the terminal: {text!r}")


if __name__ == "__main__":
    main(words_and_places_are_shown, a_stored_message_is_explained_by_the_rules_of_now, a_thousand_rules_stay_readable,
         a_terminal_gets_colors_and_no_tricks)
