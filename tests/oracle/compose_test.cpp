// What we send, read by GMime: whatever strangers wrote into subjects, names and texts, another reader sees one mail
// from us to one recipient, with our fields, each once, and the same subject that we meant.
#include <gmime/gmime.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "base/one_line.h"
#include "base/text.h"
#include "core/delivery/render.h"
#include "core/mail/read/read_message.h"
#include "core/processing/title.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

struct Gmime {
  Gmime() { g_mime_init(); }
};

class Hostile {
 public:
  explicit Hostile(unsigned seed) : random_(seed) {}
  std::string value() {
    static const std::vector<std::string> pieces{"\r\n",
                                                 "\n",
                                                 "\r",
                                                 std::string(1, '\0'),
                                                 "\r\nBcc: evil@example.org",
                                                 "\r\n\r\n",
                                                 "\n\n",
                                                 " ",
                                                 ",",
                                                 "<",
                                                 ">",
                                                 "\"",
                                                 "(",
                                                 ")",
                                                 ";",
                                                 "=?UTF-8?B?DQpCY2M6?=",
                                                 "=?utf-8?q?=0D=0ABcc:?=",
                                                 "\xE2\x80\xA8",
                                                 "\xC2\x85",
                                                 "\xFF",
                                                 ":",
                                                 "\x0B",
                                                 "\x0C",
                                                 "{{task}}",
                                                 "{{text}}",
                                                 "ä",
                                                 "पानी",
                                                 "@",
                                                 "\\",
                                                 std::string(1200, 'x'),
                                                 " word",
                                                 "\x7F",
                                                 "\t",
                                                 "\r\nTo: other@example.org",
                                                 "\r\n ",
                                                 "--",
                                                 "\n.\n",
                                                 "From "};
    std::string all;
    for (auto count = random_() % 12; count > 0; --count) {
      if (random_() % 4 == 0) all += static_cast<char>(random_() % 256);
      else all += pieces[random_() % pieces.size()];
    }
    return all;
  }

 private:
  std::mt19937 random_;
};

int addresses_in(InternetAddressList* list) {
  return list == nullptr ? 0 : internet_address_list_length(list);
}

TEST(ComposeOracle, AnotherReaderSeesOneMailToOneRecipient) {
  static const Gmime ready;
  for (unsigned seed = 0; seed < 5'000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Hostile hostile(seed);
    Task task{.tenant = kTenant};
    task.number = TaskNumber{12};
    task.title = make_title(hostile.value(), hostile.value());
    task.requester = mail_contact(hostile.value());
    task.team = hostile.value();
    Message message;
    message.subject = hostile.value();
    message.message_id = hostile.value();
    message.references = {hostile.value(), hostile.value()};
    message.from = Address{hostile.value(), hostile.value()};
    message.text = hostile.value() + hostile.value();
    Send send;
    send.kind = seed % 2 != 0 ? SendKind::reply : SendKind::notification;
    send.recipient = mail_contact("team@organization.com");
    send.template_name = "mine";
    send.note = hostile.value();
    std::map<std::string, MailTemplate> templates;
    templates["mine"] = {hostile.value() + "{{subject}}", hostile.value() + "{{from}} {{text}} {{note}}"};
    RenderSettings settings;
    settings.domain = "orgo.example";
    settings.from_name = hostile.value();
    settings.reply_to = hostile.value();
    const auto mail = render_mail({.tenant = kTenant,
                                   .id = SendId{5},
                                   .send = send,
                                   .task = &task,
                                   .message = &message,
                                   .templates = &templates,
                                   .at = from_ms(1'800'000'000'000)},
                                  settings);
    ASSERT_TRUE(mail) << mail.error().message;

    auto* stream = g_mime_stream_mem_new_with_buffer(mail->text.data(), mail->text.size());
    auto* parser = g_mime_parser_new_with_stream(stream);
    auto* read = g_mime_parser_construct_message(parser, nullptr);
    ASSERT_NE(read, nullptr) << mail->text;
    EXPECT_EQ(addresses_in(g_mime_message_get_addresses(read, GMIME_ADDRESS_TYPE_FROM)), 1);
    EXPECT_EQ(addresses_in(g_mime_message_get_addresses(read, GMIME_ADDRESS_TYPE_TO)), 1);
    EXPECT_EQ(addresses_in(g_mime_message_get_addresses(read, GMIME_ADDRESS_TYPE_CC)), 0);
    EXPECT_EQ(addresses_in(g_mime_message_get_addresses(read, GMIME_ADDRESS_TYPE_BCC)), 0);
    const char* const subject = g_mime_message_get_subject(read);
    ASSERT_NE(subject, nullptr);
    // GMime decodes neighbouring base64 words as one and ends at the padding of the first; what it saw is the same.
    const auto seen = one_line(subject, 10'000);
    EXPECT_EQ(seen, std::string_view(mail->subject).substr(0, seen.size())) << mail->text;
    const char* const id = g_mime_message_get_message_id(read);
    ASSERT_NE(id, nullptr);
    EXPECT_EQ(std::string(id), mail->message_id);
    std::map<std::string, int> fields;
    auto* list = g_mime_object_get_header_list(GMIME_OBJECT(read));
    for (int i = 0; i < g_mime_header_list_get_count(list); ++i)
      ++fields[ascii_lower(g_mime_header_get_name(g_mime_header_list_get_header_at(list, i)))];
    for (const auto& [name, times] : fields) EXPECT_EQ(times, 1) << name << "\n" << mail->text;
    for (const char* name : {"bcc", "cc", "sender", "resent-to"}) EXPECT_FALSE(fields.contains(name)) << name;
    EXPECT_FALSE(GMIME_IS_MULTIPART(g_mime_message_get_mime_part(read)));
    EXPECT_EQ(read_message(mail->text).as_mail().to.size(), 1U);
    g_object_unref(read);
    g_object_unref(parser);
    g_object_unref(stream);
    if (HasFailure()) break;
  }
}

}  // namespace
}  // namespace orgo
