"""Wednesday to Friday in the city hall: customers go on, machines answer, mailboxes are gone, words are taken back."""
import datetime
import time

from mails import reply_to, some_bytes
from orgo import expect, wait_until
from town import OFFICE, ORGO
from week import ANNA, BEN, LAWYER, PHONE


def wednesday_customers_go_on(week):
    what_is_resolved_is_told_and_goes_on(week)
    a_machine_opens_nothing(week)
    what_did_not_arrive_keeps_no_promise(week)
    what_is_taken_back_never_leaves(week)


def what_is_resolved_is_told_and_goes_on(week):
    town, number = week.town, week.number(week.move)
    week.resolve(week.move, by_page=True)
    said, raw = reply_to(town.letter(week.move.address, "ist erledigt"), week.move.address, "Und mein Hund – muß der auch mit?", name="Zoë Çelik")
    town.post(raw, week.move.address, OFFICE)
    expect(town.taken(said)["decision"]["task"] == number, "it joins")
    week.history[number].update(["task.replied", "task.reopened"])
    expect(town.task(number)["state"] == "open", str(town.task(number)))
    told = town.letter("buero@rathaus.example", "Und mein Hund – muß der auch mit?")
    words = "Nein, Zoë: Hunde melden Sie bei der Kasse an."
    said, raw = reply_to(told, ANNA, words, ORGO, "Anna Müller")
    town.post(raw, ANNA, ORGO)
    town.taken(said)
    week.answered(week.move, words, by_mail=True)
    got = town.letter(week.move.address, words)
    expect("> Und mein Hund" not in got.text() and got.sender == OFFICE, got.text())


def a_machine_opens_nothing(week):
    town, number = week.town, week.number(week.lamp)
    week.resolve(week.lamp)
    tasks = len(town.orgo.get("/api/v1/tasks")["items"])
    away, raw = reply_to(town.letter(week.lamp.address, "die Lampe wird"), week.lamp.address, "Ich bin bis Montag nicht im Büro. Größmann",
                         extra={"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"})
    town.post(raw, "", OFFICE)
    expect(town.taken(away)["decision"]["outcome"] != "task_opened", str(town.taken(away)))
    town.settle()
    expect(town.task(number)["state"] == "resolved" and len(town.orgo.get("/api/v1/tasks")["items"]) == tasks, "an absence is no work")


def what_did_not_arrive_keeps_no_promise(week):
    town, number, kim = week.town, week.number(week.dog), week.dog
    town.move_away(kim.address)
    town.reply(number, {"text": "Zwei Hunde: 120 €."})
    week.history[number]["task.answered"] += 1
    told = town.letter("buero@rathaus.example", f"Our answer about {number} did not arrive")
    expect("User doesn't exist" in told.text() or "550" in told.text(), told.text())
    week.arrived["buero@rathaus.example", f"Our answer about {number} did not arrive"] += 1
    expect(town.promise(number) == "open", "who got nothing has no answer")
    refused = town.reply(number, {"text": "Noch einmal: 120 €."}, status=409)
    expect("suppression remove" in refused["detail"] and town.promise(number) == "open", str(refused))
    town.move_in(kim.address)
    town.orgo.cli("suppression", "remove", kim.address)
    town.orgo.cli("task", "reply", number, "Zwei Hunde kosten 120 € im Jahr.")
    week.answered(kim, "Zwei Hunde kosten 120 € im Jahr.")
    town.letter(kim.address, "Zwei Hunde kosten 120 € im Jahr.")
    expect(town.promise(number) == "kept", "now she knows")


def what_is_taken_back_never_leaves(week):
    week.restart(undo="1 hour")
    town, number, page = week.town, week.number(week.noise), f"/tasks/{week.number(week.noise)}"
    status, text = week.anna.send(page, "/reply", {"as": "answer", "text": "Das ist doch mir egal!", "cc": LAWYER})
    expect(status == 303 and town.promise(number) == "kept", f"{status} {text[:2000]}")
    status, text = week.anna.send(page, "/recall")
    expect(status == 303 and "Das ist doch mir egal!" in week.anna.words(page), f"{status} {text[:2000]}")
    town.reply(number, {"text": "Lärm gehört zum Leben."})
    expect("Lärm gehört zum Leben." in town.orgo.cli("task", "recall", number).stdout, "its words come back")
    program = town.reply(number, {"text": "Beschwerde abgelehnt."}, "k-9")["message"]
    for expected in (200, 409):
        status, body = town.orgo.http("POST", f"/api/v1/tasks/{number}/recall", {"message": program})
        expect(status == expected, f"{status} {body}")
    expect(town.reply(number, {"text": "Beschwerde abgelehnt."}, "k-9", 200)["duplicate"], "asked once more, it is still the one that was taken back")
    week.history[number].update({"task.answered": 3, "task.recalled": 3})
    for words in ("Das ist doch mir egal!", "Lärm gehört zum Leben.", "Beschwerde abgelehnt."):
        week.arrived[(week.noise.address, words)] = week.arrived[(LAWYER, words)] = 0
    wait_until("the promise is open again", lambda: town.promise(number) == "open")


def thursday_late_answers_are_another_matter(week):
    week.restart(reopen="1 second")
    what_comes_late_opens_a_linked_task(week)
    week.resolve(week.dog)
    a_colleague_answers_at_last(week)
    somebody_calls(week)


def what_comes_late_opens_a_linked_task(week):
    town, old, olga = week.town, week.number(week.paper), week.paper
    week.resolve(olga)
    resolved = datetime.datetime.fromisoformat(town.task(old)["updated_at"].replace("Z", "+00:00")).timestamp()
    wait_until("more than the time to reopen has passed", lambda: time.time() > resolved + 1.1)
    letter = town.letter(olga.address, "Справка готова")
    said, raw = reply_to(letter, olga.address, "Справка неправильная!", name="Olga Smirnowa")
    town.post(raw, olga.address, OFFICE)
    new = town.taken(said)["decision"]["task"]
    expect(new != old and town.task(old)["state"] == "resolved", f"{new} {old}")
    opened = town.events(new, "task.opened")[0]
    expect(opened["data"]["related"] == old, f"it says to which it belongs: {opened}")
    task = town.task(new)
    expect((task["requester"], task["team"], task["title"]) == (olga.address, "buero", olga.title), str(task))
    expect(old in week.anna.words(f"/tasks/{new}"), "and the page does")
    expect(town.promise(new) == "open", "a new matter, a new promise")
    week.numbers[olga.address], week.old = new, old
    told = town.letter("buero@rathaus.example", "Справка неправильная!")
    words = "Простите, исправим."
    said, raw = reply_to(told, BEN, words, ORGO)
    town.post(raw, BEN, ORGO)
    town.taken(said)
    week.answered(olga, words, by_mail=True)
    got = town.letter(olga.address, words)
    expect(got.message["In-Reply-To"] is not None and got.subject == f"Re: [{new}] {olga.title}", f"in her thread, with one marker: {got.subject}")
    expect(town.promise(new) == "kept", "answered")


def a_colleague_answers_at_last(week):
    town, number = week.town, week.number(week.noise)
    plan = some_bytes("lärm", 3_000_000)
    told = town.letter("buero@rathaus.example", f"[{number}]")
    words = "Wir messen am Wochenende.\n" + "Lange Zeile ohne Umbruch, immer weiter. " * 60
    said, raw = reply_to(told, BEN, words.strip(), ORGO, files=[("Messprotokoll Mühlstraße.bin", plan)])
    town.post(raw, BEN, ORGO)
    town.taken(said)
    week.answered(week.noise, "Wir messen am Wochenende.", by_mail=True)
    got = town.letter(week.noise.address, "Wir messen am Wochenende.")
    expect(got.text().startswith(words.strip()) and got.files() == [("Messprotokoll Mühlstraße.bin", plan)], got.text()[:500])
    expect(town.promise(number) == "kept", "answered")


def somebody_calls(week):
    town = week.town
    said = town.orgo.cli("task", "new", "Fundsache: Schlüssel", "--from", PHONE, "--name", "Pat Ödön", "--team", "buero", "--text", "Rief um neun an.").stdout
    number = next(word for word in said.split() if word.startswith("T-"))
    town.orgo.cli("task", "reply", number, "--state", "resolved", "Ihr Schlüssel liegt am Empfang.")
    week.history[number].update(["task.answered", "task.state resolved"])
    week.arrived[PHONE, "Ihr Schlüssel liegt am Empfang."] += 1  # which is word enough that it is done
    got = town.letter(PHONE, "Ihr Schlüssel liegt am Empfang.")
    expect(got.subject == f"Re: [{number}] Fundsache: Schlüssel", got.subject)
    expect(town.task(number)["state"] == "resolved", str(town.task(number)))


def friday_the_desk_is_cleared(week):
    week.resolve(week.move)  # once more on the same day, and she is told once more
    for citizen in (week.bill, week.waste):
        number = week.number(citizen)
        words = f"Erledigt, {citizen.name}."
        status, text = week.anna.send(f"/tasks/{number}", "/reply", {"as": "answer", "text": words, "state": "resolved"})
        expect(status == 303, f"{status} {text[:2000]}")
        week.answered(citizen, words)
        week.history[number]["task.state resolved"] += 1
        week.town.letter(citizen.address, words)
        expect(week.town.promise(number) == "kept" and week.town.task(number)["state"] == "resolved", str(week.town.task(number)))
