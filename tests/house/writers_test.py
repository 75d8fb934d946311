#!/usr/bin/env python3
"""Whatever changes state is a part of a Changes (core/parts/parts.h) and goes through ChangeStore::commit: the methods of the SQL
stores that write beside it are listed here, each with the reason, and no other does."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# A class alone stands for all its methods.
WRITERS = {
    "SqlChangeStore::commit_together": "the way to change state",
    "SqlMessageStore::accept": "a message and its work are made durable before anything is decided of them",
    "SqlMessageStore::rehearse": "writes what accept() would, and undoes it: nothing changes",
    "SqlOutbox::lease_sends": "a lease holds a send for a while; what comes of it is a part",
    "SqlOutbox::give_back": "a lease whose send was not tried",
    "SqlOutbox::cap_waits": "waits and beginnings that a wrong clock put off; nothing else of a send changes",
    "SqlOutbox::release_sends": "leases of processes that are gone",
    "SqlLineageStore": "how far the database has come, and, when it was put back, that all that waited is held",
    "SqlTaskStore::claim_timers": "a timer is held for a while; that it fired is said by a Changes",
    "SqlTaskStore::release_timers": "timers held by processes that are gone",
    "PostgresNodes::bury": "what a node that has died holds is free again; nothing else changes",
    "SqlWorkStore": "work that waits, its leases, and how a worker ends them; what a person does with a dead letter is a part",
    "SqlTenantStore": "a tenant is there before anything can be its change",
}


def writers(text):
    """The methods in it that open a writing transaction: Class::method."""
    found = []
    current = None
    for line in text.splitlines():
        definition = re.match(r"[A-Za-z].*?\b(\w+)::(\w+)\(", line)
        if definition:
            current = f"{definition[1]}::{definition[2]}"
        if re.search(r"\bengine_(\.|->)(write|post|execute)\(", line) and current:
            found.append(current)
    return found


def check(files, allowed):
    """Complaints about a list of (name, text)."""
    complaints = []
    used = set()
    for name, text in files:
        for writer in writers(text):
            entry = writer if writer in allowed else writer.split("::")[0]
            if entry in allowed:
                used.add(entry)
            else:
                complaints.append(f"{name}: error: {writer} changes state beside ChangeStore::commit: make what it writes a part "
                                  f"(core/parts/parts.h, adapter/*/parts/), with its event")
    complaints += [f"tests/house/writers_test.py: error: '{entry}' writes no more: take it out" for entry in allowed if entry not in used]
    return complaints


def test_itself():
    sample = "Status SqlThing::save(int x) {\n  return engine_.write({}, [&] {});\n}\nint SqlThing::read() {\n  engine_.reader();\n}\n"
    assert writers(sample) == ["SqlThing::save"], writers(sample)
    assert len(check([("a.cpp", sample)], {})) == 1
    assert check([("a.cpp", sample)], {"SqlThing::save": ""}) == []
    assert check([("a.cpp", sample)], {"SqlThing": ""}) == []
    assert "take it out" in check([], {"SqlThing": ""})[0]


def main():
    test_itself()
    files = sorted((ROOT / "src/adapter/sql").rglob("*.cpp"))
    complaints = check([(path.relative_to(ROOT), path.read_text(encoding="utf-8")) for path in files], WRITERS)
    print("\n".join(map(str, complaints)) or f"{len(WRITERS)} ways to write, each with its reason")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
