#!/usr/bin/env python3
"""Commands on tasks are declared once: the command line has those of the API."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Orgo, expect, mail, main  # noqa: E402

SAID_OTHERWISE = {"tag": "tags", "set": "fields"}  # on the command line
VALUES = {"assign": ["anna"], "route": ["it@organization.com"], "comment": ["Plumber comes at 3"], "state": ["pending"], "priority": ["urgent"],
          "tag": ["water"], "due": ["2027-03-01T12:00:00Z"], "sla": ["none"], "set": ["room=102"], "reply": ["We come."],
          "link": ["T-99"], "unlink": ["T-99"], "merge": ["T-99"], "split": ["m99"]}


def the_same_set():
    with Orgo() as orgo:
        orgo.start()
        paths = orgo.get("/api/v1/openapi.json")["paths"]
        api = {path.rsplit("/", 1)[1] for path, verbs in paths.items() if path.startswith("/api/v1/tasks/{id}/") and "post" in verbs}
        words = orgo.cli("task", "--help", data=False).stdout
        names = [name for name in re.findall(r"^  ([a-z]+) ", words[words.index("Subcommands:"):], re.MULTILINE) if name != "orgo"]  # of an example
        expect("new" in names and "post" in paths["/api/v1/tasks"], "a task without a mail")
        line = {SAID_OTHERWISE.get(name, name) for name in names} - {"list", "show", "new"}
        expect(line == api and len(api) >= 12, f"command line {sorted(line)}, API {sorted(api)}")
        orgo.deliver(mail("A leak"))
        orgo.settle()
        for name in sorted(set(names) - {"list", "show", "new", "reopen"}) + ["reopen"]:
            done = orgo.cli("task", name, "T-1", *VALUES.get(name, []), check=False)
            expect(done.returncode in (0, 1), f"task {name} is not understood: {done.returncode} {done.stdout}{done.stderr}")


if __name__ == "__main__":
    main(the_same_set)
