#pragma once
#include <string>

#include "base/json_writer.h"
#include "core/message/message.h"

namespace orgo {

/// Writes the fields of a message into an object that the caller opened, so that findings and rules can stand beside
/// them: message_id, date (RFC 3339 or null), from, reply_to, to, cc, subject, in_reply_to, references, text, html,
/// attachments, defects.
void write_message_fields(JsonWriter& out, const Message& message);
/// {"name": ..., "address": ...}
void write_address(JsonWriter& out, const Address& address);
/// The message as one JSON object.
std::string to_json(const Message& message);

}  // namespace orgo
