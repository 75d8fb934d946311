// mail/NAME.box and mail/NAME.expect.json: what a help desk made of a mail, key by key.
#include <algorithm>

#include "base/html.h"
#include "base/json.h"
#include "base/text.h"
#include "core/mail/read/read_message.h"
#include "tests/score/score.h"

namespace orgo::score {
namespace {

std::string without_space(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    if (text.substr(i, 2) == "\xC2\xA0" || text.substr(i, 3) == "\xE3\x80\x80") {  // U+00A0, U+3000
      i += c == '\xC2' ? 1 : 2;
      continue;
    }
    out += c;
  }
  return out;
}

/// The addresses in a field as the peer prints it, in lower case, sorted.
std::vector<std::string> addresses_in(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  for (const char c : std::string(text) + " ") {
    if (std::string_view(" \t\r\n<>,\"'();").find(c) == std::string_view::npos) {
      word += ascii_lower(c);
    } else {
      if (word.find('@') != std::string::npos) out.push_back(word);
      word.clear();
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}
std::vector<std::string> addresses_in(const std::vector<Address>& list) {
  std::vector<std::string> out;
  for (const auto& address : list) out.push_back(ascii_lower(address.address));
  std::sort(out.begin(), out.end());
  return out;
}

std::string described(const Attachment& attachment) {
  return attachment.filename + " " + std::to_string(attachment.size) + " " + attachment.sha256.substr(0, 12);
}

}  // namespace

bool is_zammad_mail(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator file(folder / "mail", error), end; file != end; file.increment(error))
    if (file->path().string().ends_with(".expect.json") &&
        fs::exists(fs::path(file->path()).replace_extension("").replace_extension(".box")))
      return true;
  return false;
}

Score score_zammad_mail(const fs::path& folder) {
  Score score;
  Measure all{"all_fields", 95};
  std::vector<fs::path> files;
  for (const auto& file : fs::directory_iterator(folder / "mail"))
    if (file.path().string().ends_with(".expect.json")) files.push_back(file.path());
  std::sort(files.begin(), files.end());
  std::vector<Measure> each = {{"subject"},
                               {"from"},
                               {"name"},
                               {"to"},
                               {"cc"},
                               {"reply_to"},
                               {"message_id"},
                               {"attachment_name"},
                               {"attachment_size"},
                               {"attachment_hash"},
                               {"body"}};
  for (const auto& path : files) {
    auto mail_path = fs::path(path).replace_extension("").replace_extension(".box");
    const auto expected = parse_json(read_file(path));
    if (!expected || !expected->is_object()) continue;
    ++score.mails;
    const auto name = mail_path.stem().string();
    const auto message = read_message(read_file(mail_path));
    const auto& want = expected->as_object();
    const auto text = [&](const char* key) -> std::string {
      const auto* const value = want.if_contains(key);
      return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
    };
    const auto check = [&](const std::string& field, bool good, const std::string& got, const std::string& wanted) {
      all.count(good, {name, field, got, wanted});
      for (auto& measure : each)
        if (measure.name == field) measure.count(good, {name, field, got, wanted});
    };
    const auto list = [](const std::vector<std::string>& addresses) { return join(addresses, ", "); };
    const auto from = message.from.value_or(Address{});
    if (want.contains("subject"))
      check("subject", without_space(text("subject")) == without_space(message.subject), message.subject,
            text("subject"));
    if (want.contains("from_email"))
      check("from", ascii_iequals(text("from_email"), from.address), from.address, text("from_email"));
    if (want.contains("from_display_name"))
      check("name", without_space(text("from_display_name")) == without_space(from.name), from.name,
            text("from_display_name"));
    const auto check_list = [&](const char* key, const std::string& field, const std::vector<Address>& addresses) {
      if (!want.contains(key)) return;
      check(field, addresses_in(text(key)) == addresses_in(addresses), list(addresses_in(addresses)), text(key));
    };
    check_list("to", "to", message.as_mail().to);
    check_list("cc", "cc", message.as_mail().cc);
    check_list("reply-to", "reply_to", message.as_mail().reply_to);
    if (want.contains("message_id"))
      check("message_id", text("message_id") == "<" + message.message_id + ">", message.message_id, text("message_id"));
    if (const auto* const attachments = want.if_contains("attachments")) {
      for (const auto& item : attachments->as_array()) {
        const auto& attachment = item.as_object();
        if (attachment.at("preferences").as_object().contains("content-alternative"))
          continue;  // the HTML, which we have as html
        const auto filename = std::string(attachment.at("filename").as_string());
        const auto size = static_cast<std::uint64_t>(attachment.at("size").as_int64());
        const auto hash = std::string(attachment.at("sha256").as_string());
        // The one with these bytes, else the one with this name.
        const Attachment* found = nullptr;
        for (const auto& ours : message.attachments)
          if (ours.sha256 == hash && ours.filename == filename) found = &ours;
        for (const auto& ours : message.attachments)
          if (found == nullptr && ours.sha256 == hash) found = &ours;
        for (const auto& ours : message.attachments)
          if (found == nullptr && ours.filename == filename) found = &ours;
        const auto got = found == nullptr ? "none" : described(*found);
        const auto wanted = filename + " " + std::to_string(size) + " " + hash.substr(0, 12);
        check("attachment_name", found != nullptr && found->filename == filename, got, wanted);
        check("attachment_size", found != nullptr && found->size == size, got, wanted);
        check("attachment_hash", found != nullptr && found->sha256 == hash, got, wanted);
      }
    }
    if (want.contains("body") && text("body") != "no visible content") {
      const auto body = text("body");
      const auto visible = [](std::string_view html) { return without_space(html_to_text(html)); };
      const auto got = without_space(message.text);
      check("body",
            got == without_space(body) || got == visible(body) ||
                (!message.as_mail().html.empty() && visible(message.as_mail().html) == visible(body)),
            message.text, body);
    }
  }
  score.measures.push_back(std::move(all));
  for (auto& measure : each) {
    measure.misses.clear();  // they stand in all_fields
    score.measures.push_back(std::move(measure));
  }
  return score;
}

}  // namespace orgo::score
