#include <gtest/gtest.h>

#include "base/log.h"

namespace orgo::world {
namespace {

/// Faults are the daily bread here; a line for each would bury what a failed test says.
class Quiet : public testing::Environment {
 public:
  void SetUp() override {
    log::Settings settings;
    settings.level = log::Level::off;
    log::configure(settings);
  }
};
const auto* const kQuiet = testing::AddGlobalTestEnvironment(new Quiet);

}  // namespace
}  // namespace orgo::world
