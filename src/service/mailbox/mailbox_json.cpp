#include "service/mailbox/mailbox_json.h"

#include "base/json_writer.h"
#include "service/views/views.h"

namespace orgo::views {

void write_mailbox(JsonWriter& writer, const MailboxStatus& status) {
  const auto& record = status.record;
  writer.begin_object()
      .field("name", record.name)
      .field("source", record.source)
      .field("state", to_string(status.state));
  writer.field("connection", record.connection);
  write_time(writer, "last_success", record.last_success);
  writer.key("last_error");
  if (record.last_error_at) {
    writer.begin_object().field("what", record.last_error);
    write_time(writer, "at", record.last_error_at);
    writer.end_object();
  } else {
    writer.null();
  }
  writer.field("failures", record.failures);
  write_time(writer, "next_try", status.next_try);
  writer.field("taken", record.taken)
      .field("duplicates", record.duplicates)
      .field("refused", record.refused)
      .end_object();
}

}  // namespace orgo::views
