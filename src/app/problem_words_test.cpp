#include "app/problem_words.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

std::string words(std::string_view problem, const FieldNames& names = {}) {
  return problem_in_words(parse_json(problem).value().as_object(), names);
}

TEST(ProblemWords, NameWhatTheCommandLineHasOnceAndWithoutBodies) {
  const auto* due = R"({"detail": "The body has 1 field that cannot be taken: due_at 'soon' is not a time.",
                        "errors": [{"pointer": "/due_at", "detail": "'soon' is not a time"}]})";
  EXPECT_EQ(words(due, {{"due_at", "time"}}), "time: 'soon' is not a time");
  EXPECT_EQ(words(due), "due_at: 'soon' is not a time") << "the API's name is better than none";
  EXPECT_EQ(words(R"({"detail": "The body has 2 fields that cannot be taken: ...",
                      "errors": [{"pointer": "/tasks", "detail": "has 101 items; at most 100 are allowed"},
                                 {"pointer": "/tasks", "detail": "must name 1 to 100 tasks"},
                                 {"pointer": "/fields/a~1b", "detail": "must be text"}]})",
                  {{"fields", ""}}),
            "tasks: has 101 items; at most 100 are allowed\n  a/b: must be text");
  EXPECT_EQ(words(R"({"detail": "The body may have at most 9 bytes here.", "errors": []})"),
            "what was given may have at most 9 bytes here.");
  EXPECT_EQ(words(R"({"detail": "T-9 is closed"})"), "T-9 is closed");
  EXPECT_EQ(words("{}"), "");
}

TEST(ProblemWords, PlacesOfAListAreCountedAsPeopleDo) {
  EXPECT_EQ(field_in_words("/files/0/content", {{"files", "--attach"}}), "--attach 1 content");
  EXPECT_EQ(field_in_words("/cc/11", {{"cc", "--cc"}}), "--cc 12");
  EXPECT_EQ(field_in_words("", {}), "");
}

}  // namespace
}  // namespace orgo
