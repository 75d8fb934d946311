// The fields of a message and of its parts, and what they say the body is.
#include "protocol/mime/entity_parser.h"

namespace orgo::mime {

namespace {

/// Bytes before a field's name that nobody sees: zero-width and direction marks, byte order marks, also one that was
/// read as Latin 1 and written as UTF-8.
std::size_t unseen_prefix(std::string_view name) {
  constexpr std::string_view kLatinMark = "\xC3\xAF\xC2\xBB\xC2\xBF", kNoBreakSpace = "\xC2\xA0";
  if (name.starts_with(kLatinMark)) return kLatinMark.size();
  if (name.starts_with(kNoBreakSpace)) return kNoBreakSpace.size();
  return invisible_prefix(name);
}

/// A type that no reader knows more by.
bool says_nothing(const ContentType& type) {
  return type.type.empty() || type.subtype.empty() || type.type == "unknown" || type.type == "*" ||
         type.is("application", "octet-stream") || type.is("application", "unknown") ||
         type.is("application", "x-unknown") || type.is("application", "binary");
}

}  // namespace

void EntityParser::skip_junk() {
  auto at = at_;
  while (at < raw_.size() && (is_blank(raw_[at]) || raw_[at] == '\0')) ++at;
  if (at > at_ && begins_known_field(line_at(at))) {
    at_ = at;
    defect("bad_header_line", "white space or zero bytes stand before the first field");
    return;
  }
  at = at_;
  for (int lines = 0; lines <= kJunkMost && at < raw_.size(); ++lines) {
    const auto line = line_at(at);
    if (without_cr(line).empty() || is_field(line)) break;
    at += line.size() + 1;
    if (at >= raw_.size() || !begins_known_field(line_at(at))) continue;
    if (line.starts_with("From ") || line.starts_with(">From ")) return;
    at_ = at;
    defect("bad_header_line", "the first line is no field");
    return;
  }
}

const FieldView* EntityParser::true_content_type(const Entity& entity) {
  const FieldView* first = nullptr;
  for (const auto& field : document_.fields_of(entity)) {
    if (field.id != FieldId::content_type) continue;
    if (first == nullptr) {
      first = &field;
      continue;
    }
    if (first == &field || boundary_looks_ >= kBoundaryLooks) break;
    if (comes(*first, entity)) return first;
    const auto type = parse_content_type(first->value), other = parse_content_type(field.value);
    if (comes(field, entity) || (says_nothing(type) && other.type == "text" && !other.subtype.empty()) ||
        (type.is("text", "plain") && other.is("text", "html") && begins_html())) {
      defect("second_content_type", "the second Content-Type is the true one");
      return &field;
    }
  }
  return first;
}

bool EntityParser::comes(const FieldView& field, const Entity& entity) {
  const auto type = parse_content_type(field.value);
  const auto boundary = trim_boundary(type.parameter("boundary"));
  if (type.type != "multipart" || boundary.empty()) return false;
  ++boundary_looks_;
  count_work(raw_.size() - at_);
  const auto line = "\n--" + std::string(boundary);
  if (raw_.find(line, at_ > 0 ? at_ - 1 : 0) != std::string_view::npos) return true;
  if (true_encoding(entity) != TransferEncoding::base64) return false;
  std::string decoded = "\n";  // RFC 2045 forbids it: the boundaries are encoded, too
  decode_base64(raw_.substr(at_, 4'096), decoded);
  return decoded.find(line) != std::string::npos;
}

bool EntityParser::begins_html() const {
  auto text = raw_.substr(at_, 200);
  while (!text.empty() && (is_blank(text[0]) || text[0] == '\r' || text[0] == '\n')) text.remove_prefix(1);
  for (const std::string_view tag : {"<html", "<!doctype html", "<body", "<head", "<div", "<p>", "<p ", "<table"})
    if (ascii_istarts_with(text, tag)) return true;
  return false;
}

TransferEncoding EntityParser::true_encoding(const Entity& entity) const {
  unsigned told = 0;  // a bit for each that is told
  auto last = TransferEncoding::identity;
  for (const auto& field : document_.fields_of(entity)) {
    if (field.id != FieldId::content_transfer_encoding) continue;
    last = transfer_encoding(field.value);
    told |= 1U << static_cast<unsigned>(last);
  }
  if ((told & (told - 1)) == 0) return last;  // none, or all the same
  const auto says = [&](TransferEncoding one) { return ((told >> static_cast<unsigned>(one)) & 1U) != 0; };
  auto begin = at_;
  while (begin < raw_.size() && (raw_[begin] == '\r' || raw_[begin] == '\n')) ++begin;
  const auto line = without_cr(line_at(begin)).substr(0, 1'000);
  const auto is_base64 = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
           c == '=';
  };
  if (says(TransferEncoding::base64) && line.size() >= 4 && line.size() % 4 == 0 &&
      std::all_of(line.begin(), line.end(), is_base64))
    return TransferEncoding::base64;
  if (says(TransferEncoding::quoted_printable)) return TransferEncoding::quoted_printable;
  return says(TransferEncoding::identity) ? TransferEncoding::identity : last;
}

bool EntityParser::find_true_boundary() {
  constexpr int kLooksMost = 200;
  if (open_.size() != 1 || open_.back().entity + 1 != document_.entities.size()) return false;
  auto from = body_begin_;
  for (int looks = 0; looks < kLooksMost; ++looks) {
    const auto begin = find_dashed_line(raw_, from);
    if (begin == std::string_view::npos) return false;
    const auto line = line_at(begin);
    count_work(begin - from + line.size());
    const auto boundary = trim_boundary(line.substr(2));
    const auto next = line_at(begin + line.size() + 1);
    from = begin + line.size();
    if (boundary.empty() || boundary.size() > 200 || !ascii_istarts_with(next, "content-") || !is_field(next)) continue;
    open_.back().hash = hash_of(boundary);
    open_.back().boundary = std::string(boundary);
    boundary_max_ = boundary.size();
    at_ = begin;
    done_ = false;
    defect("missing_boundary", "the boundary of a multipart never comes; that of its first part was taken");
    return true;
  }
  return false;
}

void EntityParser::classify(Entity& entity) {
  const auto* const content_type = true_content_type(entity);
  const bool in_digest = entity.parent != kNoEntity && document_.entities[entity.parent].type.subtype == "digest";
  for (const auto& field : document_.fields_of(entity)) {
    if (&field == content_type) {
      entity.type = parse_content_type(field.value);
      entity.type_given = !entity.type.type.empty();
      if (entity.type_given && entity.type.subtype.empty()) {
        // "text" was valid before MIME was; anything else without a subtype says nothing.
        if (entity.type.type == "text") {
          entity.type.subtype = "plain";
        } else {
          defect("bad_content_type", "no subtype: " + std::string(trim(field.value).substr(0, 80)));
          if (entity.type.type != "multipart") entity.type_given = false;
        }
      }
    }
  }
  entity.encoding = true_encoding(entity);
  if (entity.type_given) return;
  entity.type.type = in_digest ? "message" : "text";
  entity.type.subtype = in_digest ? "rfc822" : "plain";
}

void EntityParser::read_header() {
  const auto begin = at_;
  const auto field_floor = document_.fields.size();
  if (const auto rest = raw_.substr(at_, 6); rest.starts_with("From ") || rest == ">From ") {
    // An mbox separator that its reader left in, unless it is the field with white space before its colon.
    if (!is_field(line_at(at_).substr(rest[0] == '>' ? 1 : 0))) skip_line();
  }
  while (at_ < raw_.size()) {
    const char first = raw_[at_];
    if (first == '\n') {
      ++at_;
      break;
    }
    if (first == '\r' && at_ + 1 < raw_.size() && raw_[at_ + 1] == '\n') {
      at_ += 2;
      break;
    }
    if (first == '-' && !open_.empty() && find_boundary(line_at(at_)) != nullptr) {
      defect("header_without_end", "a boundary stands in the header of a part");
      break;
    }
    if (is_blank(first) && document_.fields.size() > field_floor) {
      // A line of blanks only is a fold to the letter, and the end of the header to those who type by hand.
      skip_line();
      if (overflow_) continue;
      auto& last = document_.fields.back();
      const auto end = end_of_text(at_);
      const auto start = static_cast<std::size_t>(last.value.data() - raw_.data());
      last.value = raw_.substr(start, end - start);
      continue;
    }
    if (!read_field(begin)) break;
  }
  count_work(at_ - begin);
}

bool EntityParser::read_field(std::size_t header_begin) {
  const auto begin = at_;
  std::size_t i = at_ + name_prefix(raw_.substr(at_));
  while (i < raw_.size() && kNameCharacter[static_cast<unsigned char>(raw_[i])]) ++i;
  const auto name_end = i;
  while (i < raw_.size() && is_blank(raw_[i])) ++i;
  if (i < raw_.size() && raw_[i] == ':' && name_end > begin) {
    const auto value_begin = i + 1;
    skip_line_from(value_begin);
    overflow_ = document_.fields.size() >= limits_.fields || begin - header_begin > limits_.header_bytes;
    if (overflow_) {
      if (!overflow_told_) defect("header_too_long", "fields beyond the limit of the header were left out");
      overflow_told_ = true;
      return true;
    }
    const auto end = std::max(end_of_text(at_), value_begin);
    auto name = raw_.substr(begin, name_end - begin);
    while (const auto unseen = unseen_prefix(name)) name.remove_prefix(unseen);
    document_.fields.push_back({name, raw_.substr(value_begin, end - value_begin), field_id(name)});
    return true;
  }
  // No field. A parameter whose mailer forgot the white space before it: "Content-Type: multipart/mixed;",
  // "boundary=x".
  if (i < raw_.size() && continues_parameters()) {
    skip_line();
    auto& last = document_.fields.back();
    const auto start = static_cast<std::size_t>(last.value.data() - raw_.data());
    last.value = raw_.substr(start, end_of_text(at_) - start);
    defect("bad_header_line", "a continued line does not begin with white space");
    return true;
  }
  // If the next line is one (or the empty line), this one is dirt in the header; else the body begins here.
  skip_line();
  const auto next = line_at(at_);
  std::size_t k = 0;
  while (k < next.size() && kNameCharacter[static_cast<unsigned char>(next[k])]) ++k;
  const bool next_is_field = k > 0 && k < next.size() && next[k] == ':';
  const bool next_is_end = without_cr(next).empty() && at_ < raw_.size();
  if (at_ < raw_.size() && begin != header_begin) {
    if (next_is_field || next_is_end) {
      if (!continue_last_field(begin)) defect("bad_header_line", "a line of the header is no field");
      return true;
    }
    if (lost_its_fold(begin) && continue_last_field(begin)) return true;
    if (header_goes_on(begin)) {
      defect("bad_header_line", "a line of the header is no field");
      return true;
    }
  }
  if (next_is_field && begin == header_begin) {
    defect("bad_header_line", "the first line is no field");
    return true;
  }
  at_ = begin;
  defect("missing_header_end", "no empty line between header and body");
  return false;
}

bool EntityParser::continue_last_field(std::size_t begin) {
  if (document_.fields.empty() || overflow_) return false;
  auto& last = document_.fields.back();
  const auto end = static_cast<std::size_t>(last.value.data() + last.value.size() - raw_.data());
  if (end > begin || begin - end > 2) return false;  // not the line before
  const auto line = line_at(begin);
  if (line.starts_with("From ") || line.starts_with(">From ") || last.id == FieldId::date ||
      last.id == FieldId::message_id || last.id == FieldId::content_transfer_encoding)
    return false;
  last.value = raw_.substr(end - last.value.size(), end_of_text(at_) - (end - last.value.size()));
  defect("bad_header_line", "a continued line does not begin with white space");
  return true;
}

bool EntityParser::lost_its_fold(std::size_t begin) const {
  if (document_.fields.empty()) return false;
  const auto id = document_.fields.back().id;
  if (id != FieldId::to && id != FieldId::cc && id != FieldId::from && id != FieldId::references) return false;
  auto at = begin;
  for (int lines = 0; lines < kJunkMost && at < raw_.size(); ++lines) {
    const auto line = line_at(at);
    if (begins_known_field(line)) return true;
    if (line.find('@') == std::string_view::npos) return false;
    at += line.size() + 1;
  }
  return false;
}

/// Lines of a report that lost their folds ("X-Spam-Report:", "* 1.0 BAD", "* 2.0 WORSE"): behind them comes a field
/// that was not yet there, before any empty line. What a form repeats in a body without an empty line before it was
/// there.
bool EntityParser::header_goes_on(std::size_t begin) const {
  const auto known = [&](FieldId id) {
    return std::any_of(document_.fields.begin(), document_.fields.end(), [&](const auto& one) { return one.id == id; });
  };
  if (!document_.entities.empty() || known(FieldId::from)) return false;  // of the mail itself alone
  auto at = begin;
  for (int lines = 0; lines < kReportLinesMost && at < raw_.size(); ++lines) {
    const auto line = line_at(at);
    if (without_cr(line).empty()) return false;
    if (begins_known_field(line)) {
      const auto id = field_id(trim(line.substr(0, line.find(':'))));
      return id != FieldId::other && !known(id);
    }
    count_work(line.size());
    at += line.size() + 1;
  }
  return false;
}

bool EntityParser::continues_parameters() const {
  if (document_.fields.empty() || overflow_) return false;
  const auto& last = document_.fields.back();
  if (last.id != FieldId::content_type && last.id != FieldId::content_disposition) return false;
  if (raw_.data() + at_ - (last.value.data() + last.value.size()) > 2) return false;  // not the line before
  if (!trim(last.value.substr(last.value.size() - std::min<std::size_t>(last.value.size(), 100))).ends_with(';'))
    return false;
  const auto line = line_at(at_).substr(0, 100);
  return line.find('=') != std::string_view::npos && line.find('=') < line.find(' ');
}

}  // namespace orgo::mime
