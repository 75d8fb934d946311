"""README.md as what tests do: the commands of a section, typed in a shell one after the other, and the words that they have to show.
Nothing of it is written down twice, so that the page and the tests of it can't differ."""
import re
import subprocess

from orgo import ROOT, expect, wait_until

CHANGES_NOTHING = ("orgo doctor", "orgo task list", "orgo task show", "orgo ledger", "grep ")  # one may look again until it is there


def text():
    return (ROOT / "README.md").read_text(encoding="utf-8")


def steps(title):
    """(commands, lines that they have to show) of each pair of blocks below "## title"."""
    section = text().split(f"## {title}\n")[1].split("\n## ")[0]
    for match in re.finditer(r"```sh\n(.*?)```\n(?:```text\n(.*?)```)?", section, re.S):
        yield match[1].strip().splitlines(), (match[2] or "").strip().splitlines()


def installs():
    """The `apt install ...` that the page names in its sentences, in their order."""
    found = re.findall(r"`(apt install [^`]+)`", text())
    expect(found, "README.md names no `apt install`")
    return found


class Terminal:
    """A shell in which one command is typed after the other."""

    def __init__(self, command, **more):
        self.shell = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)

    def type(self, command):
        """(exit status, what was shown meanwhile)."""
        self.shell.stdin.write(f'{command}\necho "=== done $?"\n')
        self.shell.stdin.flush()
        shown = []
        for line in self.shell.stdout:
            if line.startswith("=== done "):
                return int(line.split()[2]), "".join(shown)
            shown.append(line)
        expect(False, f"$ {command}\nthe shell ended: {''.join(shown)}")

    def end(self):
        if self.shell.poll() is None:
            self.type("kill $(jobs -p); wait")
            self.shell.stdin.close()
        self.shell.wait(30)


def show(terminal, command):
    """What it shows; of a command that changes nothing, as soon as it goes well."""
    def typed():
        status, text = terminal.type(command)
        last.append(f"exit {status}\n{text}")
        return (text or " ") if status == 0 else None
    last = []
    if not command.startswith(CHANGES_NOTHING):
        text = typed()
        expect(text, f"$ {command}\n{last[-1]}")
        return text
    try:
        return wait_until(command, typed, 40, every=0.2)
    except Exception:
        expect(False, f"$ {command}\n{last[-1]}")


def follow(terminal, title):
    """Does what the section says, and sees what it shows. Returns how many commands that were."""
    count = 0
    for commands, wanted in steps(title):
        shown = "".join(show(terminal, command) for command in commands)
        count += len(commands)
        again = [command for command in commands if command.startswith(CHANGES_NOTHING)]

        def is_all_there():
            text = shown + "".join(show(terminal, command) for command in again)
            missing[:] = [line for line in wanted if line not in text]
            missing.append(text) if missing else None
            return not missing
        missing = []
        try:
            wait_until("the words of the block", is_all_there, 40, every=0.2)
        except Exception:
            expect(False, f"{commands} do not show {missing[:-1]}:\n{missing[-1]}")
    return count


def first_hour(terminal, sent):
    """The section "The first hour" from its first command to the answer that lies with the customer's mail server (`sent`, a folder)."""
    count = follow(terminal, "The first hour")
    expect(count >= 12, f"only {count} commands: is the section still found in README.md?")
    mails = [path.read_text(errors="replace") for path in sent.iterdir()]
    answer = next((mail for mail in mails if "Come to room 12" in mail and "kim@client.example" in mail), "")
    expect("Re: [T-1] Key lost" in answer and "<1@client.example>" in answer, f"the answer is in the thread: {answer}")
    expect(any("office@school.example" in mail and "Key lost" in mail for mail in mails), "and somebody was told of the task")
    return count
