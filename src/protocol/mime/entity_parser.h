#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "base/work.h"
#include "protocol/mime/entity.h"
#include "protocol/mime/line_scan.h"

namespace orgo::mime {

inline std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;  // FNV-1a: short texts, and a collision costs one comparison
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return hash;
}

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
inline constexpr int kJunkMost = 5;  // lines before the first field, or lines that lost the white space of their fold
inline constexpr int kReportLinesMost = 30;  // of a report in the header whose lines lost their folds
inline constexpr int kBoundaryLooks = 8;     // in one message, for which of several Content-Types is true

/// A multipart that is still open.
struct Open {
  std::uint32_t entity;
  std::uint64_t hash;
  std::string boundary;
};

/// What parse_entities() works with; nobody else does. Headers stand in entity_header.cpp.
class EntityParser {
 public:
  EntityParser(std::string_view raw, const Limits& limits, Document& document)
      : raw_(raw), limits_(limits), document_(document) {}

  void run() {
    document_.entities.clear();
    document_.fields.clear();
    document_.defects.clear();
    // Most mails have some 25 fields.
    document_.fields.reserve(32);
    document_.entities.reserve(4);
    if (raw_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();  // a file that was saved on Windows
    while (at_ < raw_.size() && (raw_[at_] == '\n' || raw_[at_] == '\r'))
      ++at_;  // before a header, empty lines say nothing
    if (raw_.substr(at_).starts_with(kByteOrderMark)) at_ += kByteOrderMark.size();
    skip_junk();
    begin_entity(kNoEntity, 0);
    while (!done_) next_boundary();
    if (find_true_boundary())
      while (!done_) next_boundary();
    if (!open_.empty() && open_.back().entity + 1 < document_.entities.size())
      defect("missing_boundary_end", "a multipart has no closing boundary; the mail may be cut off");
    close_down_to(0, raw_.size());
  }

 private:
  void defect(std::string_view kind, std::string detail) {
    if (document_.defects.size() < kDefectsMax) document_.defects.push_back({std::string(kind), std::move(detail)});
  }

  /// Reads a header at at_ and opens what it announces.
  void begin_entity(std::uint32_t parent, std::uint32_t depth) {
    const auto index = static_cast<std::uint32_t>(document_.entities.size());
    Entity entity;
    entity.parent = parent;
    entity.depth = depth;
    entity.first_field = static_cast<std::uint32_t>(document_.fields.size());
    const auto begin = at_;
    read_header();
    entity.field_count = static_cast<std::uint32_t>(document_.fields.size()) - entity.first_field;
    entity.header = raw_.substr(begin, at_ - begin);
    body_begin_ = at_;
    classify(entity);
    document_.entities.push_back(std::move(entity));
    current_ = index;
    open_body_ = true;
    auto& made = document_.entities.back();
    if (made.type.type != "multipart") {
      if (open_.empty()) done_ = true;  // all the rest is the body, whatever stands in it
      return;
    }
    auto boundary = trim_boundary(made.type.parameter("boundary"));
    if (boundary.empty()) {
      boundary = guess_boundary();
      defect("missing_boundary", boundary.empty() ? "a multipart names no boundary; it is read as text"
                                                  : "a multipart names no boundary; that of its first part was taken");
    }
    if (boundary.empty()) {
      if (open_.empty()) done_ = true;
      return;
    }
    if (open_.size() >= limits_.depth) {
      defect("nested_too_deep",
             "more than " + std::to_string(limits_.depth) + " multiparts in one another; the inner ones are one body");
      return;
    }
    // RFC 2045, section 6.4 forbids it, and nearly all who say it did not do it: see close_down_to().
    if (made.encoding != TransferEncoding::identity)
      defect("encoded_multipart", "a multipart must not have a transfer encoding; it was ignored");
    made.multipart = true;
    open_.push_back({index, hash_of(boundary), std::string(boundary)});
    boundary_max_ = std::max(boundary_max_, boundary.size());
  }

  static std::string_view trim_boundary(std::string_view boundary) {
    while (!boundary.empty() && (is_blank(boundary.back()) || boundary.back() == '\r')) boundary.remove_suffix(1);
    return boundary;
  }

  /// Lines before the first field of the message: dirt of a mailer or an archive, when a field of a mail is near.
  void skip_junk();

  static bool is_field(std::string_view line) {
    std::size_t k = name_prefix(line);
    while (k < line.size() && kNameCharacter[static_cast<unsigned char>(line[k])]) ++k;
    while (k < line.size() && is_blank(line[k])) ++k;
    return k > 0 && k < line.size() && line[k] == ':';
  }
  static bool begins_known_field(std::string_view line) {
    const auto colon = line.substr(0, 40).find(':');
    if (colon == std::string_view::npos) return false;
    const auto name = trim(line.substr(0, colon));
    return field_id(name) != FieldId::other || ascii_iequals(name, "Received") || ascii_iequals(name, "MIME-Version");
  }

  /// Of several Content-Types the first, unless it is a multipart whose boundary never comes and another's does, or no
  /// multipart and a later one is, or plain and the body is the HTML that a later one says, or one that says nothing
  /// (application/octet-stream) before a text.
  const FieldView* true_content_type(const Entity& entity);
  bool comes(const FieldView& field, const Entity& entity);

  [[nodiscard]] bool begins_html() const;

  void classify(Entity& entity);
  /// Of several Content-Transfer-Encodings that which the body is in, by its first lines.
  TransferEncoding true_encoding(const Entity& entity) const;

  /// The outermost multipart ended without a part: does a line that is no boundary by its name stand before the header
  /// of a part? Then that is the boundary, and reading goes on there.
  bool find_true_boundary();

  /// Reads fields up to the empty line, which is taken too, or to what can't be a header any more.
  void read_header();

  /// One field, without its continuation lines. False: here begins the body.
  bool read_field(std::size_t header_begin);

  /// The line at `begin` lost the white space of its fold on the way (a program that trims lines): it goes on what the
  /// field before it says. False: that is no field that goes over several lines.
  bool continue_last_field(std::size_t begin);

  /// One of several such lines: of a list of addresses or ids, with a field behind them.
  bool lost_its_fold(std::size_t begin) const;
  [[nodiscard]] bool header_goes_on(std::size_t begin) const;

  /// Is the field before an unfinished list of parameters, and the line at at_ its next one?
  bool continues_parameters() const;

  /// What multiparts without a boundary parameter most likely have: the first line with "--" behind the header. Empty:
  /// there is none, or it is a signature's, or that of an outer multipart.
  std::string_view guess_boundary() {
    const auto line_begin = find_dashed_line(raw_, at_);
    count_work((line_begin == std::string_view::npos ? raw_.size() : line_begin) - at_);
    if (line_begin == std::string_view::npos) return {};
    const auto line = line_at(line_begin);
    if (find_boundary(line) != nullptr) return {};
    const auto boundary = trim_boundary(line.substr(2));
    return boundary.size() <= 200 && !boundary.ends_with("--") && boundary.find(' ') == std::string_view::npos
               ? boundary
               : std::string_view();
  }

  /// The line at `at`, with its CR and without its LF.
  std::string_view line_at(std::size_t at) const {
    if (at >= raw_.size()) return {};
    const auto* const newline = static_cast<const char*>(std::memchr(raw_.data() + at, '\n', raw_.size() - at));
    const auto end = newline == nullptr ? raw_.size() : static_cast<std::size_t>(newline - raw_.data());
    return raw_.substr(at, end - at);
  }
  /// Where the text of the line ends that ends before `next`.
  std::size_t end_of_text(std::size_t next) const {
    if (next > 0 && raw_[next - 1] == '\n') --next;
    if (next > 0 && raw_[next - 1] == '\r') --next;
    return next;
  }
  static std::string_view without_cr(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }
  void skip_line() { skip_line_from(at_); }
  void skip_line_from(std::size_t from) {
    const auto* const newline =
        from >= raw_.size() ? nullptr
                            : static_cast<const char*>(std::memchr(raw_.data() + from, '\n', raw_.size() - from));
    at_ = newline == nullptr ? raw_.size() : static_cast<std::size_t>(newline - raw_.data()) + 1;
  }

  struct Hit {
    std::size_t level;  ///< index in open_
    bool closes;        ///< "--boundary--"
  };
  /// Which open multipart has this line as its boundary, the innermost first? nullptr: none.
  const Hit* find_boundary(std::string_view line) {
    if (line.size() < 3 || line[1] != '-' || open_.empty()) return nullptr;
    line.remove_prefix(2);
    while (!line.empty() && (is_blank(line.back()) || line.back() == '\r')) line.remove_suffix(1);
    if (line.size() > boundary_max_ + 2) return nullptr;
    count_work(line.size());
    const auto hash = hash_of(line);
    const bool may_close = line.ends_with("--");
    const auto open_line = may_close ? line.substr(0, line.size() - 2) : line;
    const auto open_hash = may_close ? hash_of(open_line) : hash;
    for (std::size_t level = open_.size(); level-- > 0;) {
      const auto& candidate = open_[level];
      if (candidate.hash == hash && candidate.boundary == line) {
        hit_ = {level, false};
        return &hit_;
      }
      if (may_close && candidate.hash == open_hash && candidate.boundary == open_line) {
        hit_ = {level, true};
        return &hit_;
      }
    }
    return nullptr;
  }

  /// Goes on from at_ to the next line that is a boundary, and does what it says.
  void next_boundary() {
    if (open_.empty()) {
      done_ = true;
      return;
    }
    std::size_t from = at_;
    for (;;) {
      const auto line_begin = find_dashed_line(raw_, from);
      if (line_begin == std::string_view::npos) {
        count_work(raw_.size() - at_);
        at_ = raw_.size();
        done_ = true;
        return;
      }
      const auto line = line_at(line_begin);
      const auto* const hit = find_boundary(line);
      if (hit == nullptr) {
        from = line_begin + line.size();
        continue;
      }
      count_work(line_begin - at_);
      at_ = std::min(line_begin + line.size() + 1, raw_.size());
      take_boundary(*hit, line_begin);
      return;
    }
  }

  void take_boundary(const Hit hit, std::size_t line_begin) {
    // The line end before the boundary belongs to it.
    auto end = line_begin;
    if (end > 0 && raw_[end - 1] == '\n') --end;
    if (end > 0 && raw_[end - 1] == '\r') --end;
    if (document_.entities.size() >= limits_.parts && !hit.closes) {
      defect("too_many_parts", "parts beyond " + std::to_string(limits_.parts) + " were left out");
      close_down_to(0, end);
      done_ = true;
      return;
    }
    close_down_to(hit.level + (hit.closes ? 0 : 1), end);
    if (hit.closes) {
      open_body_ = false;
      if (open_.empty()) done_ = true;  // what follows is the epilogue
      return;
    }
    const auto parent = open_[hit.level].entity;
    begin_entity(parent, document_.entities[parent].depth + 1);
  }

  /// Ends the part that is being read and all open multiparts from `level` up.
  void close_down_to(std::size_t level, std::size_t body_end) {
    const auto count = static_cast<std::uint32_t>(document_.entities.size());
    if (open_body_) {
      auto& part = document_.entities[current_];
      part.body = raw_.substr(body_begin_, std::max(body_end, body_begin_) - body_begin_);
      part.end = count;
      open_body_ = false;
    }
    while (open_.size() > level) {
      auto& entity = document_.entities[open_.back().entity];
      // A boundary that is announced and never comes: what is there is better read than lost.
      if (count == open_.back().entity + 1) {
        entity.multipart = false;
        const auto begin = static_cast<std::size_t>(entity.header.data() + entity.header.size() - raw_.data());
        entity.body = raw_.substr(begin, std::max(body_end, begin) - begin);
        defect("missing_boundary", "the boundary of a multipart never comes; it is read as text");
      } else {
        entity.encoding = TransferEncoding::identity;
      }
      entity.end = count;
      open_.pop_back();
    }
  }

  std::string_view raw_;
  const Limits& limits_;
  Document& document_;
  std::vector<Open> open_;
  std::size_t at_ = 0;
  std::size_t body_begin_ = 0;
  std::size_t boundary_max_ = 0;
  std::uint32_t current_ = 0;  ///< whose body is being read
  bool open_body_ = false;
  bool done_ = false;
  bool overflow_ = false, overflow_told_ = false;
  int boundary_looks_ = 0;
  Hit hit_{};
};

}  // namespace orgo::mime
