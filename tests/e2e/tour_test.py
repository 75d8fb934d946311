#!/usr/bin/env python3
"""Replays the five-minute tour of README.md against a real server with the demonstration, on spare ports."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import readme  # noqa: E402
from orgo import BINARY, ROOT, Orgo, child_environment, expect, main, wait_until  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402


RESERVED = (".example", "example.org", "example.com", "example.net")


def the_tour_of_the_readme():
    with SmtpSink() as sink, Orgo() as orgo:
        # The demonstration as ./run serves it, but for the ports and the relay.
        settings = (ROOT / "samples/demo/config.yaml").read_text(encoding="utf-8").replace("port: 2526", f"port: {sink.port}")
        orgo.config.write_text(settings.replace("samples/demo/rules.yaml", str(ROOT / "samples/demo/rules.yaml")), encoding="utf-8")
        orgo.start()
        delivered = subprocess.run([ROOT / "samples/deliver", "--quiet", "--lmtp", orgo.address["lmtp"]], capture_output=True, text=True)
        expect(delivered.returncode == 0, f"samples/deliver: {delivered.stdout}{delivered.stderr}")
        orgo.settle()

        environment = {**child_environment(), "ORGO_CONFIG": str(orgo.config), "ORGO_DATA_DIR": str(orgo.data)}
        count = 0
        for commands, wanted in readme.steps("Five-minute tour"):
            output = ""
            for command in commands:
                real = command.replace("./run ", f"{BINARY} ").replace("127.0.0.1:5000", orgo.address["http"].removeprefix("http://"))
                real = real.replace("127.0.0.1:2525", orgo.address["smtp"])
                real = real.replace("samples/deliver ", f"samples/deliver --lmtp {orgo.address['lmtp']} ")
                done = subprocess.run(["sh", "-c", real], capture_output=True, text=True, cwd=ROOT, env=environment, timeout=60)
                expect(done.returncode == 0, f"$ {command}\nexit {done.returncode}\n{done.stdout}{done.stderr}")
                output += done.stdout
                count += 1
            for line in wanted:
                expect(line.lower() in output.lower(), f"$ {commands}\nmisses '{line}' in\n{output}")
        expect(count >= 12, f"the tour has only {count} commands: is it still found in README.md?")
        wait_until("people were told", lambda: len(sink.kept) > 10, 20)
        told = {address.rsplit("@", 1)[1] for address in sink.attempts}
        expect(all(domain.endswith(RESERVED) for domain in told), f"the demonstration writes to {told}, some of whom there are")
        expect(orgo.stop() == 0, "stops as asked")
        return f"{count} commands"


def the_samples_go_where_they_belong():
    """What the demonstration's rules make of some of the samples, each of which is there for a reason."""
    expected = {
        "001-water-leak": ("task_opened", "maintenance@school.example"),
        "007-gas-smell": ("task_opened", "maintenance@school.example"),
        "005-password-reset": ("task_opened", "it@school.example"),
        "009-invoice-books": ("task_opened", "office@school.example"),
        "011-de-heizung": ("task_opened", "maintenance@school.example"),
        "013-fr-fuite": ("task_opened", "maintenance@school.example"),
        "016-hi-pankha": ("task_opened", "maintenance@school.example"),
        "035-out-of-office": ("recorded", None),
        "036-de-abwesenheit": ("recorded", None),
        "038-bounce-rfc3464": ("recorded", None),
        "039-bounce-qmail": ("recorded", None),
    }
    import json
    with Orgo() as orgo:
        done = orgo.cli("parse", "--rules", ROOT / "samples/demo/rules.yaml", ROOT / "samples/mails")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        expect(len(lines) >= 45, f"only {len(lines)} samples")
        seen = {pathlib.Path(line["file"]).stem: line for line in lines}
        for name, (outcome, team) in expected.items():
            line = seen[name]
            expect(line["outcome"] == outcome, f"{name}: {line['outcome']} ({line['reason']}) instead of {outcome}")
            expect(line["routed_to"][:1] == ([team] if team else []), f"{name}: routed to {line['routed_to']} instead of {team}")
        subjects = {name: line["subject"] for name, line in seen.items()}
        expect(subjects["020-ja-shiftjis"] == "プリンターが動きません", subjects["020-ja-shiftjis"])
        expect(subjects["021-ru-koi8r"] == "Справка об обучении", subjects["021-ru-koi8r"])
        expect("\n" not in subjects["050-header-injection-attempt"], "a subject is one line")
        expect(seen["029-two-attachments-rfc2231"]["attachments"][0]["filename"] == "pupils – términos.csv", "RFC 2231 file names")
        expect(any(d["kind"] for d in seen["046-missing-end-boundary"]["defects"]), "a missing end boundary is told")
        return f"{len(lines)} samples"


if __name__ == "__main__":
    main(the_tour_of_the_readme, the_samples_go_where_they_belong)
