#include "base/json.h"
#include "base/json_writer.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

TEST(JsonWriter, SetsCommasAndEscapes) {
  std::string out;
  JsonWriter w(out);
  w.begin_object().field("a", "x\"\n\x01\xFF\xC3\xA4").field("n", std::int64_t{-3}).key("l").begin_array();
  w.number(1).boolean(true).null().begin_object().end_object().end_array().field("z", false).end_object();
  EXPECT_EQ(out, "{\"a\":\"x\\\"\\n\\u0001\xEF\xBF\xBD\xC3\xA4\",\"n\":-3,\"l\":[1,true,null,{}],\"z\":false}");
  EXPECT_TRUE(parse_json(out));
}

TEST(ParseJson, NamesThePlace) {
  EXPECT_EQ(parse_json("{\"a\": tru}").error().message.substr(0, 19), "not JSON at byte 6:");
  EXPECT_FALSE(parse_json("{} x"));
  EXPECT_FALSE(parse_json(""));
  EXPECT_FALSE(parse_json(std::string(100, '[') + std::string(100, ']')));
  EXPECT_EQ(parse_json(" [1] ")->as_array().size(), 1U);
}

}  // namespace
}  // namespace orgo
