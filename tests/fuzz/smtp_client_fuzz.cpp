// The sending side of SMTP against any server: never a crash, never an endless talk; and text goes out with one end
// mark.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/smtp/client_session.h"
#include "protocol/smtp/data_writer.h"

namespace {

using namespace orgo::smtp;

struct Story {
  std::string said;
  std::string outcomes;
};

/// Tries two mails; the server's bytes come in pieces of `piece`, whatever we say.
Story run(const ClientOptions& options, std::string_view bytes, std::size_t piece) {
  Story story;
  ClientSession session(options);
  int sent = 0;
  const auto on = [&](ClientSession::Want want) {
    for (int i = 0; i < 8; ++i) {
      if (want == ClientSession::Want::start_tls) {
        want = session.on_tls_started(story.said);
      } else if (want == ClientSession::Want::mail_done) {
        const auto outcome = session.take_outcome();
        story.outcomes += std::to_string(static_cast<int>(outcome.kind)) + outcome.detail + "\n";
        if (!session.usable()) return;
        want = ClientSession::Want::idle;
      } else if (want == ClientSession::Want::idle) {
        if (sent == 2) return session.quit(story.said);
        want = session.send({"a@b", sent++ == 0 ? "c@d" : "ü@d", "Subject: x\n\n.text\r\n\xff"}, story.said);
      } else {
        return;
      }
    }
  };
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    on(session.consume(part, story.said));
  }
  story.outcomes += session.failure();
  return story;
}

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  ClientOptions options;
  options.tls = static_cast<TlsPolicy>(data[0] % 3);
  if ((data[0] & 8U) != 0) options.username = "user", options.password = "secret", options.login_in_the_clear = true;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string replies;
  if ((data[0] & 16U) != 0) replies = "220 x\r\n250-x\r\n250-SMTPUTF8\r\n250 PIPELINING\r\n";
  replies += bytes;
  // The stories may differ: what the server says before it is asked counts as said unasked, and ends the session.
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, replies.size()}) {
    check(run(options, replies, std::max<std::size_t>(piece, 1)).outcomes.size() < 20'000);
  }
  std::string wire;
  append_data(bytes, wire);
  check(wire.ends_with(".\r\n"));
  // The end mark stands at the end and nowhere else, and no CR or LF stands alone.
  const std::string framed = "\r\n" + wire;
  check(framed.find("\r\n.\r\n") == framed.size() - 5);
  for (std::size_t i = 0; i < wire.size(); ++i) {
    if (wire[i] == '\r') check(i + 1 < wire.size() && wire[i + 1] == '\n');
    if (wire[i] == '\n') check(i > 0 && wire[i - 1] == '\r');
  }
  return 0;
}
