// mail/* and expectations.json: [{content_type, files, expected_common_block}]: the first lines of a sender's
// signature.
#include "base/json.h"
#include "base/text.h"
#include "core/mail/read/read_message.h"
#include "core/mail/read/split_text.h"
#include "tests/score/score.h"

namespace orgo::score {
namespace {

std::string squeezed(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\xC2\xA0") {
      ++i;
    } else if (!(text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n')) {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

bool is_zammad_signatures(const fs::path& folder) {
  return read_file(folder / "expectations.json").find("\"expected_common_block\"") != std::string::npos;
}

Score score_zammad_signatures(const fs::path& folder) {
  Score score;
  Measure lines{"signature_lines", 95}, fresh{"not_in_new_text", 95};
  const auto expected = parse_json(read_file(folder / "expectations.json"));
  if (!expected || !expected->is_array()) return score;
  for (const auto& sender : expected->as_array()) {
    const auto& want = sender.as_object();
    const auto type = std::string(want.at("content_type").as_string());
    const auto block = std::string(want.at("expected_common_block").as_string());
    for (const auto& file : want.at("files").as_array()) {
      const auto name = std::string(file.as_string());
      ++score.mails;
      const auto message = read_message("From: a@example.org\nContent-Type: " + type + "; charset=utf-8\n\n" +
                                        read_file(folder / "mail" / name));
      const auto parts = split_text(message);
      const auto signature = squeezed(text_of(message.text, parts, TextKind::signature));
      const auto written = squeezed(text_of(message.text, parts, TextKind::fresh));
      for (const auto line : orgo::split(block, '\n')) {
        const auto wanted = squeezed(line);
        if (wanted.empty()) continue;
        lines.count(signature.find(wanted) != std::string::npos, {name, "signature", signature.substr(0, 200), wanted});
        fresh.count(wanted.size() < 12 || written.find(wanted) == std::string::npos,
                    {name, "fresh", written.substr(0, 200), wanted});
      }
    }
  }
  score.measures = {lines, fresh};
  return score;
}

}  // namespace orgo::score
