#include "core/mail/read/part_content.h"

#include <algorithm>

#include "base/charset.h"
#include "base/charset_meant.h"
#include "base/html.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/mail/read/message_reader.h"
#include "protocol/mime/decode_body.h"

namespace orgo {
namespace {

/// Takes a mail apart into what its parts say.
class PartWalker {
 public:
  explicit PartWalker(const PartLimits& limits) : limits_(limits) {}

  void walk(std::string_view raw, int depth) {
    std::string buffer;
    raw = mime::with_line_feeds(raw, buffer);
    const auto document = mime::parse_entities(raw);
    const auto& entities = document.entities;
    std::vector<std::size_t> ends(entities.size(), raw.size());
    for (std::uint32_t i = 0; i < entities.size() && room(); ++i) {
      const auto& entity = entities[i];
      if (i > 0) {
        const auto& parent = entities[entity.parent];
        ends[i] = entity.end < parent.end ? begin_of(raw, entities[entity.end])
                  : entity.multipart      ? closing_of_parent(raw, document, i, ends[entity.parent])
                                          : ends[entity.parent];
      }
      const auto type = entity.type.type + "/" + entity.type.subtype;
      if (entity.multipart) {
        add(type, between(raw, document, i, ends));
      } else if (entity.type.type == "message" && entity.type.subtype == "rfc822") {
        const auto inner = mime::decode_body(entity, mime::LineEnds::keep, limits_.bytes);
        const auto head = mime::parse_entities(inner).entities.front().header;
        add(type, to_utf8(trim(head), ""));
        if (depth < limits_.messages_deep) walk(inner, depth + 1);
      } else {
        const auto bytes = mime::decode_body(entity, mime::LineEnds::keep, limits_.part_bytes);
        const auto charset = entity.type.parameter("charset");
        add(type, to_utf8(bytes, charset_as_meant(bytes, charset)));
      }
    }
  }

  std::vector<PartContent> take() { return std::move(parts_); }

 private:
  [[nodiscard]] bool room() const { return parts_.size() < limits_.parts && used_ < limits_.bytes; }

  void add(const std::string& type, std::string text) {
    if (!room() || text.empty()) return;
    text.resize(cut_utf8(text, std::min(limits_.part_bytes, limits_.bytes - used_)).size());
    used_ += text.size();
    parts_.push_back({type, std::move(text)});
  }

  static std::size_t begin_of(std::string_view raw, const mime::Entity& entity) {
    return static_cast<std::size_t>(entity.header.data() - raw.data());
  }

  static std::string boundary_of(const mime::Entity& entity) {
    const auto boundary = entity.type.parameter("boundary");
    return boundary.empty() ? std::string() : "--" + std::string(boundary);
  }

  /// Where the multipart ends that is the last part of another one: at that one's next boundary.
  [[nodiscard]] std::size_t closing_of_parent(std::string_view raw, const mime::Document& document,
                                              std::uint32_t number, std::size_t most) const {
    const auto& entities = document.entities;
    const auto boundary = boundary_of(entities[entities[number].parent]);
    const auto& last = entities[entities[number].end - 1];
    if (boundary.empty() || last.multipart) return most;
    const auto from = static_cast<std::size_t>(last.body.data() - raw.data()) + last.body.size();
    const auto found = raw.substr(0, std::min(most, from + limits_.part_bytes)).find("\n" + boundary, from);
    return found == std::string_view::npos ? most : found + 1;
  }

  /// The lines of a multipart outside of its parts, without boundaries.
  std::string between(std::string_view raw, const mime::Document& document, std::uint32_t number,
                      const std::vector<std::size_t>& ends) const {
    const auto& entities = document.entities;
    std::vector<std::string> boundaries;
    for (auto at = number; at != mime::kNoEntity; at = entities[at].parent)
      if (auto boundary = boundary_of(entities[at]); !boundary.empty()) boundaries.push_back(std::move(boundary));
    std::string out;
    const auto add_lines = [&](std::size_t from, std::size_t to) {
      std::string lines;
      while (from < to && out.size() + lines.size() < limits_.part_bytes) {
        auto end = raw.find('\n', from);
        end = end == std::string_view::npos || end >= to ? to : end + 1;
        const auto line = raw.substr(from, end - from);
        if (std::none_of(boundaries.begin(), boundaries.end(),
                         [&](const std::string& b) { return line.starts_with(b); }))
          lines += line;
        from = end;
      }
      // Line ends beside boundaries are theirs (RFC 2046, section 5.1.1).
      if (const auto words = trim(lines); !words.empty()) out.append(out.empty() ? "" : "\n").append(words);
    };
    auto at = begin_of(raw, entities[number]) + entities[number].header.size();
    for (auto child = number + 1; child < entities[number].end;) {
      add_lines(at, begin_of(raw, entities[child]));
      const auto& one = entities[child];
      // What stands behind the last part of an inner multipart, up to our boundary, is its own.
      at = !one.multipart                   ? static_cast<std::size_t>(one.body.data() - raw.data()) + one.body.size()
           : one.end < entities[number].end ? begin_of(raw, entities[one.end])
                                            : closing_of_parent(raw, document, child, ends[number]);
      child = one.end;
    }
    add_lines(at, ends[number]);
    return to_utf8(out, "");
  }

  const PartLimits& limits_;
  std::vector<PartContent> parts_;
  std::size_t used_ = 0;
};

}  // namespace

std::vector<PartContent> part_contents(std::string_view raw, const PartLimits& limits) {
  PartWalker walker(limits);
  walker.walk(raw, 0);
  return walker.take();
}

bool is_type(std::string_view type, std::string_view wanted) {
  if (wanted == "*") return true;
  if (wanted.find('/') != std::string_view::npos) return ascii_iequals(type, wanted);
  return type.size() > wanted.size() && type[wanted.size()] == '/' &&
         ascii_iequals(type.substr(0, wanted.size()), wanted);
}

std::string raw_body(std::string_view raw, const PartLimits& limits) {
  std::string buffer;
  raw = mime::with_line_feeds(raw, buffer);
  mime::Limits parse;
  parse.parts = 1;
  const auto document = mime::parse_entities(raw, parse);
  const auto& header = document.entities.front().header;
  const auto begin = std::min(raw.size(), static_cast<std::size_t>(header.data() - raw.data()) + header.size());
  return to_utf8(cut_utf8(raw.substr(begin), limits.bytes), "utf-8");
}

std::vector<std::string> attachment_texts(std::string_view raw, const PartLimits& limits) {
  std::vector<AttachedBytes> attached;
  {
    const ReadLimits read;
    MessageReader reader(raw, read, std::nullopt);
    reader.collect_texts(attached, limits.part_bytes);
    static_cast<void>(reader.run());
  }
  std::vector<std::string> texts;
  std::size_t used = 0;
  for (const auto& one : attached) {
    if (texts.size() >= limits.parts || used >= limits.bytes) break;
    std::string text;
    if (one.content_type == "message/rfc822" || one.content_type == "message/global") {
      const auto message = read_message(one.bytes);
      text = message.subject + "\n" + message.text;
    } else {
      text = to_utf8(one.bytes, charset_as_meant(one.bytes, one.charset));
      if (one.content_type == "text/html") text = html_to_text(text);
    }
    text.resize(cut_utf8(text, std::min(limits.part_bytes, limits.bytes - used)).size());
    used += text.size();
    texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace orgo
