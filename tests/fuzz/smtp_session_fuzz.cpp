// The receiving side of LMTP and SMTP: any bytes, cut anywhere, make the same conversation and never crash.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "protocol/smtp/conversation.h"

namespace {

using orgo::smtp::BareLineEnds;
using orgo::smtp::Conversation;
using orgo::smtp::Protocol;
using orgo::smtp::ServerOptions;

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const unsigned choices = data[0];
  const std::size_t piece = 1 + data[1] % 16;
  const std::string_view wire(reinterpret_cast<const char*>(data) + 2, size - 2);
  ServerOptions options;
  options.protocol = (choices & 1U) != 0 ? Protocol::smtp : Protocol::lmtp;
  options.bare_line_ends = (choices & 2U) != 0 ? BareLineEnds::keep : BareLineEnds::refuse;
  options.offers_starttls = (choices & 4U) != 0;
  options.limits.message_size = 300;
  options.limits.command_line = 120;
  options.limits.discarded = 1000;
  options.limits.recipients = 5;
  Conversation whole(options);
  Conversation pieces(options, piece);
  // A prefix that gets into a transaction, so that the fuzzer needn't find the words first.
  std::string text;
  if ((choices & 8U) != 0) {
    text = options.protocol == Protocol::smtp ? "EHLO x\r\n" : "LHLO x\r\n";
    text += "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n";
    if ((choices & 16U) != 0) text += "DATA\r\n";
  }
  text += wire;
  check(whole.say(text) == pieces.say(text));
  check(whole.closed == pieces.closed);
  check(whole.deliveries.size() == pieces.deliveries.size());
  for (std::size_t i = 0; i < whole.deliveries.size(); ++i) {
    const auto& delivery = whole.deliveries[i];
    check(delivery.data == pieces.deliveries[i].data);
    check(delivery.data.size() <= options.limits.message_size);
    check(!delivery.recipients.empty() && delivery.recipients.size() <= options.limits.recipients);
  }
  return 0;
}
