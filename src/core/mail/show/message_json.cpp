#include "core/mail/show/message_json.h"

#include "base/json_writer.h"

namespace orgo {
namespace {

void write_addresses(JsonWriter& out, std::string_view name, const std::vector<Address>& addresses) {
  out.key(name).begin_array();
  for (const auto& address : addresses) write_address(out, address);
  out.end_array();
}

}  // namespace

void write_address(JsonWriter& out, const Address& address) {
  out.begin_object().field("name", address.name).field("address", address.address).end_object();
}

void write_message_fields(JsonWriter& out, const Message& message) {
  out.field("message_id", message.message_id);
  out.key("date");
  if (message.date) {
    out.string(to_rfc3339(*message.date));
  } else {
    out.null();
  }
  out.key("from");
  if (message.from) {
    write_address(out, *message.from);
  } else {
    out.null();
  }
  write_addresses(out, "reply_to", message.as_mail().reply_to);
  write_addresses(out, "to", message.as_mail().to);
  write_addresses(out, "cc", message.as_mail().cc);
  out.field("subject", message.subject).field("in_reply_to", message.in_reply_to);
  out.key("references").begin_array();
  for (const auto& id : message.references) out.string(id);
  out.end_array();
  out.field("text", message.text).field("html", message.as_mail().html);
  out.key("attachments").begin_array();
  for (const auto& attachment : message.attachments) {
    out.begin_object()
        .field("filename", attachment.filename)
        .field("content_type", attachment.content_type)
        .field("size", static_cast<std::int64_t>(attachment.size))
        .field("sha256", attachment.sha256)
        .field("inline", attachment.is_inline)
        .field("content_id", attachment.content_id)
        .end_object();
  }
  out.end_array();
  out.key("defects").begin_array();
  for (const auto& defect : message.defects)
    out.begin_object().field("kind", defect.kind).field("detail", defect.detail).end_object();
  out.end_array();
}

std::string to_json(const Message& message) {
  std::string text;
  JsonWriter out(text);
  out.begin_object();
  write_message_fields(out, message);
  out.end_object();
  return text;
}

}  // namespace orgo
