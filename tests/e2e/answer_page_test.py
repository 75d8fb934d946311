#!/usr/bin/env python3
"""People answer customers on the task's page, in a real browser, and the answer arrives: with files and umlauts, once however
often one clicks, not when the customer wrote meanwhile, not when it is taken back. ORGO_SCREENSHOTS=DIR keeps pictures."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from browser import Browser  # noqa: E402
from orgo import Orgo, expect, mail, main, wait_until  # noqa: E402
from page_test import complaints_of, log_in, picture, url  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402

PETRA = "petra@example.org"
RULES = """\
templates:
  plumber: {subject: "x", body: "Dear {{requester}},\\nthe plumber knows of {{task}}.\\n"}
rules:
  - name: all
    action: {route_to: "office@organization.com"}
"""


def ask(orgo, text="It drips from the ceiling.", message_id="<one@example.org>", extra=""):
    orgo.deliver(mail(subject="Water leak", text=text, sender=PETRA, message_id=message_id, extra=extra), sender=PETRA)
    orgo.settle()


def to_petra(sink):
    with sink.lock:
        return [kept for kept in sink.kept if kept.recipient == PETRA]


def answers(orgo):
    return [item for item in orgo.get("/api/v1/messages?limit=100")["items"] if item["channel"] == "answer"]


def typed(browser):
    return browser.evaluate("document.querySelector('#answer-text').value")


def opened(browser, orgo):
    orgo.start()
    ask(orgo)
    log_in(browser, orgo, "/tasks/T-1")


def settings(sink, undo):
    return sink.settings() + f"answers:\n  undo: {undo}\n"


def an_answer_arrives_as_it_was_written():
    with SmtpSink() as sink, Orgo(rules=RULES, settings=settings(sink, "0s")) as orgo, Browser() as browser:
        opened(browser, orgo)
        offer = orgo.folder / "Angebot \u00fc \"neu\".pdf"
        offer.write_bytes(bytes(range(256)) * 300)
        browser.fill("#answer-text", "Gr\u00fc\u00dfe aus dem B\u00fcro.\nWir kommen um neun.")
        browser.fill("#answer-cc", "bert@organization.com")
        browser.evaluate("document.querySelector('#answer-template').value = 'plumber'")
        browser.evaluate("document.querySelector('#answer-quote').checked = true")
        browser.evaluate("document.querySelector('#answer-state').value = 'resolved'")
        browser.choose_files("#answer-files", offer)
        browser.click("button[value=answer]")
        expect(browser.url() == url(orgo, "/tasks/T-1"), f"back on the page: {browser.url()}")
        kept = wait_until("the answer arrives", lambda: to_petra(sink))[0]
        text = kept.message.get_body(("plain",)).get_content()
        expect(f"Dear {PETRA},\nthe plumber knows of T-1.\n\nGr\u00fc\u00dfe aus dem B\u00fcro.\nWir kommen um neun.\n" in text.replace("\r\n", "\n"),
               f"the template, then the words: {text}")
        expect("> It drips from the ceiling." in text, f"and what petra wrote: {text}")
        expect(str(kept.message["In-Reply-To"]) == "<one@example.org>", f"in the thread: {kept.message['In-Reply-To']}")
        expect("bert@organization.com" in str(kept.message["Cc"]), f"the copy is no secret: {kept.message['Cc']}")
        files = list(kept.message.iter_attachments())
        expect([(file.get_filename(), file.get_content()) for file in files] == [(offer.name, offer.read_bytes())],
               f"the file, byte for byte: {[file.get_filename() for file in files]}")
        wait_until("the copy arrives", lambda: any(one.recipient == "bert@organization.com" and one.message["Cc"] for one in sink.kept))

        def both_delivered():
            browser.open(url(orgo, "/tasks/T-1"))
            return browser.evaluate("document.querySelectorAll('.ours .done').length") == 2
        wait_until("the page says that both copies were delivered", both_delivered)
        picture(browser, "desk-answered")
        shown = browser.evaluate("document.querySelector('.ours').innerText")
        expect(f"admin answered, to {PETRA}, copy to bert@organization.com, 1 file" in shown, f"as what it is: {shown}")
        expect(browser.evaluate("document.querySelector('dd .chip').innerText") == "resolved", "the state that was chosen")
        expect(not complaints_of(browser), f"the browser complains: {browser.complaints()}")
        orgo.stop()


def what_is_taken_back_never_leaves():
    with SmtpSink() as sink, Orgo(rules=RULES, settings=settings(sink, "1h")) as orgo, Browser() as browser:
        opened(browser, orgo)
        browser.fill("#answer-text", "Dear Petra,\nwe come <never>.")
        browser.click("button[value=answer]")
        notice = browser.evaluate("document.querySelector('form.notice').innerText")
        expect("Your answer leaves at" in notice and "Take it back" in notice, f"it can be taken back: {notice}")
        picture(browser, "desk-leaving")
        browser.click("form.notice button")
        text = browser.text()
        expect("Taken back; nothing was sent." in text, f"it says so: {text}")
        expect(typed(browser) == "Dear Petra,\nwe come <never>.", f"the words stand in the box again: {typed(browser)!r}")
        expect(browser.evaluate("document.querySelector('form.notice')") is None, "there is nothing more to take back")
        picture(browser, "desk-taken-back")
        browser.click("button[value=note]")
        note = browser.evaluate("document.querySelector('.note').innerText")
        expect("note, for colleagues only" in note and "we come <never>." in note, f"kept as a note: {note}")
        expect(not to_petra(sink), "nothing went out")
        expect([event["kind"] for event in orgo.get("/api/v1/tasks/T-1/events")["items"] if "recall" in event["kind"] or "answer" in event["kind"]]
               == ["task.answered", "task.recalled"], "the history has both")
        orgo.stop()


def click_late(browser, orgo, form):
    """The second click of somebody with a slow network: the same form, when the first answer has been sent long ago."""
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in browser.call("Network.getCookies")["cookies"])
    body = "".join(f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in form.items()) + "--b--\r\n"
    status, page = orgo.http("POST", "/tasks/T-1/reply", body=body, token=None, headers={
        "Content-Type": "multipart/form-data; boundary=b", "Cookie": cookie, "Origin": url(orgo, "")})
    expect(status == 303, f"a late click is the same answer: {status} {page[:3000]}")


def a_double_click_sends_once():
    with SmtpSink() as sink, Orgo(rules=RULES, settings=settings(sink, "0s")) as orgo, Browser() as browser:
        opened(browser, orgo)
        for number in range(3):
            browser.fill("#answer-text", f"Answer {number}")
            form = browser.evaluate("Object.fromEntries([...new FormData(document.querySelector('.answer form'))].filter(([k]) => k != 'files'))")
            browser.click("button[value=answer]", times=2)
            wait_until("it is sent", lambda: len(to_petra(sink)) > number)
            wait_until("the browser is at rest", lambda: browser.evaluate(
                "document.readyState == 'complete' && document.querySelector('#answer-text')?.value === ''"))
            expect(browser.evaluate("document.querySelector('[role=alert]')") is None, f"nobody complains: {browser.text()}")
            click_late(browser, orgo, {**form, "as": "answer"})
            browser.open(url(orgo, "/tasks/T-1"))  # the second click's page may still be on its way: what is typed next would go with it
        orgo.settle()
        expect(len(answers(orgo)) == 3, f"three answers: {answers(orgo)}")
        texts = [kept.message.get_body(("plain",)).get_content().split("\n")[0].strip() for kept in to_petra(sink)]
        expect(texts == ["Answer 0", "Answer 1", "Answer 2"], f"each once: {texts}")
        orgo.stop()


def what_the_customer_wrote_meanwhile_is_read_first():
    with SmtpSink() as sink, Orgo(rules=RULES, settings=settings(sink, "0s")) as orgo, Browser() as browser:
        opened(browser, orgo)
        ask(orgo, "It is dry again, thank you.", "<two@example.org>", "In-Reply-To: <one@example.org>\n")
        browser.fill("#answer-text", "We come at nine.")
        browser.click("button[value=answer]")
        text = browser.text()
        expect("nothing was sent" in text and "It is dry again, thank you." in text, f"first one reads: {text}")
        expect(typed(browser) == "We come at nine.", f"the words are kept: {typed(browser)!r}")
        expect(answers(orgo) == [], "nothing was kept, either")
        browser.fill("#answer-text", "Good to hear.")
        browser.click("button[value=answer]")
        kept = wait_until("the other answer arrives", lambda: to_petra(sink))
        expect("Good to hear." in kept[0].message.get_body(("plain",)).get_content(), "the better one")
        expect(str(kept[0].message["In-Reply-To"]) == "<two@example.org>", "to the newer mail")
        orgo.stop()


def a_file_that_is_too_large_leaves_the_words():
    with SmtpSink() as sink, Orgo(rules=RULES, settings=settings(sink, "0s") + "limits: {message_size: 1MiB}\n") as orgo, Browser() as browser:
        opened(browser, orgo)
        film = orgo.folder / "film.mp4"
        film.write_bytes(b"x" * 5_000_000)
        browser.fill("#answer-text", "Dear Petra,\nsee <this>.")
        browser.fill("#answer-cc", "bert@organization.com")
        browser.evaluate("document.querySelector('#answer-state').value = 'resolved'")
        browser.choose_files("#answer-files", film)
        browser.click("button[value=answer]")
        text = browser.text()
        expect("The files are too large" in text and "Nothing was sent." in text, f"it says so: {text}")
        expect(typed(browser) == "Dear Petra,\nsee <this>.", f"the words are there: {typed(browser)!r}")
        kept = [browser.evaluate(f"document.querySelector('#answer-{name}').value") for name in ("cc", "state")]
        expect(kept == ["bert@organization.com", "resolved"], f"and all else: {kept}")
        expect(answers(orgo) == [], "nothing was kept")
        browser.click("button[value=answer]")
        wait_until("without the film it goes out", lambda: to_petra(sink))
        orgo.stop()


def the_box_fits_a_phone_and_a_keyboard():
    with Orgo(rules=RULES) as orgo, Browser(width=390, height=844, mobile=True) as browser:
        opened(browser, orgo)
        for scheme in ("light", "dark"):
            browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            browser.evaluate("document.querySelector('.answer').scrollIntoView()")
            picture(browser, "phone-answer-" + scheme)
        wide = browser.evaluate("document.documentElement.scrollWidth")
        expect(wide <= 390, f"it is {wide} pixels wide on a phone of 390")
        above = browser.evaluate("document.querySelector('.answer').getBoundingClientRect().bottom <="
                                 " document.querySelector('article.mail').getBoundingClientRect().top")
        expect(above, "the box stands above the messages")
        browser.evaluate("document.querySelector('#answer-text').focus()")
        seen = []
        for _ in range(9):
            seen.append(browser.evaluate("document.activeElement.id || document.activeElement.innerText"))
            outline = browser.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            expect(outline == "solid", f"one sees where one is at {seen[-1]}: {outline}")
            if seen[-1] == "Keep as note":
                break
            browser.press("Tab")
        expect(seen == ["answer-text", "answer-cc", "answer-template", "answer-state", "answer-quote", "answer-files", "Send answer",
                        "Keep as note"], f"every field by Tab, in order: {seen}")
        unnamed = browser.evaluate("""[...document.querySelectorAll('input:not([type=hidden]),select,textarea')]
            .filter(e => !document.querySelector(`label[for="${e.id}"]`)).map(e => e.outerHTML)""")
        expect(unnamed == [], f"fields without a label: {unnamed}")
        browser.fill("#answer-text", "By keys alone.")
        started = len(browser.events)
        browser.press("Enter")
        browser.wait_loaded(started)
        expect("note, for colleagues only" in browser.text(), f"pressed: {browser.text()}")
        picture(browser, "phone-note")
        orgo.stop()


if __name__ == "__main__":
    if Browser.program() is None:
        print("SKIPPED: there is no chromium here; scripts/packages-browser.txt names it", file=sys.stderr)
        sys.exit(0)
    main(an_answer_arrives_as_it_was_written, what_is_taken_back_never_leaves, a_double_click_sends_once,
         what_the_customer_wrote_meanwhile_is_read_first, a_file_that_is_too_large_leaves_the_words, the_box_fits_a_phone_and_a_keyboard)
