#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace orgo::tnef {

struct Limits {
  std::size_t attributes = 100'000;  ///< of the stream
  std::size_t properties = 20'000;   ///< MAPI properties of all attributes together
  std::size_t attachments = 2'000;
  std::size_t text_bytes = 8 << 20;  ///< of one decoded text
};

/// A file or a message in it. Names are UTF-8 as written, not safe to save under.
struct Attachment {
  std::string name;          ///< the long one if there is one; may be empty
  std::string content_type;  ///< as written; may be empty
  std::string content_id;
  std::string_view bytes;  ///< views into the stream
  bool message = false;    ///< `bytes` is a TNEF stream of its own: an attached Outlook item
  bool object = false;     ///< `bytes` is an OLE object, which only its program can read
};

/// A request, answer or cancellation of a meeting.
struct Meeting {
  enum class Kind { request, cancelled, accepted, declined, tentative };
  Kind kind = Kind::request;
  std::optional<TimePoint> start, end;
  std::string place, recurrence, time_zone;  ///< in words, as Outlook wrote them
  bool all_day = false;
  std::string uid;  ///< of the calendar (MS-OXCICAL, 2.1.3.1.1.20.26); may be empty
};

struct Content {
  std::string message_class;        ///< "IPM.Note", "IPM.Schedule.Meeting.Request"
  std::string subject, text, html;  ///< UTF-8; the HTML also from RTF that was made of HTML
  std::string rtf_text;             ///< of the compressed RTF; empty when that was made from HTML
  std::string_view compressed_rtf;  ///< of the body, as it stands in the stream
  std::string from_name, from_address;
  std::optional<TimePoint> sent;
  std::vector<Attachment> attachments;
  std::optional<Meeting> meeting;
  std::vector<std::string> problems;  ///< what is damaged or beyond a limit, in words; at most 20
  bool whole = true;                  ///< false: the stream ends early or something was left out
};

/// Reads a TNEF stream (MS-OXTNEF). nullopt: it does not begin as one. What is damaged is left out and told; never
/// throws, linear time, and memory for texts only: attachments are views into `bytes`.
std::optional<Content> read_tnef(std::string_view bytes, const Limits& limits = {});

}  // namespace orgo::tnef
