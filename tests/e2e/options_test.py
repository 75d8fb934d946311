#!/usr/bin/env python3
"""Every option that the program declares is looked at: the options_*_test.py beside this file set some and watch a real server and its
peers. An option without a look fails this test, so that none can reach nobody again."""
import importlib
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE)]
from options import LOOKS, all_looks  # noqa: E402
from orgo import ROOT, expect, main  # noqa: E402

# Looked at by other tests through the real program (or, for what needs weeks of mail, by the test of the part): the file in which
# the option's last word must stand.
ELSEWHERE = {
    "mail.trusted_certificates": "tests/e2e/signature_test.py",
    "mail.pgp_keyring": "tests/e2e/signature_test.py",
    "organization.administrators": "tests/world/silence_service_test.cpp",
    "silence.holidays": "src/app/policies/silence_settings_test.cpp",
    "silence.calendar": "src/app/policies/silence_settings_test.cpp",
    "database.pool_url": "tests/fault/postgres_pool_test.py",
    "database.standbys": "tests/fault/postgres_failover_test.py",
    "queue.url": "tests/e2e/broker_test.py",
    "queue.password": "tests/e2e/broker_test.py",
    "mailboxes.NAME.": "tests/e2e/mailbox_test.py",
}


def every_file_of_looks_runs_its_looks():
    files = sorted(HERE.glob("options_*_test.py"))
    for file in files:
        before = len(all_looks())
        importlib.import_module(file.stem)
        expect(len(all_looks()) > before, f"{file.name} looks at nothing")
        expect(file.read_text().endswith("    main(*all_looks())\n"), f"{file.name} runs other things than its looks")
    return f"{len(all_looks())} looks in {len(files)} files"


def every_declared_option_has_a_look():
    for file in HERE.glob("options_*_test.py"):
        importlib.import_module(file.stem)
    documented = re.findall(r"^\| `([a-z_.A-Z]+)` \|", (ROOT / "docs/configuration.md").read_text(), re.M)
    expect(len(documented) > 80, f"only {len(documented)} options are documented")
    unknown = set(LOOKS) - set(documented)
    expect(not unknown, f"no such option: {sorted(unknown)}")
    missing = []
    for option in documented:
        if option in LOOKS:
            continue
        place = next((file for start, file in ELSEWHERE.items() if option == start or (start.endswith(".") and option.startswith(start))), None)
        if place and re.search(rf"\b{option.rsplit('.', 1)[1]}\b", (ROOT / place).read_text()):
            continue
        missing.append(option + (f" (not in {place})" if place else ""))
    expect(not missing, "options that nobody looks at: " + ", ".join(missing))
    return f"{len(documented)} options"


if __name__ == "__main__":
    main(every_file_of_looks_runs_its_looks, every_declared_option_has_a_look)
