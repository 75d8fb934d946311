// R30: SMTP smuggling. A message whose text holds every pair of odd line ends around a dot, and after it commands that
// would bring a second message in. Whatever the pair: there is never a message more than the peer meant.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocol/smtp/conversation.h"

namespace orgo::smtp {
namespace {

struct LineEnd {
  std::string name;
  std::string bytes;
};
const std::vector<LineEnd>& line_ends() {
  static const std::vector<LineEnd> ends = {{"LF", "\n"},
                                            {"CR", "\r"},
                                            {"CRLF", "\r\n"},
                                            {"NUL", {'\0'}},
                                            {"LFCR", "\n\r"},
                                            {"CRCRLF", "\r\r\n"},
                                            {"CRNULLF", {'\r', '\0', '\n'}}};
  return ends;
}

const std::string kInner = "MAIL FROM:<evil@x>\r\nRCPT TO:<boss@school>\r\nDATA\r\nSubject: smuggled\r\n\r\nx";

struct Case {
  Protocol protocol;
  BareLineEnds bare;
  bool chunked;
  bool pipelined;
  std::size_t piece;
};

void try_pair(const Case& how, const LineEnd& before, const LineEnd& after) {
  // The ends that are real ends of data: the text before the dot ends with CRLF, and CRLF follows it.
  const bool real = before.bytes.ends_with("\r\n") && after.bytes == "\r\n";
  const std::string text = "Subject: outer\r\n\r\nbody" + before.bytes + "." + after.bytes + kInner;
  ServerOptions options;
  options.protocol = how.protocol;
  options.bare_line_ends = how.bare;
  Conversation peer(options, how.piece);
  const std::string hello = how.protocol == Protocol::lmtp ? "LHLO me\r\n" : "EHLO me\r\n";
  std::string wire = hello + "MAIL FROM:<a@b>\r\nRCPT TO:<c@school>\r\n";
  if (how.chunked) wire += "BDAT " + std::to_string(text.size()) + " LAST\r\n" + text;
  else wire += "DATA\r\n" + text + "\r\n.\r\n";
  if (how.pipelined) {
    peer.say(wire);
  } else {
    for (std::size_t begin = 0; begin < wire.size();) {
      const std::size_t end = std::min(wire.find('\n', begin), wire.size() - 1) + 1;
      peer.say(std::string_view(wire).substr(begin, end - begin));
      begin = end;
    }
  }
  const bool odd = !(before.bytes == "\r\n" || before.name == "NUL") || !(after.bytes == "\r\n" || after.name == "NUL");
  if (real && !how.chunked) {
    // Two messages were really sent; the first is refused when its text has a bare CR ("CRCRLF").
    const std::size_t first = odd && how.bare == BareLineEnds::refuse ? 0 : 1;
    ASSERT_EQ(peer.deliveries.size(), first + 1);
    return;
  }
  ASSERT_LE(peer.deliveries.size(), 1U) << "smuggled";
  if (how.bare == BareLineEnds::keep || !odd) {
    ASSERT_EQ(peer.deliveries.size(), 1U);
    ASSERT_EQ(peer.deliveries[0].recipients, std::vector<std::string>{"c@school"});
    std::string kept = peer.deliveries[0].data;
    const bool unstuffed = !how.chunked && before.bytes.ends_with("\r\n");
    const std::string expected = "Subject: outer\r\n\r\nbody" + before.bytes + (unstuffed ? "" : ".") + after.bytes +
                                 kInner + (how.chunked ? "" : "\r\n");
    ASSERT_EQ(kept, expected) << "kept byte for byte";
  } else {
    ASSERT_TRUE(peer.deliveries.empty()) << "a bare CR or LF was taken";
  }
}

TEST(Smuggling, NoPairOfLineEndsBringsAnExtraMessage) {
  int pairs = 0;
  for (const auto& before : line_ends()) {
    for (const auto& after : line_ends()) {
      ++pairs;
      for (const Protocol protocol : {Protocol::lmtp, Protocol::smtp}) {
        for (const BareLineEnds bare : {BareLineEnds::refuse, BareLineEnds::keep}) {
          for (const bool chunked : {false, true}) {
            for (const bool pipelined : {false, true}) {
              for (const std::size_t piece : {0U, 1U, 3U}) {
                SCOPED_TRACE(before.name + " . " + after.name + (chunked ? " BDAT" : " DATA") +
                             (pipelined ? " pipelined" : "") + " pieces of " + std::to_string(piece));
                try_pair({protocol, bare, chunked, pipelined, piece}, before, after);
                if (HasFatalFailure()) return;
              }
            }
          }
        }
      }
    }
  }
  EXPECT_GE(pairs, 40);
}

TEST(Smuggling, CommandsEndWithCrlfOnly) {
  for (const std::size_t piece : {0U, 1U}) {
    for (const std::string line : {"NOOP\n", "\n", "MAIL FROM:<a@b>\nRCPT TO:<c@d>\n"}) {
      Conversation peer(ServerOptions{}, piece);
      peer.say("LHLO me\r\n");
      EXPECT_EQ(peer.say(line + "QUIT\r\n"),
                "521 5.5.2 Lines must end with CRLF, and this one ended with a bare LF\r\n");
      EXPECT_TRUE(peer.closed);
    }
    Conversation peer(ServerOptions{}, piece);
    peer.say("LHLO me\r\n");
    EXPECT_EQ(peer.say("NOOP\rMAIL FROM:<a@b>\r\n"), "500 5.5.2 Control characters are not allowed in commands\r\n");
    peer.say("LHLO me\r\n");
    EXPECT_EQ(peer.say(std::string("NO\0P\r\n", 6)), "500 5.5.2 Control characters are not allowed in commands\r\n");
  }
}

}  // namespace
}  // namespace orgo::smtp
