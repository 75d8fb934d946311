#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/doctor/outbox_look.h"
#include "app/doctor/team_looks.h"

namespace orgo {
namespace {

using testing::AllOf;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr TimePoint kNow{Millis{1'790'000'000'000}};

Team team(const std::string& name, const std::string& address, std::vector<std::string> members = {}) {
  Team made;
  made.name = name;
  made.address = address;
  made.members = std::move(members);
  return made;
}

Workplace house(const std::vector<Team>& teams) {
  Workplace made;
  for (const auto& one : teams) made.teams.emplace(one.name, one);
  made.fetched = {"office@school.example"};
  return made;
}

auto looks(const std::string& name, Mood mood, const std::string& words) {
  return AllOf(Field("name", &Look::name, name), Field("mood", &Look::mood, mood),
               Field("text", &Look::text, HasSubstr(words)));
}

TEST(TeamLooks, NameWhoReachesNobody) {
  EXPECT_THAT(look_at_teams({}, {}), IsEmpty());
  EXPECT_THAT(look_at_teams(house({team("it", "it@school.example")}), {}),
              ElementsAre(looks("teams", Mood::well, "1 with an address")));
  EXPECT_THAT(look_at_teams(house({team("it", "", {"ben@school.example", "eva@school.example"})}), {}),
              ElementsAre(looks("team it", Mood::warning, "only ben@school.example, its first member, is told")));
}

TEST(TeamLooks, NameAMailboxThatIsFetched) {
  EXPECT_THAT(look_at_teams(house({team("office", "Office@school.example", {"anna@school.example"})}), {}),
              ElementsAre(looks("team office", Mood::warning, "so anna@school.example is told instead")));
  EXPECT_THAT(look_at_teams(house({team("office", "office@school.example")}), {}),
              ElementsAre(looks("team office", Mood::wrong, "would come back as new mail; give the team members")));
}

TEST(TeamLooks, NameTeamsOfModulesAndWhoHearsForThem) {
  const auto one = house({team("it", "it@school.example")});
  EXPECT_THAT(look_at_teams(one, {"it"}), ElementsAre(looks("teams", Mood::well, "")));
  EXPECT_THAT(look_at_teams(one, {"helpdesk", "it", "network"}),
              ElementsAre(looks("teams", Mood::well, ""),
                          looks("teams of modules", Mood::warning,
                                "helpdesk, network have no address: your team 'it' hears instead")));
  EXPECT_THAT(look_at_teams(Workplace(), {"helpdesk"}),
              ElementsAre(looks("teams of modules", Mood::warning, "helpdesk has no address: nobody is told")));
}

TEST(OutboxLook, SaysSinceWhenAndWhy) {
  EXPECT_THAT(look_at_outbox({}, std::nullopt, true, true, kNow), looks("outbox", Mood::well, "nothing waits"));
  Workload load;
  load.sends = 3;
  WaitingSend oldest{.tenant = TenantId{1}, .id = SendId{7}, .recipient = "it@school.example", .created_at = kNow};
  EXPECT_THAT(look_at_outbox(load, oldest, true, true, kNow), looks("outbox", Mood::well, "3 mails and webhooks wait"));
  EXPECT_THAT(look_at_outbox(load, oldest, false, true, kNow), looks("outbox", Mood::warning, "no relay is set"));
  EXPECT_THAT(look_at_outbox(load, oldest, true, false, kNow), looks("outbox", Mood::warning, "no server runs"));
  oldest.created_at = kNow - Millis{7'200'000};
  oldest.attempts = 4;
  oldest.detail = "connection refused\x1b[31m";
  const auto look = look_at_outbox(load, oldest, true, true, kNow);
  EXPECT_THAT(look, looks("outbox", Mood::warning, "s7 to it@school.example, was made 2 hours ago"));
  EXPECT_THAT(look, looks("outbox", Mood::warning, "after 4 attempts the last answer was: connection refused"));
  EXPECT_EQ(look.text.find('\x1b'), std::string::npos) << "a peer's words are shown, never obeyed";
}

}  // namespace
}  // namespace orgo
