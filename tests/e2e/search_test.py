#!/usr/bin/env python3
"""Searching through the real program: the command line, the API and the page, what is told when it can't, and that an index that was lost comes back."""
import json
import pathlib
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Orgo, expect, mail, main, wait_until  # noqa: E402
from page_visitor import PageVisitor  # noqa: E402

SETTINGS = "organization: {domain: school.example, addresses: [help@school.example]}\n"


def filled():
    orgo = Orgo(settings=SETTINGS)
    orgo.start()
    for subject, text, sender in (("Dripping tap", "The tap in room 7 drips all night.", "muller.anna@client.example"),
                                  ("Lampe kaputt", "Die Straße ist dunkel.", "kim@client.example"),
                                  ("東京の天気", "明日は雨です。", "sato@client.example")):
        orgo.deliver(mail(subject, text, sender=sender, recipient="help@school.example"), "help@school.example", "x@client.example")
        orgo.settle()
    return orgo


def found(orgo, words, more=""):
    return [task["id"] for task in orgo.get("/api/v1/tasks?search=" + urllib.parse.quote(words) + more)["items"]]


def all_ways_find_the_same():
    with filled() as orgo:
        wait_until("the last one is found", lambda: found(orgo, "雨") == ["T-3"])
        for words, tasks in (("drips", ["T-1"]), ('"room 7"', ["T-1"]), ("from:MÜLLER", ["T-1"]), ("strasse", ["T-2"]), ("東京", ["T-3"]),
                             ("-tap", ["T-3", "T-2"]), ("to:help", ["T-3", "T-2", "T-1"]), ("is:done", []), ("T-2", ["T-2"])):
            expect(found(orgo, words) == tasks, f"{words}: {found(orgo, words)}")
            told = json.loads(orgo.cli("task", "list", "--search", words, "--json").stdout)
            expect([one["id"] for one in told] == tasks, f"{words}: {told}")
        shown = orgo.cli("task", "list", "--search", "drips").stdout
        expect("T-1" in shown and "The tap in room 7 [drips] all night." in shown, shown)
        pieces = orgo.get("/api/v1/tasks?search=drips")["items"][0]["found"]
        expect([piece["text"] for piece in pieces if piece["hit"]] == ["drips"], pieces)
        page = orgo.get("/api/v1/tasks?search=to:help&limit=2")
        rest = found(orgo, "to:help", "&limit=2&cursor=" + urllib.parse.quote(page["next_cursor"]))
        expect(rest == ["T-1"], rest)
        status = orgo.cli("search", "status").stdout
        expect("3 tasks can be found; all changes are in it" in status, status)


def what_a_person_writes_is_found_within_a_moment():
    with filled() as orgo:
        orgo.cli("task", "comment", "1", "The plumber has a wrench.")
        wait_until("the note is found", lambda: found(orgo, "wrench") == ["T-1"], 10)
        orgo.cli("task", "close", "1")
        wait_until("it is closed", lambda: found(orgo, "wrench is:done") == ["T-1"], 10)
        expect(found(orgo, "wrench", "&open=true") == [], "the list would not show it")


def what_is_wrong_is_said():
    with filled() as orgo:
        status, body = orgo.http("GET", "/api/v1/tasks?search=frm:anna")
        expect(status == 400 and b"there are number, subject, from" in body, body)
        done = orgo.cli("task", "list", "--search", "is:lost", check=False)
        expect("is:open or is:done" in done.stderr and done.returncode == 2, done)
        orgo.stop()
        for words in (("task", "list", "--search", "pump"), ("search", "status")):
            done = orgo.cli(*words, check=False)
            expect("a running server keeps the index" in done.stderr and done.returncode == 1, done)


def a_lost_index_comes_back():
    with filled() as orgo:
        wait_until("the last one is found", lambda: found(orgo, "雨") == ["T-3"])
        orgo.cli("search", "rebuild")
        wait_until("it was built anew", lambda: not orgo.get("/api/v1/search")["building"])
        expect(found(orgo, "雨") == ["T-3"], "it answers")
        orgo.stop()
        index = orgo.data / "search.db"
        index.write_bytes(b"no database at all" * 100)
        orgo.start()
        wait_until("it was built by itself", lambda: found(orgo, "雨") == ["T-3"])
        expect("search.built_anew" in orgo.tail(200), "the log says so")


def the_page_has_a_box():
    with filled() as orgo:
        wait_until("the last one is found", lambda: found(orgo, "雨") == ["T-3"])
        orgo.add_person("anna", "staff", "correct horse battery staple")
        visitor = PageVisitor(orgo, "anna", "correct horse battery staple")
        page = visitor.page("/?q=drips")
        expect("<mark>drips</mark>" in page and "Dripping tap" in page and "Lampe" not in page, page)
        expect("there is no field" in visitor.page("/?q=frm:x"), "the page says what is wrong")
        expect("Nothing was found" in visitor.page("/?q=nosuchword"), "nothing")


main(all_ways_find_the_same, what_a_person_writes_is_found_within_a_moment, what_is_wrong_is_said, a_lost_index_comes_back, the_page_has_a_box)
