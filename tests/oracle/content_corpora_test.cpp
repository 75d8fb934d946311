#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "base/hash.h"
#include "base/json.h"
#include "core/mail/read/read_message.h"
#include "core/mail/read/split_text.h"
#include "protocol/tnef/rtf.h"
#include "protocol/tnef/tnef.h"
#include "tests/oracle/corpora.h"

// What other projects say about the same bytes.
namespace orgo {
namespace {

struct Parts {
  std::string fresh, signature;
};
Parts parts_of(std::string_view text) {
  const auto split = split_text(text);
  return {text_of(text, split, TextKind::fresh), text_of(text, split, TextKind::signature)};
}
Message html_mail(std::string_view html) {
  return read_message("From: a@example.org\nContent-Type: text/html; charset=utf-8\n\n" + std::string(html));
}

TEST(ContentCorpora, Signatures) {
  const auto root = testing::corpora() / "zammad-signatures";
  if (!std::filesystem::exists(root)) GTEST_SKIP() << "no corpus zammad-signatures";
  for (const std::string name : {"client_a_1.txt", "client_a_2.txt", "client_a_3.txt"}) {
    const auto p = parts_of(testing::read_file(root / "mail" / name));
    EXPECT_EQ(p.signature.find("Mit freundlichen Grüßen"), 0U) << name << "\n" << p.signature;
    EXPECT_NE(p.signature.find("Max Mix (Vors.)"), std::string::npos) << name;
    EXPECT_EQ(p.fresh.find("Bob Smith"), std::string::npos) << name << p.fresh;
  }
  for (const std::string name : {"client_c_1.html", "client_c_2.html", "client_c_3.html"}) {
    const auto message = html_mail(testing::read_file(root / "mail" / name));
    const auto split = split_text(message);
    const auto signature = text_of(message.text, split, TextKind::signature);
    EXPECT_LE(signature.find("Christian"), 30U) << name << "\n" << message.text;
    EXPECT_NE(signature.find("Hauptverwaltung"), std::string::npos) << name << "\n" << signature;
  }
}

TEST(ContentCorpora, Tnef) {
  ORGO_NEED_CORPORA();
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(testing::corpora() / "mimekit" / "tnef")) {
    if (entry.path().extension() != ".tnef") continue;
    const auto name = entry.path().filename().string();
    auto expected_path = entry.path();
    expected_path.replace_extension(".expect.json");
    const auto expected = parse_json(testing::read_file(expected_path));
    ASSERT_TRUE(expected) << name;
    const auto bytes = testing::read_file(entry.path());
    const auto content = tnef::read_tnef(bytes);
    ASSERT_TRUE(content) << name;
    std::set<std::pair<std::string, std::string>> found;  // hash and name
    // The expectations were made from text files whose line ends a version control had changed.
    const auto add = [&](std::string_view data, const std::string& file_name) {
      found.emplace(to_hex(sha256(data)), file_name);
      std::string lf(data);
      lf.erase(std::remove(lf.begin(), lf.end(), '\r'), lf.end());
      found.emplace(to_hex(sha256(lf)), file_name);
    };
    for (const auto& a : content->attachments) add(a.bytes, a.name);
    if (const auto rtf = tnef::decompress_rtf(content->compressed_rtf)) {
      add(*rtf, "message.rtf");
      EXPECT_TRUE(!content->rtf_text.empty() || !content->html.empty() || rtf->size() < 450) << name << "\n" << *rtf;
    }
    const auto& list = expected->as_object().at("extracted_files").as_array();
    for (const auto& file : list) {
      const std::string file_name(file.at("name").as_string());
      const std::string hash(file.at("sha256").as_string());
      if (file_name == "message.html") {
        EXPECT_FALSE(content->html.empty()) << name;
        continue;
      }
      EXPECT_TRUE(found.contains({hash, file_name})) << name << ": " << file_name;
      ++files;
    }
  }
  EXPECT_GE(files, 20);
}

}  // namespace
}  // namespace orgo
