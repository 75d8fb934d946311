#include "base/setting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/options.h"

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Setting, IsReadByGoingByItAndNotByLookingAtIt) {
  Setting<std::string> host{"localhost"};
  EXPECT_EQ(host.peek(), "localhost");
  host = "mail.school.org";
  EXPECT_FALSE(host.was_read());
  EXPECT_EQ(host->size(), 15U);
  EXPECT_TRUE(host.was_read());
  Setting<bool> on{true};
  EXPECT_TRUE(*on);
  EXPECT_TRUE(on.was_read());
}

TEST(Setting, IsReadThroughEachCopy) {
  struct Group {
    Setting<std::int64_t> port{25};
  };
  const Group declared;
  const Group copy = declared;
  EXPECT_EQ(*copy.port, 25);
  EXPECT_TRUE(declared.port.was_read());
}

TEST(Setting, AnAssignmentTakesTheValueAlone) {
  const Setting<std::int64_t> other{26};
  Setting<std::int64_t> port{25};
  port = other;
  EXPECT_EQ(*port, 26);
  EXPECT_FALSE(other.was_read());
}

/// Showing and setting options must not count: everything would be read as soon as it is declared.
TEST(OptionSet, TellsWhichOptionsNobodyRead) {
  enum class Colour : std::int8_t { red, blue };
  Setting<std::string> name;
  Setting<std::int64_t> port{25};
  Setting<bool> on;
  Setting<Millis> time{Millis{5}};
  Setting<std::uint64_t> size{1};
  Setting<std::vector<std::string>> names;
  Setting<int> offset;
  Setting<Colour> colour{Colour::red};
  OptionSet options;
  options.text({"a.name", "", ""}, name)
      .integer({"a.port", "", ""}, port, 1, 100)
      .boolean({"a.on", "", ""}, on)
      .duration({"a.time", "", ""}, time, Millis{1}, Millis{10})
      .bytes({"a.size", "", ""}, size, 1, 10)
      .list({"a.names", "", ""}, names)
      .utc_offset({"a.offset", "", ""}, offset)
      .choice<Colour>({"a.colour", "", ""}, colour, {{"red", Colour::red}, {"blue", Colour::blue}});
  std::vector<Diagnostic> errors;
  options.read_value("a.port", "26", "--port", errors);
  options.read_value("a.colour", "blue", "--colour", errors);
  EXPECT_THAT(errors, IsEmpty());
  EXPECT_EQ(options.entries().size(), 8U);
  EXPECT_THAT(options.unread(),
              ElementsAre("a.name", "a.port", "a.on", "a.time", "a.size", "a.names", "a.offset", "a.colour"));
  EXPECT_EQ(*port, 26);
  EXPECT_EQ(*colour, Colour::blue);
  EXPECT_THAT(options.unread(), ElementsAre("a.name", "a.on", "a.time", "a.size", "a.names", "a.offset"));
  EXPECT_TRUE(name->empty() && names->empty() && !*on && *size == 1 && *offset == 0 && time->count() == 5);
  EXPECT_THAT(options.unread(), IsEmpty());
}

}  // namespace
}  // namespace orgo
