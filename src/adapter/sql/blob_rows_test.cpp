#include "adapter/sql/blob_rows.h"

#include <gtest/gtest.h>

namespace orgo::sql {
namespace {

TEST(BlobRow, IsReadAsItIsWritten) {
  for (const auto& row :
       {BlobRow{MessageId{1}, 0}, BlobRow{MessageId{INT64_MAX}, INT64_MAX}, BlobRow{MessageId{17}, 2048}}) {
    const auto ref = reference_to(row);
    const auto read = parse_blob_row(ref.text);
    ASSERT_TRUE(read) << ref.text;
    EXPECT_EQ(read->message, row.message);
    EXPECT_EQ(read->length, row.length);
  }
  EXPECT_EQ(reference_to({MessageId{17}, 2048}).text, "db:17:2048");
}

TEST(BlobRow, WhatIsNoneIsNone) {
  for (const auto* text : {"", "db", "db:", "db:1", "db:1:", "db::1", "db:1:2:", "db:1:2 ", "db:-1:2", "db:1:-2",
                           "DB:1:2", " db:1:2", "1-0-5", "db:9223372036854775808:1"})
    EXPECT_FALSE(parse_blob_row(text)) << text;
}

}  // namespace
}  // namespace orgo::sql
