#include <gtest/gtest.h>

#include "core/rules/rule_set.h"
#include "core/workplace/names.h"

namespace orgo {
namespace {

std::shared_ptr<const rules::RuleSet> load(const std::string& text) {
  auto loaded = rules::load_rules({{"rules.yaml", text}});
  for (const auto& error : loaded.errors) ADD_FAILURE() << to_string(error, text);
  return loaded.rules;
}

TEST(Workplace, ADomainIsOneInBothItsForms) {
  const std::string unicode = "b\u00FCcher.example", ascii = "xn--bcher-kva.example";
  for (const auto& written : {unicode, ascii, std::string("B\u00DCCHER.example")})
    for (const auto& asked : {unicode, ascii, std::string("XN--BCHER-KVA.example")}) {
      const auto rules = load(
          "calendars: {office: {default: true, time_zone: Europe/Berlin, hours: always}, shop: {time_zone: "
          "Europe/Berlin, hours: always, customers: ['@" +
          written + "', 'eva@mail." + written +
          "']}}\n"
          "slas: {gold: {first_response: 1 hour, customers: ['@" +
          written +
          "']}}\n"
          "teams: {desk: {address: 'desk@" +
          written + "', members: ['anna@" + written +
          "']}}\n"
          "on_call: {r: {time_zone: Europe/Berlin, rotation: daily, start: 2026-01-01, members: ['ben@" +
          written + "'], overrides: [{from: 2026-01-01, to: 2026-01-02, who: 'carl@" + written + "'}]}}\n");
      ASSERT_TRUE(rules);
      const auto& place = rules->workplace();
      for (const auto* who : {"desk", "anna", "ben", "carl"})
        EXPECT_TRUE(place.is_staff(std::string(who) + "@" + asked)) << who << " " << written << " " << asked;
      EXPECT_FALSE(place.is_staff("anna@bucher.example"));
      ASSERT_TRUE(place.team("desk@" + asked));
      EXPECT_EQ(place.receiver_name("Desk@" + asked), "desk");
      EXPECT_EQ(place.receiver_name("nobody@" + asked), "nobody@" + unicode) << "as all others write it";
      ASSERT_TRUE(place.calendars.of_customer("x@" + asked));
      EXPECT_EQ(place.calendars.of_customer("x@" + asked)->name(), "shop");
      EXPECT_TRUE(place.calendars.of_customer("x@sub." + asked)) << "a parent domain";
      EXPECT_TRUE(place.calendars.of_exactly("eva@mail." + asked));
      ASSERT_TRUE(place.sla_for("", "x@" + asked, ""));
      EXPECT_EQ(place.sla_for("", "x@" + asked, "")->sla.name, "gold");
      EXPECT_FALSE(place.sla_for("", "x@bucher.example", ""));
      const Names names(place, std::vector<Colleague>{{"dora", "dora@" + written, {}, false}, {"emil", "", {}, false}});
      EXPECT_EQ(names.assignee("dora@" + asked, TimePoint{})->name, "dora");
    }
}

}  // namespace
}  // namespace orgo
