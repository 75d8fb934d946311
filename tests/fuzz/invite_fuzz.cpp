#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/json_writer.h"
#include "core/mail/read/read_message.h"
#include "core/mail/show/mail_view.h"

/// A whole mail as it is shown, and the same bytes as a calendar within one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto& raw : {std::string(bytes), "Content-Type: text/calendar\n\n" + std::string(bytes)}) {
    const auto view = orgo::mail_view(raw);
    for (const auto& invite : view.invites) {
      static_cast<void>(invite.what() + invite.when() + invite.recurrence());
      if (invite.attachment >= view.message.attachments.size()) __builtin_trap();
    }
    static_cast<void>(orgo::signed_content(raw));
    std::string json;
    orgo::JsonWriter writer(json);
    writer.begin_object();
    orgo::write_mail_view(writer, view);
    writer.end_object();
    if (!orgo::parse_json(json)) __builtin_trap();
  }
  static_cast<void>(orgo::recurrence_in_words(bytes));
  return 0;
}
