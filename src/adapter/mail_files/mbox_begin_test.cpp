// Where a mail begins in an mbox whose writer forgot the empty line before it.
#include <gtest/gtest.h>

#include <array>
#include <sstream>
#include <string>
#include <vector>

#include "adapter/mail_files/mbox.h"

namespace orgo {
namespace {

std::vector<std::string> mails_of(const std::string& mbox) {
  std::istringstream file(mbox);
  MboxReader reader(file, 100'000);
  std::vector<std::string> found;
  while (const auto mail = reader.next()) found.push_back(mail->bytes);
  return found;
}

std::string mail(int number) {
  const auto n = std::to_string(number);
  return "From: ann" + n + "@kim.example\nTo: desk@house.example\nSubject: Mail " + n +
         "\nDate: Mon, 16 Nov 2026 08:12:4" + n + " +0100\nMessage-ID: <m" + n + "@kim.example>\n\nHello there\n";
}

const auto kSeparators = std::to_array<const char*>(
    {"From ann Mon Nov 16 08:12:41 2026 remote from kim", "From kim!ann Mon Nov 16 08:12:41 2026",
     "From nobody Mon Nov 16 08:12:41 2026", "From POPmail Mon Nov 16 08:12:41 2026",
     "From Ann Kim Mon Nov 16 08:12:41 2026", "From /O=KIM/CN=ANN Mon Nov 16 08:12:41 2026",
     "From ann@kim.example Mon Nov 16 08:12:41 26", "From ann@kim.example 11/16/2026 08:12:41",
     "From ann@kim.example 1794813161", "From -", "From - ", "From ann@kim.example",
     "From ann@kim.example Mon Nov 16 08:12:41 2026", "From - Mon Nov 16 08:12:41 2026"});

TEST(MboxBegin, AWholeHeaderMakesSureWhereTheEmptyLineIsMissing) {
  for (const std::string separator : kSeparators)
    for (const std::string end : {"\n", "\r\n"}) {
      std::string text;
      for (const int number : {1, 2, 3}) text += separator + "\n" + mail(number);
      std::string mbox;
      for (const char c : text) mbox += c == '\n' ? end : std::string(1, c);
      EXPECT_EQ(mails_of(mbox).size(), 3U) << separator;
      // Behind a body without a last line end, by the next mail's flags, and behind a part that ends it.
      EXPECT_EQ(
          mails_of("From - Mon Nov 16 08:12:41 2026\n" + mail(1) + "--b--\n" + separator +
                   "\nX-Mozilla-Status: 0001\nReceived: from x by y;\n\tMon, 16 Nov 2026 08:12:41 +0100\n" + mail(2)),
          (std::vector<std::string>{mail(1) + "--b--\n",
                                    "X-Mozilla-Status: 0001\nReceived: from x by y;\n\tMon, 16 Nov 2026 08:12:41 "
                                    "+0100\n" +
                                        mail(2)}))
          << separator;
    }
}

TEST(MboxBegin, NothingLessThanAHeaderDoes) {
  for (const std::string separator : kSeparators) {
    if (separator.ends_with("2026") &&
        (separator.find('@') != std::string::npos || separator.find(" - ") != std::string::npos))
      continue;  // an address, a day and a time make sure by themselves
    for (const std::string behind : {"goes on here\n", "Subject: one field\n\nx\n", "Note: a\nHint: b\nSee: c\n\nx\n",
                                     "From: a\nTo: b\n\nx\n", "Subject: a\nand then text\nDate: b\nFrom: c\n", ""}) {
      const auto one = mail(1) + separator + "\n" + behind;
      EXPECT_EQ(mails_of("From a@x.example Mon Nov 16 08:12:41 2026\n" + one), std::vector<std::string>{one})
          << separator << "\n"
          << behind;
    }
  }
  // Prose, and the header of a quoted mail as people's programs write it, which has no field of programs.
  for (const std::string line : {"From now on at 08:12 on Mon Nov 16 2026 all is new", "From here: Monday", "From -"}) {
    const auto one = mail(1) + line + "\nFrom: Ann\nTo: Desk\nSubject: leak\n\nx\n";
    EXPECT_EQ(mails_of("From a@x.example Mon Nov 16 08:12:41 2026\n" + one), std::vector<std::string>{one}) << line;
  }
}

TEST(MboxBegin, CostsLinearTime) {
  std::string many = "From a@x.example Mon Nov 16 08:12:41 2026\n" + mail(1);
  for (int i = 0; i < 20'000; ++i) many += "From -\nX-A: 1\nX-B: 2\n y\n";
  EXPECT_EQ(mails_of(many).size(), 1U);
}

}  // namespace
}  // namespace orgo
