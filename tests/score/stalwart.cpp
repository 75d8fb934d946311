// GROUP/NNN.eml and GROUP/NNN.json: a mail and its whole parse tree; fields/KIND.json: rows of {header, expected}.
#include <algorithm>
#include <functional>
#include <map>

#include "base/charset.h"
#include "base/json.h"
#include "base/text.h"
#include "core/mail/read/read_message.h"
#include "protocol/mime/address.h"
#include "protocol/mime/content_type.h"
#include "protocol/mime/date.h"
#include "protocol/mime/decode_body.h"
#include "protocol/mime/encoded_word.h"
#include "protocol/mime/received.h"
#include "tests/score/score.h"
#include "tests/score/stalwart_words.h"

namespace orgo::score {
namespace {

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(value.as_string()) : std::string();
}
const json::value* find(const json::object& object, std::string_view key) {
  const auto* const value = object.if_contains(key);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

// Each returns what we read, or nothing when it is the same.

std::string compare_address(std::string_view header, const json::value& expected) {
  struct Row {
    std::string name, address, group;
  };
  std::vector<Row> want;
  const auto add = [&](const json::object& mailbox, const std::string& group) {
    want.push_back({text_of(mailbox.at("name")), text_of(mailbox.at("address")), group});
  };
  const auto& object = expected.as_object();
  if (const auto* const list = object.if_contains("List"))
    for (const auto& mailbox : list->as_array()) add(mailbox.as_object(), "");
  if (const auto* const groups = object.if_contains("Group"))
    for (const auto& group : groups->as_array())
      for (const auto& mailbox : group.as_object().at("addresses").as_array())
        add(mailbox.as_object(), text_of(group.as_object().at("name")));
  const auto got = mime::parse_addresses(first_field(header));
  std::string ours;
  bool same = got.mailboxes.size() == want.size();
  for (std::size_t i = 0; i < got.mailboxes.size(); ++i) {
    const auto& mailbox = got.mailboxes[i];
    // The peer puts comments behind the name.
    auto name = mailbox.name;
    if (!mailbox.comment.empty()) name = name.empty() ? mailbox.comment : name + " (" + mailbox.comment + ")";
    ours += name + "|" + mailbox.address + "|" + mailbox.group + " ";
    same = same && same_text(trim(name), trim(want[i].name)) && mailbox.address == bare_address(want[i].address) &&
           want[i].group.starts_with(mailbox.group);
  }
  return same ? "" : ours.empty() ? "none" : ours;
}

std::optional<TimePoint> instant_of(const json::object& want) {
  const auto number = [&](const char* key) { return want.at(key).as_int64(); };
  using namespace std::chrono;
  const year_month_day day{year{static_cast<int>(number("year"))}, month{static_cast<unsigned>(number("month"))},
                           std::chrono::day{static_cast<unsigned>(number("day"))}};
  if (!day.ok()) return std::nullopt;
  const auto offset = minutes{number("tz_hour") * 60 + number("tz_minute")};
  const auto local =
      TimePoint{sys_days{day}} + hours{number("hour")} + minutes{number("minute")} + seconds{number("second")};
  return local + (want.at("tz_before_gmt").as_bool() ? offset : -offset);
}

std::string compare_date(std::string_view header, const json::value& expected) {
  const auto got = mime::parse_date(header);
  if (expected.is_null()) return got ? to_rfc3339(*got) : "";
  if (!got) return "none";
  const auto want = instant_of(expected.as_object());
  // The first two rows of the table have the hour in UTC already.
  const bool by_hand = header == "Tue, 1 Jul 2003 10:52:37 +0200" && want && *want + std::chrono::hours{2} == *got;
  return (want && *want == *got) || by_hand ? "" : to_rfc3339(*got);
}

std::string compare_content_type(std::string_view header, const json::value& expected) {
  auto got = mime::parse_content_type(header);
  if (expected.is_null()) return got.type.empty() || got.subtype.empty() ? "" : got.type + "/" + got.subtype;
  const auto& want = expected.as_object();
  std::string ours = got.type + "/" + got.subtype;
  bool same =
      ascii_lower(text_of(want.at("c_type"))) == got.type && ascii_lower(text_of(want.at("c_subtype"))) == got.subtype;
  if (!same && got.subtype.empty()) {
    got = mime::parse_content_disposition(header);
    same = ascii_lower(text_of(want.at("c_type"))) == got.type;
  }
  const auto& attributes = want.at("attributes");
  if (attributes.is_array()) {
    std::map<std::string, std::string> left, right;
    for (const auto& parameter : got.parameters) {
      left[parameter.name] = parameter.value;
      if (!parameter.language.empty()) left[parameter.name + "-language"] = parameter.language;
      ours += " [" + parameter.name + "=" + parameter.value + "]";
    }
    for (const auto& attribute : attributes.as_array()) {
      if (attribute.is_array()) {
        right[text_of(attribute.as_array()[0])] = text_of(attribute.as_array()[1]);
      } else {
        right[text_of(attribute.as_object().at("name"))] = text_of(attribute.as_object().at("value"));
      }
    }
    same = same && left == right;
  } else {
    same = same && got.parameters.empty();
  }
  return same ? "" : ours;
}

std::string compare_text(std::string_view header, const json::value& expected) {
  const auto got = mime::decode_header(first_field(header));
  return same_text(got, text_of(expected)) ? "" : got.empty() ? "nothing" : got;
}

std::string compare_ids(std::string_view header, const json::value& expected) {
  const auto got = mime::parse_message_ids(header.substr(0, header.find("\n\n")));
  std::vector<std::string> want;
  if (expected.is_array())
    for (const auto& id : expected.as_array()) want.push_back(text_of(id));
  return got == want ? "" : got.empty() ? "nothing" : join(got, " ");
}

/// Each field of a Received row counts.
void count_received(Measure& measure, std::size_t row, std::string_view header, const json::value& expected) {
  const auto got = mime::parse_received(header);
  const auto host = [](const json::value* value) -> std::string {
    if (value == nullptr) return {};
    const auto& object = value->as_object();
    const auto* const name = find(object, "Name");
    const auto* const ip = find(object, "IpAddr");
    return name != nullptr ? text_of(*name) : ip != nullptr ? text_of(*ip) : std::string();
  };
  const auto plain = [](const json::value* value) { return value == nullptr ? std::string() : text_of(*value); };
  json::object none;
  const auto& want = expected.is_object() ? expected.as_object() : none;
  auto version = plain(find(want, "tls_version"));
  std::replace(version.begin(), version.end(), '_', '.');
  auto with = plain(find(want, "with"));
  const auto check = [&](const std::string& field, std::string ours, std::string theirs, bool cut = false) {
    if (ours.empty() && theirs.empty()) return;
    // The peer ends an id at its first slash; RFC 5321 does not.
    if (cut) ours = ours.substr(0, ours.find('/'));
    measure.count(ascii_iequals(ours, theirs),
                  {"received row " + std::to_string(row), field, ours, theirs + " in " + std::string(header)});
  };
  check("from", got.from, host(find(want, "from")));
  check("from_ip", got.from_ip, plain(find(want, "from_ip")));
  check("from_reverse", got.from_reverse, plain(find(want, "from_iprev")));
  check("by", got.by, host(find(want, "by")));
  check("via", got.via, plain(find(want, "via")));
  check("with", got.with, with);
  check("id", got.id, plain(find(want, "id")), true);
  check("for", got.for_recipient, plain(find(want, "for_")));
  check("helo", got.helo, host(find(want, "helo")));
  check("ident", got.ident, plain(find(want, "ident")), true);
  check("tls_version", got.tls_version, version);
  check("tls_cipher", got.tls_cipher, plain(find(want, "tls_cipher")));
  const auto* const date = find(want, "date");
  const auto instant = date != nullptr ? instant_of(date->as_object()) : std::nullopt;
  check("date", got.date ? to_rfc3339(*got.date) : "", instant ? to_rfc3339(*instant) : "");
}

std::string comparable(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != '\r') out += c;
  while (!out.empty() && (out.back() == '\n' || out.back() == ' ')) out.pop_back();
  return out;
}

class MailScore {
 public:
  MailScore(Measure& headers, Measure& bodies, Measure& attachments)
      : headers_(headers), bodies_(bodies), attachments_(attachments) {}

  void count(const std::string& file, std::string_view raw, const json::object& want) {
    count_tree(file, raw, want, 0);
    count_attachments(file, raw, want);
  }

 private:
  static std::string bytes_of(const json::value& value) {
    if (value.is_string()) return std::string(value.as_string());
    std::string out;
    if (value.is_array())
      for (const auto& byte : value.as_array()) out += static_cast<char>(byte.is_int64() ? byte.as_int64() : 0);
    return out;
  }

  void count_tree(const std::string& file, std::string_view raw, const json::object& want, int depth) {
    const auto document = mime::parse_entities(raw);
    const auto& parts = want.at("parts").as_array();
    if (depth == 0) count_headers(file, document, parts[0].as_object());
    std::vector<std::string> leaves;
    std::size_t multiparts = 0;
    for (const auto& entity : document.entities) {
      if (entity.multipart) ++multiparts;
      leaves.push_back(entity.multipart ? std::string() : mime::decode_body(entity));
    }
    std::vector<bool> taken(leaves.size(), false);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const auto& body = parts[i].as_object().at("body").as_object();
      const auto name = file + " part " + std::to_string(i);
      if (body.contains("Multipart")) {
        bodies_.count(multiparts > 0, {name, "multipart", "too few", "a multipart"});
        if (multiparts > 0) --multiparts;
        continue;
      }
      if (const auto* const message = body.if_contains("Message")) {
        std::string inner;
        for (std::size_t k = 0; k < leaves.size() && inner.empty(); ++k)
          if (!taken[k] && document.entities[k].type.type == "message") {
            taken[k] = true;
            inner = leaves[k];
          }
        if (depth < 8 && message->is_object()) count_tree(name, inner, message->as_object(), depth + 1);
        continue;
      }
      for (const auto* const kind : {"Text", "Html", "Binary", "InlineBinary"}) {
        const auto* const content = body.if_contains(kind);
        if (content == nullptr) continue;
        const auto wanted = comparable(bytes_of(*content));
        const bool is_text = std::string_view(kind) == "Text" || std::string_view(kind) == "Html";
        const auto same = [&](std::size_t k) {
          const auto& entity = document.entities[k];
          if (taken[k] || entity.multipart) return false;
          return same_text(comparable(is_text ? to_utf8(leaves[k], entity.type.parameter("charset")) : leaves[k]),
                           wanted);
        };
        // At its place, else anywhere: another part before it may have been read as two.
        std::size_t at = i < leaves.size() && same(i) ? i : 0;
        if (at != i || !same(i))
          for (at = 0; at < leaves.size() && !same(at);) ++at;
        if (at < leaves.size()) taken[at] = true;
        bodies_.count(at < leaves.size(),
                      {name, kind, i < leaves.size() ? leaves[i].substr(0, 300) : "missing", wanted.substr(0, 300)});
      }
    }
  }

  void count_headers(const std::string& file, const mime::Document& document, const json::object& part) {
    std::map<std::string, std::size_t> seen;
    for (const auto& item : part.at("headers").as_array()) {
      const auto& header = item.as_object();
      auto name = text_of(header.at("name"));
      if (name.empty()) continue;  // fields of no meaning
      std::replace(name.begin(), name.end(), '_', '-');
      const auto nth = seen[name]++;
      const mime::FieldView* field = nullptr;
      std::size_t at = 0;
      for (const auto& candidate : document.fields_of(document.entities.front()))
        if (ascii_iequals(candidate.name, name) && at++ == nth) field = &candidate;
      if (field == nullptr || !header.at("value").is_object()) {
        if (header.at("value").is_object()) headers_.count(false, {file, name, "missing", "there"});
        continue;
      }
      const auto& value = header.at("value").as_object();
      std::string got;
      if (const auto* const date = value.if_contains("DateTime")) {
        got = compare_date(field->value, *date);
      } else if (const auto* const address = value.if_contains("Address")) {
        got = compare_address(field->value, *address);
      } else if (const auto* const type = value.if_contains("ContentType")) {
        got = name == "content-disposition" ? compare_disposition(field->value, *type)
                                            : compare_content_type(field->value, *type);
      } else if (const auto* const text = value.if_contains("Text")) {
        got = name == "message-id" || name == "content-id" ? compare_id(field->value, *text)
                                                           : compare_text(field->value, *text);
      }
      headers_.count(got.empty(), {file, name, got, json::serialize(header.at("value"))});
    }
  }
  static std::string compare_id(std::string_view header, const json::value& expected) {
    const auto got = mime::first_message_id(header);
    return got == text_of(expected) ? "" : got;
  }
  static std::string compare_disposition(std::string_view header, const json::value& expected) {
    const auto got = mime::parse_content_disposition(header);
    return got.type == ascii_lower(text_of(expected.as_object().at("c_type"))) ? "" : got.type;
  }

  /// What the peer calls an attachment is one of ours with the same bytes, or is shown as text or HTML by us.
  void count_attachments(const std::string& file, std::string_view raw, const json::object& want) {
    const auto message = read_message(raw);
    std::vector<std::string> ours;
    for (std::size_t i = 0; i < message.attachments.size(); ++i)
      ours.push_back(comparable(attachment_bytes(raw, i).value_or("")));
    const auto& parts = want.at("parts").as_array();
    for (const auto& index : want.at("attachments").as_array()) {
      const auto& body = parts[static_cast<std::size_t>(index.as_int64())].as_object().at("body").as_object();
      bool found = false;
      std::string wanted = "an attached message";
      if (body.contains("Message")) {
        found = std::any_of(message.attachments.begin(), message.attachments.end(),
                            [](const auto& attachment) { return attachment.content_type.starts_with("message/"); });
      } else {
        for (const auto* const kind : {"Text", "Html", "Binary", "InlineBinary"})
          if (const auto* const content = body.if_contains(kind)) wanted = comparable(bytes_of(*content));
        for (std::size_t i = 0; i < ours.size(); ++i)
          found = found || ours[i] == wanted || comparable(to_utf8(ours[i], {})) == wanted ||
                  comparable(to_utf8(ours[i], "utf-7")) == wanted;
        found = found || (!wanted.empty() && comparable(message.text).find(wanted) != std::string::npos) ||
                comparable(message.as_mail().html).find(wanted) != std::string::npos;
      }
      attachments_.count(found, {file, "attachment", std::to_string(ours.size()) + " others", wanted.substr(0, 200)});
    }
  }

  Measure& headers_;
  Measure& bodies_;
  Measure& attachments_;
};

}  // namespace

bool is_stalwart(const fs::path& folder) {
  if (fs::exists(folder / "fields" / "received.json")) return true;
  std::error_code error;
  for (fs::recursive_directory_iterator file(folder, error), end; file != end; file.increment(error))
    if (file->path().extension() == ".json" && fs::exists(fs::path(file->path()).replace_extension(".eml")) &&
        read_file(file->path()).substr(0, 4'000).find("\"html_body\"") != std::string::npos)
      return true;
  return false;
}

Score score_stalwart(const fs::path& folder) {
  Score score;
  struct Table {
    const char* name;
    std::string (*compare)(std::string_view, const json::value&);
  };
  for (const auto& [name, compare] :
       {Table{"address", compare_address}, Table{"date", compare_date}, Table{"content_type", compare_content_type},
        Table{"unstructured", compare_text}, Table{"id", compare_ids}}) {
    const auto rows = parse_json(read_file(folder / "fields" / (std::string(name) + ".json")));
    if (!rows || !rows->is_array()) continue;
    const bool goal = compare == compare_address || compare == compare_date || compare == compare_content_type;
    Measure measure{std::string("field_") + name, goal ? 95.0 : 0.0};
    std::size_t row = 0;
    for (const auto& item : rows->as_array()) {
      const auto header = text_of(item.as_object().at("header"));
      const auto got = compare(header, item.as_object().at("expected"));
      measure.count(got.empty(), {std::string(name) + " row " + std::to_string(row++), name, got, header});
    }
    score.measures.push_back(std::move(measure));
  }
  if (const auto rows = parse_json(read_file(folder / "fields" / "received.json")); rows && rows->is_array()) {
    Measure measure{"field_received", 95};
    std::size_t row = 0;
    for (const auto& item : rows->as_array())
      count_received(measure, row++, text_of(item.as_object().at("header")), item.as_object().at("expected"));
    score.measures.push_back(std::move(measure));
  }
  Measure headers{"headers", 95}, bodies{"bodies", 0}, attachments{"attachments", 0};
  MailScore mails(headers, bodies, attachments);
  for (const auto& path : mails_of(folder)) {
    const auto expected = parse_json(read_file(fs::path(path).replace_extension(".json")));
    if (!expected || !expected->is_object() || !expected->as_object().contains("parts")) continue;
    ++score.mails;
    mails.count(fs::relative(path, folder).string(), read_file(path), expected->as_object());
  }
  Measure together{"bodies_and_attachments", 95};
  together.reached = bodies.reached + attachments.reached;
  together.of = bodies.of + attachments.of;
  score.measures.insert(score.measures.end(), {headers, together, bodies, attachments});
  return score;
}

}  // namespace orgo::score
