#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/cases/run_case.h"
#include "core/module/module_set.h"
#include "core/processing/message_decision.h"
#include "core/task/task_change.h"
#include "tests/support/tenants.h"

namespace orgo::modules {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using Files = std::vector<std::pair<std::string, std::string>>;

ModuleSource source(const std::string& name, const Files& files) {
  ModuleSource made{name, "modules/" + name, {}};
  for (const auto& [path, text] : files) made.files.push_back({made.folder + "/" + path, text});
  return made;
}

std::string manifest(const std::string& name, const std::string& more = {}) {
  return "name: " + name + "\nversion: 1.2.0\nteams: {crew: the people who come}\nroles: {head: }\n" + more;
}

ModuleSource water(const std::string& more = {}) {
  return source("water", {{"module.yaml", manifest("water", more)},
                          {"lexicon/en.yaml", "language: en\nkeywords: {spill: [spill, puddle]}\n"},
                          {"lexicon/de.yaml", "language: de\nkeywords: {spill: [Pfütze]}\n"},
                          {"task_types.yaml", "task_types: {leak: {fields: {room: {pattern: 'room (\\w+)'}}}}"},
                          {"templates.yaml",
                           "templates:\n  received: {subject: 'Re: {{subject}}', body: 'Thanks. {{fields}}'}\n"
                           "  received.de: {subject: 'Re: {{subject}}', body: 'Danke. {{fields}}'}\n"},
                          {"rules.yaml",
                           "match: first\nrules:\n"
                           "  - name: spill\n    condition: keywords contains 'spill'\n"
                           "    action: {route_to: crew, set_priority: high, task_type: leak, reply_with: received,\n"
                           "             escalate_after: 2 hours, escalate_to: head, tag: wet}\n"}});
}

std::string all_errors(const Shelf& shelf) {
  std::string text;
  for (const auto& refused : shelf.refused)
    for (const auto& error : refused.errors)
      text += refused.name + "| " + error.path + ":" + std::to_string(error.line) + ": " + error.message + "\n";
  return text;
}

/// What comes of a mail under the organization's rules and these modules.
Changes decided(const std::shared_ptr<const rules::RuleSet>& rules, const std::string& subject,
                const std::string& text) {
  cases::Case one;
  Incoming incoming{.envelope = {.tenant = kTenant}};
  incoming.id = MessageId{1};
  incoming.message.subject = subject;
  incoming.message.text = text;
  incoming.message.from = Address{"", "anna@example.org"};
  incoming.message.make_mail().to = {Address{"", "office@school.org"}};
  incoming.envelope.sender = mail_contact("anna@example.org");
  incoming.envelope.recipient = mail_contact("office@school.org");
  return decide(incoming, {}, *rules, {}, cases::kUsualTime);
}

std::shared_ptr<const rules::RuleSet> own_rules(const std::string& text) {
  auto loaded = rules::load_rules({{"rules.yaml", text}});
  EXPECT_THAT(loaded.errors, IsEmpty());
  return loaded.rules;
}

TEST(Module, DecidesUnderItsOwnNames) {
  const auto shelf = load_modules({water()});
  ASSERT_EQ(all_errors(shelf), "");
  const auto rules = combine(own_rules("rules: []"), shelf.modules, {}, {{"crew", "crew@school.org"}});
  const auto changes = decided(rules, "A puddle in room 102", "There are puddles everywhere.");
  ASSERT_THAT(changes.all<TaskChange>(), SizeIs(1));
  const auto& task = changes.all<TaskChange>()[0].task;
  EXPECT_EQ(task.team, "crew");
  ASSERT_FALSE(changes.sends.empty());
  EXPECT_EQ(changes.sends[0].recipient.address, "crew@school.org") << "the organization says who the crew is";
  for (const auto& send : changes.sends) EXPECT_EQ(send.rule, "water/spill") << send.template_name;
  EXPECT_EQ(task.escalation.steps[0].rule, "water/spill");
  EXPECT_EQ(task.type, "water/leak");
  EXPECT_THAT(task.fields, ElementsAre(TaskField{"room", "room", "102", ""}));
  EXPECT_EQ(task.escalation.steps[0].to, "head") << "nobody said who the head is: a name it stays";
  EXPECT_THAT(changes.find<MessageDecision>()->reason, HasSubstr("rule 'water/spill'"));
  EXPECT_THAT(changes.find<MessageDecision>()->trace, HasSubstr(R"("keywords":["water/spill"])"));
  EXPECT_TRUE(rules->templates().contains("water/received"));
}

TEST(Module, AnswersInTheLanguageOfTheMail) {
  const auto rules = combine(own_rules("rules: []"), load_modules({water()}).modules);
  const auto answer = [&](const std::string& text) {
    for (const auto& send : decided(rules, "", text).sends)
      if (send.kind == SendKind::reply) return send.template_name + " by " + send.rule;
    return std::string("none");
  };
  EXPECT_EQ(answer("There is a puddle in the corridor, could somebody please come and look at it?"),
            "water/received by water/spill");
  EXPECT_EQ(answer("Im Flur ist eine große Pfütze, könnte bitte jemand kommen und danach sehen?"),
            "water/received.de by water/spill");
}

TEST(Module, OwnRulesComeFirstAndTheLastResortLast) {
  const auto modules = load_modules({water()}).modules;
  const auto own = own_rules(
      "match: first\nrules:\n"
      "  - {name: gym, condition: subject contains 'gym', action: {route_to: sports}}\n"
      "  - {name: rest, action: {route_to: office}}\n");
  const auto team = [&](const std::shared_ptr<const rules::RuleSet>& rules, const std::string& subject) {
    return decided(rules, subject, "").find<TaskChange>()->task.team;
  };
  const auto both = combine(own, modules);
  EXPECT_EQ(team(both, "a puddle in the gym"), "sports") << "a condition of our own goes before any module";
  EXPECT_EQ(team(both, "a puddle"), "crew") << "a module goes before our rules without a condition";
  EXPECT_EQ(team(both, "something else"), "office");
  for (const auto* subject : {"a puddle in the gym", "something else", ""})
    EXPECT_EQ(team(both, subject), team(own, subject)) << "what a module does not take is as it was: " << subject;
}

TEST(Module, TagsOfOurOwnStayWhenAModuleTakesTheMessage) {
  const auto own =
      own_rules("rules:\n  - {condition: subject contains 'puddle', action: {tag: seen}}\n  - {action: {tag: all}}\n");
  const auto changes = decided(combine(own, load_modules({water()}).modules), "puddle", "");
  EXPECT_THAT(changes.all<TaskChange>()[0].task.tags, ElementsAre("seen", "wet"));
}

TEST(Module, TheFirstModuleThatRoutesTakesTheMessage) {
  auto other = source("other", {{"module.yaml", manifest("other")},
                                {"rules.yaml", "rules:\n  - {name: all, action: {route_to: head}}\n"}});
  const auto team = [&](const std::vector<ModuleSource>& sources, const std::string& subject) {
    return decided(combine(own_rules("rules: []"), load_modules(sources).modules), subject, "")
        .find<TaskChange>()
        ->task.team;
  };
  EXPECT_EQ(team({water(), other}, "a puddle"), "crew");
  EXPECT_EQ(team({other, water()}, "a puddle"), "head");
  EXPECT_EQ(team({water(), other}, "else"), "head");
}

TEST(Module, OneThatIsBadIsRefusedByItself) {
  auto bad = source(
      "bad", {{"module.yaml", manifest("bad")}, {"rules.yaml", "rules:\n  - {name: x, action: {route_too: crew}}\n"}});
  const auto shelf = load_modules({bad, water()});
  EXPECT_THAT(shelf.modules, SizeIs(1));
  EXPECT_EQ(all_errors(shelf), "bad| modules/bad/rules.yaml:2: unknown action 'route_too'\n");
  EXPECT_FALSE(shelf.refused.at(0).old_stays);
}

TEST(Module, OfOneThatGoesBadTheOldVersionStays) {
  const auto before = load_modules({water()});
  auto broken = water();
  broken.files.back().text = "rules: [";
  const auto after = load_modules({broken}, {}, before.modules);
  ASSERT_THAT(after.modules, SizeIs(1));
  EXPECT_EQ(after.modules[0], before.modules[0]);
  EXPECT_TRUE(after.refused.at(0).old_stays);
  const auto again = load_modules({water()}, {}, before.modules);
  EXPECT_EQ(again.modules[0], before.modules[0]) << "what did not change is not read again";
}

TEST(Module, NeedsAreChecked) {
  const auto needing = [](const std::string& need) {
    return source(
        "floor", {{"module.yaml", manifest("floor", "needs: {" + need + "}\n")},
                  {"rules.yaml",
                   "rules:\n  - {name: wet, condition: keywords contains 'water/spill', action: {route_to: crew}}\n"}});
  };
  EXPECT_EQ(all_errors(load_modules({needing("water: '>= 1.2'"), water()})), "");
  EXPECT_THAT(all_errors(load_modules({needing("water: '>= 1.2'")})),
              HasSubstr("floor| modules/floor/module.yaml:5: module 'floor' needs 'water', which is not there\n"));
  EXPECT_EQ(all_errors(load_modules({needing("water: '>= 2'"), water()})),
            "floor| modules/floor/module.yaml:5: module 'floor' needs 'water' 2.0.0 or later, and 1.2.0 is there "
            "(modules/water/module.yaml)\n");
  EXPECT_THAT(all_errors(load_modules({needing("water: 1"), water("needs: {floor: 1}\n")})),
              HasSubstr("modules/water/module.yaml:5: module 'water' needs 'floor', which needs it in turn "
                        "(modules/floor/module.yaml:5)\n"));
  auto bad = water();
  bad.files.back().text = "rules: 3";
  const auto shelf = load_modules({needing("water: 1"), bad});
  EXPECT_THAT(shelf.modules, IsEmpty());
  EXPECT_THAT(all_errors(shelf), HasSubstr("module 'floor' needs 'water', which is refused"));

  const auto rules = combine(own_rules("rules: []"), load_modules({needing("water: 1"), water()}).modules);
  EXPECT_THAT(decided(rules, "puddle", "").find<MessageDecision>()->reason, HasSubstr("floor/wet"))
      << "it sees the words of what it needs";
}

TEST(Module, ConflictsNameBothSides) {
  EXPECT_THAT(
      all_errors(load_modules({water()}, {{"rules.yaml", "rules:\n  - {name: water/spill, action: {tag: a}}\n"}})),
      HasSubstr("modules/water/rules.yaml:3: rule 'water/spill' of module 'water' is also in rules.yaml:2"));
  EXPECT_THAT(
      all_errors(load_modules({water()}, {{"rules.yaml", "templates:\n  water/received: {subject: a, body: b}\n"}})),
      HasSubstr("modules/water/templates.yaml:2: template 'water/received' of module 'water' is also in rules.yaml:2"));
  const auto with_address = [](const std::string& name, const std::string& address) {
    return source(name,
                  {{"module.yaml", "name: " + name + "\nversion: 1\nteams:\n  crew: {address: " + address + "}\n"}});
  };
  EXPECT_THAT(all_errors(load_modules({with_address("a", "x@example.org"), with_address("b", "y@example.org")})),
              HasSubstr("modules/b/module.yaml:4: team 'crew' has the address y@example.org here and x@example.org in "
                        "modules/a/module.yaml:4"));
}

TEST(Module, TellsWhatIsWrongInIt) {
  const auto errors = [](const Files& files) { return all_errors(load_modules({source("m", files)})); };
  EXPECT_THAT(errors({{"rules.yaml", ""}}), HasSubstr("there is no module.yaml"));
  EXPECT_THAT(errors({{"module.yaml", "name: n\nversion: 1"}}),
              HasSubstr("the module is called 'n' and its folder 'm'"));
  EXPECT_THAT(errors({{"module.yaml", "name: m\nversion: one"}}), HasSubstr("m/module.yaml:2: 'one' is not a version"));
  EXPECT_THAT(errors({{"module.yaml", "name: m\nversion: 1\nworkflows: a"}}),
              HasSubstr("3: workflows are not supported"));
  EXPECT_THAT(errors({{"module.yaml", "name: m\nversion: 1"}, {"workflows/a.yaml", ""}}),
              HasSubstr("workflows are not supported"));
  EXPECT_THAT(errors({{"module.yaml", "name: m\nversion: 1"}, {"rulez.yaml", ""}}),
              HasSubstr("m/rulez.yaml:0: a module has no such file"));
  EXPECT_THAT(
      errors({{"module.yaml", manifest("m")}, {"rules.yaml", "rules:\n  - {name: a, action: {route_to: crow}}"}}),
      HasSubstr("m/rules.yaml:2: 'crow' is neither a team nor a role"));
  EXPECT_THAT(errors({{"module.yaml", manifest("m")},
                      {"rules.yaml", "rules:\n  - {name: a, action: {route_to: crew, task_type: x}}"}}),
              HasSubstr("m/rules.yaml:2: unknown task type 'x'"));
  EXPECT_THAT(
      errors({{"module.yaml", manifest("m")}, {"lexicon/xx.yaml", "language: xx\nforms: yes\nkeywords: {a: b}"}}),
      HasSubstr("2: the endings of 'xx' are not known"));
}

TEST(Module, TemplatesOfARetiredOneAreStillKnown) {
  const auto rules = combine(own_rules("rules: []"), {}, {read_remains(water())});
  EXPECT_TRUE(rules->templates().contains("water/received"));
  EXPECT_EQ(decided(rules, "puddle", "").find<TaskChange>()->task.team, "");
}

TEST(Module, AnotherModuleIsAnotherVersion) {
  const auto own = own_rules("rules: []");
  const auto modules = load_modules({water()}).modules;
  EXPECT_EQ(combine(own, {}), own);
  EXPECT_NE(combine(own, modules)->version(), own->version());
  EXPECT_EQ(combine(own, modules)->version(), combine(own, modules)->version());
  EXPECT_NE(combine(own, modules)->version(), combine(own, modules, {}, {{"crew", "a@b.c"}})->version());
}

}  // namespace
}  // namespace orgo::modules
