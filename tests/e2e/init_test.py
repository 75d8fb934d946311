#!/usr/bin/env python3
"""`orgo init`: from five answers to a server that tells the team of a mail; typed on a terminal, given as options, and where files
are already."""
import email
import email.policy
import json
import os
import pathlib
import pty
import select
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import BINARY, PATIENCE, Orgo, child_environment, expect, mail, main, wait_until  # noqa: E402
from peers import Relay  # noqa: E402


def run(*arguments, cwd=None, stdin=None):
    return subprocess.run([str(BINARY), *map(str, arguments)], capture_output=True, text=True, input=stdin, cwd=cwd,
                          timeout=60 * PATIENCE, env=child_environment())


class Made(Orgo):
    """A server in the folder that init has made, started as its last lines say, with ports of its own."""

    def __init__(self, folder):
        super().__init__(folder=folder / "beside")
        self.data, self.made = folder / "var", folder

    def start(self):
        self.folder = self.made
        return super().start()

    def command(self):
        return [str(BINARY), "serve", "--http", "127.0.0.1:0", "--lmtp", "127.0.0.1:0", "--smtp", "127.0.0.1:0"]


def checked(folder):
    for check in (("config", "check"), ("rules", "check")):
        done = run(*check, cwd=folder)
        expect(done.returncode == 0 and "no errors" in done.stdout, f"{check}: {done.stdout}{done.stderr}")


def options_make_a_server_that_works():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orgo-init-"))
    (folder / "house/beside").mkdir(parents=True)
    house = folder / "house"
    with Relay() as relay:
        done = run("init", house, "--name", 'Hillside "School"', "--domain", "school.example", "--people", "office@elsewhere.example",
                   "--relay", f"127.0.0.1:{relay.port}")
        expect(done.returncode == 0 and "orgo serve" in done.stdout, f"{done.stdout}{done.stderr}")
        checked(house)
        with Made(house) as orgo:
            orgo.start()
            orgo.deliver(mail(recipient="help@school.example"), recipient="help@school.example")
            wait_until("the team is told", lambda: relay.mails)
            sent = email.message_from_bytes(relay.mails[0], policy=email.policy.default)
            expect(sent["From"].addresses[0].display_name == 'Hillside "School"' and sent["To"] == "office@elsewhere.example", sent.as_string())
            expect(orgo.stop() == 0, "stopped")
        before = {path.name: path.read_bytes() for path in house.glob("*.yaml")}
        done = run("init", house, "--name", "Another")
        expect(done.returncode == 1 and "is there already" in done.stderr, f"{done.returncode} {done.stderr}")
        expect(before == {path.name: path.read_bytes() for path in house.glob("*.yaml")}, "what is there is left alone")
    shutil.rmtree(folder)


def a_terminal_is_asked():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orgo-init-"))
    master, slave = pty.openpty()
    process = subprocess.Popen([str(BINARY), "init"], cwd=folder, stdin=slave, stdout=slave, stderr=slave, env=child_environment())
    os.close(slave)
    shown = b""

    def read_until(words):
        nonlocal shown
        def seen():
            nonlocal shown
            if select.select([master], [], [], 0)[0]:
                try:
                    shown += os.read(master, 4096)
                except OSError:
                    pass
            return words.encode() in shown
        wait_until(f"it says {words!r}; so far {shown.decode(errors='replace')!r}", seen)
        shown = b""
    for words, answer in (("called?", "The library"), ("domain is yours?", "library.example"), ("mail for?", "no address"),
                          ("That ", "desk@library.example"), ("takes our mails", ""), ("Who works on it?", "desk@library.example"),
                          ("come back as new mail", "")):
        read_until(words)
        os.write(master, answer.encode() + b"\n")
    read_until("orgo serve")
    expect(process.wait(20 * PATIENCE) == 0, "done")
    os.close(master)
    text = (folder / "config.yaml").read_text()
    expect('"The library"' in text and 'administrators: ["team@library.example"]' in text, text)
    expect('"team@library.example"' in (folder / "rules.yaml").read_text(), "the standard of the team")
    checked(folder)
    shutil.rmtree(folder)


def an_empty_folder_is_told_of_init():
    """Whoever starts a server in the wrong folder hears so, and nothing is made there."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orgo-init-"))
    done = run("serve", "--http", "127.0.0.1:0", "--lmtp", "127.0.0.1:0", "--smtp", "127.0.0.1:0", cwd=folder)
    expect(done.returncode == 1 and "`orgo init`" in done.stderr, f"{done.returncode} {done.stderr}")
    expect(not list(folder.iterdir()), f"made: {list(folder.iterdir())}")
    for check in (("rules", "check"), ("doctor",)):
        done = run(*check, cwd=folder)
        expect("orgo init" in done.stdout + done.stderr, f"{check}: {done.stdout}{done.stderr}")
    expect(run("init", "--name", "Here", cwd=folder).returncode == 0, "init")
    checked(folder)
    value = run("init", "sub", "--json", cwd=folder)
    expect(json.loads(value.stdout) == {"config": "sub/config.yaml", "rules": "sub/rules.yaml"}, value.stdout)
    shutil.rmtree(folder)


def wrong_answers_and_their_end():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orgo-init-"))
    for arguments, words in ((["--addresses", "nonsense"], "--addresses"), (["--relay", "a:b"], "--relay"),
                             (["--time-zone", "Mars/North"], "--time-zone"),
                             (["--addresses", "a@x.example", "--people", "A@x.example"], "come back as new mail")):
        done = run("init", *arguments, cwd=folder)
        expect(done.returncode == 2 and words in done.stderr, f"{arguments}: {done.returncode} {done.stderr}")
    done = run("init", "--ask", cwd=folder, stdin="Name\nx.example\n")
    expect(done.returncode == 2 and "nothing was written" in done.stderr, f"{done.returncode} {done.stderr}")
    expect(not list(folder.iterdir()), "nothing was written")
    (folder / "file").touch()
    expect(run("init", folder / "file" / "below").returncode == 1, "a folder that can't be made")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main(an_empty_folder_is_told_of_init, options_make_a_server_that_works, a_terminal_is_asked, wrong_answers_and_their_end)
