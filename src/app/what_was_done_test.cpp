#include "app/what_was_done.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

std::string done(std::string_view command, const std::string& value, std::string_view more = "") {
  const auto task =
      parse_json(R"({"id": "T-15", "state": "open", "priority": "normal", "team": "desk", "assignee": "")" +
                 std::string(more) + "}");
  return what_was_done(*commands::find(command), value, task.value().as_object(),
                       TimeZone::find("Europe/Berlin").value());
}

TEST(WhatWasDone, IsSaidByEachCommandThatDoesMoreThanMoveTheState) {
  EXPECT_EQ(done("link", "12"), "T-15 is linked with T-12");
  EXPECT_EQ(done("unlink", " t-12 "), "T-15 is not linked with T-12 any more");
  EXPECT_EQ(
      done("merge", "12", R"(, "merged_into": "T-3")"),
      "T-15 is merged into T-3, where its messages, notes and later mails are from now on; `orgo task unmerge T-15` "
      "takes it back")
      << "where T-12 had gone itself";
  EXPECT_EQ(done("unmerge", ""), "T-15 is a task of its own again: T-15 is open, priority normal, team desk");
  EXPECT_EQ(done("split", "m17"), "T-15 is split off: T-15 is open, priority normal, team desk");
  EXPECT_EQ(done("due", "friday", R"(, "due_at": "2026-12-04T16:00:00Z")"), "T-15 is due 2026-12-04T17:00:00+01:00");
  EXPECT_EQ(done("due", "none"), "T-15 has no date any more");
  EXPECT_EQ(done("pend", "", R"(, "pending_until": "2026-12-04T16:00:00Z")"),
            "T-15 is open until 2026-12-04T17:00:00+01:00, priority normal, team desk");
  EXPECT_EQ(done("ack", ""), "T-15 is open, priority normal, team desk");
}

TEST(WhatWasDone, ARefusalNamesItsTaskOnce) {
  EXPECT_EQ(why_not("T-1", "T-1 has no type"), "T-1 has no type");
  EXPECT_EQ(why_not("T-1", "T-12 is closed"), "T-1: T-12 is closed");
  EXPECT_EQ(why_not("T-1", "there is no task T-1"), "there is no task T-1");
}

}  // namespace
}  // namespace orgo
