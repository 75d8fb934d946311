"""Monday and Tuesday in the city hall: the mails come in, and people answer them in all the ways that there are."""
import base64
import json

from mails import reply_to
from orgo import expect
from town import OFFICE, ORGO
from week import ANNA, BEN, CARL, DORA, LAWYER, PLAN, SIGNED


def squeezed(text):
    return " ".join(text.split())


def monday_the_mails_come_in(week):
    town = week.town
    for citizen in week.citizens:
        town.post(citizen.raw, citizen.address)
    # A mail program that was told nothing, and somebody who writes to every address of the hall.
    town.post(week.lamp.raw, week.lamp.address)
    town.post(week.waste.raw, week.waste.address, OFFICE, ORGO)
    for citizen in week.citizens:
        week.numbers[citizen.address] = town.taken(citizen.message_id)["decision"]["task"]
    town.settle()
    expect(len(town.orgo.get("/api/v1/tasks")["items"]) == len(week.citizens), "a task for each of them")
    for citizen, team in zip(week.citizens, ("bauhof", "buero", "buero", "kasse", "buero", "buero", "buero")):
        number = week.number(citizen)
        task = town.task(number)
        expect((task["title"], task["requester"], task["team"], task["state"]) == (citizen.title.strip(), citizen.address, team, "new"), str(task))
        content = town.orgo.get(f"/api/v1/messages/{task['message']}/content")
        expect(squeezed(citizen.text) in squeezed(json.dumps(content, ensure_ascii=False).replace("\\n", "\n")), f"{number}: {content}")
        files = []
        for place, (name, raw) in enumerate(citizen.files):
            status, got = town.orgo.http("GET", f"/api/v1/messages/{task['message']}/attachments/{place}")
            files.append((content["attachments"][place]["filename"], status == 200 and got == raw))
        expect(files == [(name, True) for name, _ in citizen.files], f"{number}: {files} {content['attachments']}")
        shown = week.anna.words(f"/tasks/{number}")
        missing = [line for line in (citizen.title, *citizen.text.split("\n")) if squeezed(line)[:500] not in shown]
        expect(not missing, f"the page of {number} has no {missing}: {shown[:3000]}")
        told = town.letter(f"{team}@rathaus.example", f"[{number}]")
        expect(squeezed(citizen.text)[:300] in squeezed(told.text()) and citizen.title.strip() in squeezed(told.subject), told.raw.decode())
        thanks = town.letter(citizen.address, f"Sie hat die Nummer {number}.")
        expect(thanks.message["In-Reply-To"] == citizen.message_id and thanks.message["Auto-Submitted"] == "auto-replied", thanks.raw.decode())
        week.arrived[citizen.address, f"Sie hat die Nummer {number}."] += 1
        expect(town.promise(number) == "open", "a machine's thanks keep no promise")


def tuesday_people_answer(week):
    anna_answers_on_the_page(week)
    somebody_answers_on_the_command_line(week)
    a_program_answers(week)
    ben_answers_by_mail(week)
    dora_may_not_answer_by_mail(week)


def anna_answers_on_the_page(week):
    town, number = week.town, week.number(week.lamp)
    week.anna.send(f"/tasks/{number}", "/reply", {"as": "note", "text": "Wer hat den Schlüssel zum Kasten?"})
    week.history[number]["task.commented"] += 1
    expect(town.promise(number) == "open", "a note is none of the customer's")
    words = "Sehr geehrter Herr Größmann,\n\ndie Lampe wird am Donnerstag getauscht – für 0 €.\n\n„Lageplan“ anbei."
    status, text = week.anna.send(f"/tasks/{number}", "/reply", {"as": "answer", "text": words, "cc": CARL},
                                  files=[("Lageplan Größe & Straße.pdf", PLAN), ("kurz.txt", b"ohne Zeilenende")])
    expect(status == 303, f"{status} {text[:2000]}")
    week.answered(week.lamp, words, [CARL])
    got = town.letter(week.lamp.address, words)
    expect(got.text() == f"{words}\n\n-- \nAnna Müller\nBauhof\n", got.text())
    expect(got.files() == [("Lageplan Größe & Straße.pdf", PLAN), ("kurz.txt", b"ohne Zeilenende")], str([name for name, _ in got.files()]))
    expect(got.subject == f"Re: [{number}] {week.lamp.title}" and got.message["In-Reply-To"] == week.lamp.message_id, got.raw.decode()[:2000])
    expect(got.sender == OFFICE and got.message["Auto-Submitted"] is None, f"from the address that was written to: {got.sender}")
    expect(town.promise(number) == "kept", "he has an answer")
    expect(town.letter(CARL, words).files() == got.files(), "the copy, too")


def somebody_answers_on_the_command_line(week):
    town, number = week.town, week.number(week.move)
    plan = town.orgo.folder / "Öffnungszeiten.pdf"
    plan.write_bytes(PLAN)
    words = "Guten Tag Frau Çelik,\ndie Ummeldung kostet nichts. Bitte bringen Sie Ihren Ausweis mit."
    town.orgo.cli("task", "reply", number, "--attach", plan, "--quote", "-", stdin=words + "\n")
    week.answered(week.move, "die Ummeldung kostet nichts")
    got = town.letter(week.move.address, "die Ummeldung kostet nichts")
    expect(got.text().startswith(words) and "> Ich ziehe um – „endlich“. Was kostet das? 5" in got.text(), got.text())
    expect(got.text().endswith(f"-- \n{SIGNED}\n") and got.files() == [("Öffnungszeiten.pdf", PLAN)], got.text())
    expect(town.promise(number) == "kept", "she has an answer")


def a_program_answers(week):
    town, number = week.town, week.number(week.paper)
    words = "Здравствуйте! Справка готова, можно забрать в среду."
    body = {"text": words, "cc": [LAWYER], "attachments": [{"filename": "Справка.pdf", "content": base64.b64encode(PLAN).decode()}]}
    first = town.reply(number, body, "справка-1".encode().hex())
    again = town.reply(number, body, "справка-1".encode().hex(), 200)
    expect(again["message"] == first["message"] and again["duplicate"], f"{first} {again}")
    town.reply(number, body | {"text": "etwas anderes"}, "справка-1".encode().hex(), 409)
    week.answered(week.paper, words, [LAWYER])
    for address in (week.paper.address, LAWYER):
        got = town.letter(address, words)
        expect(got.files() == [("Справка.pdf", PLAN)] and str(got.message["Cc"]) == LAWYER, got.raw.decode()[:1500])
    expect(town.promise(number) == "kept", "and a program's answer counts")


def ben_answers_by_mail(week):
    town, number = week.town, week.number(week.waste)
    told = town.letter("buero@rathaus.example", f"[{number}]")
    # To a colleague first, with Orgo in copy: it stays in the house.
    asked, raw = reply_to(told, BEN, "Anna, weißt du, wann die Tonnen geleert werden?", ANNA, extra={"Cc": ORGO})
    town.post(raw, BEN, ANNA, ORGO)
    town.taken(asked)
    week.history[number]["task.replied"] += 1
    week.arrived[ANNA, "wann die Tonnen geleert"] += 1
    expect(town.promise(number) == "open", "what colleagues write to one another is no answer")
    words = "田中様\n可燃ごみは火曜日です。\nBen Groß"
    said, raw = reply_to(told, BEN, words, ORGO, "Ben Groß", [("ごみカレンダー.pdf", PLAN)], html=True)
    town.post(raw, BEN, ORGO)
    town.taken(said)
    week.answered(week.waste, "可燃ごみは火曜日です。", by_mail=True)
    got = town.letter(week.waste.address, "可燃ごみは火曜日です。")
    expect(got.text().startswith("田中様\n可燃ごみは火曜日です。\n") and "schrieb" not in got.text() and "Priority" not in got.text(), got.text())
    expect(got.files() == [("ごみカレンダー.pdf", PLAN)], str([name for name, _ in got.files()]))
    expect(got.sender == OFFICE and got.message["In-Reply-To"] == week.waste.message_id, got.raw.decode()[:1500])
    expect(town.promise(number) == "kept", "now it is answered")
    event = town.events(number, "task.answered")[0]
    expect((event["actor"], event["data"]["by"]) in (("user:ben", "mail"), (f"user:{BEN}", "mail")), str(event))


def dora_may_not_answer_by_mail(week):
    town, number = week.town, week.number(week.bill)
    said, raw = reply_to(town.letter("kasse@rathaus.example", f"[{number}]"), DORA, "Herr Żółć hat wirklich bezahlt.")
    town.post(raw, DORA, ORGO)
    town.taken(said)
    week.history[number]["task.replied"] += 1
    note = town.letter(DORA, "did not go to")
    expect("setting of the team" in note.text(), note.text())
    week.arrived[DORA, "did not go to lukasz@nowak.example"] += 1
    expect(town.promise(number) == "open", "he has heard nothing")
