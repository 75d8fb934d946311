#!/usr/bin/env python3
"""Two processes on one data folder: the second refuses with a clear sentence, and the first does not notice."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Orgo, expect, mail, main  # noqa: E402


def the_second_server_refuses():
    with Orgo() as orgo:
        orgo.start()
        second = subprocess.run(orgo.command(), capture_output=True, text=True, cwd=orgo.folder, timeout=30)
        expect(second.returncode == 1, f"the second server must end with 1, not {second.returncode}")
        said = second.stderr + second.stdout
        expect("another orgo owns the data folder" in said and f"process {orgo.address['pid']}" in said and "--data DIR" in said,
               f"the sentence is not clear: {said}")
        orgo.deliver(mail())
        orgo.settle()
        orgo.cli("task", "list")
        expect(orgo.stop() == 0, "the first server must go on and stop as asked")


def the_folder_is_free_after_kill_9():
    with Orgo() as orgo:
        orgo.start()
        orgo.deliver(mail())
        orgo.kill()
        orgo.start()
        orgo.settle()
        expect(len(orgo.get("/api/v1/messages")["items"]) == 1, "the mail is still there")
        orgo.stop()


if __name__ == "__main__":
    main(the_second_server_refuses, the_folder_is_free_after_kill_9)
