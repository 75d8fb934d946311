#include "app/module_skeleton.h"

namespace orgo {

std::vector<SourceFile> module_skeleton(const std::string& name) {
  return {
      {"module.yaml", "name: " + name + R"(
version: 0.1.0
title: What it is for, in a few words
description: One or two sentences more.
languages: [en, de]

# Whom the rules name. An organization says who they are: orgo module team desk people@school.org
teams:
  desk: Does the work
roles:
  head: Is told when nobody does
)"},
      {"lexicon/en.yaml",
       R"(# What people write, by keyword. Endings are added: key also finds keys. With = in front a word is found only as it stands.
language: en
keywords:
  lost: [lost, missing, misplace, "=can't find"]
  found: [found, hand in, "=handed in"]
)"},
      {"lexicon/de.yaml", R"(language: de
keywords:
  lost: [verloren, vermisst, verschwunden, verlegt]
  found: [gefunden, Fundstück, abgegeben]
)"},
      {"task_types.yaml",
       R"(# What a task of a type wants to know. Found by regular expressions, in which the first group is the value.
task_types:
  lost-item:
    fields:
      item: {label: Item, required: true, kind: choice, choices: {keys: [key, keys, Schlüssel], phone: [phone, mobile, Handy], coat: [coat, jacket, Jacke]}}
      day: {label: Day, kind: date}
)"},
      {"rules.yaml", R"(# Tried from top to bottom; match: first lets only the first one act.
match: first
rules:
  - name: found
    condition: "keywords contains 'found'"
    action: {route_to: desk, tag: found}

  - name: lost
    condition: "keywords contains 'lost'"
    action:
      route_to: desk
      task_type: lost-item
      tag: lost
      reply_with: received
      escalate_after: 2 days
      escalate_to: head
)"},
      {"slas.yaml",
       R"(# What is promised, and the hours that count where the organization has no default calendar of its own.
calendars:
  opening-hours: {default: true, hours: {weekdays: "08:00-16:00"}}
slas:
  usual: {default: true, first_response: 8 hours}
)"},
      {"templates.yaml", R"(# A mail in German is answered with received.de.
templates:
  received:
    subject: "Re: {{subject}}"
    body: |
      Thank you. Your request has the number {{task}}.
      {{fields}}
      Please also tell us: {{missing}}
  received.de:
    subject: "Re: {{subject}}"
    body: |
      Danke. Ihre Meldung hat die Nummer {{task}}.
      {{fields}}
      Bitte sagen Sie uns noch: {{missing}}
)"},
      {"cases/first.yaml", R"(# What has to come of which message; orgo module test runs them.
cases:
  - name: lost keys
    message:
      from: Anna Berg <anna@example.org>
      subject: My keys are missing
      text: I think I lost them on 20 November in the gym.
    expect: {rules: [lost], routed_to: [desk], task_type: lost-item, fields: {item: keys, day: "2027-11-20"}, replies: [received],
             sla: {name: usual, first_response: "2026-11-24 10:00"}}

  - name: verlorene Jacke
    message:
      subject: Jacke verloren
      text: Guten Tag, meine Tochter hat gestern ihre blaue Jacke in der Turnhalle verloren. Wurde sie abgeholt?
    expect: {rules: [lost], fields: {item: coat, day: ""}, replies: [received.de]}

  - name: something was handed in
    message: {subject: Phone, text: Somebody handed in a phone at the library.}
    expect: {rules: [found], tags: [found]}

  - name: what is not for us is left alone
    message: {subject: Lunch menu, text: "What is for lunch on Friday?"}
    expect: {rules: []}
)"}};
}

}  // namespace orgo
