#include "protocol/http/chunked_body.h"

#include <gtest/gtest.h>

namespace orgo::http {
namespace {

using State = ChunkedBody::State;

struct Decoded {
  State state;
  std::string body;
  std::string rest;
};

Decoded decode(std::string_view bytes, std::size_t piece = 1 << 20, std::size_t body_max = 1 << 20) {
  ChunkedBody chunks;
  Decoded out;
  while (!bytes.empty() && chunks.state() == State::reading) {
    const auto used = chunks.feed(bytes.substr(0, piece), out.body, body_max);
    bytes.remove_prefix(used);
  }
  out.state = chunks.state();
  out.rest = bytes;
  return out;
}

TEST(ChunkedBody, DecodesHoweverItIsCut) {
  const std::string bytes = "5;name=\"value\"\r\nhello\r\n006\r\n world\r\n0\r\nX: trailer\r\nY: z\r\n\r\nNEXT";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    const auto decoded = decode(bytes, piece);
    EXPECT_EQ(decoded.state, State::done) << piece;
    EXPECT_EQ(decoded.body, "hello world");
    EXPECT_EQ(decoded.rest, "NEXT");
  }
  EXPECT_EQ(decode("0\r\n\r\n").state, State::done);
  EXPECT_EQ(decode("0\r\n").state, State::reading);
  EXPECT_EQ(decode("a\r\n0123456789\r\n0\r\n\r\n").body, "0123456789");
}

TEST(ChunkedBody, RefusesWhatOthersMightReadInAnotherWay) {
  for (const auto* bad : {"\r\n",
                          "g\r\n",
                          " 5\r\nhello",
                          "5 \r\nhello",
                          "+5\r\nhello",
                          "-1\r\n",
                          "0x5\r\nhello",
                          "5\nhello",
                          "5\rhello",
                          "5;a\nb\r\nhello",
                          "5\r\nhelloX",
                          "5\r\nhello\rX",
                          "5\r\nhello\n",
                          "5\r\nhello\r\n\r\n",
                          "1000000000000000\r\n",
                          "0\r\nX: a\nY: b\r\n\r\n",
                          "0\r\nX: a\rY",
                          "0\r\n\rX",
                          "5\x0bhello",
                          ";\r\n"})
    EXPECT_EQ(decode(bad).state, State::broken) << bad;
}

TEST(ChunkedBody, HoldsItsLimits) {
  EXPECT_EQ(decode("5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n", 1, 10).state, State::done);
  const auto past = decode("5\r\nhello\r\n6\r\nworld!", 1, 10);
  EXPECT_EQ(past.state, State::too_large);
  EXPECT_EQ(past.body, "hello") << "seen before a byte of it came";
  EXPECT_EQ(decode("fffffffffffffff\r\n").state, State::too_large);
  const auto extension = [](std::size_t size) {
    return decode("1;" + std::string(size, 'x') + "\r\na\r\n0\r\n\r\n").state;
  };
  EXPECT_EQ(extension(ChunkedBody::kExtensionsMax), State::done);
  EXPECT_EQ(extension(ChunkedBody::kExtensionsMax + 1), State::broken);
  const auto trailer = [](std::size_t size) { return decode("0\r\n" + std::string(size, 'x') + "\r\n\r\n").state; };
  EXPECT_EQ(trailer(ChunkedBody::kTrailerMax), State::done);
  EXPECT_EQ(trailer(ChunkedBody::kTrailerMax + 1), State::broken);
}

}  // namespace
}  // namespace orgo::http
