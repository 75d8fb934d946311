// Each fuzz target over what is kept in tests/fuzz/corpus and simple variations of it: so a target builds and holds
// with every change, and what a fuzzer once found stays found. `./test --fuzz` searches for more.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/source_dir.h"

#define TARGET(name) extern "C" int orgo_##name(const std::uint8_t* data, std::size_t size);
#include "targets.inc"
#undef TARGET

namespace orgo {
namespace {

namespace fs = std::filesystem;

constexpr int kVariations = 24;  ///< of each input
constexpr std::size_t kMost = 64 << 10;

struct Target {
  const char* name;
  int (*run)(const std::uint8_t* data, std::size_t size);
  friend std::ostream& operator<<(std::ostream& out, const Target& target) { return out << target.name; }
};

#define TARGET(name) Target{#name, orgo_##name},
const Target kTargets[] = {
#include "targets.inc"
};
#undef TARGET

std::array<char, 300> doing{};  ///< what a crash was about

void tell_and_die(int signal) {
  (void)!::write(STDERR_FILENO, doing.data(), std::string_view(doing.data()).size());
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

/// What is kept for a target, and what all of them have to bear.
std::vector<std::pair<std::string, std::string>> inputs_of(std::string_view name) {
  std::vector<std::pair<std::string, std::string>> inputs{
      {"nothing", ""},
      {"a mail",
       "From: a@b.example\r\nSubject: =?utf-8?q?x=C3=A9?=\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n"},
      {"YAML",
       "rules:\n  - name: a\n    condition: subject contains 'x' and not from is 'y@z'\n    action: {route_to: b}\n"},
      {"a calendar",
       "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261224T120000Z\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n"},
      {"lines", "+OK 12\r\n* 1 FETCH (UID 7 BODY[] {3}\r\nabc)\r\n250-x\r\n250 y\r\n.\r\n"},
      {"octets", std::string("\x78\x9F\x3E\x22\x00\x01!BDN\xFF\xFE", 12)}};
  const auto kept = fs::path(source_dir()) / "tests/fuzz/corpus" / std::string(name.substr(0, name.rfind("_fuzz")));
  if (!fs::is_directory(kept)) return inputs;
  for (const auto& file : fs::directory_iterator(kept)) {
    std::ifstream in(file.path(), std::ios::binary);
    inputs.emplace_back(file.path().filename().string(), std::string(std::istreambuf_iterator<char>(in), {}));
  }
  std::ranges::sort(inputs);
  return inputs;
}

/// Cut, changed, doubled or with something put in, each by a number.
std::string varied(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t most) { return most == 0 ? 0 : random() % most; };
  const auto at = below(text.size() + 1);
  switch (random() % 5) {
    case 0:
      text.resize(at);
      break;
    case 1:
      for (int i = 0; i < 4 && !text.empty(); ++i) text[below(text.size())] = static_cast<char>(random());
      break;
    case 2:
      text.insert(at, text.substr(below(text.size() + 1), 200));
      break;
    case 3:
      text.insert(at, std::string(1 + below(300), "\n\0\xFF(:\"="[random() % 7]));
      break;
    default:
      text.erase(at, below(40));
      break;
  }
  if (text.size() > kMost) text.resize(kMost);
  return text;
}

class Replay : public testing::TestWithParam<Target> {
 protected:
  void SetUp() override {
    for (const int signal : {SIGSEGV, SIGABRT, SIGTRAP, SIGILL, SIGFPE}) std::signal(signal, tell_and_die);
  }
  void TearDown() override {
    for (const int signal : {SIGSEGV, SIGABRT, SIGTRAP, SIGILL, SIGFPE}) std::signal(signal, SIG_DFL);
  }
};

TEST_P(Replay, BearsWhatIsKeptAndItsVariations) {
  const auto& target = GetParam();
  std::mt19937 random(20'261'201);
  for (const auto& [name, text] : inputs_of(target.name))
    for (int i = 0; i <= kVariations; ++i) {
      const auto input = i == 0 ? text : varied(text, random);
      std::snprintf(doing.data(), doing.size(), "\n%s, variation %d of %s\n", target.name, i, name.c_str());
      ASSERT_EQ(target.run(reinterpret_cast<const std::uint8_t*>(input.data()), input.size()), 0);
    }
}

TEST(ReplayOfAll, EachKeptCorpusHasItsTarget) {
  for (const auto& folder : fs::directory_iterator(fs::path(source_dir()) / "tests/fuzz/corpus"))
    EXPECT_TRUE(std::ranges::any_of(kTargets, [&](const Target& one) {
      return one.name == folder.path().filename().string() + "_fuzz";
    })) << folder.path();
}

INSTANTIATE_TEST_SUITE_P(Every, Replay, testing::ValuesIn(kTargets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace orgo
