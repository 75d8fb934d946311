// Every public function that reads mail, by the first byte of the input; 0 is the whole message, as it comes in.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/charset.h"
#include "base/html.h"
#include "core/mail/read/read_message.h"
#include "core/mail/show/message_json.h"
#include "core/message/attachment_name.h"
#include "protocol/mime/address.h"
#include "protocol/mime/content_type.h"
#include "protocol/mime/date.h"
#include "protocol/mime/encoded_word.h"
#include "protocol/mime/entity.h"
#include "protocol/mime/flowed.h"
#include "protocol/mime/line_ends.h"
#include "protocol/mime/received.h"
#include "protocol/mime/transfer_encoding.h"
#include "protocol/mime/uuencode_scan.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}
void require_clean(const std::string& text) {  // a header value: UTF-8 without control characters
  require(orgo::is_utf8(text));
  for (const char c : text) require(static_cast<unsigned char>(c) >= ' ' || c == '\t');
}

void message(std::string_view raw) {
  const auto read = orgo::read_message(raw);
  for (const auto& field : read.as_mail().headers) require(orgo::is_utf8(field.value));
  require_clean(read.subject);
  require(orgo::is_utf8(read.text) && orgo::is_utf8(read.as_mail().html));
  require(read.text.size() + read.as_mail().html.size() <= 10 * raw.size() + 1000);
  for (const auto& attachment : read.attachments) {
    require_clean(attachment.filename);
    require(attachment.filename.find('/') == std::string::npos && !attachment.filename.empty());
    require(attachment.sha256.size() == 64);
  }
  require(!orgo::to_json(read).empty());
  if (!read.attachments.empty()) {
    const auto index = raw.size() % read.attachments.size();
    const auto bytes = orgo::attachment_bytes(raw, index);
    require(bytes.has_value() && bytes->size() == read.attachments[index].size);
  }
}

void entities(std::string_view raw) {
  orgo::mime::Limits limits;
  limits.depth = 5;
  limits.parts = 20;
  limits.fields = 50;
  const auto document = orgo::mime::parse_entities(raw, limits);
  require(!document.entities.empty() && document.entities.size() <= limits.parts + 1);
  require(document.fields.size() <= limits.fields);
  for (std::size_t i = 0; i < document.entities.size(); ++i) {
    const auto& entity = document.entities[i];
    require(entity.end > i && entity.end <= document.entities.size());
    require(entity.depth <= limits.depth + 1);
    if (!entity.body.empty())
      require(entity.body.data() >= raw.data() && entity.body.data() + entity.body.size() <= raw.data() + raw.size());
  }
}

void encodings(std::string_view input) {
  std::string whole, pieces;
  const bool whole_good = orgo::mime::decode_base64(input, whole);
  orgo::mime::Base64Decoder decoder;
  decoder.add(input.substr(0, input.size() / 3), pieces);
  decoder.add(input.substr(input.size() / 3), pieces);
  static_cast<void>(decoder.finish(pieces));
  if (whole_good) require(whole == pieces);
  std::string out;
  orgo::mime::decode_quoted_printable(input, out);
  orgo::mime::decode_quoted_printable(input, out, orgo::mime::LineEnds::lf);
  orgo::mime::decode_q(input, out);
  orgo::mime::decode_uuencode(input, out);
  orgo::mime::append_with_lf(input, out);
  for (const auto& file : orgo::mime::find_uuencoded(input)) require(file.begin < file.end && file.end <= input.size());
  std::string back;
  require(orgo::mime::decode_base64(orgo::mime::encode_base64(input), back) && back == input);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 16) {
    default:
      message(input);
      break;
    case 1:
      entities(input);
      break;
    case 2:
      require_clean(orgo::mime::decode_header(input));
      require_clean(orgo::mime::decode_header(input, "gb2312"));
      break;
    case 3:
      for (const auto& mailbox : orgo::mime::parse_addresses(input).mailboxes) {
        require(!mailbox.name.empty() || !mailbox.address.empty());
        require_clean(mailbox.name);
      }
      require(orgo::mime::parse_message_ids(input, 5).size() <= 5);
      break;
    case 4:
      for (const auto& parameter : orgo::mime::parse_content_type(input).parameters)
        require(orgo::is_utf8(parameter.value));
      orgo::mime::parse_content_disposition(input, "koi8-r");
      break;
    case 5:
      encodings(input);
      break;
    case 6:
      if (const auto date = orgo::mime::parse_date(input)) require(!orgo::to_rfc3339(*date).empty());
      break;
    case 7: {
      static constexpr const char* kCharsets[] = {"",           "utf-8",        "iso-2022-jp", "gb18030",
                                                  "utf-7",      "utf-16",       "shift_jis",   "euc-kr",
                                                  "hz-gb-2312", "windows-1251", "big5-hkscs",  "iso-2022-kr"};
      if (input.empty()) break;
      const auto text = orgo::to_utf8(input.substr(1), kCharsets[static_cast<unsigned char>(input[0]) % 12]);
      require(orgo::is_utf8(text));
      break;
    }
    case 8: {
      const auto text = orgo::html_to_text(input);
      if (orgo::is_utf8(input)) require(orgo::is_utf8(text));
      std::string out;
      orgo::append_without_references(out, input);
      break;
    }
    case 9:
      require(orgo::is_utf8(orgo::clean_filename(input)) && orgo::clean_filename(input).size() <= 255);
      orgo::name_by_location(input);
      break;
    case 10: {
      const auto received = orgo::mime::parse_received(input);
      require(received.from.size() + received.by.size() + received.id.size() <= input.size());
      break;
    }
    case 11: {
      std::string out;
      orgo::mime::append_unflowed(input, size % 2 == 0, out);
      require(out.size() <= 2 * input.size() + 2);
      break;
    }
    case 12: {
      std::string buffer;
      require(orgo::mime::with_line_feeds(input, buffer).size() <= input.size());
      break;
    }
  }
  return 0;
}
