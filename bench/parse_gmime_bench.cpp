// Claim: from raw bytes to our Message, everything decoded, on one core, against GMime doing the same in the same run.
//
// Each engine, for each mail: takes it apart; decodes every top-level header field to UTF-8; reads From, Reply-To, To,
// Cc into names and addresses, the date, Message-ID, In-Reply-To and References; decodes every text part (plain and
// HTML) to UTF-8; decodes every other part, counts its bytes and hashes them (SHA-256, the same library for both). Ours
// does besides: text from HTML where a mail has no other text, file names, inline images, defects, line ends. GMime
// reads from memory (GMimeStreamMem over the same bytes), its warnings off.
//
// One JSON line for each corpus and engine: medians of 5 rounds of CPU time, with which the engines take turns.
#include <gmime/gmime.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "base/hash.h"
#include "core/mail/read/read_message.h"
#include "protocol/mime/transfer_encoding.h"

namespace {

using Mails = std::vector<std::string>;

// ---- what is read

std::string words(unsigned& seed, std::size_t count) {
  static constexpr const char* kWords[] = {
      "water",  "leak",  "room", "the",     "please", "school", "heating", "is",     "not",   "working",
      "urgent", "since", "this", "morning", "and",    "office", "window",  "broken", "door",  "lamp",
      "thanks", "a",     "in",   "of",      "to",     "we",     "need",    "help",   "today", "tomorrow"};
  std::string text;
  std::size_t column = 0;
  for (std::size_t i = 0; i < count; ++i) {
    seed = seed * 1664525U + 1013904223U;
    const std::string word = kWords[(seed >> 16) % std::size(kWords)];
    if (column + word.size() > 70) {
      text += "\r\n";
      column = 0;
    } else if (column > 0) {
      text += ' ';
    }
    text += word;
    column += word.size() + 1;
  }
  return text;
}

/// Mails of 1 to 2 KB as they come from people and machines: most plain text, some with an HTML twin, encoded words,
/// quoted-printable, replies with references.
Mails small_mails() {
  Mails mails;
  unsigned seed = 4711;
  for (int i = 0; i < 2000; ++i) {
    const auto n = std::to_string(i);
    std::string mail = "Return-Path: <person" + n +
                       "@example.org>\r\n"
                       "Received: from mx.example.org (mx.example.org [192.0.2.7])\r\n\tby mail.school.example "
                       "(Postfix) with ESMTPS id 4F" +
                       n +
                       "A\r\n\tfor <office@school.example>; Tue, 01 Jul 2025 10:52:37 +0200 (CEST)\r\n"
                       "Received: by relay.example.org (Postfix, from userid 1000)\r\n\tid 77" +
                       n +
                       "; Tue, 01 Jul 2025 10:52:35 +0200 (CEST)\r\n"
                       "Date: Tue, 01 Jul 2025 10:52:3" +
                       std::to_string(i % 10) + " +0200\r\n";
    mail += i % 3 == 0 ? "From: =?utf-8?Q?J=C3=BCrgen_M=C3=BCller?= <person" + n + "@example.org>\r\n"
                       : "From: \"Person Number " + n + "\" <person" + n + "@example.org>\r\n";
    mail += "To: Office <office@school.example>" +
            std::string(i % 4 == 0 ? ",\r\n Maintenance <maintenance@school.example>" : "") + "\r\n";
    if (i % 5 == 0) mail += "Cc: secretary@school.example, \"Head, The\" <head@school.example>\r\n";
    mail += i % 3 == 1 ? "Subject: =?UTF-8?B?V2Fzc2Vyc2NoYWRlbiBpbiBSYXVtIDEwMiDigJMgYml0dGUgZHJpbmdlbmQ=?=\r\n"
                       : "Subject: Water leak in room " + n + "\r\n";
    mail += "Message-ID: <" + n + ".1751359957@example.org>\r\n";
    if (i % 2 == 0)
      mail += "In-Reply-To: <a" + n + "@school.example>\r\nReferences: <root@school.example>\r\n <a" + n +
              "@school.example>\r\n";
    mail += "User-Agent: Mozilla Thunderbird\r\nX-Mailer: none\r\nMIME-Version: 1.0\r\n";
    const auto text = words(seed, 60 + static_cast<std::size_t>(i) % 120);
    switch (i % 10) {
      case 0:
      case 1:
        mail += "Content-Type: multipart/alternative; boundary=\"=_b" + n +
                "\"\r\n\r\nThis is a multi-part message.\r\n--=_b" + n +
                "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text +
                "\r\n--=_b" + n +
                "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<html><body><p>" +
                text + "</p></body></html>\r\n--=_b" + n + "--\r\n";
        break;
      case 2:
      case 3:
        mail += "Content-Type: text/plain; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
                orgo::mime::encode_quoted_printable(
                    "Gr\xC3\xBC\xC3\x9F"
                    "e, " +
                    text + "\r\n\xC3\x84pfel\r\n");
        break;
      case 4:
        mail +=
            "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\xFC\xDF"
            "e, " +
            text + "\r\n";
        break;
      default:
        mail += "Content-Type: text/plain; charset=utf-8; format=flowed\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" +
                text + "\r\n";
    }
    mails.push_back(std::move(mail));
  }
  return mails;
}

/// All mails of the corpora beside the repository: real, old, foreign and broken ones.
Mails corpus_mails() {
  std::filesystem::path root;
  if (const char* const set = std::getenv("ORGO_CORPORA"); set != nullptr) root = set;
  std::error_code error;
  if (root.empty()) root = std::filesystem::absolute("../shared/corpora", error);
  Mails mails;
  for (const auto* const folder : {"cpython-email", "mikel-mail", "mimekit/messages", "nodemailer-mailparser",
                                   "rt-mail", "sieve-cases/messages", "sisimai-bounces/mail", "spamassassin-corpus",
                                   "spamassassin-tests", "stalwart-mail-parser", "zammad-mail/mail"}) {
    for (std::filesystem::recursive_directory_iterator file(root / folder, error), end; file != end;
         file.increment(error)) {
      const auto extension = file->path().extension();
      if (!file->is_regular_file() || extension == ".json" || extension == ".md" ||
          file->path().filename() == "NOTICE.txt")
        continue;
      std::ifstream stream(file->path(), std::ios::binary);
      mails.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
    }
  }
  return mails;
}

// ---- the engines; each returns a number that depends on all it read, so that nothing is left out

std::uint64_t by_orgo(const std::string& raw) {
  const auto message = orgo::read_message(raw);
  std::uint64_t sum =
      message.text.size() + message.as_mail().html.size() + message.subject.size() + message.as_mail().headers.size();
  for (const auto& attachment : message.attachments) sum += attachment.size;
  return sum;
}

std::uint64_t gmime_addresses(InternetAddressList* list) {
  std::uint64_t sum = 0;
  if (list == nullptr) return 0;
  for (int i = 0; i < internet_address_list_length(list); ++i) {
    auto* const address = internet_address_list_get_address(list, i);
    if (const char* const name = internet_address_get_name(address); name != nullptr) sum += std::string(name).size();
    if (INTERNET_ADDRESS_IS_MAILBOX(address)) {
      if (const char* const mailbox = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address));
          mailbox != nullptr)
        sum += std::string(mailbox).size();
    } else if (INTERNET_ADDRESS_IS_GROUP(address)) {
      sum += gmime_addresses(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address)));
    }
  }
  return sum;
}

void gmime_part(GMimeObject*, GMimeObject* part, gpointer data) {
  auto& sum = *static_cast<std::uint64_t*>(data);
  if (GMIME_IS_TEXT_PART(part) && !g_mime_part_is_attachment(GMIME_PART(part))) {
    if (char* const text = g_mime_text_part_get_text(GMIME_TEXT_PART(part)); text != nullptr) {
      sum += std::string(text).size();
      g_free(text);
    }
    return;
  }
  GMimeStream* const memory = g_mime_stream_mem_new();
  if (GMIME_IS_PART(part)) {
    if (auto* const content = g_mime_part_get_content(GMIME_PART(part)); content != nullptr)
      g_mime_data_wrapper_write_to_stream(content, memory);
  } else if (GMIME_IS_MESSAGE_PART(part)) {
    if (auto* const message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part)); message != nullptr)
      g_mime_object_write_to_stream(GMIME_OBJECT(message), nullptr, memory);
  } else {
    g_object_unref(memory);
    return;
  }
  auto* const bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
  const auto digest = orgo::sha256(std::string_view(reinterpret_cast<const char*>(bytes->data), bytes->len));
  sum += bytes->len + digest[0] % 2;
  g_object_unref(memory);
}

std::uint64_t by_gmime(const std::string& raw) {
  GMimeStream* const stream = g_mime_stream_mem_new_with_buffer(raw.data(), raw.size());
  GMimeParser* const parser = g_mime_parser_new_with_stream(stream);
  g_object_unref(stream);
  GMimeMessage* const message = g_mime_parser_construct_message(parser, nullptr);
  g_object_unref(parser);
  if (message == nullptr) return 0;
  std::uint64_t sum = 0;
  auto* const headers = g_mime_object_get_header_list(GMIME_OBJECT(message));
  for (int i = 0; i < g_mime_header_list_get_count(headers); ++i)
    if (const char* const value = g_mime_header_get_value(g_mime_header_list_get_header_at(headers, i));
        value != nullptr)
      sum += std::string(value).size();
  sum += gmime_addresses(g_mime_message_get_from(message)) + gmime_addresses(g_mime_message_get_reply_to(message)) +
         gmime_addresses(g_mime_message_get_to(message)) + gmime_addresses(g_mime_message_get_cc(message));
  if (const char* const subject = g_mime_message_get_subject(message); subject != nullptr)
    sum += std::string(subject).size();
  if (auto* const date = g_mime_message_get_date(message); date != nullptr)
    sum += static_cast<std::uint64_t>(g_date_time_to_unix(date));
  if (const char* const id = g_mime_message_get_message_id(message); id != nullptr) sum += std::string(id).size();
  for (const char* const name : {"References", "In-Reply-To"})
    if (const char* const value = g_mime_object_get_header(GMIME_OBJECT(message), name); value != nullptr) {
      GMimeReferences* const references = g_mime_references_parse(nullptr, value);
      sum += static_cast<std::uint64_t>(g_mime_references_length(references));
      g_mime_references_free(references);
    }
  auto* const body = g_mime_message_get_mime_part(message);
  if (body != nullptr) {
    if (GMIME_IS_MULTIPART(body)) {
      g_mime_multipart_foreach(GMIME_MULTIPART(body), gmime_part, &sum);
    } else {
      gmime_part(nullptr, body, &sum);
    }
  }
  g_object_unref(message);
  return sum;
}

// ---- measuring

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

template <typename Engine>
double round_of(const Mails& mails, int repeats, Engine engine, std::uint64_t& sum) {
  const auto start = cpu_seconds();
  for (int i = 0; i < repeats; ++i)
    for (const auto& mail : mails) sum += engine(mail);
  return (cpu_seconds() - start) / repeats;
}

void compare(const char* name, const Mails& mails, int orgo_repeats, int gmime_repeats, double reach, double aim) {
  if (mails.empty()) {
    std::printf("{\"bench\":\"parse\",\"corpus\":\"%s\",\"skipped\":\"no mails found; set ORGO_CORPORA\"}\n", name);
    return;
  }
  std::uint64_t bytes = 0, sum = 0;
  for (const auto& mail : mails) bytes += mail.size();
  std::vector<double> orgo_seconds, gmime_seconds, ratios;
  for (int round = 0; round < 5; ++round) {
    orgo_seconds.push_back(round_of(mails, orgo_repeats, by_orgo, sum));
    gmime_seconds.push_back(round_of(mails, gmime_repeats, by_gmime, sum));
    ratios.push_back(gmime_seconds.back() / orgo_seconds.back());
  }
  const auto median = [](std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  };
  const auto line = [&](const char* engine, double seconds) {
    std::printf(
        "{\"bench\":\"parse\",\"corpus\":\"%s\",\"engine\":\"%s\",\"mails\":%zu,\"bytes\":%llu,\"mails_per_s\":%.0f,"
        "\"mb_per_s\":%.1f,\"us_per_mail\":%.2f}\n",
        name, engine, mails.size(), static_cast<unsigned long long>(bytes), static_cast<double>(mails.size()) / seconds,
        static_cast<double>(bytes) / seconds / 1e6, seconds / static_cast<double>(mails.size()) * 1e6);
  };
  line("orgo", median(orgo_seconds));
  line("gmime", median(gmime_seconds));
  std::printf(
      "{\"bench\":\"parse\",\"corpus\":\"%s\",\"times_faster\":%.2f,\"reach\":%.0f,\"aim\":%.0f,\"checksum\":%llu}\n",
      name, median(ratios), reach, aim, static_cast<unsigned long long>(sum % 1000));
}

}  // namespace

int main() {
  g_mime_init();
  const auto small = small_mails();
  compare("small", small, 20, 2, 10, 30);
  const auto corpus = corpus_mails();
  compare("mixed", corpus, 5, 1, 3, 8);
  g_mime_shutdown();
}
