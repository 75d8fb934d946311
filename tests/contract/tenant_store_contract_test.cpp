// What every TenantStore must do (port/tenant_store.h).
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class TenantStoreContract : public Suite {
 protected:
  std::vector<std::string> names(TenantId after, int limit) {
    std::vector<std::string> found;
    const auto page = stores.tenants.list_tenants(after, limit).value();
    for (const auto& tenant : page) found.push_back(tenant.name);
    return found;
  }
};

TEST_P(TenantStoreContract, TheFirstIsThereByItsName) {
  EXPECT_EQ(stores.tenants.find_tenant(kFirstTenantName).value().id, kTenant);
}

TEST_P(TenantStoreContract, AddedOnesAreFoundByName) {
  const auto made = stores.tenants.add_tenant("school", kStart).value();
  EXPECT_EQ(made.name, "school");
  EXPECT_EQ(made.created_at, kStart);
  EXPECT_EQ(stores.tenants.find_tenant("school").value(), made);
  EXPECT_EQ(stores.tenants.find_tenant("School").error().code, Errc::not_found);
}

TEST_P(TenantStoreContract, ANameIsGivenOnce) {
  ASSERT_TRUE(stores.tenants.add_tenant("school", kStart));
  EXPECT_EQ(stores.tenants.add_tenant("school", kStart).error().code, Errc::conflict);
  EXPECT_EQ(stores.tenants.add_tenant(kFirstTenantName, kStart).error().code, Errc::conflict);
}

TEST_P(TenantStoreContract, ListsByNumberInPages) {
  ASSERT_TRUE(stores.tenants.add_tenant("b", kStart));
  ASSERT_TRUE(stores.tenants.add_tenant("a", kStart));
  EXPECT_THAT(names(TenantId{0}, 2), ElementsAre("default", "other"));
  EXPECT_THAT(names(kOtherTenant, 2), ElementsAre("b", "a"));
  EXPECT_THAT(names(stores.tenants.find_tenant("a").value().id, 2), IsEmpty());
}

ORGO_CONTRACT(TenantStoreContract);

}  // namespace
}  // namespace orgo::contract
