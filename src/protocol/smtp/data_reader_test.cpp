#include "protocol/smtp/data_reader.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace orgo::smtp {
namespace {

struct Read {
  std::string text;
  std::string rest;
  bool ended = false;
  bool bare = false;
  bool operator==(const Read&) const = default;
};

/// RFC 5321, section 4.5.2 as slowly and obviously as possible.
Read model(std::string_view wire) {
  Read read;
  std::size_t i = 0;
  bool line_start = true;
  while (i < wire.size()) {
    if (line_start && wire.substr(i, 3) == ".\r\n")
      return {read.text, std::string(wire.substr(i + 3)), true, read.bare};
    if (line_start && wire[i] == '.') {
      ++i;
      line_start = false;
      continue;
    }
    line_start = false;
    if (wire.substr(i, 2) == "\r\n") {
      read.text += "\r\n";
      i += 2;
      line_start = true;
      continue;
    }
    read.bare = read.bare || wire[i] == '\r' || wire[i] == '\n';
    read.text += wire[i++];
  }
  return read;
}

Read read_in_pieces(std::string_view wire, std::mt19937* random) {
  DataReader reader(1 << 20);
  Read read;
  while (!wire.empty() && !read.ended) {
    std::size_t size = random == nullptr ? wire.size() : 1 + (*random)() % 5;
    std::string_view piece = wire.substr(0, size);
    wire.remove_prefix(piece.size());
    read.ended = reader.read(piece, read.text);
    read.rest = piece;
  }
  read.rest += wire;
  read.bare = reader.bare_line_end();
  return read;
}

TEST(DataReader, EndsOnlyAtDotAloneBetweenCrlfs) {
  EXPECT_EQ(read_in_pieces("a\r\n.\r\nQUIT", nullptr), (Read{"a\r\n", "QUIT", true, false}));
  EXPECT_EQ(read_in_pieces(".\r\n", nullptr), (Read{"", "", true, false}));
  EXPECT_FALSE(read_in_pieces("a\n.\r\n", nullptr).ended);
  EXPECT_FALSE(read_in_pieces("a\r\n.\n", nullptr).ended);
  EXPECT_FALSE(read_in_pieces("a\r\n.\r", nullptr).ended);
}

TEST(DataReader, TakesOneDotFromEachLineThatBeginsWithOne) {
  EXPECT_EQ(read_in_pieces("..\r\n...x\r\n.y\r\na.b\r\n.\r\n", nullptr).text, ".\r\n..x\r\ny\r\na.b\r\n");
}

TEST(DataReader, AgreesWithTheModelOnAnyBytesInAnyPieces) {
  constexpr std::string_view kAlphabet = "\r\n.a";
  for (unsigned seed = 1; seed <= 20'000; ++seed) {
    std::mt19937 random(seed);
    std::string wire;
    const std::size_t size = random() % 40;
    // Whole line ends are frequent, so that many lines are long enough for the fast path.
    while (wire.size() < size) {
      if (random() % 3 == 0) wire += "\r\n";
      else if (random() % 8 == 0) wire += "word";
      else wire += kAlphabet[random() % kAlphabet.size()];
    }
    SCOPED_TRACE("ORGO_TEST_SEED=" + std::to_string(seed));
    const Read expected = model(wire);
    const Read whole = read_in_pieces(wire, nullptr);
    const Read pieces = read_in_pieces(wire, &random);
    ASSERT_EQ(whole, pieces);
    ASSERT_EQ(whole.ended, expected.ended);
    ASSERT_EQ(whole.rest, expected.rest);
    if (expected.ended) {
      ASSERT_EQ(whole.bare, expected.bare);
      ASSERT_EQ(whole.text, expected.text);  // before the end a dot at the cut is not decided yet
    }
  }
}

TEST(DataReader, KeepsWhatFitsAndNothingPastIt) {
  std::string text;
  std::string_view wire = "12345678\r\n.\r\n";
  DataReader fits(10);
  EXPECT_TRUE(fits.read(wire, text));
  EXPECT_FALSE(fits.too_big());
  EXPECT_EQ(text, "12345678\r\n");

  text.clear();
  wire = "123456789\r\n.\r\nNOOP";
  DataReader past(10);
  EXPECT_TRUE(past.read(wire, text));
  EXPECT_TRUE(past.too_big());
  EXPECT_EQ(text, "");
  EXPECT_EQ(wire, "NOOP");
  EXPECT_EQ(past.size(), 11U);
}

TEST(DataReader, ChunksFindBareLineEndsAcrossTheirCuts) {
  const auto bare = [](std::initializer_list<std::string_view> chunks) {
    DataReader reader(1000);
    std::string text;
    for (const auto chunk : chunks) reader.read_chunk(chunk, text);
    return reader.bare_line_end();
  };
  EXPECT_FALSE(bare({"a\r", "\nb\r\n.\r\n", ""}));
  EXPECT_TRUE(bare({"a\r", "b"}));
  EXPECT_TRUE(bare({"a\r"}));
  EXPECT_TRUE(bare({"a", "\nb"}));
  EXPECT_TRUE(bare({"a\r\nb\rc\r\n"}));
}

TEST(ReceivedFields, AreCountedInTheHeaderOnly) {
  EXPECT_EQ(count_received_fields(""), 0);
  EXPECT_EQ(count_received_fields("Received: a\r\n b\r\nRECEIVED:c\r\nX-Received: d\r\n\r\nReceived: e\r\n"), 2);
}

}  // namespace
}  // namespace orgo::smtp
