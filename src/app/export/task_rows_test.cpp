#include "app/export/task_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

json::object sample(std::string_view words = "A leak") {
  const std::string text(words);
  return json::object{{"id", "T-12"},
                      {"state", "open"},
                      {"open", true},
                      {"priority", "high"},
                      {"title", text},
                      {"requester", text},
                      {"team", text},
                      {"assignee", text},
                      {"tags", json::array{text, "water"}},
                      {"type", text},
                      {"fields", json::array{json::object{{"name", "room"}, {"value", text}},
                                             json::object{{"name", "x"}, {"value", ""}}}},
                      {"due_at", "2026-12-01T12:00:00Z"},
                      {"overdue", false},
                      {"escalation", json::object{{"next_at", nullptr}}},
                      {"message", "m3"},
                      {"created_at", "2026-07-01T10:00:00.250Z"},
                      {"updated_at", "2026-12-01T10:00:00Z"}};
}

TEST(TaskRows, AreStable) {
  EXPECT_THAT(task_columns(),
              ElementsAre("task", "state", "open", "priority", "title", "requester", "team", "assignee", "tags", "type",
                          "fields", "due_at", "overdue", "escalates_at", "message", "created_at", "updated_at"));
  EXPECT_THAT(task_row(sample(), TimeZone()),
              ElementsAre("T-12", "open", "yes", "high", "A leak", "A leak", "A leak", "A leak", "A leak; water",
                          "A leak", "room: A leak", "2026-12-01T12:00:00Z", "no", "", "m3", "2026-07-01T10:00:00.250Z",
                          "2026-12-01T10:00:00Z"));
}

TEST(TaskRows, HoldNoLiveCell) {
  for (const auto* formula : {"=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1", "x;=1", "x,=1"})
    for (const auto& cell : task_row(sample(formula), TimeZone()))
      EXPECT_TRUE(cell.empty() || std::string_view("=+-@\t\r").find(cell[0]) == std::string_view::npos) << cell;
}

TEST(TaskRows, OfATaskWithoutAnythingAreEmptyCells) {
  const auto row = task_row({}, TimeZone());
  EXPECT_EQ(row.size(), task_columns().size());
}

}  // namespace
}  // namespace orgo
