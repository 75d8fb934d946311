#!/usr/bin/env python3
"""The page of a message in a real browser: its rules, part by part, and the words by which a chosen rule holds, marked in subject
and text; with letters of several bytes, words that overlap, quotes that are folded, HTML, and a mail that tries to be markup.
ORGO_SCREENSHOTS=DIR keeps pictures."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from browser import Browser  # noqa: E402
from orgo import Orgo, expect, main  # noqa: E402

RULES = """rules:
  - name: "leak & <b>water</b>"
    condition: "subject contains ['leak', 'water leak'] and (body contains ['gr\u00fc\u00dfe', 'urgent', 'ent pl'] or size > 1 MB) and not from ends with '@news.org'"
    action: {route_to: water@organization.com}
  - name: quoted
    condition: "quoted text contains 'basement' and to contains 'office'"
    action: {tag: seen}
  - name: markup
    condition: "body contains ['<script>', '&amp;']"
    action: {tag: code}
  - name: near
    condition: "subject contains 'leak' and body contains 'zebra'"
    action: {tag: never}
"""
TEXT = """Sch\u00f6ne Gru\u0308\u00dfe \U0001f6b0, it is urgent please.
<script>document.title='owned'</script> &amp; more \u05e9\u05dc\u05d5\u05dd leak

On Monday, Ben wrote:
> in the basement it drips
"""


def raw(subject, text, kind="plain"):
    return (f"From: Anna <anna@example.org>\r\nTo: office@organization.com\r\nSubject: {subject}\r\nMessage-ID: <{kind}@example.org>\r\n"
            f"MIME-Version: 1.0\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n").encode() + text.replace("\n", "\r\n").encode()


def picture(browser, name):
    folder = os.environ.get("ORGO_SCREENSHOTS")
    if folder:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        browser.screenshot(str(pathlib.Path(folder) / (name + ".png")))


def log_in(browser, orgo, path):
    browser.open(orgo.address["http"] + path)
    name, password = orgo.first_login()
    browser.fill("#name", name)
    browser.fill("#password", password)
    browser.click("main button")


def marks(browser, within):
    return browser.evaluate(f"[...document.querySelectorAll('{within} mark')].map(m => m.textContent)")


def words_of_a_rule_are_marked():
    with Orgo(rules=RULES) as orgo, Browser() as browser:
        orgo.start()
        orgo.deliver(raw("=?utf-8?Q?R=C3=B6hre:_Water_Leak?=", TEXT))
        orgo.settle()
        log_in(browser, orgo, "/messages/m1")
        expect(marks(browser, ".mail") == [], "nothing is marked before a rule is chosen")
        names = browser.evaluate("[...document.querySelectorAll('.rules > li strong')].map(e => e.textContent)")
        expect(names[:3] == ["leak & <b>water</b>", "quoted", "markup"], f"the rules of the decision: {names}")
        expect(browser.evaluate("document.querySelectorAll('.rules b').length") == 0, "names are text")
        parts = browser.evaluate("[...document.querySelectorAll('.rules > li:first-child > ul > li')].map(e => [e.className, e.querySelector('code').textContent])")
        expect([p[0] for p in parts] == ["well", "well", "not", "well"], f"each part, and whether it is well: {parts}")
        browser.click(".rules > li:first-child a")
        expect(browser.url().endswith("/messages/m1?rule=leak%20%26%20%3Cb%3Ewater%3C%2Fb%3E"), browser.url())
        expect(marks(browser, ".mail header") == ["Water Leak"], f"words that overlap are one mark: {marks(browser, '.mail header')}")
        expect(marks(browser, ".mail pre") == ["Gru\u0308\u00dfe", "urgent pl"], f"in the text: {marks(browser, '.mail pre')}")
        subject = browser.evaluate("document.querySelector('.mail header > bdi:last-child').textContent")
        expect(subject == "R\u00f6hre: Water Leak", f"the subject is whole: {subject}")
        shown = browser.evaluate("[...document.querySelectorAll('.mail pre')].map(p => p.textContent).join('\\n')")
        expect("Sch\u00f6ne Gru\u0308\u00dfe \U0001f6b0, it is urgent please.\n<script>" in shown, f"and so is the text: {shown!r}")
        picture(browser, "marks")
        browser.click(".rules > li.chosen a")
        expect(marks(browser, ".mail") == [], "unmarked again")
        orgo.stop()


def quotes_open_and_markup_stays_text():
    with Orgo(rules=RULES) as orgo, Browser() as browser:
        orgo.start()
        orgo.deliver(raw("Leak", TEXT))
        orgo.deliver(raw("Leak", "<p>It is <b>urg</b>ent, <i>Gr\u00fc\u00dfe</i></p>", "html"))
        orgo.settle()
        log_in(browser, orgo, "/messages/m1?rule=quoted")
        expect(marks(browser, ".mail") == ["basement"], f"{marks(browser, '.mail')}")
        expect(browser.evaluate("document.querySelector('.mail mark').checkVisibility()"), "the fold that has a mark is open")
        expect("office" in marks(browser, ".rules"), f"words in other fields stand with their rule: {marks(browser, '.rules')}")
        picture(browser, "marks-quoted")
        browser.open(orgo.address["http"] + "/messages/m1?rule=markup")
        expect(marks(browser, ".mail") == ["<script>", "&amp;"], f"{marks(browser, '.mail')}")
        expect(browser.evaluate("document.title") != "owned" and browser.evaluate("document.querySelectorAll('script').length") == 0, "no script")
        browser.open(orgo.address["http"] + "/messages/m1?rule=%3Cscript%3Ealert(1)%3C/script%3E")
        expect("no such rule" in browser.text() and browser.evaluate("document.querySelectorAll('script').length") == 0, "a rule that is none")
        browser.open(orgo.address["http"] + "/messages/m2")
        expect(browser.evaluate("document.querySelectorAll('iframe.mail').length") == 1, "HTML stands in its frame")
        browser.click(".rules > li:first-child a")
        expect(browser.evaluate("document.querySelectorAll('iframe.mail').length") == 0, "with marks it is shown as text")
        expect(marks(browser, ".mail pre") == ["urgent", "Gr\u00fc\u00dfe"], f"{marks(browser, '.mail pre')}")
        expect(not [text for text in browser.complaints() if "favicon" not in text and "401" not in text], f"the browser complains: {browser.complaints()}")
        orgo.stop()


if __name__ == "__main__":
    if Browser.program() is None:
        print("SKIPPED: there is no chromium here; scripts/packages-browser.txt names it", file=sys.stderr)
        sys.exit(0)
    main(words_of_a_rule_are_marked, quotes_open_and_markup_stays_text)
