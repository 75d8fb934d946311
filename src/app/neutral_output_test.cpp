#include "app/command_line/neutral_output.h"

#include <gtest/gtest.h>

#include <ostream>
#include <sstream>

#include "base/json.h"
#include "base/json_writer.h"
#include "base/one_line.h"

namespace orgo {
namespace {

std::string shown(std::string_view text, std::size_t step = 1000) {
  std::stringbuf to;
  NeutralBuffer buffer(to);
  std::ostream out(&buffer);
  for (std::size_t at = 0; at < text.size(); at += step) out << text.substr(at, step);
  out.flush();
  return to.str();
}

TEST(NeutralOutput, LeavesOutWhatATerminalObeys) {
  for (const char* mark : {"\x1b[31m", "\x07", "\x08", "\x7f", "\u0080", "\u0085", "\u009b31m", "\u009f", "\u061c",
                           "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u2066", "\u2069"}) {
    const std::string rest = std::string_view(mark).ends_with("31m") ? (mark[0] == '\x1b' ? "[31m" : "31m") : "";
    for (const std::size_t step : {1UL, 2UL, 3UL, 100UL})
      EXPECT_EQ(shown("a" + std::string(mark) + "b\n", step), "a" + rest + "b\n") << mark;
  }
}

TEST(NeutralOutput, ShowsAllTheRest) {
  const std::string text = "Grüße, Ärger\t– “quotes” … 水漏れ שלום عربي € é\u00a0x\r\n😀 \u200b\u2070";
  for (const std::size_t step : {1UL, 2UL, 3UL, 7UL, 100UL}) EXPECT_EQ(shown(text, step), text);
  EXPECT_EQ(shown("bad \xE2\x80 end \xC2", 1), "bad \xE2\x80 end \xC2") << "half characters are not kept back";
}

TEST(NeutralOutput, ColoursOfOursAreShown) {
  std::stringbuf to;
  NeutralBuffer buffer(to);
  std::ostream out(&buffer);
  out << "\x1b[31ma\xC2";
  write_marked(out, "\x1b[32mb\x1b[0m");
  out << "\x1b[31mc" << std::flush;
  EXPECT_EQ(to.str(), "[31ma\xC2\x1b[32mb\x1b[0m[31mc");
}

TEST(NeutralOutput, JsonKeepsTheCharacterAndLosesItsPower) {
  for (const char* text : {"a\u009b31mb", "a\u202eb", "a\u2067b", "\u0085", "\u200f"}) {
    std::string json;
    append_json_string(json, text);
    EXPECT_EQ(shown(json), json) << "nothing is left to be taken out";
    EXPECT_EQ(parse_json(json)->as_string(), text);
  }
}

TEST(NeutralOutput, OneLineHasNoControls) {
  EXPECT_EQ(one_line("a\u009b31m\u0085b", 100), "a 31m b");
}

}  // namespace
}  // namespace orgo
