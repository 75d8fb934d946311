#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/contact/mail_address.h"
#include "core/delivery/render.h"
#include "core/mail/findings/find_own_loop.h"
#include "core/mail/read/read_message.h"
#include "tests/support/tenants.h"

namespace {

using namespace orgo;

void must(bool holds) {
  if (!holds) __builtin_trap();
}

constexpr auto kOurs = std::to_array<std::string_view>(
    {"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
     "X-Auto-Response-Suppress", "X-Orgo-Loop", "X-Orgo-Hop", "X-Orgo-ID", "MIME-Version", "Content-Type",
     "Content-Transfer-Encoding"});

/// As any receiver splits a mail, strictly: only CRLF ends a line, only ASCII (but for an address that has no form in
/// it: RFC 6532), nothing longer than 998 bytes.
void check_form(std::string_view mail, bool ascii) {
  std::size_t column = 0;
  for (std::size_t i = 0; i < mail.size(); ++i) {
    const auto c = static_cast<unsigned char>(mail[i]);
    must(c == '\r' || c == '\n' || c == '\t' || (c >= 0x20 && c < 0x7F) || (!ascii && c >= 0x80));
    must(c != '\r' || (i + 1 < mail.size() && mail[i + 1] == '\n'));
    must(c != '\n' || (i > 0 && mail[i - 1] == '\r'));
    column = c == '\n' ? 0 : column + 1;
    must(column <= 999);
  }
  const auto end = mail.find("\r\n\r\n");
  must(end != std::string_view::npos);
  std::set<std::string_view> seen;
  for (auto head = mail.substr(0, end + 2); !head.empty();) {
    const auto line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(line.size() + 2);
    must(!line.empty());
    if (line.starts_with(' ') || line.starts_with('\t')) {
      must(!seen.empty() && !trim(line).empty());
      continue;
    }
    const auto colon = line.find(": ");
    must(colon != std::string_view::npos);
    const auto name = line.substr(0, colon);
    must(std::find(kOurs.begin(), kOurs.end(), name) != kOurs.end());
    must(seen.insert(name).second);
  }
}

bool is_all_ascii(std::initializer_list<std::string_view> addresses) {
  return std::all_of(addresses.begin(), addresses.end(),
                     [](std::string_view one) { return is_ascii(address_on_wire(one)); });
}

/// Whoever reads leaves out what hardly belongs to an address: quotes, braces, what is not seen.
bool reads_back(std::string_view read, std::string_view written) {
  const bool usual = std::all_of(written.begin(), written.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '@' || c == '-' ||
           c == '+';
  });
  return ascii_iequals(read, written) || !usual;
}

}  // namespace

/// Whatever stands in a task, in the mail that is answered, in the templates and in the settings: what goes out is one
/// mail to one recipient with our fields, each once. The pieces of the input are separated by the byte 0x1F.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto how = data[0];
  const auto pieces = split(std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1), '\x1F');
  std::size_t next = 0;
  const auto piece = [&] { return std::string(next < pieces.size() ? pieces[next++] : std::string_view()); };

  Send send;
  send.kind = (how & 1) != 0 ? SendKind::reply : SendKind::notification;
  send.recipient = mail_contact((how & 2) != 0 ? piece() : "team@organization.com");
  send.note = piece();
  send.template_name = "mine";
  Task task{.tenant = kTenant};
  task.number = TaskNumber{12};
  task.title = piece();
  task.requester = mail_contact(piece());
  task.team = piece();
  task.assignee = piece();
  task.tags = {piece(), piece()};
  Message message;
  message.subject = piece();
  message.message_id = piece();
  message.in_reply_to = piece();
  message.references = {piece(), piece()};
  message.from = Address{piece(), piece()};
  message.make_mail().headers = {{piece(), piece()}, {"X-Orgo-Hop", piece()}};
  message.text = piece();
  std::map<std::string, MailTemplate> templates;
  templates["mine"] = {piece(), piece()};
  RenderSettings settings;
  settings.domain = "orgo.example";
  settings.from_name = piece();
  settings.reply_to = piece();
  settings.link_base = piece();
  settings.id_key = "key";
  if ((how & 4) != 0) settings.from_address = piece();

  const RenderInput input{.tenant = TenantId{1},
                          .id = SendId{5},
                          .send = send,
                          .task = (how & 8) != 0 ? nullptr : &task,
                          .message = (how & 16) != 0 ? nullptr : &message,
                          .templates = &templates,
                          .at = from_ms(1'800'000'000'000)};
  const auto mail = render_mail(input, settings);
  if (!mail) {
    must(!is_mail_address(send.recipient.address) || !is_mail_address(sending_address(settings)));
    return 0;
  }
  check_form(mail->text, is_all_ascii({send.recipient.address, sending_address(settings), settings.reply_to}));
  const auto again = render_mail(input, settings);
  must(again && again->text == mail->text);

  const auto back = read_message(mail->text);
  must(back.as_mail().to.size() == 1 && back.as_mail().cc.empty());
  must(reads_back(back.as_mail().to[0].address, send.recipient.address));
  must(back.from && reads_back(back.from->address, sending_address(settings)));
  must(back.message_id == mail->message_id &&
       parse_own_message_id(TenantId{1}, back.message_id, "orgo.example", "key"));
  must(back.attachments.empty() && back.as_mail().html.empty());
  must(hops_of(back) >= 1);
  must(find_own_loop(back, {.tenant = TenantId{1}, .domain = settings.domain}).has_value());
  must(back.subject.find_first_of("\r\n") == std::string::npos);

  send.recipient = webhook_contact("https://hook.example/" + piece());
  const auto hook = render_webhook(input, settings);
  must(hook.has_value() == is_valid(send.recipient));
  must(!hook || parse_json(hook->body).has_value());
  return 0;
}
