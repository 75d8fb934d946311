#!/usr/bin/env python3
"""People take down what somebody tells by phone or at the counter, in a real browser: with a file, once however often one clicks,
on a phone and by keys alone; and whom they name can be answered. ORGO_SCREENSHOTS=DIR keeps pictures."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from browser import Browser  # noqa: E402
from orgo import Orgo, expect, main, wait_until  # noqa: E402
from page_test import complaints_of, log_in, picture, url  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402

RULES = """\
teams: {desk: {address: desk@organization.com}}
rules:
  - name: all
    action: {route_to: "office@organization.com"}
"""


def messages(orgo):
    return [item for item in orgo.get("/api/v1/messages?limit=100")["items"] if item["channel"] == "answer"]


def a_call_becomes_a_task_and_is_answered():
    with SmtpSink() as sink, Orgo(rules=RULES, settings=sink.settings() + "answers: {undo: 0s}\n") as orgo, Browser() as browser:
        orgo.start()
        log_in(browser, orgo, "/")
        browser.click("a.button")
        expect(browser.url() == url(orgo, "/tasks/new"), f"by the button of the list: {browser.url()}")
        picture(browser, "desk-new-task")
        plan = orgo.folder / "Gr\u00f6\u00dfe.txt"
        plan.write_text("three by four")
        for name, value in (("title", "Schl\u00fcssel <weg>"), ("text", "Rief um neun an.\nRaum 3."), ("requester", "Kim Berg <kim@client.example>"),
                            ("team", "desk")):
            browser.fill(f"#new-{name}", value)
        browser.evaluate("document.querySelector('#new-priority').value = 'high'")
        browser.choose_files("#answer-files", plan)
        browser.click("form.new button", times=2)
        wait_until("the task is there", lambda: browser.url() == url(orgo, "/tasks/T-1"))
        browser.open(url(orgo, "/tasks/T-1"))  # the second click's page may still be on its way: what is typed next would go with it
        expect(len(messages(orgo)) == 1, f"a double click is one task: {messages(orgo)}")
        task = orgo.get("/api/v1/tasks/T-1")
        expect((task["title"], task["requester"], task["team"], task["priority"]) == ("Schl\u00fcssel <weg>", "kim@client.example", "desk", "high"), str(task))
        text = browser.text()
        expect("Rief um neun an." in text and plan.name in text, f"with all that was said: {text}")
        browser.fill("#answer-text", "Er ist hier.")
        browser.click("button[value=answer]")
        kept = wait_until("kim is answered", lambda: [one for one in sink.kept if one.recipient == "kim@client.example"])
        expect(len(kept) == 1 and "Er ist hier." in kept[0].message.get_content(), "and gets nothing else")
        expect(not complaints_of(browser), f"the browser complains: {browser.complaints()}")
        orgo.stop()


def what_is_wrong_is_said_and_all_is_kept():
    with Orgo(rules=RULES, settings="limits: {message_size: 1MiB}\n") as orgo, Browser() as browser:
        orgo.start()
        log_in(browser, orgo, "/tasks/new")
        film = orgo.folder / "film.mp4"
        film.write_bytes(b"x" * 5_000_000)
        for who, files, hint in (("desk@organization.com", None, "the team 'desk'"), ("Nobody", None, "is known here"), ("kim@client.example", film, "too large")):
            browser.fill("#new-title", "Key lost")
            browser.fill("#new-text", "Called.")
            browser.fill("#new-requester", who)
            if files:
                browser.choose_files("#answer-files", files)
            browser.click("form.new button")
            told = browser.evaluate("document.querySelector('[role=alert]').innerText")
            expect(hint in told, f"{who}: {told}")
            kept = [browser.evaluate(f"document.querySelector('#new-{name}').value") for name in ("title", "text", "requester")]
            expect(kept == ["Key lost", "Called.", who], f"{kept}")
        expect(messages(orgo) == [], "nothing was opened")
        orgo.stop()


def it_fits_a_phone_and_a_keyboard():
    with Orgo(rules=RULES) as orgo, Browser(width=390, height=844, mobile=True) as browser:
        orgo.start()
        log_in(browser, orgo, "/tasks/new")
        for scheme in ("light", "dark"):
            browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            picture(browser, "phone-new-task-" + scheme)
        wide = browser.evaluate("document.documentElement.scrollWidth")
        expect(wide <= 390, f"it is {wide} pixels wide on a phone of 390")
        unnamed = browser.evaluate("""[...document.querySelectorAll('input:not([type=hidden]),select,textarea')]
            .filter(e => !document.querySelector(`label[for="${e.id}"]`)).map(e => e.outerHTML)""")
        expect(unnamed == [], f"fields without a label: {unnamed}")
        browser.evaluate("document.querySelector('#new-title').focus()")
        seen = []
        for _ in range(12):
            seen.append(browser.evaluate("document.activeElement.id || document.activeElement.innerText"))
            outline = browser.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            expect(outline == "solid", f"one sees where one is at {seen[-1]}: {outline}")
            if seen[-1] == "Open task":
                break
            browser.press("Tab")
        expect(seen == ["new-title", "new-text", "new-requester", "new-requester_name", "new-team", "new-assignee", "new-priority", "answer-files",
                        "Open task"], f"every field by Tab, in order: {seen}")
        browser.fill("#new-title", "By keys alone")
        browser.evaluate("document.querySelector('form.new button').focus()")
        started = len(browser.events)
        browser.press("Enter")
        browser.wait_loaded(started)
        expect("By keys alone" in browser.text(), f"opened: {browser.text()}")
        orgo.stop()


if __name__ == "__main__":
    if Browser.program() is None:
        print("SKIPPED: there is no chromium here; scripts/packages-browser.txt names it", file=sys.stderr)
        sys.exit(0)
    main(a_call_becomes_a_task_and_is_answered, what_is_wrong_is_said_and_all_is_kept, it_fits_a_phone_and_a_keyboard)
