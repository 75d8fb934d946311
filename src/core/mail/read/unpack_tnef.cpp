#include "core/mail/read/unpack_tnef.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/unicode.h"
#include "core/contact/mail_address.h"
#include "core/message/attachment_name.h"
#include "protocol/mime/transfer_encoding.h"
#include "protocol/tnef/tnef.h"

namespace orgo {
namespace {

/// RFC 5545, section 3.3.11, and without control characters.
std::string ical_text(std::string_view text) {
  std::string out;
  for (const char c : cut_utf8(text, 2000)) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == ',' || c == ';' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) >= 0x20) {
      out += c;
    }
  }
  return out;
}
std::string ical_time(TimePoint t) {
  std::string out;
  for (const char c : to_rfc3339(t).substr(0, 19))
    if (c != '-' && c != ':') out += c;
  return out + "Z";
}

/// Without what would end a header field.
std::string header_text(std::string_view text) {
  std::string out;
  for (const char c : cut_utf8(text, 900)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  return std::string(trim(out));
}

std::string calendar_of(const tnef::Content& content) {
  using Kind = tnef::Meeting::Kind;
  const auto& meeting = *content.meeting;
  const bool reply = meeting.kind != Kind::request && meeting.kind != Kind::cancelled;
  std::string out = "BEGIN:VCALENDAR\r\nPRODID:-//Orgo//winmail.dat//EN\r\nVERSION:2.0\r\nMETHOD:";
  out += reply ? "REPLY" : meeting.kind == Kind::cancelled ? "CANCEL" : "REQUEST";
  out += "\r\nBEGIN:VEVENT\r\n";
  if (!meeting.uid.empty()) out += "UID:" + ical_text(meeting.uid) + "\r\n";
  const auto time = [&](std::string_view name, TimePoint t) {
    out += name;
    if (meeting.all_day) {
      // Midnight of the sender's zone in UTC; the day that is nearest.
      out += ";VALUE=DATE:" + ical_time(t + std::chrono::hours(12)).substr(0, 8) + "\r\n";
    } else {
      out += ":" + ical_time(t) + "\r\n";
    }
  };
  time("DTSTART", *meeting.start);
  if (meeting.end && *meeting.end > *meeting.start) time("DTEND", *meeting.end);
  out += "SUMMARY:" + ical_text(content.subject) + "\r\n";
  if (!meeting.place.empty()) out += "LOCATION:" + ical_text(meeting.place) + "\r\n";
  std::string notes;
  if (!meeting.recurrence.empty()) notes += meeting.recurrence + "\n";
  if (!meeting.time_zone.empty()) notes += meeting.time_zone + "\n";
  if (!notes.empty()) out += "DESCRIPTION:" + ical_text(trim(notes)) + "\r\n";
  if (is_mail_address(content.from_address)) {
    std::string name = header_text(content.from_name);
    std::erase(name, '"');
    const std::string person = (name.empty() ? std::string() : ";CN=\"" + name + "\"");
    if (reply) {
      out += "ATTENDEE" + person + ";PARTSTAT=";
      out += meeting.kind == Kind::accepted ? "ACCEPTED" : meeting.kind == Kind::declined ? "DECLINED" : "TENTATIVE";
    } else {
      out += "ORGANIZER" + person;
    }
    out += ":mailto:" + content.from_address + "\r\n";
  }
  out += "END:VEVENT\r\nEND:VCALENDAR\r\n";
  return out;
}

/// An Outlook item as a mail of its own, so that everything that reads mails reads it.
UnpackedFile message_of(const tnef::Attachment& attachment) {
  UnpackedFile file;
  const auto inner = tnef::read_tnef(attachment.bytes);
  std::string subject = attachment.name;
  std::string out;
  if (inner) {
    if (!inner->subject.empty()) subject = inner->subject;
    const bool address = is_mail_address(inner->from_address);
    auto name = header_text(inner->from_name);
    std::erase_if(name, [](char c) { return c == '"' || c == '\\' || c == '<' || c == '>'; });
    if (address || !name.empty())
      out += "From: \"" + name + "\" <" + (address ? inner->from_address : std::string()) + ">\r\n";
    if (inner->sent) {
      const auto text = to_rfc3339(*inner->sent);
      out += "Date: " + text.substr(0, 10) + " " + text.substr(11, 8) + " +0000\r\n";
    }
  }
  out += "Subject: " + header_text(subject) +
         "\r\nMIME-Version: 1.0\r\nContent-Type: application/ms-tnef; name=\"winmail.dat\"\r\n"
         "Content-Transfer-Encoding: base64\r\n\r\n";
  out += mime::encode_base64(attachment.bytes);
  file.made = std::move(out);
  std::replace(subject.begin(), subject.end(), '/', '_');
  std::replace(subject.begin(), subject.end(), '\\', '_');
  file.filename = clean_filename(subject);
  if (!file.filename.empty() && !ascii_lower(file.filename).ends_with(".eml")) file.filename += ".eml";
  file.content_type = "message/rfc822";
  return file;
}

bool is_type(std::string_view type) {
  const auto slash = type.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash + 1 == type.size() || type.size() > 100) return false;
  return std::all_of(type.begin(), type.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '-' || c == '+' || c == '.' || c == '_';
  });
}

}  // namespace

bool is_tnef(std::string_view content_type, std::string_view filename) {
  return content_type == "application/ms-tnef" || content_type == "application/vnd.ms-tnef" ||
         ascii_iequals(filename, "winmail.dat") || ascii_iequals(filename, "win.dat");
}

std::optional<UnpackedTnef> unpack_tnef(std::string_view bytes, std::size_t files_max) {
  tnef::Limits limits;
  limits.attachments = files_max;
  auto content = tnef::read_tnef(bytes, limits);
  if (!content) return std::nullopt;
  UnpackedTnef out;
  out.whole = content->whole;
  for (auto& problem : content->problems) out.defects.push_back({"bad_tnef", "winmail.dat: " + problem});
  for (const auto& attachment : content->attachments) {
    if (attachment.message) {
      out.files.push_back(message_of(attachment));
      continue;
    }
    UnpackedFile file;
    file.filename = clean_filename(attachment.name);
    file.content_type =
        is_type(attachment.content_type) ? attachment.content_type : std::string(content_type_of_name(file.filename));
    file.content_id = attachment.content_id;
    if (file.content_id.starts_with('<')) file.content_id.erase(0, 1);
    if (file.content_id.ends_with('>')) file.content_id.pop_back();
    file.packed = attachment.bytes;
    out.files.push_back(std::move(file));
  }
  if (content->meeting && content->meeting->start) {
    UnpackedFile file;
    file.filename = "invite.ics";
    file.content_type = "text/calendar";
    file.made = calendar_of(*content);
    out.files.push_back(std::move(file));
  }
  out.html = std::move(content->html);
  out.text = !content->text.empty() ? std::move(content->text) : std::move(content->rtf_text);
  std::erase(out.text, '\r');
  std::erase(out.text, '\0');
  return out;
}

}  // namespace orgo
