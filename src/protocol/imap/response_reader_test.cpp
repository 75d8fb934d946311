#include "protocol/imap/response_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace orgo::imap {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using State = ResponseReader::State;

std::vector<Response> read_all(ResponseReader& reader, std::string_view text, std::size_t piece = SIZE_MAX) {
  std::vector<Response> out;
  while (!text.empty()) {
    std::string_view part = text.substr(0, piece);
    text.remove_prefix(part.size());
    while (!part.empty()) {
      const State state = reader.read(part);
      if (state == State::garbage) return out;
      if (state == State::response) out.push_back(reader.take());
    }
  }
  return out;
}
std::vector<Response> read_all(std::string_view text, std::size_t piece = SIZE_MAX) {
  ResponseReader reader;
  return read_all(reader, text, piece);
}
Response read_one(std::string_view text) {
  auto all = read_all(text);
  EXPECT_EQ(all.size(), 1U) << text;
  return all.empty() ? Response{} : all.front();
}

/// Everything a response holds, to compare.
std::string show(const Value& value) {
  std::string out = std::to_string(static_cast<int>(value.kind)) + "<" + value.text + ">" + std::to_string(value.size);
  for (const auto& item : value.items) out += "(" + show(item) + ")";
  return out;
}
std::string show(const std::vector<Response>& responses) {
  std::string out;
  std::vector<std::uint32_t> uids;  // a SEARCH may come in other portions
  for (const auto& response : responses) {
    if (response.name == "SEARCH") {
      uids.insert(uids.end(), response.uids.begin(), response.uids.end());
      continue;
    }
    out += std::to_string(static_cast<int>(response.kind)) + response.tag + "|" + response.name + "|" +
           std::to_string(response.number) + "|" + response.code + "|" + response.text + "|";
    for (const auto& value : response.values) out += show(value);
    for (const auto& value : response.code_arguments) out += "c" + show(value);
    out += "\n";
  }
  for (const auto uid : uids) out += std::to_string(uid) + ",";
  return out;
}

TEST(ImapResponses, ReadsStatus) {
  const auto tagged = read_one("A1 OK [READ-WRITE] done {5}\r\n");
  EXPECT_EQ(tagged.kind, Response::Kind::tagged);
  EXPECT_EQ(tagged.tag, "A1");
  EXPECT_EQ(tagged.name, "OK");
  EXPECT_EQ(tagged.code, "READ-WRITE");
  EXPECT_EQ(tagged.text, "done {5}");  // a text for people: no literal follows
  EXPECT_EQ(read_one("A1 no\r\n").name, "NO");
  const auto next = read_one("* ok [uidnext 17]\r\n");
  EXPECT_EQ(next.code, "UIDNEXT");
  ASSERT_EQ(next.code_arguments.size(), 1U);
  EXPECT_EQ(next.code_arguments[0].number(), 17);
  EXPECT_EQ(next.text, "");
  EXPECT_EQ(read_one("* OK [PERMANENTFLAGS (\\Seen \\*)] x\n").code, "PERMANENTFLAGS");  // a bare LF will do
  EXPECT_EQ(read_one("* BYE [unclosed\r\n").text, "[unclosed");
  EXPECT_EQ(read_one("+ idling {3}\r\n").kind, Response::Kind::continuation);
  EXPECT_EQ(read_one("+\r\n").text, "");
}

TEST(ImapResponses, ReadsFetch) {
  const auto fetch = read_one(
      "* 12 FETCH (UID 7 FLAGS (\\Seen $x) BODY[HEADER.FIELDS (FROM TO)]<0> {5}\r\na)\r\nb NIL \"q\\\"\\\\\" ENVELOPE "
      "((NIL nil) \"\"))\r\n");
  EXPECT_EQ(fetch.number, 12);
  EXPECT_EQ(fetch.name, "FETCH");
  ASSERT_EQ(fetch.values.size(), 1U);
  const auto& items = fetch.values[0].items;
  ASSERT_EQ(items.size(), 10U);
  EXPECT_EQ(items[1].number(), 7);
  EXPECT_EQ(items[3].items.size(), 2U);
  EXPECT_EQ(items[4].text, "BODY[HEADER.FIELDS (FROM TO)]<0>");
  EXPECT_EQ(items[5].text, "a)\r\nb");
  EXPECT_EQ(items[6].kind, Value::Kind::nil);
  EXPECT_EQ(items[7].text, "q\"\\");
  EXPECT_EQ(items[9].items[0].items.size(), 2U);
}

TEST(ImapResponses, ReadsAllKindsOfLiterals) {
  for (const char* literal : {"{3}\r\na\r\n", "{3+}\r\na\r\n", "~{3}\r\na\r\n", "{3}\na\r\n"}) {
    const auto fetch = read_one("* 1 FETCH (BODY[] " + std::string(literal) + " UID 9)\r\n");
    ASSERT_EQ(fetch.values.size(), 1U) << literal;
    ASSERT_EQ(fetch.values[0].items.size(), 4U) << literal;
    EXPECT_EQ(fetch.values[0].items[1].text, "a\r\n");
    EXPECT_EQ(fetch.values[0].items[3].number(), 9);
  }
  EXPECT_EQ(read_one("* 1 FETCH (BODY[] {0}\r\n)\r\n").values[0].items[1].kind, Value::Kind::string);
}

TEST(ImapResponses, ReadsPastWhatIsTooLarge) {
  ResponseReader reader;
  reader.set_literal_max(10);
  const auto at = read_all(reader, "* 1 FETCH (BODY[] {10}\r\n0123456789 UID 9)\r\n");
  ASSERT_EQ(at.size(), 1U);
  EXPECT_EQ(at[0].values[0].items[1].text, "0123456789");
  const auto past = read_all(reader, "* 1 FETCH (BODY[] {11}\r\n0123456789a UID 9)\r\n* 2 EXISTS\r\n");
  ASSERT_EQ(past.size(), 2U);
  EXPECT_EQ(past[0].values[0].items[1].kind, Value::Kind::dropped);
  EXPECT_EQ(past[0].values[0].items[1].size, 11U);
  EXPECT_EQ(past[0].values[0].items[3].number(), 9);
  EXPECT_EQ(past[1].number, 2);
  std::string many = "* 1 FETCH (";
  for (int i = 0; i < 8; ++i) many += "X {10000}\r\n" + std::string(10'000, 'x') + " ";
  reader.set_literal_max(10'000);
  const auto together = read_all(reader, many + ")\r\n");  // 64 KB beyond the limit at most
  ASSERT_EQ(together.size(), 1U);
  EXPECT_EQ(together[0].values[0].items[13].kind, Value::Kind::string);
  EXPECT_EQ(together[0].values[0].items[15].kind, Value::Kind::dropped);
}

TEST(ImapResponses, ALiteralThatOnlyIsAnnouncedTakesNoMemory) {
  ResponseReader reader;
  reader.set_literal_max(UINT64_MAX / 4);
  std::string_view text = "* 1 FETCH (BODY[] {4000000000000000000}\r\nx";
  EXPECT_EQ(reader.read(text), State::more);
}

TEST(ImapResponses, ReadsSearchOfAnyLength) {
  EXPECT_THAT(read_one("* SEARCH 3 1 4294967295\r\n").uids, ElementsAre(3, 1, 4294967295U));
  EXPECT_THAT(read_one("* search 3 1 (MODSEQ 917162500)\r\n").uids, ElementsAre(3, 1));
  EXPECT_THAT(read_one("* SEARCH\r\n").uids, IsEmpty());
  EXPECT_THAT(read_one("* SEARCH \r\n").uids, IsEmpty());
  std::string text = "* SEARCH";
  for (int i = 1; i <= 200'000; ++i) text += " " + std::to_string(i);
  std::vector<std::uint32_t> all;
  for (const auto& response : read_all(text + "\r\n", 10'000)) {
    EXPECT_LE(response.uids.size(), ResponseReader::kSearchChunk + 70'000);
    all.insert(all.end(), response.uids.begin(), response.uids.end());
  }
  ASSERT_EQ(all.size(), 200'000U);
  EXPECT_EQ(all.back(), 200'000U);
  ResponseReader reader;
  EXPECT_THAT(read_all(reader, "* SEARCH 1 x\r\n"), IsEmpty());
  EXPECT_NE(reader.why(), "");
}

TEST(ImapResponses, HasLimits) {
  const auto is_garbage = [](const std::string& text) {
    ResponseReader reader;
    (void)read_all(reader, text, 5000);
    return !reader.why().empty();
  };
  const std::string longest(ResponseReader::kLineMost - 10, 'x');
  EXPECT_FALSE(is_garbage("* OK " + longest + "\r\n"));
  EXPECT_TRUE(is_garbage("* OK " + longest + "xxxxxx\r\n"));
  EXPECT_TRUE(is_garbage(std::string(ResponseReader::kLineMost + 70'000, 'x')));  // without any end
  EXPECT_FALSE(is_garbage("* X " + std::string(16, '(') + "\r\n"));
  EXPECT_TRUE(is_garbage("* X " + std::string(17, '(') + "\r\n"));
  std::string values = "* X";
  for (std::size_t i = 0; i < ResponseReader::kValuesMost; ++i) values += " a";
  EXPECT_FALSE(is_garbage(values + "\r\n"));
  EXPECT_TRUE(is_garbage(values + " a\r\n"));
  EXPECT_TRUE(is_garbage("hello\r\n"));
  EXPECT_TRUE(is_garbage("A1 MAYBE so\r\n"));
}

TEST(ImapResponses, TellsPeopleNothingThatATerminalObeys) {
  EXPECT_EQ(read_one("A1 NO [ALERT] a\x1b[2Jb\xc2\x9b c\xff\r\n").said(), "[ALERT] a [2Jb  c?");
  EXPECT_LE(read_one("A1 NO " + std::string(5000, 'x') + "\r\n").said().size(), 304U);
  EXPECT_EQ(read_one("A1 NO\r\n").said(), "NO");
}

RC_GTEST_PROP(ImapResponses, PiecesOfAnySizeGiveTheSame, ()) {
  const auto words = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "* ", "1 ", "FETCH ", "(", ")", "UID 7 ", "BODY[] ", "{3}\r\n", "{0}\r\n", "~{12+}\r\n", "\"a\\\"", "\"", "\r\n",
      "\n", "\r", "* SEARCH ", "5 6 7", " 4294967296", "(MODSEQ 9)", "A1 OK ", "[UIDNEXT 7]", "+ ", "NIL",
      "* 3 EXISTS\r\n", "x", "\xff", "[", "]"));
  std::string text;
  for (const auto& word : words) text += word;
  const std::string whole = show(read_all(text));
  for (const std::size_t piece : {1U, 2U, 7U}) RC_ASSERT(show(read_all(text, piece)) == whole);
}

}  // namespace
}  // namespace orgo::imap
