#include <gtest/gtest.h>

#include "core/mail/read/read_message.h"

namespace orgo {
namespace {

/// In one line, folded, or in brackets: a longer text than an address can have is nobody's.
TEST(LongAddress, IsNone) {
  for (const std::size_t size : {310U, 320U, 321U, 2'700U, 9'000U}) {
    std::string local(size - 8, 'a');
    for (std::size_t i = 0; i < local.size(); ++i) local[i] = static_cast<char>('a' + i * 7 % 26);
    const auto address = local + "@x.test1";
    for (const auto& written : {address, "Ann <" + address + ">", "\r\n <" + address + ">"}) {
      const auto message = read_message("From: " + written + "\r\nTo: " + written + "\r\nSubject: s\r\n\r\ntext\r\n");
      EXPECT_EQ(message.subject, "s");
      EXPECT_EQ(message.text, "text\n");
      EXPECT_EQ(message.from && message.from->address == address, size <= 320) << size;
      for (const auto& to : message.as_mail().to) EXPECT_LE(to.address.size(), 320U);
    }
  }
}

}  // namespace
}  // namespace orgo
