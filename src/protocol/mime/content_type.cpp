#include "protocol/mime/content_type.h"

#include <algorithm>
#include <cstdint>

#include "base/charset.h"
#include "base/charset_meant.h"
#include "base/text.h"
#include "base/work.h"
#include "protocol/mime/encoded_word.h"

namespace orgo::mime {
namespace {

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// One name=value as it stands in the field.
struct Segment {
  std::string name;  ///< without the "*" and what follows
  std::string value;
  std::uint32_t order = 0;  ///< place among the continuations
  bool encoded = false;     ///< name*= or name*N*=
  bool continued = false;   ///< name*N=
};

/// Does it end with ".pdf" or the like?
bool ends_as_a_file(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  const auto extension = name.substr(dot + 1);
  return extension.size() >= 2 && extension.size() <= 5 && std::all_of(extension.begin(), extension.end(), [](char c) {
           return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
         });
}

/// Those that mailers write before a value with percent signs.
bool is_charset_name(std::string_view text) {
  return ascii_iequals(text, "utf-8") || ascii_iequals(text, "utf8") || ascii_iequals(text, "us-ascii") ||
         ascii_istarts_with(text, "iso-8859-") || ascii_istarts_with(text, "windows-125");
}

class ParameterParser {
 public:
  ParameterParser(std::string_view text, std::string_view charset, std::size_t parameters_max)
      : text_(text), charset_(charset), parameters_max_(parameters_max) {}

  ContentType run(bool with_subtype) {
    count_work(text_.size());
    ContentType out;
    skip_space();
    const auto begin = at_;
    out.type = word(';', with_subtype ? '/' : ';');
    if (!with_subtype && out.type.find('=') != std::string::npos) {  // filename="a.pdf", without a word before it
      out.type.clear();
      at_ = begin;
    }
    if (!with_subtype && out.type.ends_with(',')) out.type.pop_back();
    skip_space();
    if (with_subtype && at_ < text_.size() && text_[at_] == '/') {
      ++at_;
      skip_space();
      out.subtype = word(';', ';');
    }
    read_parameters();
    assemble(out);
    return out;
  }

 private:
  /// White space and comments.
  void skip_space() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (is_space(c)) {
        ++at_;
      } else if (c == '(') {
        int depth = 0;
        while (at_ < text_.size()) {
          const char d = text_[at_++];
          if (d == '\\' && at_ < text_.size()) {
            ++at_;
          } else if (d == '(') {
            ++depth;
          } else if (d == ')' && --depth == 0) {
            break;
          }
        }
      } else {
        return;
      }
    }
  }

  /// A lower-case word up to white space, a comment or an end.
  std::string word(char end, char other_end) {
    const auto begin = at_;
    bool quotes = false;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (is_space(c) || c == '(' || c == end || c == other_end) break;
      quotes = quotes || c == '"';
      ++at_;
    }
    std::string out(text_, begin, at_ - begin);
    if (quotes) std::erase(out, '"');
    for (auto& c : out) c = ascii_lower(c);
    return out;
  }

  void read_parameters() {
    while (at_ < text_.size() && segments_.size() + plain_.size() < parameters_max_) {
      skip_space();
      while (at_ < text_.size() && (text_[at_] == ';' || text_[at_] == ',' || is_space(text_[at_]))) ++at_;
      skip_space();
      if (at_ >= text_.size()) return;
      const auto begin = at_;
      auto name = word('=', ';');
      skip_space();
      if (at_ < text_.size() && text_[at_] == '=') {
        ++at_;
        skip_blanks();
        Segment segment;
        read_value(segment, name == "filename" || name == "name");
        add(std::move(name), std::move(segment));
      } else if (at_ == begin) {
        ++at_;
      }
    }
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  /// Appends what stands before the next character that `ends` a run.
  template <typename Ends>
  void take_run(std::string& out, Ends ends) {
    const auto begin = at_;
    while (at_ < text_.size() && !ends(text_[at_])) ++at_;
    out.append(text_, begin, at_ - begin);
  }

  /// Of a file's name without quotes, "a;b;c.pdf": what stands behind the ";" is no parameter, and ends as a file does.
  bool goes_on(std::size_t at) const {
    for (int pieces = 0; pieces < 5 && at < text_.size(); ++pieces) {
      const auto end = std::min(text_.find(';', at), text_.size());
      const auto piece = trim(text_.substr(at, std::min<std::size_t>(end - at, 200)));
      count_work(piece.size());
      if (piece.find_first_of("=\"") != std::string_view::npos) return false;
      if (ends_as_a_file(piece)) return true;
      at = end + 1;
    }
    return false;
  }

  void read_value(Segment& segment, bool file) {
    if (at_ < text_.size() && text_[at_] == '"') {
      ++at_;
      while (at_ < text_.size()) {
        take_run(segment.value, [](char c) { return c == '"' || c == '\\' || c == '\r' || c == '\n'; });
        if (at_ >= text_.size()) return;
        const char c = text_[at_++];
        if (c == '"') return;
        if (c == '\\' && at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\\')) {
          segment.value += text_[at_++];
          continue;
        }
        if (c == '\r' || c == '\n') continue;  // a fold; its white space stays
        segment.value += c;
      }
      return;
    }
    // Without quotes: to the ";". A space ends it only where another parameter begins, since mailers forget quotes
    // (filename=annual report.pdf) and also ";" (access-type=mail-server server=x).
    while (at_ < text_.size()) {
      take_run(segment.value, [](char c) { return c == ';' || c == '(' || c == '=' || is_space(c); });
      if (at_ >= text_.size()) return;
      const char c = text_[at_];
      if (c == ';' && !(file && goes_on(at_ + 1))) return;
      if (c == '(') return;
      if (is_space(c)) {
        auto next = at_;
        while (next < text_.size() && is_space(text_[next])) ++next;
        if (next >= text_.size() || text_[next] == '(' || begins_parameter(next)) {
          at_ = next;
          return;
        }
        segment.value += ' ';
        at_ = next;
        continue;
      }
      if (c == '=' && at_ + 1 < text_.size() && text_[at_ + 1] == '?') {
        EncodedWord encoded;
        if (find_encoded_word(text_, at_, encoded)) {
          segment.value.append(text_, at_, encoded.end - at_);
          at_ = encoded.end;
          continue;
        }
      }
      segment.value += c;
      ++at_;
    }
  }

  /// Does "name=" stand at `at`?
  bool begins_parameter(std::size_t at) const {
    const auto limit = std::min(text_.size(), at + 32);
    const auto begin = at;
    while (at < limit && text_[at] != '=' && !is_space(text_[at]) && text_[at] != ';' && text_[at] != '"' &&
           text_[at] != '?')
      ++at;
    count_work(at - begin);
    return at < limit && at > begin && text_[at] == '=';
  }

  void add(std::string name, Segment segment) {
    if (name.empty()) return;
    const auto star = name.find('*');
    if (star == std::string::npos) {
      auto& parameter = plain_.emplace_back();
      parameter.name = std::move(name);
      finish_plain(std::move(segment.value), parameter);
      return;
    }
    {
      std::string_view tail = std::string_view(name).substr(star + 1);
      if (tail.ends_with('*')) {
        segment.encoded = true;
        tail.remove_suffix(1);
      }
      if (tail.empty()) {
        segment.encoded = true;
      } else {
        std::uint32_t order = 0;
        for (const char c : tail.substr(0, 6)) {
          if (c < '0' || c > '9') break;
          order = order * 10 + static_cast<std::uint32_t>(c - '0');
        }
        segment.order = order;
        segment.continued = true;
      }
      name.resize(star);
    }
    if (name.empty()) return;
    segment.name = std::move(name);
    segments_.push_back(std::move(segment));
  }

  /// RFC 2231: puts continuations together, in their order.
  void assemble(ContentType& out) {
    if (segments_.empty()) {
      out.parameters = std::move(plain_);
      return;
    }
    const auto same_name = [](const Segment& a, const Segment& b) { return a.name == b.name; };
    bool sorted = true;
    for (const auto& segment : segments_) sorted = sorted && !segment.continued;
    if (!sorted) {
      // Stable, by the place where the name came first, then by order.
      std::vector<std::pair<std::string_view, std::size_t>> first;
      for (std::size_t i = 0; i < segments_.size(); ++i) first.emplace_back(segments_[i].name, i);
      std::stable_sort(first.begin(), first.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
      std::vector<std::size_t> rank(segments_.size());
      for (std::size_t i = 0; i < first.size(); ++i)
        rank[first[i].second] =
            i > 0 && first[i].first == first[i - 1].first ? rank[first[i - 1].second] : first[i].second;
      std::vector<std::size_t> order(segments_.size());
      for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        if (rank[a] != rank[b]) return rank[a] < rank[b];
        if (segments_[a].continued != segments_[b].continued) return segments_[b].continued;
        return segments_[a].order < segments_[b].order;
      });
      std::vector<Segment> in_order;
      in_order.reserve(segments_.size());
      for (const auto i : order) in_order.push_back(std::move(segments_[i]));
      segments_ = std::move(in_order);
    }
    out.parameters.reserve(segments_.size());
    for (std::size_t i = 0; i < segments_.size();) {
      std::size_t end = i + 1;
      if (segments_[i].continued)
        while (end < segments_.size() && segments_[end].continued && same_name(segments_[i], segments_[end])) ++end;
      out.parameters.push_back(join(i, end));
      i = end;
    }
    // Behind them, so that "filename*" counts before the "filename" that is there for old readers (RFC 6266, 4.3).
    for (auto& parameter : plain_) out.parameters.push_back(std::move(parameter));
  }

  /// The value of a parameter without RFC 2231.
  void finish_plain(std::string value, Parameter& parameter) const {
    // An encoded word in a parameter is against RFC 2047, section 5, and what many mailers do.
    if (value.find("=?") != std::string::npos) {
      parameter.value = decode_header(value, charset_);
    } else if (is_utf8(value)) {
      parameter.value = std::move(value);
    } else {
      parameter.value = to_utf8(value, charset_as_meant(value, charset_));
    }
  }

  Parameter join(std::size_t begin, std::size_t end) {
    Parameter parameter;
    parameter.name = segments_[begin].name;
    bool any_encoded = false;
    for (auto i = begin; i < end; ++i) any_encoded = any_encoded || segments_[i].encoded;
    if (!any_encoded) {
      std::string& value = segments_[begin].value;
      for (auto i = begin + 1; i < end; ++i) value += segments_[i].value;
      finish_plain(std::move(value), parameter);
      return parameter;
    }
    // charset'language'percent-encoded, in the first one; bytes of a character may stand in two pieces.
    std::string bytes, charset;
    for (auto i = begin; i < end; ++i) {
      std::string_view value = segments_[i].value;
      if (!segments_[i].encoded) {
        bytes += value;
        continue;
      }
      if (i == begin) {
        const auto first = value.find('\'');
        const auto second = first == std::string_view::npos ? first : value.find('\'', first + 1);
        if (second != std::string_view::npos) {
          charset = std::string(value.substr(0, first));
          parameter.language = std::string(value.substr(first + 1, second - first - 1));
          value.remove_prefix(second + 1);
        } else if (first != std::string_view::npos && is_charset_name(value.substr(0, first))) {
          charset = std::string(value.substr(0, first));
          value.remove_prefix(first + 1);
        }
      }
      for (std::size_t k = 0; k < value.size(); ++k) {
        if (value[k] == '%' && k + 2 < value.size() && hex_digit(value[k + 1]) >= 0 && hex_digit(value[k + 2]) >= 0) {
          bytes += static_cast<char>(hex_digit(value[k + 1]) << 4 | hex_digit(value[k + 2]));
          k += 2;
        } else {
          bytes += value[k];
        }
      }
    }
    if (charset.empty()) charset = charset_;
    append_utf8(parameter.value, bytes, charset_as_meant(bytes, charset));
    if (parameter.value.find("=?") != std::string::npos) parameter.value = decode_header(parameter.value, charset_);
    return parameter;
  }

  std::string_view text_;
  std::string_view charset_;
  std::size_t parameters_max_;
  std::size_t at_ = 0;
  std::vector<Segment> segments_;  ///< of parameters with "*"
  std::vector<Parameter> plain_;   ///< the others
};

}  // namespace

std::string_view ContentType::parameter(std::string_view name) const {
  for (const auto& parameter : parameters)
    if (parameter.name == name) return parameter.value;
  return {};
}

ContentType parse_content_type(std::string_view value, std::string_view charset, std::size_t parameters_max) {
  return ParameterParser(value, charset, parameters_max).run(true);
}
ContentType parse_content_disposition(std::string_view value, std::string_view charset, std::size_t parameters_max) {
  return ParameterParser(value, charset, parameters_max).run(false);
}

}  // namespace orgo::mime
