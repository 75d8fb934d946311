// The report of a machine in a mail: which one, and whether it tells of a failure.
#include "base/text.h"
#include "core/mail/read/message_reader.h"
#include "protocol/mime/decode_body.h"

namespace orgo {
namespace {

using Kind = MachineReport::Kind;

constexpr std::size_t kStatusMax = 64 * 1024;  // bytes of a delivery status that are looked at

Kind kind_of_part(const mime::ContentType& type) {
  if (type.type != "message") return Kind::none;
  if (type.subtype == "delivery-status" || type.subtype == "global-delivery-status") return Kind::delivery_status;
  if (type.subtype == "feedback-report") return Kind::feedback;
  if (type.subtype == "disposition-notification" || type.subtype == "global-disposition-notification")
    return Kind::disposition;
  return Kind::none;
}

Kind kind_of_report(const mime::ContentType& type) {
  const auto named = trim(type.parameter("report-type"));
  if (ascii_iequals(named, "delivery-status") || ascii_iequals(named, "global-delivery-status"))
    return Kind::delivery_status;
  if (ascii_iequals(named, "feedback-report")) return Kind::feedback;
  if (ascii_iequals(named, "disposition-notification")) return Kind::disposition;
  return Kind::none;
}

/// The first word of success where every Action is one (RFC 3464, section 2.3.3); empty: some is not, or there is none.
std::string success_in(std::string_view status) {
  std::string first;
  for (std::size_t at = 0; at < status.size();) {
    auto end = status.find('\n', at);
    if (end == std::string_view::npos) end = status.size();
    const auto line = status.substr(at, end - at);
    at = end + 1;
    if (!ascii_istarts_with(line, "action:")) continue;
    const auto value = trim(line.substr(7));
    const auto word = ascii_lower(trim(value.substr(0, value.find_first_of(" (;\t"))));
    if (word != "delivered" && word != "relayed" && word != "expanded") return {};
    if (first.empty()) first = word;
  }
  return first;
}

}  // namespace

void MessageReader::read_report() {
  auto& report = message_.mail->report;
  const auto& entities = document_.entities;
  bool all_good = true;
  for (const auto& entity : entities) {
    if (entity.type.type == "multipart" && entity.type.subtype == "report") {
      if (report.kind == Kind::none) report.kind = kind_of_report(entity.type);
      if (report.kind != Kind::none) report.whole = true;
    }
    if (entity.multipart) continue;
    const auto kind = kind_of_part(entity.type);
    if (kind == Kind::none) continue;
    const bool within = entity.parent != mime::kNoEntity && entities[entity.parent].type.subtype == "report";
    const bool whole = within || entity.parent == mime::kNoEntity;
    if (report.kind == Kind::none || (whole && !report.whole)) report.kind = kind;
    report.whole = report.whole || whole;
    if (kind != Kind::delivery_status || report.kind != kind || !all_good) continue;
    auto success = success_in(mime::decode_body(entity, mime::LineEnds::lf, kStatusMax));
    all_good = !success.empty();
    if (!all_good) report.delivered.clear();
    else if (report.delivered.empty()) report.delivered = std::move(success);
  }
}

}  // namespace orgo
