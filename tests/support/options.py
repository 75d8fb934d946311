"""What the tests of options share (tests/e2e/options_*_test.py): a server that takes everything from its configuration file, and the list
of which look looks at which option."""
import pathlib
import re
import sqlite3

from orgo import BINARY, Orgo

LOOKS = {}  # option -> the functions that look at it


def looks(*options):
    def keep(function):
        for option in options:
            LOOKS.setdefault(option, []).append(function)
        return function
    return keep


def all_looks():
    """Each once, in the order in which they stand in their file."""
    return list(dict.fromkeys(function for functions in LOOKS.values() for function in functions))


TO_OFFICE = """\
rules:
  - name: all
    action: {route_to: "office@school.example"}
"""


class Plain(Orgo):
    """All comes from the configuration file and none from arguments, so that the file is what is looked at."""

    def __init__(self, settings="", rules=TO_OFFICE, doors=True, roles=None):
        super().__init__(rules=rules)
        self.roles = roles
        base = f"rules: {{files: [{self.rules}]}}\ndata: {{dir: {self.data}}}\n"
        if doors:
            base += "".join(f"{door}: {{listen: '127.0.0.1:0'}}\n" for door in ("http", "lmtp", "smtp_in")
                            if not re.search(rf"^{door}:", settings, re.M))
        self.config.write_text(base + settings)

    def command(self):
        return [str(BINARY), "serve", "--config", str(self.config)] + (["--roles", self.roles] if self.roles else [])

    def threads(self):
        names = [(task / "comm").read_text().strip() for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()]
        return {name: names.count(name) for name in names}

    def rows(self, query, *values):
        with sqlite3.connect(f"file:{self.data}/orgo.db?mode=ro", uri=True, timeout=20) as database:
            return database.execute(query, values).fetchall()

    def metric(self, name):
        text = self.http("GET", "/metrics")[1].decode()
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name))


def started(settings="", **more):
    return Plain(settings, **more).start()


def smtp(port, more=""):
    return f"smtp: {{host: localhost, port: {port}{more}}}\n"


def headers_of(content):
    return content.split(b"\r\n\r\n", 1)[0].decode()
