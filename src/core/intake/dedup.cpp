#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "base/planted.h"
#include "base/text.h"
#include "core/intake/raw_message.h"

namespace orgo {
namespace {

// Fields that every relay keeps. Trace fields (Received, Return-Path, Delivered-To, DKIM results...) differ between two
// deliveries of the same mail, so they must not make it another message.
constexpr std::array<std::string_view, 10> kKept{
    "from",       "to",          "cc",         "subject",      "date",
    "message-id", "in-reply-to", "references", "content-type", "content-transfer-encoding"};

bool is_kept(std::string_view name) {
  for (const auto kept : kKept)
    if (ascii_iequals(name, kept)) return true;
  return false;
}

void add_number(Sha256Stream& hash, std::int64_t number) {
  std::array<char, 24> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  hash.add({digits.data(), static_cast<std::size_t>(end - digits.data())});
  hash.add("\n");
}

/// `text` with LF line ends. The same mail has CRLF on the wire and LF in the file that an archive keeps it in.
void add_with_lf(Sha256Stream& hash, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    auto cr = text.find("\r\n", at);
    if (cr == std::string_view::npos) cr = text.size();
    hash.add(text.substr(at, cr - at));
    at = cr + 1;
  }
}

/// A body as add_with_lf, without the `>` that some programs put before "From " at the begin of a line to keep it in an
/// mbox file (RFC 4155; mboxrd puts one before those that have some), and that others take or leave when they read it.
void add_body(Sha256Stream& hash, std::string_view body) {
  std::size_t added = 0;
  for (std::size_t at = 0; at < body.size();) {
    const auto from = body.find_first_not_of('>', at);
    if (from != std::string_view::npos && from > at && body.substr(from).starts_with("From ")) {
      add_with_lf(hash, body.substr(added, at - added));
      added = from;
    }
    const auto end = body.find('\n', from);
    if (end == std::string_view::npos) break;
    at = end + 1;
  }
  add_with_lf(hash, body.substr(added));
}

std::string_view without_last_line_ends(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

/// Was it found where mails are kept, and can be found there again, rather than sent to us this moment?
bool is_kept_mail(Channel channel) {
  return channel == Channel::import_ || channel == Channel::imap || channel == Channel::pop3;
}

/// Adds the Received fields of a header block; false: it has none.
bool add_trace(Sha256Stream& hash, std::string_view header) {
  bool found = false, within = false;
  for (std::size_t at = 0; at < header.size();) {
    auto end = header.find('\n', at);
    if (end == std::string_view::npos) end = header.size() - 1;
    const auto line = header.substr(at, end + 1 - at);
    within = line.starts_with(' ') || line.starts_with('\t') ? within : ascii_istarts_with(line, "received:");
    if (within) add_with_lf(hash, line);
    found = found || within;
    at = end + 1;
  }
  return found;
}

std::string_view id_in(std::string_view value) {
  const auto open = value.find('<');
  const auto close = value.find('>', open);
  return open != std::string_view::npos && close != std::string_view::npos ? value.substr(open + 1, close - open - 1)
                                                                           : trim(value);
}

}  // namespace

std::int64_t message_id_hash(TenantId tenant, std::string_view message_id) {
  Sha256Stream hash;
  hash.add("id\n");
  add_number(hash, tenant.value);
  // Folded, it is the same id (RFC 5322, section 2.2.3), with the line ends of a file and with those of the wire.
  while (!message_id.empty()) {
    const auto line = message_id.substr(0, message_id.find_first_of("\r\n"));
    hash.add(line);
    message_id.remove_prefix(std::min(message_id.size(), line.size() + 1));
  }
  return head64(hash.finish());
}

DedupKey dedup_key(const Envelope& envelope, std::string_view bytes) {
  Sha256Stream content;
  std::string_view message_id;
  bool dated = false;
  std::size_t at = 0;
  while (at < bytes.size()) {
    // One field with its continuation lines.
    auto end = bytes.find('\n', at);
    if (end == std::string_view::npos) end = bytes.size() - 1;
    if (end == at || (end == at + 1 && bytes[at] == '\r')) {
      at = end + 1;
      break;  // the empty line: what follows is the body
    }
    while (end + 1 < bytes.size() && (bytes[end + 1] == ' ' || bytes[end + 1] == '\t')) {
      end = bytes.find('\n', end + 1);
      if (end == std::string_view::npos) end = bytes.size() - 1;
    }
    const auto field = bytes.substr(at, end + 1 - at);
    const auto colon = field.find(':');
    const auto first_line_end = field.find('\n');
    if (colon == std::string_view::npos || colon > first_line_end) break;  // no header block (any more): all is body
    const auto name = trim(field.substr(0, colon));
    if (is_kept(name)) {
      content.add(name);
      add_with_lf(content, field.substr(colon));
      if (message_id.empty() && ascii_iequals(name, "message-id")) message_id = id_in(field.substr(colon + 1));
      dated = dated || ascii_iequals(name, "date");
    }
    at = end + 1;
  }
  content.add("\n");
  add_body(content, without_last_line_ends(bytes.substr(std::min(at, bytes.size()))));
  if (message_id.empty() && !dated && !ORGO_PLANT(second_alarm_is_a_duplicate)) {
    // Nothing in it tells one such mail from the next: a detector says the same words at each fire. The same
    // *transmission* has the same trace; one that has none, straight from a device, is told by its time.
    const bool traced = add_trace(content, bytes.substr(0, std::min(at, bytes.size())));
    if (!traced && !is_kept_mail(envelope.channel)) add_number(content, to_ms(envelope.received_at));
  }

  DedupKey key;
  key.content = content.finish();
  const std::string_view content_bytes(reinterpret_cast<const char*>(key.content.data()), key.content.size());
  key.id_hash = message_id_hash(envelope.tenant, message_id.empty() ? content_bytes : message_id);
  Sha256Stream copy;
  if (envelope.channel == Channel::answer && !message_id.empty() && !ORGO_PLANT(a_key_for_each_word)) {
    // Its id is made of the key under which somebody asked for it: one of two that come at the same time is done.
    copy.add("key\n");
    key.copy_hash = head64(copy.finish());
    return key;
  }
  copy.add("copy\n");
  // Where a mail was kept is one door: a mailbox may be read by another protocol next year.
  add_number(copy, static_cast<std::int64_t>(is_kept_mail(envelope.channel) ? Channel::imap : envelope.channel));
  if (!ORGO_PLANT(copy_for_another_is_a_duplicate)) copy.add(ascii_lower(envelope.recipient.address));
  copy.add("\n");
  copy.add(content_bytes);
  key.copy_hash = head64(copy.finish());
  return key;
}

std::span<const Channel> channels_of_same_mail(Channel channel) {
  static constexpr std::array<Channel, 1> kImport{Channel::import_};
  static constexpr std::array<Channel, 2> kMailbox{Channel::imap, Channel::pop3};
  if (channel == Channel::import_) return kMailbox;
  if (channel == Channel::imap || (channel == Channel::pop3 && !ORGO_PLANT(pop3_is_another_door))) return kImport;
  return {};
}

}  // namespace orgo
