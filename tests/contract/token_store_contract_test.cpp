// What every TokenStore must do (port/token_store.h).
#include "core/people/people_commands.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class TokenStoreContract : public Suite {
 protected:
  Result<ApiToken> add(std::string name, std::string_view secret, TenantId tenant = kTenant, Role role = Role::staff) {
    ApiToken token{.tenant = tenant};
    token.name = std::move(name);
    token.role = role;
    token.created_at = kStart;
    ORGO_TRY(made, commit(make_token(token, sha256(secret), "user:root")));
    token.id = made.token;
    return token;
  }
};

TEST_P(TokenStoreContract, FindsATokenByItsSecretOnly) {
  const auto added = add("anna", "s3cret").value();
  EXPECT_GT(added.id, 0);
  const auto found = stores.tokens.find_token(sha256("s3cret")).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, added.id);
  EXPECT_EQ(found->tenant, kTenant);
  EXPECT_EQ(found->name, "anna");
  EXPECT_EQ(found->role, Role::staff);
  EXPECT_EQ(found->created_at, kStart);
  EXPECT_EQ(found->revoked_at, std::nullopt);
  EXPECT_EQ(stores.tokens.find_token(sha256("S3cret")).value(), std::nullopt);
  EXPECT_EQ(stores.tokens.find_token(Sha256{}).value(), std::nullopt);
}

TEST_P(TokenStoreContract, ANameIsTakenWhileItsTokenLives) {
  const auto first = add("anna", "one").value();
  EXPECT_EQ(add("anna", "two").error().code, Errc::conflict);
  EXPECT_EQ(stores.tokens.find_token(sha256("two")).value(), std::nullopt);
  EXPECT_TRUE(add("anna", "theirs", kOtherTenant)) << "names are per tenant";
  ASSERT_TRUE(commit_part(TokenRevoked{first.id}));
  EXPECT_TRUE(add("anna", "two"));
}

TEST_P(TokenStoreContract, ARevokedTokenOpensNothing) {
  const auto token = add("anna", "one").value();
  ASSERT_TRUE(commit(revoke_token(token, "user:root", kStart + Millis{5})));
  EXPECT_EQ(stores.tokens.find_token(sha256("one")).value(), std::nullopt);
  EXPECT_EQ(commit(revoke_token(token, "user:root", kStart)).error().code, Errc::not_found) << "it is revoked already";
  const auto events = stores.tasks.events_after(kTenant, 0, 10).value();
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0].event.kind, EventKind::token_made);
  EXPECT_EQ(events[1].event.kind, EventKind::token_revoked);
  EXPECT_EQ(events[1].event.actor, "user:root");
  for (const auto& each : events) EXPECT_EQ(each.event.subject, Subject(SubjectKind::token, token.id));
}

TEST_P(TokenStoreContract, ANumberGrowsWithWhateverChangesWhatIsFound) {
  const auto number = [&] { return stores.tokens.token_changes().value(); };
  const auto reads = [&] {
    const auto before = number();
    (void)stores.tokens.find_token(sha256("one"));
    (void)stores.tokens.list_tokens(kTenant);
    return number() == before;
  };
  EXPECT_TRUE(reads() || reads()) << "reading changes nothing; what others write is taken for changed now and then";
  const auto first = number();
  const auto token = add("anna", "one").value();
  const auto second = number();
  EXPECT_GT(second, first);
  ASSERT_TRUE(commit(revoke_token(token, "user:root", kStart)));
  EXPECT_GT(number(), second) << "a token that is remembered would open doors after it was revoked";
}

TEST_P(TokenStoreContract, ListsThoseOfATenant) {
  EXPECT_THAT(stores.tokens.list_tokens(kTenant).value(), IsEmpty());
  add("anna", "one").value();
  add("erp bridge", "two", kTenant, Role::integration).value();
  add("bert", "three", kOtherTenant).value();
  EXPECT_THAT(stores.tokens.list_tokens(kTenant).value(), SizeIs(2));
  EXPECT_THAT(stores.tokens.list_tokens(kOtherTenant).value(), SizeIs(1));
}

TEST_P(TokenStoreContract, OnlyItsTenantCanRevokeAToken) {
  const auto token = add("anna", "one").value();
  EXPECT_EQ(commit_part(TokenRevoked{token.id}, kOtherTenant).error().code, Errc::not_found);
  EXPECT_EQ(commit_part(TokenRevoked{token.id + 100}).error().code, Errc::not_found);
  EXPECT_TRUE(stores.tokens.find_token(sha256("one")).value().has_value());
}

TEST_P(TokenStoreContract, ATokenOfSomebodyMayWhatTheyMayNow) {
  const auto change = [&](Result<Changes> changes) { ASSERT_TRUE(commit(changes.value())); };
  const auto person = [&] { return stores.people.find_person(kTenant, "anna").value().value(); };
  change(people::add(kTenant, "anna", {.role = Role::viewer}, "user:root", kStart));
  change(people::add(kOtherTenant, "anna", {.role = Role::administrator}, "user:root", kStart));
  ApiToken token{.tenant = kTenant, .name = "laptop", .person = "anna", .role = Role::administrator};
  ASSERT_TRUE(commit(make_token(token, sha256("s"), "user:root")));
  const auto role = [&] {
    const auto found = stores.tokens.find_token(sha256("s")).value();
    return found ? std::optional(found->role) : std::nullopt;
  };
  EXPECT_EQ(role(), Role::viewer) << "not what was said when it was made";
  auto before = stores.tokens.token_changes();
  change(people::set(person(), {.role = Role::manager}, "user:root", kStart));
  EXPECT_NE(stores.tokens.token_changes(), before) << "what was found before holds no more";
  EXPECT_EQ(role(), Role::manager);
  EXPECT_EQ(stores.tokens.list_tokens(kTenant).value().at(0).role, Role::manager);
  before = stores.tokens.token_changes();
  change(people::disable(person(), "user:root", kStart));
  EXPECT_NE(stores.tokens.token_changes(), before);
  EXPECT_EQ(role(), std::nullopt);
  EXPECT_THAT(stores.tokens.list_tokens(kTenant).value(), SizeIs(1)) << "it is still listed";
  change(people::enable(person(), "user:root", kStart));
  EXPECT_EQ(role(), Role::manager);
  token.name = "other";
  token.person = "nobody";
  EXPECT_EQ(commit(make_token(token, sha256("t"), "user:root")).error().code, Errc::not_found);
}

ORGO_CONTRACT(TokenStoreContract);

}  // namespace
}  // namespace orgo::contract
