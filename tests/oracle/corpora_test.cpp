// Every mail of every corpus, as it is, with CRLF, cut off, and with bytes changed: no crash, no hang, no silent
// nothing.
#include <gtest/gtest.h>

#include <iostream>
#include <random>

#include "base/charset.h"
#include "base/work.h"
#include "core/mail/read/read_message.h"
#include "tests/oracle/corpora.h"

namespace orgo {
namespace {

std::string with_line_ends(std::string_view text, std::string_view line_end) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (text[i] == '\n') {
      out += line_end;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// What a mail says, whatever its line ends.
std::string gist(const Message& message) {
  std::string out = message.subject + "|" + (message.from ? message.from->address : "") + "|" + message.text;
  for (const auto& attachment : message.attachments) out += "|" + attachment.filename + " " + attachment.content_type;
  return out;
}

TEST(Corpora, NoMailIsReadAsNothingWithoutADefect) {
  ORGO_NEED_CORPORA();
  const auto mails = testing::corpus_mails();
  ASSERT_GT(mails.size(), 1000U);
  std::size_t with_from = 0, with_content = 0;
  for (const auto& path : mails) {
    const auto raw = testing::read_file(path);
    const auto message = read_message(raw);
    EXPECT_TRUE(message.from || !message.defects.empty()) << path;
    EXPECT_TRUE(!message.text.empty() || !message.as_mail().html.empty() || !message.attachments.empty() ||
                !message.defects.empty())
        << path;
    EXPECT_TRUE(is_utf8(message.text) && is_utf8(message.as_mail().html) && is_utf8(message.subject)) << path;
    with_from += message.from ? 1 : 0;
    with_content += !message.text.empty() || !message.as_mail().html.empty() || !message.attachments.empty() ? 1 : 0;
    // The bytes of an attachment are those that were hashed.
    if (!message.attachments.empty() && raw.size() < 200'000) {
      const auto bytes = attachment_bytes(raw, message.attachments.size() - 1);
      ASSERT_TRUE(bytes) << path;
      EXPECT_EQ(bytes->size(), message.attachments.back().size) << path;
    }
  }
  std::cout << mails.size() << " mails, " << with_from << " with a sender, " << with_content << " with content\n";
  EXPECT_GE(with_from * 100, mails.size() * 97);  // fragments and a few bounces have none
  EXPECT_GE(with_content * 100, mails.size() * 98);
}

TEST(Corpora, LineEndsMakeNoDifference) {
  ORGO_NEED_CORPORA();
  std::size_t others = 0;
  for (const auto& path : testing::corpus_mails()) {
    const auto raw = testing::read_file(path);
    if (raw.size() > 100'000) continue;
    const auto lf = read_message(with_line_ends(raw, "\n"));
    const auto crlf = read_message(with_line_ends(raw, "\r\n"));
    if (gist(lf) != gist(crlf)) {
      ++others;
      std::cout << path << " differs\n";
    }
  }
  // Mails that have a CR alone somewhere, or binary content.
  EXPECT_LE(others, 5U);
}

TEST(Corpora, DamagedMailsAreReadInLinearTimeWithoutACrash) {
  ORGO_NEED_CORPORA();
  const auto* const set = std::getenv("ORGO_TEST_SEED");
  const auto seed = set != nullptr ? std::strtoull(set, nullptr, 10) : std::random_device{}();
  SCOPED_TRACE("ORGO_TEST_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (const auto& path : testing::corpus_mails()) {
    const auto raw = testing::read_file(path);
    if (raw.empty() || raw.size() > 20'000) continue;
    for (int round = 0; round < 4; ++round) {
      auto damaged = raw;
      for (int change = 0; change < 8; ++change) {
        const auto at = random() % damaged.size();
        switch (random() % 5) {
          case 0:
            damaged[at] = static_cast<char>(random());
            break;
          case 1:
            damaged.erase(at, random() % 40 + 1);
            break;
          case 2:
            damaged.insert(at, damaged.substr(random() % damaged.size(), random() % 200));
            break;
          case 3:
            damaged[at] = "\n\r:;,<>\"()=?-@"[random() % 14];
            break;
          default:
            damaged.resize(damaged.size() - random() % (damaged.size() / 8 + 1));
        }
        if (damaged.empty()) damaged = "\n";
      }
      work_done = 0;
      const auto message = read_message(damaged);
      // Some thirty looks at each byte are what a mail takes, and up to 60 a report whose parts have lost their ends. A
      // look at the whole for each line would be hundreds. That twice the bytes are twice the work: parser_cost_test.
      EXPECT_LE(work_done, 100 * damaged.size() + 10'000) << path;
      EXPECT_TRUE(is_utf8(message.text) && is_utf8(message.subject)) << path;
    }
  }
}

}  // namespace
}  // namespace orgo
