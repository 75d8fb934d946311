#include "protocol/mime/plain_text.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/mime/transfer_encoding.h"

namespace orgo::mime {
namespace {

bool is_plain(const std::string& body, std::string_view charset = "utf-8") {
  std::string decoded;
  const bool good = decode_base64(body, decoded);
  return is_plain_under_base64(body, decoded, good, charset);
}

TEST(PlainText, WordsThatNobodyEncodedAreReadAsTheyStand) {
  for (const auto* body : {"Heizung kaputt in Raum zwoelf bitte kommen", "Hilfe\r\n", "HELP ROOM 5", "Hello there\r\n",
                           "The boiler leaks. Please come!\r\n\r\nAnna\r\n", "Bonjour, la chaudière fuit.",
                           "Agua en el suelo", "Wasser überall, schnell", "Call me at 0170-123456"})
    EXPECT_TRUE(is_plain(body)) << body;
}

TEST(PlainText, WhatDecodesToATextIsNone) {
  for (const auto* text :
       {"Heizung kaputt in Raum zwölf", "ok", "Guten Tag,\r\n\r\ndie Heizung ist kalt.\r\n", "水が出ません", "a"}) {
    auto body = encode_base64(text);
    EXPECT_FALSE(is_plain(body)) << text;
    if (body.size() > 8) body.insert(4, "\r\n");
    EXPECT_FALSE(is_plain(body + "\r\n")) << text;
  }
  EXPECT_FALSE(is_plain(encode_base64("Gr\xFC\xDF"
                                      "e aus K\xF6ln"),
                        "iso-8859-1"))
      << "in the bytes of its charset";
  EXPECT_FALSE(is_plain(encode_base64("\xCF\xF0\xE8\xE2\xE5\xF2"), "windows-1251"));
}

TEST(PlainText, UuencodeHasALineThatBegins) {
  EXPECT_TRUE(is_plain_under_uuencode("The heating does not work in room twelve.\r\n"));
  EXPECT_FALSE(is_plain_under_uuencode("begin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n"));
  EXPECT_FALSE(is_plain_under_uuencode("See the file.\nbegin 644 a.txt\n#86)C\n`\nend\n"));
}

}  // namespace
}  // namespace orgo::mime
