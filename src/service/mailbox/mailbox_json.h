#pragma once
#include "base/json_writer.h"
#include "service/mailbox/mailbox_reader.h"

namespace orgo::views {

/// How a mailbox does, as one JSON object; see views/views.h for the form.
void write_mailbox(JsonWriter& writer, const MailboxStatus& status);

}  // namespace orgo::views
