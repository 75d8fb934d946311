#include "core/mail/read/read_message.h"

#include "core/mail/read/message_reader.h"

namespace orgo {

Message MessageReader::run() {
  message_.mail.emplace();
  message_.size = size_;
  if (!own_raw_.empty()) defect("cr_line_ends", "lines end in CR alone");
  for (auto& found : document_.defects) message_.defects.push_back({std::move(found.kind), std::move(found.detail)});
  header_charset_ = guess_header_charset();
  read_header();
  read_report();
  plan_bodies();
  for (std::uint32_t i = 0; i < document_.entities.size(); ++i) {
    const auto& entity = document_.entities[i];
    if (entity.multipart) continue;
    switch (roles_[i]) {
      case Role::text:
        take_text(entity);
        break;
      case Role::html:
        take_html(entity, !covered(i));
        break;
      case Role::text_file:
        take_text(entity);
        take_attachment(entity);
        break;
      case Role::html_file:
        take_html(entity, !covered(i));
        take_attachment(entity);
        break;
      case Role::attachment:
        take_attachment(entity);
        break;
      case Role::superseded:
        break;
    }
  }
  take_tnef_body();
  // A text part that only turned out to say nothing when it was decoded ("=20").
  if (message_.text.empty() && !message_.mail->html.empty()) add_text_of(message_.mail->html);
  mark_inline();
  if (attachments_left_out_ > 0)
    defect("too_many_attachments",
           std::to_string(attachments_left_out_) + " attachments beyond the limit were left out");
  if (message_.text.empty() && message_.mail->html.empty() && message_.attachments.empty())
    defect("empty_body", "there is nothing to read in the body");
  return std::move(message_);
}

Message read_message(std::string_view raw, const ReadLimits& limits) {
  return MessageReader(raw, limits, std::nullopt).run();
}

std::optional<std::string> attachment_bytes(std::string_view raw, std::size_t index, const ReadLimits& limits) {
  MessageReader reader(raw, limits, index);
  static_cast<void>(reader.run());
  return reader.take_wanted();
}

}  // namespace orgo
