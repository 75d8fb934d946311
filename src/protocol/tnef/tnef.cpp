#include "protocol/tnef/tnef.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/charset.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/work.h"
#include "protocol/tnef/rtf.h"

namespace orgo::tnef {
namespace {

constexpr std::uint32_t kSignature = 0x223E9F78;

// Attributes (MS-OXTNEF, section 2.1.3.2), by id without the type.
enum AttributeId : std::uint16_t {
  kOwner = 0x0000,
  kSubject = 0x8004,
  kDateSent = 0x8005,
  kDateStart = 0x0006,
  kDateEnd = 0x0007,
  kMessageClass = 0x8008,
  kBody = 0x800C,
  kAttachData = 0x800F,
  kAttachTitle = 0x8010,
  kAttachTransportFilename = 0x9001,
  kAttachRenddata = 0x9002,
  kMsgProps = 0x9003,
  kAttachment = 0x9005,
  kOemCodepage = 0x9007,
};

// Types of MAPI properties (MS-OXCDATA, section 2.11.1).
enum PropertyType : std::uint16_t {
  kObject = 0x000D,
  kString8 = 0x001E,
  kUnicode = 0x001F,
  kSysTime = 0x0040,
  kBinary = 0x0102,
  kMultiValue = 0x1000,
};

/// Reads forward; past the end everything is empty and `ok` false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
  std::uint32_t number(std::size_t size) {
    const auto piece = take(size);
    std::uint32_t value = 0;
    for (std::size_t i = piece.size(); i > 0; --i) value = value << 8 | static_cast<unsigned char>(piece[i - 1]);
    return value;
  }
  std::string_view take(std::size_t size) {
    if (size > left()) {
      ok_ = false;
      at_ = bytes_.size();
      return {};
    }
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }
  /// As many bytes, and then to the next multiple of four.
  std::string_view take_padded(std::size_t size) {
    const auto piece = take(size);
    if (ok_) at_ = std::min(bytes_.size(), at_ + (4 - size % 4) % 4);
    return piece;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

struct Property {
  std::uint16_t id = 0, type = 0;
  std::uint32_t name_id = 0;  ///< of a named property by number; 0: none
  std::string_view guid;      ///< of a named one
  std::string_view value;     ///< the first one
};

constexpr std::string_view kAppointmentSet("\x02\x20\x06\x00\x00\x00\x00\x00\xC0\x00\x00\x00\x00\x00\x00\x46", 16);
constexpr std::string_view kMeetingSet("\x90\xDA\xD8\x6E\x0B\x45\x1B\x10\x98\xDA\x00\xAA\x00\x3F\x13\x05", 16);

std::size_t fixed_size(std::uint16_t type) {
  switch (type) {
    case 0x0000:
    case 0x0001:
      return 0;
    case 0x0002:
    case 0x0003:
    case 0x0004:
    case 0x000A:
    case 0x000B:
      return 4;
    case 0x0005:
    case 0x0006:
    case 0x0007:
    case 0x0014:
    case kSysTime:
      return 8;
    case 0x0048:
      return 16;
    default:
      return std::string_view::npos;
  }
}

/// FILETIME: 100 ns since 1601.
std::optional<TimePoint> time_of_filetime(std::string_view value) {
  if (value.size() < 8) return std::nullopt;
  std::uint64_t ticks = 0;
  for (int i = 7; i >= 0; --i) ticks = ticks << 8 | static_cast<unsigned char>(value[static_cast<std::size_t>(i)]);
  constexpr std::uint64_t kTo1970 = 116'444'736'000'000'000ULL;
  constexpr std::uint64_t kTo9999 = 2'650'467'744'000'000'000ULL;
  if (ticks < kTo1970 || ticks >= kTo9999) return std::nullopt;
  return TimePoint(std::chrono::duration_cast<TimePoint::duration>(
      std::chrono::microseconds(static_cast<std::int64_t>((ticks - kTo1970) / 10))));
}

class TnefReader {
 public:
  TnefReader(std::string_view bytes, const Limits& limits) : bytes_(bytes), limits_(limits) {}

  std::optional<Content> run() {
    count_work(bytes_.size());
    Reader in(bytes_);
    if (in.number(4) != kSignature) return std::nullopt;
    in.number(2);  // the key
    for (std::size_t count = 0; in.left() >= 9; ++count) {
      if (count >= limits_.attributes) {
        problem("attributes beyond " + std::to_string(limits_.attributes) + " were left out");
        break;
      }
      const auto level = in.number(1);
      const auto id = in.number(4);
      const auto length = in.number(4);
      if (level != 1 && level != 2) {
        // Some mailers put something behind the end; without an attribute there is nothing to lose.
        content_.problems.emplace_back("something that is no attribute stands at the end");
        break;
      }
      if (length > in.left()) {
        problem("an attribute says that it is longer than the stream");
        if (static_cast<std::uint16_t>(id) == kAttachData) attribute(kAttachData, in.take(in.left()));
        break;
      }
      attribute(static_cast<std::uint16_t>(id), in.take(length));
      if (in.left() >= 2) in.number(2);  // a checksum, which many writers get wrong
    }
    finish_attachment();
    finish();
    return std::move(content_);
  }

 private:
  void problem(std::string text) {
    content_.whole = false;
    if (content_.problems.size() < 20) content_.problems.push_back(std::move(text));
  }

  void attribute(std::uint16_t id, std::string_view value) {
    switch (id) {
      case kOemCodepage:
        if (value.size() >= 4) code_page_ = Reader(value).number(4);
        break;
      case kMessageClass:
        content_.message_class = narrow(value);
        break;
      case kSubject:
        subject8_ = value;
        break;
      case kBody:
        body8_ = value;
        break;
      case kDateSent:
        if (!content_.sent) content_.sent = date_of(value);
        break;
      case kDateStart:
        start_ = date_of(value);
        break;
      case kDateEnd:
        end_ = date_of(value);
        break;
      case kMsgProps:
        properties(value, false);
        break;
      case kAttachRenddata:
        finish_attachment();
        in_attachment_ = true;
        break;
      case kAttachTitle:
        begin_attachment();
        if (current_.name.empty()) title8_ = value;
        break;
      case kAttachTransportFilename:
        begin_attachment();
        if (title8_.empty()) title8_ = value;
        break;
      case kAttachData:
        begin_attachment();
        current_.bytes = value;
        break;
      case kAttachment:
        begin_attachment();
        properties(value, true);
        break;
      default:
        break;
    }
  }
  /// Old streams have attachments without their first attribute.
  void begin_attachment() { in_attachment_ = true; }
  void finish_attachment() {
    if (!std::exchange(in_attachment_, false)) return;
    if (current_.name.empty()) current_.name = narrow(title8_);
    title8_ = {};
    if (content_.attachments.size() >= limits_.attachments) {
      problem("attachments beyond " + std::to_string(limits_.attachments) + " were left out");
    } else {
      content_.attachments.push_back(std::move(current_));
    }
    current_ = {};
    name_rank_ = 0;
  }

  /// 16-bit fields: year, month, day, hour, minute, second, day of week (MS-OXTNEF, 2.1.3.3.5). Without a zone: UTC is
  /// as good as any, and Exchange means it so.
  static std::optional<TimePoint> date_of(std::string_view value) {
    if (value.size() < 12) return std::nullopt;
    Reader in(value);
    const int year = static_cast<int>(in.number(2));
    const unsigned month = in.number(2), day = in.number(2), hour = in.number(2), minute = in.number(2),
                   second = in.number(2);
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
    if (!date.ok() || year < 1970 || year > 9999 || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    return TimePoint(std::chrono::duration_cast<TimePoint::duration>(
        std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hour) + std::chrono::minutes(minute) +
        std::chrono::seconds(second)));
  }

  void properties(std::string_view bytes, bool of_attachment) {
    Reader in(bytes);
    const auto count = in.number(4);
    for (std::uint32_t i = 0; i < count && in.left() >= 4; ++i) {
      if (++properties_ > limits_.properties) {
        problem("properties beyond " + std::to_string(limits_.properties) + " were left out");
        return;
      }
      Property property;
      if (!read_property(in, property)) {
        problem("a property is damaged");
        return;
      }
      if (of_attachment) {
        attachment_property(property);
      } else {
        message_property(property);
      }
    }
  }

  static bool read_property(Reader& in, Property& property) {
    property.type = static_cast<std::uint16_t>(in.number(2));
    property.id = static_cast<std::uint16_t>(in.number(2));
    if (property.id >= 0x8000) {
      property.guid = in.take(16);
      if (in.number(4) == 0) {
        property.name_id = in.number(4);
      } else {
        in.take_padded(in.number(4));
      }
    }
    const bool many = (property.type & kMultiValue) != 0;
    property.type = static_cast<std::uint16_t>(property.type & ~kMultiValue);
    const auto fixed = fixed_size(property.type);
    const bool variable =
        property.type == kString8 || property.type == kUnicode || property.type == kBinary || property.type == kObject;
    if (!variable && fixed == std::string_view::npos) return false;
    const std::uint32_t values = many || variable ? in.number(4) : 1;
    for (std::uint32_t k = 0; k < values; ++k) {
      if (!in.ok() || (fixed == 0 && k > 0)) return in.ok();
      const auto value = variable ? in.take_padded(in.number(4)) : in.take(fixed);
      if (k == 0) property.value = value;
      if (in.left() == 0 && k + 1 < values) return false;
    }
    return in.ok();
  }

  /// Text in the code page of the stream, or in UTF-16.
  std::string narrow(std::string_view value) const {
    const auto zero = value.find('\0');
    value = value.substr(0, std::min(zero, limits_.text_bytes));
    const auto charset = charset_of_code_page(code_page_);
    return to_utf8(value, charset.empty() ? std::string_view() : charset);
  }
  std::string text_of(const Property& property) const {
    if (property.type != kUnicode) return narrow(property.value);
    auto text = to_utf8(property.value.substr(0, limits_.text_bytes & ~std::size_t{1}), "utf-16le");
    if (const auto zero = text.find('\0'); zero != std::string::npos) text.resize(zero);
    return text;
  }
  static std::uint32_t number_of(const Property& property) {
    return property.value.size() >= 4 ? Reader(property.value).number(4) : 0;
  }
  static bool is_text(const Property& property) { return property.type == kString8 || property.type == kUnicode; }

  void message_property(const Property& property) {
    if (property.id >= 0x8000) {
      named_property(property);
      return;
    }
    switch (property.id) {
      case 0x001A:
        if (is_text(property)) content_.message_class = text_of(property);
        break;
      case 0x0037:
        if (is_text(property)) content_.subject = text_of(property);
        break;
      case 0x0039:
        if (property.type == kSysTime) content_.sent = time_of_filetime(property.value);
        break;
      case 0x0042:
      case 0x0C1A:
        if (is_text(property) && content_.from_name.empty()) content_.from_name = text_of(property);
        break;
      case 0x0065:
      case 0x0C1F:
      case 0x5D01:
      case 0x5D02:
        if (is_text(property))
          if (auto address = text_of(property); address.find('@') != std::string::npos)
            content_.from_address = std::move(address);
        break;
      case 0x0060:
        if (property.type == kSysTime && !start_) start_ = time_of_filetime(property.value);
        break;
      case 0x0061:
        if (property.type == kSysTime && !end_) end_ = time_of_filetime(property.value);
        break;
      case 0x1000:
        if (is_text(property)) content_.text = text_of(property);
        break;
      case 0x1009:
        if (property.type == kBinary) rtf_ = property.value;
        break;
      case 0x1013:
        html_ = property;
        break;
      case 0x3FDE:
        html_code_page_ = number_of(property);
        break;
      default:
        break;
    }
  }
  void named_property(const Property& property) {
    if (property.guid == kAppointmentSet) {
      switch (property.name_id) {
        case 0x8208:
          if (is_text(property)) meeting_.place = text_of(property);
          break;
        case 0x820D:
          if (property.type == kSysTime) meeting_.start = time_of_filetime(property.value);
          break;
        case 0x820E:
          if (property.type == kSysTime) meeting_.end = time_of_filetime(property.value);
          break;
        case 0x8215:
          meeting_.all_day = number_of(property) != 0;
          break;
        case 0x8232:
          if (is_text(property)) meeting_.recurrence = text_of(property);
          break;
        case 0x8234:
          if (is_text(property)) meeting_.time_zone = text_of(property);
          break;
        default:
          break;
      }
    } else if (property.guid == kMeetingSet) {
      if (property.name_id == 0x0003 && property.type == kBinary) meeting_.uid = uid_of(property.value);
      if (property.name_id == 0x0002 && is_text(property) && meeting_.place.empty()) meeting_.place = text_of(property);
    }
  }
  /// The UID that the calendar has (MS-OXCICAL, section 2.1.3.1.1.20.26): in the object id as text, if it came from
  /// another program, else the whole id in hexadecimal digits without the date of one occurrence.
  static std::string uid_of(std::string_view id) {
    if (id.size() < 40 || id.size() > 1024) return {};
    constexpr std::string_view kForeign("vCal-Uid\x01\x00\x00\x00", 12);
    if (id.substr(40).starts_with(kForeign)) {
      const auto text = id.substr(52);
      return to_utf8(text.substr(0, text.find('\0')), "");
    }
    std::string plain(id);
    std::fill(plain.begin() + 16, plain.begin() + 20, '\0');
    return ascii_lower(to_hex(plain));
  }

  void attachment_property(const Property& property) {
    const auto name = [&](int rank) {
      if (!is_text(property) || rank < name_rank_) return;
      auto text = text_of(property);
      if (text.empty()) return;
      current_.name = std::move(text);
      name_rank_ = rank;
    };
    switch (property.id) {
      case 0x3001:
        name(1);  // what is shown, if there is no other
        break;
      case 0x3704:
        name(2);
        break;
      case 0x3707:
        name(3);
        break;
      case 0x370E:
        if (is_text(property)) current_.content_type = ascii_lower(text_of(property));
        break;
      case 0x3712:
        if (is_text(property)) current_.content_id = text_of(property);
        break;
      case 0x3705: {
        const auto method = number_of(property);
        current_.message = method == 5;
        current_.object = method == 6;
        break;
      }
      case 0x3701: {
        auto value = property.value;
        // An object begins with the id of its interface.
        if (property.type == kObject) value = value.substr(std::min<std::size_t>(16, value.size()));
        if (!value.empty() && (property.type == kObject || property.type == kBinary)) current_.bytes = value;
        break;
      }
      default:
        break;
    }
  }

  void finish() {
    if (content_.subject.empty()) content_.subject = narrow(subject8_);
    if (content_.text.empty()) content_.text = narrow(body8_);
    if (html_.type == kBinary) {
      const auto charset = charset_of_code_page(html_code_page_ != 0 ? html_code_page_ : code_page_);
      content_.html = to_utf8(html_.value.substr(0, limits_.text_bytes), charset);
    } else if (is_text(html_)) {
      content_.html = text_of(html_);
    }
    content_.compressed_rtf = rtf_;
    if (!rtf_.empty()) {
      RtfLimits limits;
      limits.text_bytes = limits_.text_bytes;
      if (const auto rtf = decompress_rtf(rtf_, limits)) {
        auto read = read_rtf(*rtf, limits);
        if (content_.html.empty()) content_.html = std::move(read.html);
        content_.rtf_text = std::move(read.text);
      } else {
        problem("the RTF is damaged");
      }
    }
    finish_meeting();
  }

  void finish_meeting() {
    const auto kind = ascii_lower(content_.message_class);
    const auto is = [&](std::string_view a, std::string_view b) {
      return kind.find(a) != std::string::npos || kind.find(b) != std::string::npos;
    };
    if (is("meeting.request", "mtgreq")) {
      meeting_.kind = Meeting::Kind::request;
    } else if (is("meeting.canceled", "mtgcncl")) {
      meeting_.kind = Meeting::Kind::cancelled;
    } else if (is("meeting.resp.pos", "mtgrespp")) {
      meeting_.kind = Meeting::Kind::accepted;
    } else if (is("meeting.resp.neg", "mtgrespn")) {
      meeting_.kind = Meeting::Kind::declined;
    } else if (is("meeting.resp.tent", "mtgrespa")) {
      meeting_.kind = Meeting::Kind::tentative;
    } else {
      return;
    }
    if (!meeting_.start) meeting_.start = start_;
    if (!meeting_.end) meeting_.end = end_;
    content_.meeting = std::move(meeting_);
  }

  std::string_view bytes_;
  const Limits& limits_;
  Content content_;
  std::uint32_t code_page_ = 1252, html_code_page_ = 0;
  std::string_view subject8_, body8_, title8_, rtf_;
  Property html_;
  Attachment current_;
  int name_rank_ = 0;
  bool in_attachment_ = false;
  std::size_t properties_ = 0;
  std::optional<TimePoint> start_, end_;
  Meeting meeting_;
};

}  // namespace

std::optional<Content> read_tnef(std::string_view bytes, const Limits& limits) {
  return TnefReader(bytes, limits).run();
}

}  // namespace orgo::tnef
