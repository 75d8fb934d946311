// expectations.json: name -> [{dsn, replycode, reason, hardbounce[, feedbacktype]}], one for each failed recipient; an
// empty list: no bounce. mail/NAME.eml.
#include <algorithm>
#include <map>

#include "base/json.h"
#include "base/text.h"
#include "core/bounce/bounce.h"
#include "core/mail/findings/find_all.h"
#include "core/mail/read/read_message.h"
#include "tests/score/score.h"
#include "tests/support/tenants.h"

namespace orgo::score {
namespace {

std::string text_of(const json::object& object, const char* key) {
  const auto* const value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

/// Counts how many of `want` are also in `got`, each of `got` once: the order of recipients is no matter.
void count_all(Measure& measure, const std::string& file, std::vector<std::string> got,
               const std::vector<std::string>& want) {
  for (const auto& one : want) {
    const auto at = std::find(got.begin(), got.end(), one);
    measure.count(at != got.end(), {file, measure.name, join(got, ", "), one});
    if (at != got.end()) got.erase(at);
  }
}

}  // namespace

bool is_bounces(const fs::path& folder) {
  const auto file = read_file(folder / "expectations.json");
  return fs::is_directory(folder / "mail") && file.find("\"hardbounce\"") != std::string::npos;
}

Score score_bounces(const fs::path& folder) {
  Score score;
  Measure is_bounce{"bounce_or_not", 99}, none_taken{"no_non_bounce_taken", 100}, permanent{"permanent_or_not", 95},
      reason{"reason", 85}, count{"recipients", 0}, status{"status", 0}, reply{"reply_code", 0},
      feedback{"feedback_type", 0}, address{"address_given", 0}, original{"message_id_of_original_given", 0};
  const auto expected = parse_json(read_file(folder / "expectations.json"));
  if (!expected || !expected->is_object()) return score;
  for (const auto& [key, value] : expected->as_object()) {
    const auto name = std::string(key);
    const auto raw = read_file(folder / "mail" / (name + ".eml"));
    const auto message = read_message(raw);
    // As an importer sees it: no envelope but the Return-Path field.
    Envelope envelope{.tenant = kTenant};
    envelope.channel = Channel::import_;
    const auto path = trim(message.header("Return-Path"));
    if (path.size() > 2 && path.starts_with('<') && path.ends_with('>'))
      envelope.sender = mail_contact(path.substr(1, path.size() - 2));
    const auto findings = find_all(envelope, message);
    const bool bounce = finding_of(findings, FindingKind::bounce) != nullptr;
    const bool answer = finding_of(findings, FindingKind::auto_reply) != nullptr ||
                        finding_of(findings, FindingKind::out_of_office) != nullptr;
    ++score.mails;
    const auto& list = value.as_array();
    if (list.empty()) {
      none_taken.count(!bounce, {name, "bounce", "taken for a bounce", "none"});
      is_bounce.count(!bounce, {name, "bounce", "taken for a bounce", "none"});
      continue;
    }
    const bool vacation = text_of(list[0].as_object(), "reason") == "vacation";
    is_bounce.count(vacation ? answer && !bounce : bounce, {name, "bounce", "not taken for one", "one"});
    const auto report = bounce || answer ? read_bounce(raw, message) : BounceReport{};
    std::vector<std::string> got_reason, got_hard, got_status, got_reply, want_reason, want_hard, want_status,
        want_reply;
    for (const auto& recipient : report.recipients) {
      got_reason.emplace_back(to_string(recipient.reason));
      got_hard.emplace_back(recipient.permanence == Permanence::hard ? "hard" : "no");
      got_status.push_back(recipient.status);
      got_reply.push_back(recipient.reply_code == 0 ? "" : std::to_string(recipient.reply_code));
      if (!vacation)
        address.count(recipient.address.find('@') != std::string::npos || !report.feedback_type.empty(),
                      {name, "address", recipient.address, "an address"});
    }
    for (const auto& item : list) {
      const auto& object = item.as_object();
      want_reason.push_back(text_of(object, "reason"));
      want_hard.emplace_back(object.at("hardbounce").as_bool() ? "hard" : "no");
      // 5.0.9xx are pseudo codes of the peer.
      if (const auto dsn = text_of(object, "dsn"); !dsn.empty() && dsn.find(".0.9") == std::string::npos)
        want_status.push_back(dsn);
      if (const auto code = text_of(object, "replycode"); !code.empty()) want_reply.push_back(code);
      if (const auto type = text_of(object, "feedbacktype"); !type.empty())
        feedback.count(report.feedback_type == type, {name, "feedback_type", report.feedback_type, type});
    }
    const auto diagnostic = report.recipients.empty() ? std::string() : " | " + report.recipients[0].diagnostic;
    count.count(report.recipients.size() == list.size(),
                {name, "recipients", std::to_string(report.recipients.size()), std::to_string(list.size())});
    count_all(reason, name, got_reason, want_reason);
    if (!reason.misses.empty() && reason.misses.back().file == name) reason.misses.back().got += diagnostic;
    count_all(permanent, name, got_hard, want_hard);
    if (!permanent.misses.empty() && permanent.misses.back().file == name) permanent.misses.back().got += diagnostic;
    count_all(status, name, got_status, want_status);
    count_all(reply, name, got_reply, want_reply);
    if (!vacation) original.count(!report.original_message_id.empty(), {name, "original", "", "a Message-ID"});
  }
  score.measures = {is_bounce, none_taken, permanent, reason, count, status, reply, feedback, address, original};
  return score;
}

}  // namespace orgo::score
