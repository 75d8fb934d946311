// Single header fields with what another parser makes of them, and where its mails say their parts are.
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "base/json.h"
#include "base/text.h"
#include "core/message/read_message.h"
#include "protocol/mime/address.h"
#include "protocol/mime/content_type.h"
#include "protocol/mime/date.h"
#include "protocol/mime/encoded_word.h"
#include "tests/oracle/corpora.h"

namespace orgo {
namespace {

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(value.as_string()) : std::string();
}

/// Calls `same(header, expected)` for each row of a table, and demands that all but `accepted` rows are the same.
template <typename Same>
void compare(const std::string& table, std::size_t accepted, Same same) {
  const auto rows =
      parse_json(testing::read_file(testing::corpora() / "stalwart-mail-parser" / "fields" / (table + ".json")));
  ASSERT_TRUE(rows) << table;
  std::size_t right = 0;
  std::string others;
  for (const auto& row : rows->as_array()) {
    const auto header = text_of(row.as_object().at("header"));
    const auto got = same(header, row.as_object().at("expected"));
    if (got.empty()) {
      ++right;
    } else {
      others += "  " + header.substr(0, 150) + " -> " + got.substr(0, 200) + "\n";
    }
  }
  const auto all = rows->as_array().size();
  std::cout << "stalwart " << table << ": " << right << " of " << all << " rows\n" << others;
  EXPECT_GE(right + accepted, all) << others;
}

TEST(StalwartFields, Addresses) {
  ORGO_NEED_CORPORA();
  // Otherwise on purpose: a source route is dropped (RFC 5322, 4.4), white space in an address too; and a fold in a
  // quoted pair, and a second line that is no continuation, never reach this function.
  compare("address", 4, [](const std::string& header, const json::value& expected) -> std::string {
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
    // The peer puts comments behind the name.
    const auto got = mime::parse_addresses(header);
    std::string ours;
    bool same = got.mailboxes.size() == want.size();
    for (std::size_t i = 0; i < got.mailboxes.size(); ++i) {
      const auto& mailbox = got.mailboxes[i];
      auto name = mailbox.name;
      if (!mailbox.comment.empty()) name = name.empty() ? mailbox.comment : name + " (" + mailbox.comment + ")";
      ours += name + "|" + mailbox.address + "|" + mailbox.group + " ";
      const auto with_group_comment = [&] { return want[i].group.starts_with(mailbox.group); };
      same = same && trim(name) == trim(want[i].name) && mailbox.address == want[i].address && with_group_comment();
    }
    return same ? "" : ours;
  });
}

TEST(StalwartFields, Dates) {
  ORGO_NEED_CORPORA();
  // "4 8 15 16 23 42, ..." is no date.
  compare("date", 1, [](const std::string& header, const json::value& expected) -> std::string {
    const auto got = mime::parse_date(header);
    if (expected.is_null()) return got ? to_rfc3339(*got) : "";
    if (!got) return "none";
    const auto& want = expected.as_object();
    const auto number = [&](const char* key) { return want.at(key).as_int64(); };
    using namespace std::chrono;
    const auto offset = minutes{number("tz_hour") * 60 + number("tz_minute")};
    auto instant = TimePoint{sys_days{year{static_cast<int>(number("year"))} / static_cast<int>(number("month")) /
                                      static_cast<int>(number("day"))}} +
                   hours{number("hour")} + minutes{number("minute")} + seconds{number("second")};
    instant += want.at("tz_before_gmt").as_bool() ? offset : -offset;
    // The first two rows have the hour in UTC already.
    return instant == *got || (header == "Tue, 1 Jul 2003 10:52:37 +0200" && instant + offset == *got)
               ? ""
               : to_rfc3339(*got);
  });
}

TEST(StalwartFields, ContentTypes) {
  ORGO_NEED_CORPORA();
  compare("content_type", 0, [](const std::string& header, const json::value& expected) -> std::string {
    auto got = mime::parse_content_type(header);
    if (expected.is_null()) return got.type.empty() || got.subtype.empty() ? "" : got.type + "/" + got.subtype;
    const auto& want = expected.as_object();
    std::string ours = got.type + "/" + got.subtype;
    bool same = ascii_lower(text_of(want.at("c_type"))) == got.type &&
                ascii_lower(text_of(want.at("c_subtype"))) == got.subtype;
    if (!same && got.subtype.empty()) {
      got = mime::parse_content_disposition(header);
      same = ascii_lower(text_of(want.at("c_type"))) == got.type;
    }
    if (const auto& attributes = want.at("attributes"); attributes.is_array()) {
      std::map<std::string, std::string> left;
      for (const auto& parameter : got.parameters) {
        left[parameter.name] = parameter.value;
        if (!parameter.language.empty()) left[parameter.name + "-language"] = parameter.language;
        ours += " [" + parameter.name + "=" + parameter.value + "]";
      }
      std::map<std::string, std::string> right;
      for (const auto& attribute : attributes.as_array())
        right[text_of(attribute.as_array()[0])] = text_of(attribute.as_array()[1]);
      same = same && left == right;
    } else {
      same = same && got.parameters.empty();
    }
    return same ? "" : ours;
  });
}

TEST(StalwartFields, UnstructuredText) {
  ORGO_NEED_CORPORA();
  // The peer puts a space between a word and an encoded word that is glued to it; the mail has none.
  compare("unstructured", 2, [](const std::string& header, const json::value& expected) -> std::string {
    auto line = header;
    if (const auto next = line.find("\nX-Mailer"); next != std::string::npos) line.resize(next);
    const auto got = mime::decode_header(line);
    return got == text_of(expected) ? "" : got;
  });
}

TEST(StalwartFields, MessageIds) {
  ORGO_NEED_CORPORA();
  compare("id", 0, [](const std::string& header, const json::value& expected) -> std::string {
    const auto field = header.substr(0, header.find("\n\n"));
    const auto got = mime::parse_message_ids(field);
    std::vector<std::string> want;
    if (expected.is_array())
      for (const auto& id : expected.as_array()) want.push_back(text_of(id));
    std::string ours;
    for (const auto& id : got) ours += "<" + id + "> ";
    return got == want ? "" : ours.empty() ? "nothing" : ours;
  });
}

}  // namespace
}  // namespace orgo
