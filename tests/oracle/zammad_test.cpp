// The mails of a help desk with what its parser makes of them, field by field.
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "base/html.h"
#include "base/json.h"
#include "base/text.h"
#include "core/message/read_message.h"
#include "tests/oracle/corpora.h"

namespace orgo {
namespace {

/// Where we read it otherwise, on purpose.
const std::map<std::string, std::string> kAccepted = {
    {"mail014 attachment", "the peer turned the CRLF of attached messages into LF; we keep the bytes as they came"},
    {"mail018 subject", "unicode-1-1-utf-7: the peer does not decode it, we do"},
    {"mail018 body", "unicode-1-1-utf-7: the peer does not decode it, we do"},
    {"mail019 body", "the peer shows the <title> as text"},
    {"mail020 body", "the peer reads &lang; as HTML 4 did"},
    {"mail021 body", "the peer reads &lang; as HTML 4 did"},
    {"mail025 body", "the text is one uuencoded file; for us it is an attachment"},
    {"mail047 body", "the peer shows the <title> as text"},
    {"mail063 body", "the peer's sanitiser dropped <address> in plain text"},
    {"mail097 message_id", "the mail has none; the peer made one up"},
    {"mail102 attachment", "the peer made a second name of the same file different"},
};

std::string without_space(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    if (text.substr(i, 2) == "\xC2\xA0" || text.substr(i, 3) == "\xE3\x80\x80") {  // U+00A0, U+3000
      i += c == '\xC2' ? 1 : 2;
      continue;
    }
    out += c;
  }
  return out;
}

/// The addresses in a field as the peer prints it, in lower case.
std::vector<std::string> addresses_in(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  for (const char c : std::string(text) + " ") {
    if (std::string_view(" \t\r\n<>,\"'();").find(c) == std::string_view::npos) {
      word += ascii_lower(c);
    } else {
      if (word.find('@') != std::string::npos) out.push_back(word);
      word.clear();
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}
std::vector<std::string> addresses_in(const std::vector<Address>& list) {
  std::vector<std::string> out;
  for (const auto& address : list) out.push_back(ascii_lower(address.address));
  std::sort(out.begin(), out.end());
  return out;
}

TEST(Zammad, FieldsAreReadAsAHelpDeskReadsThem) {
  ORGO_NEED_CORPORA();
  int right = 0, all = 0;
  for (const auto& file : std::filesystem::directory_iterator(testing::corpora() / "zammad-mail" / "mail")) {
    const auto path = file.path();
    if (path.extension() != ".json") continue;
    const auto name = path.filename().string().substr(0, 7);
    auto mail_path = path.string();
    mail_path.replace(mail_path.find(".expect.json"), std::string::npos, ".box");
    const auto message = read_message(testing::read_file(mail_path));
    const auto expected = parse_json(testing::read_file(path));
    ASSERT_TRUE(expected) << path;
    const auto& want = expected->as_object();
    const auto text = [&](const char* key) -> std::string {
      const auto* const value = want.if_contains(key);
      return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
    };
    const auto check = [&](const std::string& field, bool good, const std::string& got) {
      ++all;
      if (good) {
        ++right;
      } else if (!kAccepted.contains(name + " " + field)) {
        ADD_FAILURE() << path << ": " << field << " is read as " << got.substr(0, 300);
      }
    };
    const auto from = message.from.value_or(Address{});
    if (want.contains("subject"))
      check("subject", without_space(text("subject")) == without_space(message.subject), message.subject);
    if (want.contains("from_email")) check("from", ascii_iequals(text("from_email"), from.address), from.address);
    if (want.contains("from_display_name"))
      check("name", without_space(text("from_display_name")) == without_space(from.name), from.name);
    if (want.contains("to")) check("to", addresses_in(text("to")) == addresses_in(message.to), "others");
    if (want.contains("cc")) check("cc", addresses_in(text("cc")) == addresses_in(message.cc), "others");
    if (want.contains("reply-to"))
      check("reply_to", addresses_in(text("reply-to")) == addresses_in(message.reply_to), "others");
    if (want.contains("message_id"))
      check("message_id", text("message_id") == "<" + message.message_id + ">", message.message_id);
    if (const auto* const attachments = want.if_contains("attachments")) {
      for (const auto& item : attachments->as_array()) {
        const auto& attachment = item.as_object();
        if (attachment.at("preferences").as_object().contains("content-alternative"))
          continue;  // the HTML, which we have as html
        bool found = false;
        for (const auto& ours : message.attachments)
          found = found || (ours.filename == std::string(attachment.at("filename").as_string()) &&
                            ours.size == static_cast<std::uint64_t>(attachment.at("size").as_int64()) &&
                            ours.sha256 == std::string(attachment.at("sha256").as_string()));
        check("attachment", found, "others");
      }
    }
    if (want.contains("body") && text("body") != "no visible content") {
      const auto body = text("body");
      const auto visible = [](std::string_view html) { return without_space(html_to_text(html)); };
      const auto got = without_space(message.text);
      check("body",
            got == without_space(body) || got == visible(body) ||
                (!message.html.empty() && visible(message.html) == visible(body)),
            message.text);
    }
  }
  std::cout << "zammad-mail: " << right << " of " << all << " fields as the peer has them\n";
  EXPECT_GE(right, all - 11);
}

}  // namespace
}  // namespace orgo
