#include "service/views/views.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/json_writer.h"

namespace orgo::views {
namespace {

TEST(Views, AnEventWithDamagedDataDamagesNoAnswer) {
  for (const std::string data : {"", "{}", R"({"a":1})", "{", "}", "x", "\"", R"({"a":1} x)", "{\"a\":\"\x01\"}",
                                 "\xFF", "},{", "null", "[1]", R"({"a":"b\\"})"}) {
    StoredEvent stored;
    stored.sequence = 7;
    stored.event.actor = "rules";
    stored.event.data = data;
    std::string out;
    JsonWriter writer(out);
    writer.begin_array();
    write_event(writer, stored);
    write_event(writer, stored);
    writer.end_array();
    const auto read = parse_json(out);
    ASSERT_TRUE(read) << data << " -> " << out;
    ASSERT_EQ(read->as_array().size(), 2U) << data;
    for (const auto& event : read->as_array()) {
      EXPECT_EQ(event.at("sequence"), 7) << data;
      EXPECT_TRUE(event.as_object().contains("data")) << data;
    }
  }
}

}  // namespace
}  // namespace orgo::views
