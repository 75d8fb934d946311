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

TEST(JsonWriter, EachByteIsReadBackAsItself) {
  for (int c = 0; c < 0x80; ++c)
    for (const std::string& text :
         {std::string(1, static_cast<char>(c)), "a" + std::string(3, static_cast<char>(c)) + "b"}) {
      std::string out;
      JsonWriter(out).begin_object().field(text, text).end_object();
      const auto read = parse_json(out);
      ASSERT_TRUE(read) << c << ": " << out;
      ASSERT_EQ(read->as_object().size(), 1U);
      EXPECT_EQ(read->as_object().begin()->key(), text) << c;
      EXPECT_EQ(read->as_object().begin()->value().as_string(), text) << c;
      for (const char written : out) EXPECT_GE(static_cast<unsigned char>(written), 0x20) << c;
    }
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
