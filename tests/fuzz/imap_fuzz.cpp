// The client's side of IMAP against any server: never a crash, the same in pieces of any size, and no secret in what a
// person reads.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/imap/client_session.h"
#include "protocol/imap/command_text.h"
#include "protocol/imap/mailbox_name.h"

namespace {

using namespace orgo::imap;
using Want = ClientSession::Want;

void check(bool holds) {
  if (!holds) std::abort();
}

void show(const Value& value, std::string& out) {
  out += std::to_string(static_cast<int>(value.kind)) + value.text + std::to_string(value.size) + "(";
  for (const auto& item : value.items) show(item, out);
  out += ")";
}

/// What the reader makes of it; SEARCH may come in other portions.
std::string read(std::string_view bytes, std::size_t piece) {
  ResponseReader reader;
  std::string out;
  std::string uids;
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    while (!part.empty()) {
      const auto state = reader.read(part);
      if (state == ResponseReader::State::garbage) return out + uids + "garbage";
      if (state == ResponseReader::State::more) continue;
      const Response response = reader.take();
      for (const auto uid : response.uids) uids += std::to_string(uid) + ",";
      if (response.name == "SEARCH") continue;
      out += response.tag + response.name + std::to_string(response.number) + response.code + response.text + "\n";
      for (const auto& value : response.values) show(value, out);
      for (const auto& value : response.code_arguments) show(value, out);
      check(response.said().size() < 400);
      for (const char c : response.said()) check(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    }
  }
  return out + uids;
}

/// Opens a folder and does one operation after the other, whatever the server says.
void talk(const ClientOptions& options, std::string_view bytes, std::size_t piece, bool ready) {
  ClientSession session(options, !options.starttls);
  std::string said;
  int operation = 0;
  const std::vector<std::uint32_t> uids = {1, 2, 3, 7};
  std::uint64_t kept = 0;
  const auto on = [&](Want want) {
    for (int i = 0; i < 4; ++i) {
      if (want == Want::start_tls) {
        want = session.on_tls_started(said);
        continue;
      }
      if (want != Want::done) return;
      kept = 0;
      for (const auto& [uid, mail] : session.fetched()) {
        check(std::binary_search(uids.begin(), uids.end(), uid));
        check(mail.bytes.size() <= 1000);
        kept += mail.bytes.size();
      }
      check(session.uids().size() <= 5);
      switch (operation++ % 9) {
        case 0:
          want = session.search(1, 5, said);
          break;
        case 1:
          want = session.fetch_sizes(uids, said);
          break;
        case 2:
          want = session.fetch_mails(uids, 1000, 2000, said);
          break;
        case 3:
          want = session.move(uids, "Done", said);
          break;
        case 4:
          want = session.remove(uids, said);
          break;
        case 5:
          want = session.search_these(uids, said);
          break;
        case 6:
          want = session.idle(said);
          break;
        case 7:
          want = session.store_flag(uids, "\\Seen", said);
          break;
        default:
          want = session.noop(said);
          break;
      }
      if (session.has_news()) session.end_idle(said);
    }
  };
  const auto hear = [&](std::string_view text) {
    while (!text.empty()) {
      const std::string_view part = text.substr(0, piece);
      text.remove_prefix(part.size());
      on(session.consume(part, said));
    }
  };
  if (ready) {
    hear("* PREAUTH [CAPABILITY IMAP4rev1 MOVE IDLE CONDSTORE] x\r\n");
    hear("* 3 EXISTS\r\n* OK [UIDVALIDITY 7]\r\nO1 OK x\r\n");
  }
  hear(bytes);
  check(session.failure().find(options.secret) == std::string::npos);
  check(session.failure().size() < 2000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = read(bytes, std::max<std::size_t>(bytes.size(), 1));
  check(read(bytes, 1) == whole);
  check(read(bytes, 13) == whole);
  ClientOptions options;
  options.username = "office";
  options.secret = "s3cret-word-of-nobody";
  options.starttls = (data[0] & 1U) != 0;
  options.secret_is_token = (data[0] & 2U) != 0;
  for (const std::size_t piece : {std::size_t{1}, std::max<std::size_t>(bytes.size(), 1)})
    talk(options, bytes, piece, (data[0] & 4U) != 0);
  (void)parse_internal_date(bytes);
  (void)decode_mailbox_name(bytes);
  if (const auto name = encode_mailbox_name(bytes)) check(decode_mailbox_name(*name) == bytes);
  return 0;
}
