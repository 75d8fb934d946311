// The fields of a message: who, to whom, when, about what.
#include <algorithm>

#include "base/charset.h"
#include "base/charset_guess.h"
#include "base/charset_label.h"
#include "base/charset_meant.h"
#include "base/text.h"
#include "core/contact/kept_address.h"
#include "core/contact/mail_address.h"
#include "core/mail/read/message_reader.h"
#include "protocol/mime/address.h"
#include "protocol/mime/date.h"
#include "protocol/mime/decode_body.h"
#include "protocol/mime/encoded_word.h"

namespace orgo {

constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
constexpr std::size_t kGuessedMax = 1'000;  // bytes of a header whose charset nobody tells

std::string_view MessageReader::guess_header_charset() const {
  std::string raw;  // what stands in the header and is neither ASCII nor UTF-8, and then some of the text
  const auto& top = document_.entities.front();
  const bool all_ascii = is_ascii(top.header);  // nearly always: one look, not one at each field
  for (const auto& field : document_.fields_of(top))
    if (!all_ascii && raw.size() < kGuessedMax && !is_ascii(field.value) && !is_utf8(field.value))
      raw += field.value.substr(0, kGuessedMax);
  std::string_view told;
  const Entity* text = nullptr;
  for (const auto& entity : document_.entities) {
    if (entity.type.type != "text") continue;
    if (told.empty()) told = entity.type.parameter("charset");
    if (text == nullptr) text = &entity;
  }
  if (raw.empty()) return told;
  const auto name = charset_of_label(told);
  const bool says_little = name.empty() || ascii_istarts_with(name, "utf") || name == "iso-8859-15" ||
                           name == "windows-1252" || !is_known_charset(told);
  if (!says_little) return charset_as_meant(raw, told);
  if (const auto guess = guess_charset(raw); !guess.empty()) return guess;
  // A name alone may have no letter that tells; the text has more of them.
  if (text == nullptr) return told;
  const auto body = mime::decode_body(*text, mime::LineEnds::lf, kGuessedMax);
  if (is_ascii(body) || is_utf8(body)) return told;
  const auto guess = guess_charset(raw + "\n" + body);
  return guess.empty() ? told : guess;
}

std::vector<Address> MessageReader::addresses_of(std::string_view value) {
  auto list = mime::parse_addresses(value, header_charset_, {limits_.addresses});
  if (list.truncated)
    defect("too_many_addresses", "addresses beyond " + std::to_string(limits_.addresses) + " were left out");
  std::vector<Address> out;
  out.reserve(list.mailboxes.size());
  for (auto& mailbox : list.mailboxes) {
    if (mailbox.name.empty()) mailbox.name = std::move(mailbox.comment);
    if (!is_utf8(mailbox.address)) mailbox.address = to_utf8(mailbox.address, header_charset_);
    mailbox.address = kept_address(address_for_people(std::move(mailbox.address)));
    auto& address = out.emplace_back();
    address.name = std::move(mailbox.name);
    address.address = std::move(mailbox.address);
  }
  return out;
}

void MessageReader::add_addresses(std::vector<Address>& to, std::string_view value) {
  auto more = addresses_of(value);
  if (to.empty()) {
    to = std::move(more);
    return;
  }
  for (auto& address : more) {
    if (to.size() >= limits_.addresses) return;
    to.push_back(std::move(address));
  }
}

void MessageReader::read_header() {
  const auto fields = document_.fields_of(document_.entities.front());
  message_.mail->headers.reserve(std::min(fields.size(), limits_.header_fields));
  bool sender_seen = false, return_path_seen = false, date_seen = false, subject_seen = false;
  std::string unescaped;
  for (auto field : fields) {
    if (const auto escaped = escaped_charset(field.value); !escaped.empty()) {
      unescaped = to_utf8(field.value, escaped);  // before it is taken apart: its bytes look like "<", "," and quotes
      field.value = unescaped;
    }
    if (field.value.size() > limits_.header_value_bytes) {
      field.value = field.value.substr(0, limits_.header_value_bytes);
      defect("header_value_too_long", std::string(field.name.substr(0, 80)) + " was cut off");
    }
    const bool listed = message_.mail->headers.size() < limits_.header_fields;
    if (listed) {
      auto& header = message_.mail->headers.emplace_back();
      header.name = field.name;
      mime::append_decoded_header(header.value, field.value, header_charset_);
    }
    switch (field.id) {
      case FieldId::from:
        add_addresses(from_, field.value);
        break;
      case FieldId::sender:
        if (!std::exchange(sender_seen, true)) sender_ = addresses_of(field.value);
        break;
      case FieldId::return_path:
        if (!std::exchange(return_path_seen, true)) return_path_ = addresses_of(field.value);
        break;
      case FieldId::reply_to:
        add_addresses(message_.mail->reply_to, field.value);
        break;
      case FieldId::to:
        add_addresses(message_.mail->to, field.value);
        break;
      case FieldId::cc:
        add_addresses(message_.mail->cc, field.value);
        break;
      case FieldId::subject:
        if (!subject_seen) {
          message_.subject =
              listed ? message_.mail->headers.back().value : mime::decode_header(field.value, header_charset_);
          if (message_.subject.starts_with(kNoBreakSpace)) message_.subject.erase(0, kNoBreakSpace.size());
          subject_seen = !message_.subject.empty();  // an empty one is followed by the true one
        }
        break;
      case FieldId::date:
        if (!date_seen) {
          message_.date = mime::parse_date(field.value);
          if (!message_.date) defect("bad_date", "not a date: " + printable(field.value));
        }
        date_seen = true;
        break;
      case FieldId::message_id:
        if (message_.message_id.empty()) message_.message_id = first_id(field.value);
        break;
      case FieldId::in_reply_to:
        if (message_.in_reply_to.empty()) message_.in_reply_to = first_id(field.value);
        break;
      case FieldId::references:
        if (message_.references.empty()) message_.references = ids_of(field.value, 100);
        break;
      default:
        break;
    }
  }
  if (!date_seen) defect("missing_date", "no Date field");
  choose_from();
}

std::string MessageReader::printable(std::string_view value) const {
  return mime::decode_header(value.substr(0, 80), header_charset_);
}

std::vector<std::string> MessageReader::ids_of(std::string_view value, std::size_t ids_max) const {
  auto ids = mime::parse_message_ids(value, ids_max);
  for (auto& id : ids)
    if (!is_ascii(id)) id = to_utf8(id, header_charset_);
  return ids;
}

std::string MessageReader::first_id(std::string_view value) const {
  auto id = mime::first_message_id(value);
  if (!is_ascii(id)) id = to_utf8(id, header_charset_);
  return id;
}

void MessageReader::choose_from() {
  const auto with_address = [](std::vector<Address>& list) -> Address* {
    for (auto& address : list)
      if (address.address.find('@') != std::string::npos) return &address;
    for (auto& address : list)
      if (!address.address.empty()) return &address;
    return nullptr;
  };
  if (auto* const found = with_address(from_)) {
    message_.from = std::move(*found);
    return;
  }
  defect("missing_from", "From has no address");
  for (auto* const list : {&sender_, &message_.mail->reply_to, &return_path_})
    if (const auto* const found = with_address(*list)) {
      message_.from = *found;
      return;
    }
  if (!from_.empty()) message_.from = std::move(from_.front());
}

}  // namespace orgo
