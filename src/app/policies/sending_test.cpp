#include "app/policies/sending.h"

#include <gtest/gtest.h>

#include "app/config.h"

namespace orgo {
namespace {

TEST(RenderSettings, MailsComeFromTheOrganizationUnlessTheRelaySaysAnotherName) {
  Config config;
  EXPECT_EQ(render_settings(config, "key").from_name, "Orgo");
  config.organization.name = "Hillside School";
  EXPECT_EQ(render_settings(config, "key").from_name, "Hillside School");
  config.smtp.from_name = "School helpdesk";
  EXPECT_EQ(render_settings(config, "key").from_name, "School helpdesk");
}

}  // namespace
}  // namespace orgo
