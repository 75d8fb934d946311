#include "adapter/http/request_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo {
namespace {

using testing::HasSubstr;
using State = RequestReader::State;

/// Feeds `bytes` in pieces of `piece` bytes, as a network may cut them; returns what was not used.
std::string feed_all(RequestReader& reader, std::string_view bytes, std::size_t piece = 1 << 20) {
  std::string buffer;
  while (reader.state() == State::head || reader.state() == State::body) {
    const auto used = reader.feed(buffer);
    buffer.erase(0, used);
    if (used > 0 && !buffer.empty()) continue;
    if (reader.state() == State::done || reader.state() == State::broken || bytes.empty()) break;
    buffer += bytes.substr(0, piece);
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return buffer + std::string(bytes);
}

int refused(std::string_view bytes, RequestLimits limits = {}) {
  RequestReader reader(limits);
  (void)feed_all(reader, bytes);
  return reader.state() == State::broken ? reader.problem().status : 0;
}

TEST(RequestReader, ReadsAHeadWithoutBody) {
  for (const std::size_t piece : {1U, 2U, 7U, 1000U}) {
    RequestReader reader({});
    const auto rest = feed_all(reader, "GET /tasks?x=1 HTTP/1.1\r\nHost: a\r\nCookie: b=c\r\n\r\nGET ", piece);
    ASSERT_EQ(reader.state(), State::done);
    EXPECT_EQ(rest, "GET ") << "belongs to the next request";
    EXPECT_TRUE(reader.keep_alive());
    const auto request = reader.take();
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.target, "/tasks?x=1");
    EXPECT_EQ(request.header("cookie"), "b=c");
    EXPECT_EQ(request.body, "");
  }
}

TEST(RequestReader, StopsBehindTheHeadAndReadsTheBodyThen) {
  RequestReader reader({});
  const std::string bytes = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello!";
  const auto used = reader.feed(bytes);
  ASSERT_EQ(reader.state(), State::body) << "stops there";
  EXPECT_EQ(bytes.substr(used), "hello!");
  EXPECT_EQ(reader.body_length(), 5U);
  EXPECT_TRUE(reader.expects_continue());
  EXPECT_EQ(reader.feed("hello!"), 5U);
  ASSERT_EQ(reader.state(), State::done);
  EXPECT_EQ(reader.take().body, "hello");
}

TEST(RequestReader, ReadsChunksHoweverTheyAreCut) {
  for (const std::size_t piece : {1U, 3U, 1000U}) {
    RequestReader reader({});
    const auto rest = feed_all(reader,
                               "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "5;name=value\r\nhello\r\n6\r\n world\r\n0\r\nHost: trailer\r\n\r\nNEXT",
                               piece);
    ASSERT_EQ(reader.state(), State::done) << piece;
    EXPECT_EQ(rest, "NEXT");
    const auto request = reader.take();
    EXPECT_EQ(request.body, "hello world");
    EXPECT_EQ(request.header("Host"), "a") << "a trailer is no header";
  }
}

TEST(RequestReader, RefusesWhatTwoProgramsCouldCutDifferently) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(refused(head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
  EXPECT_EQ(refused(head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"), 400);
  EXPECT_EQ(refused(head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"), 400);
  EXPECT_EQ(refused(head + "Content-Length: 5, 5\r\n\r\nhello"), 400);
  EXPECT_EQ(refused(head + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"), 400);
  EXPECT_EQ(refused(head + "Content-Length: 5, 6\r\n\r\nhello"), 400);
  EXPECT_EQ(refused(head + "Content-Length: +5\r\n\r\nhello"), 400);
  EXPECT_EQ(refused(head + "Content-Length: -1\r\n\r\n"), 400);
  EXPECT_EQ(refused(head + "Content-Length: 0x5\r\n\r\nhello"), 400);
  EXPECT_EQ(refused(head + "Content-Length: 99999999999999999999999\r\n\r\n"), 400);
  EXPECT_EQ(refused(head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 501);
  EXPECT_EQ(refused(head + "Transfer-Encoding: identity\r\n\r\n"), 501);
  EXPECT_EQ(refused(head + "Transfer-Encoding: xchunked\r\n\r\n"), 501);
  EXPECT_NE(refused(head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 0);
  EXPECT_EQ(refused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
  EXPECT_EQ(refused("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  EXPECT_EQ(refused(head + "Content-Length : 5\r\n\r\nhello"), 400) << "space before the colon";
  EXPECT_EQ(refused(head + "Transfer-Encoding: chunked\r\n\r\nZ\r\nhello\r\n0\r\n\r\n"), 400);
  EXPECT_EQ(refused(head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n"), 400);
  EXPECT_EQ(refused(head + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nhello"), 400);
  EXPECT_EQ(refused("GET / HTTP/1.1\r\n\r\n"), 400) << "no Host";
  EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  EXPECT_NE(refused("GET / HTTP/1.1\nHost: a\n\n"), 0) << "bare LF";
  EXPECT_EQ(refused("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 505);
  EXPECT_EQ(refused("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(refused("\x16\x03\x01\x02\x01\x01\xfc\x03\x03 tls here\r\n\r\n"), 400);
  EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\r\nExpect: a miracle\r\n\r\n"), 417);
}

TEST(RequestReader, HoldsItsLimitsAndNotOneByteLess) {
  RequestLimits limits;
  limits.target_max = 100;
  limits.header_max = 1000;
  limits.header_fields = 10;
  const auto with_target = [](std::size_t size) {
    return "GET /" + std::string(size - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
  };
  EXPECT_EQ(refused(with_target(100), limits), 0);
  EXPECT_EQ(refused(with_target(101), limits), 414);
  const auto with_header = [](std::size_t bytes) {
    return "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(bytes - 9 - 5, 'x') + "\r\n\r\n";
  };
  EXPECT_EQ(refused(with_header(1000), limits), 0);
  EXPECT_EQ(refused(with_header(1001), limits), 431);
  const auto with_fields = [](int count) {
    std::string out = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 1; i < count; ++i) out += "X: y\r\n";
    return out + "\r\n";
  };
  EXPECT_EQ(refused(with_fields(10), limits), 0);
  EXPECT_EQ(refused(with_fields(11), limits), 431);
}

TEST(RequestReader, AHeadThatNeverEndsIsCutOff) {
  RequestReader reader({});
  std::string buffer = "GET / HTTP/1.1\r\nHost: a\r\n";
  while (reader.state() == State::head && buffer.size() < 1'000'000) {
    EXPECT_EQ(reader.feed(buffer), 0U);
    buffer += "X: y\r\n";
  }
  ASSERT_EQ(reader.state(), State::broken);
  EXPECT_EQ(reader.problem().status, 431);
  EXPECT_LT(buffer.size(), 30'000U);
  EXPECT_EQ(refused("GET /" + std::string(1 << 20, 'a')), 431);
}

TEST(RequestReader, SeesAtOnceWhatCanNotBecomeARequest) {
  for (const auto* bad :
       {"\x16\x03", "get / H", "GET / HTTP/1.1\nH", "GET / HTTP/1.1\rH", "GET / HTTP/1.1\r\nHost: a\r\n folded",
        "GET / HTTP/1.1\r\nHost: a\r\n\tfolded", "GET / HTTP/1.1\r\n Host: a"})
    EXPECT_EQ(refused(bad), 400) << bad;
}

TEST(RequestReader, BoundsTheBody) {
  RequestReader at({});
  (void)feed_all(at, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n" +
                         std::string(65536, 'b') + "\r\n0\r\n\r\n");
  EXPECT_EQ(at.state(), State::done) << "64 KiB";
  RequestReader past({});
  (void)feed_all(past,
                 "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n" + std::string(65537, 'b') +
                     "\r\n0\r\n\r\n",
                 1000);
  ASSERT_EQ(past.state(), State::broken);
  EXPECT_EQ(past.problem().status, 413);

  RequestReader told({});
  (void)told.feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n");
  told.set_body_max(10);
  ASSERT_EQ(told.state(), State::broken) << "before a byte of it came";
  EXPECT_EQ(told.problem().detail, "The body has 11 bytes; at most 10 are taken here.");

  RequestReader line({});
  (void)feed_all(line, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;" + std::string(1 << 20, 'x'),
                 1000);
  EXPECT_EQ(line.state(), State::broken) << "an endless chunk extension";
}

TEST(RequestReader, IgnoresOneEmptyLineBeforeARequest) {
  EXPECT_EQ(refused("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
  EXPECT_EQ(refused("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

TEST(RequestReader, KnowsWhetherTheConnectionGoesOn) {
  const auto goes_on = [](std::string_view bytes) {
    RequestReader reader({});
    (void)feed_all(reader, bytes);
    EXPECT_EQ(reader.state(), State::done);
    return reader.keep_alive();
  };
  EXPECT_TRUE(goes_on("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_FALSE(goes_on("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
  EXPECT_FALSE(goes_on("GET / HTTP/1.0\r\nHost: a\r\n\r\n"));
  EXPECT_TRUE(goes_on("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(RequestReader, OfABodyThatIsCutTheBeginningIsKept) {
  for (const std::size_t most : {0, 3, 9, 10, 11}) {
    RequestReader reader(RequestLimits{});
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n";
    ASSERT_EQ(reader.feed(head), head.size());
    reader.set_body_max(most, true);
    EXPECT_EQ(reader.feed("01234"), 5U);
    EXPECT_EQ(reader.feed("56789GET"), 5U) << "what follows is the next request";
    ASSERT_EQ(reader.state(), RequestReader::State::done);
    const auto request = reader.take();
    EXPECT_EQ(request.body, std::string("0123456789").substr(0, most));
    EXPECT_EQ(request.cut, most < 10);
  }
}

}  // namespace
}  // namespace orgo
