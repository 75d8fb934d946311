"""The commands of `orgo` with what their helps say, read from the program itself."""
import re
import subprocess

from orgo import BINARY, child_environment, expect


class Helped:
    """One command: its path ("task list"), the text of its help, and what that says."""

    def __init__(self, path, text):
        self.path, self.text = path, text
        words = text.split("\nUsage:")[1].split("\n\n")[0] if "\nUsage:" in text else ""
        words = " ".join(words.split())
        self.needed = [word for word in words.removeprefix(f"orgo {path}").strip().split() if re.fullmatch(r"[a-z-]+(\.\.\.)?", word)]
        self.needed_options = [word for word in re.findall(r"^  (?:-., ?)?(--[a-z-]+)[^\n]*\n?(?:[^\n]*)\(must be given\)", text, re.M)]
        self.options = re.findall(r"^  .*?(--[a-z-]+)", self.part("Options"), re.M)
        self.commands = re.findall(r"^  ([a-z-]+)(?: |$)", self.part("Subcommands"), re.M)
        self.examples = joined(self.part("Examples"))

    def part(self, name):
        found = re.search(rf"^{name}:\n(.*?)(?=^[A-Z][a-z]+:$|\Z)", self.text, re.M | re.S)
        return found[1] if found else ""


def joined(text):
    """The examples, one a line: those that begin with two spaces, with their continuations."""
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [line.strip() for line in lines if line.startswith("  ")]


def helped(path=""):
    done = subprocess.run([str(BINARY), *path.split(), "--help"], capture_output=True, text=True, env=child_environment(), timeout=60)
    expect(done.returncode == 0 and not done.stderr, f"orgo {path} --help: {done.returncode} {done.stderr}")
    return Helped(path, done.stdout)


def every_command(path=""):
    """The command and all below it."""
    here = helped(path)
    yield here
    for name in here.commands:
        yield from every_command(f"{path} {name}".strip())
