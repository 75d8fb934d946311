// R27: doubling a repeated element never more than doubles the work, for each kind of element, and no mail costs more
// than its size allows. Work is counted in bytes looked at, so that this is the same on every machine.
#include <gtest/gtest.h>

#include "base/work.h"
#include "core/bounce/bounce.h"
#include "core/mail/read/read_message.h"
#include "core/mail/show/message_json.h"
#include "tests/oracle/hostile_mail.h"

namespace orgo {
namespace {

std::uint64_t work_of(const std::string& mail) {
  work_done = 0;
  const auto message = read_message(mail);
  // What a bounce says is read from the same bytes.
  static_cast<void>(read_bounce(mail, message));
  return work_done;
}

/// All bytes that a message holds.
std::size_t weight(const Message& message) {
  auto bytes = message.text.size() + message.as_mail().html.size() + message.subject.size();
  for (const auto* const list : {&message.as_mail().to, &message.as_mail().cc, &message.as_mail().reply_to})
    for (const auto& address : *list) bytes += sizeof address + address.name.size() + address.address.size();
  for (const auto& field : message.as_mail().headers) bytes += sizeof field + field.name.size() + field.value.size();
  for (const auto& attachment : message.attachments)
    bytes += sizeof attachment + attachment.filename.size() + attachment.content_type.size() + attachment.sha256.size();
  for (const auto& id : message.references) bytes += sizeof id + id.size();
  for (const auto& defect : message.defects) bytes += sizeof defect + defect.detail.size();
  return bytes;
}

class ParserCost : public ::testing::TestWithParam<testing::HostileMail> {};

TEST_P(ParserCost, GrowsAsTheMailDoes) {
  const auto& kind = GetParam();
  for (const std::size_t count : {50U, 400U, 6'000U, 12'000U}) {
    const auto one = kind.with_count(count), two = kind.with_count(2 * count);
    const auto small = work_of(one), large = work_of(two);
    // Where a limit ends the reading of the larger one, it costs less; it must never cost more.
    EXPECT_LE(static_cast<double>(large), 2.3 * static_cast<double>(small) + 2'000)
        << count << " to " << 2 * count << ": " << small << " to " << large;
    EXPECT_LE(large, 40 * two.size() + 20'000) << "bytes looked at, for " << two.size();
  }
}

TEST_P(ParserCost, HoldsNoMoreThanTheMailAllows) {
  const auto mail = GetParam().with_count(20'000);
  const auto message = read_message(mail);
  EXPECT_LE(weight(message), 10 * mail.size() + 100'000);
}

INSTANTIATE_TEST_SUITE_P(Kinds, ParserCost, ::testing::ValuesIn(testing::hostile_mails()), [](const auto& kind) {
  std::string name;
  for (const char c : kind.param.name)
    name += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
  return name;
});

TEST(ParserCostKinds, AreAtLeastThirty) {
  EXPECT_GE(testing::hostile_mails().size(), 30U);
}

}  // namespace
}  // namespace orgo
