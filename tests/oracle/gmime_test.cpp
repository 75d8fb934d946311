// Differential tests: every mail of the corpora, read by GMime and by us. At least 98 of 100 must agree in each field.
// ORGO_ORACLE_SHOW=1 prints the others. Where we differ on purpose:
// - subject: raw bytes above 127 are read in the charset of the text (GMime: as windows-1252); Shift_JIS that calls
// itself
//   ISO-2022-JP, vendors' characters of it, UTF-7; of two Subject fields the first counts
// - from, to: addresses with two dots ("s..palmer@enron.com"), two @ or spaces are kept as they were written (GMime
// drops
//   them); of several addresses without a comma the first is taken
// - date: AM and PM, "GMT+1"
// - parts: a multipart whose boundary never comes is one text (GMime: nothing), also one whose boundary parameter is on
// a
//   line of its own without white space; of two Content-Type fields the first counts
// - message_id: everything between < and > (GMime: up to the first odd character)
#include <gmime/gmime.h>
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "base/charset.h"
#include "base/text.h"
#include "core/mail/read/read_message.h"
#include "protocol/mime/entity.h"
#include "tests/oracle/corpora.h"

namespace orgo {
namespace {

struct Seen {
  std::string subject, from, to;
  std::optional<std::int64_t> date;
  std::string message_id;
  std::size_t attachments = 0;  ///< leaves that are no body text
  std::size_t leaves = 0;
};

std::string squeezed(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (static_cast<unsigned char>(c) > ' ' && c != 0x7F) out += c;
  return out;
}

void add_mailboxes(InternetAddressList* list, std::vector<std::string>& out) {
  if (list == nullptr) return;
  for (int i = 0; i < internet_address_list_length(list); ++i) {
    auto* const address = internet_address_list_get_address(list, i);
    if (INTERNET_ADDRESS_IS_GROUP(address)) {
      add_mailboxes(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address)), out);
    } else if (const char* const text = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address));
               text != nullptr && *text != '\0') {
      out.push_back(ascii_lower(squeezed(text)));
    }
  }
}

std::string joined(std::vector<std::string> list) {
  std::sort(list.begin(), list.end());
  return join(list, ",");
}

void count_part(GMimeObject*, GMimeObject* part, gpointer data) {
  // g_mime_multipart_foreach() goes through multiparts, and not into attached messages, as we do.
  if (!GMIME_IS_MULTIPART(part)) ++static_cast<Seen*>(data)->leaves;
}

std::optional<Seen> by_gmime(const std::string& raw) {
  GMimeStream* const stream = g_mime_stream_mem_new_with_buffer(raw.data(), raw.size());
  GMimeParser* const parser = g_mime_parser_new_with_stream(stream);
  g_object_unref(stream);
  GMimeMessage* const message = g_mime_parser_construct_message(parser, nullptr);
  g_object_unref(parser);
  if (message == nullptr) return std::nullopt;
  Seen seen;
  if (const char* const subject = g_mime_message_get_subject(message); subject != nullptr) seen.subject = subject;
  std::vector<std::string> from, to;
  add_mailboxes(g_mime_message_get_from(message), from);
  add_mailboxes(g_mime_message_get_to(message), to);
  seen.from = from.empty() ? "" : from.front();
  seen.to = joined(to);
  if (auto* const date = g_mime_message_get_date(message); date != nullptr) seen.date = g_date_time_to_unix(date);
  if (const char* const id = g_mime_message_get_message_id(message); id != nullptr) seen.message_id = id;
  if (auto* const body = g_mime_message_get_mime_part(message); body != nullptr) {
    if (GMIME_IS_MULTIPART(body)) {
      g_mime_multipart_foreach(GMIME_MULTIPART(body), count_part, &seen);
    } else {
      seen.leaves = 1;
    }
  }
  g_object_unref(message);
  return seen;
}

class GMimeOracle : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { g_mime_init(); }
  static void TearDownTestSuite() { g_mime_shutdown(); }
};

TEST_F(GMimeOracle, ReadsTheSameFieldsInEveryCorpus) {
  ORGO_NEED_CORPORA();
  struct Field {
    std::size_t same = 0, all = 0;
    std::vector<std::string> others;
  };
  std::map<std::string, Field> fields;
  for (const auto& path : testing::corpus_mails()) {
    auto raw = testing::read_file(path);
    if (raw.starts_with("From ")) raw.erase(0, raw.find('\n') + 1);  // GMime reads a message and no mbox
    const auto theirs = by_gmime(raw);
    if (!theirs) continue;
    const auto ours = read_message(raw);
    const auto compare = [&](const char* name, const std::string& a, const std::string& b) {
      auto& field = fields[name];
      ++field.all;
      if (a == b) {
        ++field.same;
      } else {
        field.others.push_back(path.parent_path().filename().string() + "/" + path.filename().string() + ": GMime " +
                               a.substr(0, 120) + " | Orgo " + b.substr(0, 120));
      }
    };
    compare("subject", squeezed(theirs->subject), squeezed(ours.subject));
    if (!theirs->from.empty())
      compare("from", theirs->from, ours.from ? ascii_lower(squeezed(ours.from->address)) : "");
    std::vector<std::string> to;
    for (const auto& address : ours.as_mail().to)
      if (!address.address.empty()) to.push_back(ascii_lower(squeezed(address.address)));
    compare("to", theirs->to, joined(to));
    compare("date", theirs->date ? std::to_string(*theirs->date) : "none",
            ours.date ? std::to_string(to_ms(*ours.date) / 1000) : "none");
    if (!theirs->message_id.empty()) compare("message_id", squeezed(theirs->message_id), squeezed(ours.message_id));
    const auto document = mime::parse_entities(raw);
    const auto leaves = static_cast<std::size_t>(
        std::count_if(document.entities.begin(), document.entities.end(), [](const auto& e) { return !e.multipart; }));
    compare("parts", std::to_string(theirs->leaves), std::to_string(leaves));
  }
  for (const auto& [name, field] : fields) {
    std::cout << name << ": " << field.same << " of " << field.all << " as GMime\n";
    if (std::getenv("ORGO_ORACLE_SHOW") != nullptr)
      for (const auto& other : field.others) std::cout << "  " << other << "\n";
    EXPECT_GE(field.same * 1000, field.all * 980) << name;
  }
}

}  // namespace
}  // namespace orgo
