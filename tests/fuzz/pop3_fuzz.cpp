// The client's side of POP3 against any server: never a crash, the same in pieces of any size, bounded, and no secret
// in errors.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "protocol/pop3/client_session.h"

namespace {

using namespace orgo::pop3;
using Want = ClientSession::Want;

void check(bool holds) {
  if (!holds) std::abort();
}

/// Logs in and does one operation after the other, one for each answer. What comes before it is asked ends the session,
/// and when that is depends on the pieces; so all that comes in one piece answers one question at most.
std::string talk(const ClientOptions& options, std::string_view bytes, std::size_t piece, bool ready) {
  ClientSession session(options, !options.stls);
  std::string said;
  std::string story;
  int operation = 0;
  const auto on = [&](Want want) {
    if (want == Want::start_tls) want = session.on_tls_started(said);
    if (want != Want::done) return;
    const std::string text = session.take_text();
    check(text.size() <= (1U << 20U));
    story += std::to_string(text.size()) + "/" + std::to_string(session.listed().size()) + session.said();
    switch (operation++ % 4) {
      case 0:
        (void)session.list(said);
        break;
      case 1:
        (void)session.retrieve(1, 1000, said);
        break;
      case 2:
        (void)session.top(2, said);
        break;
      default:
        (void)session.remove(1, said);
        break;
    }
  };
  if (ready) {
    on(session.consume("+OK hi\r\n", said));
    on(session.consume("-ERR\r\n", said));
    on(session.consume("+OK\r\n", said));
    on(session.consume("+OK\r\n", said));
  }
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    on(session.consume(part, said));
  }
  check(session.failure().find(options.secret) == std::string::npos);
  check(session.failure().size() < 2000);
  check(said.find("\r\nDELE 0") == std::string::npos);
  return story;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  ClientOptions options;
  options.username = "office";
  options.secret = "s3cret-word-of-nobody";
  options.stls = (data[0] & 1U) != 0;
  options.secret_is_token = (data[0] & 2U) != 0;
  const bool ready = (data[0] & 4U) != 0;
  for (const std::size_t piece : {std::size_t{1}, std::size_t{13}, std::max<std::size_t>(bytes.size(), 1)})
    (void)talk(options, bytes, piece, ready);
  return 0;
}
