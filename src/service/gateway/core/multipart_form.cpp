#include "service/gateway/core/multipart_form.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "core/message/attachment_name.h"
#include "protocol/mime/content_type.h"
#include "service/gateway/core/json_body.h"

namespace orgo::gateway {
namespace {

constexpr std::size_t kBoundaryMax = 70;  // RFC 2046, section 5.1.1
constexpr std::size_t kTypeMax = 255;

tl::unexpected<Error> broken(std::string what) {
  return failure(Errc::invalid_input, "the form can't be read: " + std::move(what));
}

/// RFC 2046, section 5.1.1. No line end is in it, so that the search for one behind a line end is linear.
bool is_boundary(std::string_view text) {
  if (text.empty() || text.size() > kBoundaryMax || text.back() == ' ') return false;
  for (const char c : text) {
    const auto lower = ascii_lower(c);
    const bool letter = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
    if (!letter && std::string_view("'()+_,-./:=? ").find(c) == std::string_view::npos) return false;
  }
  return true;
}

/// Browsers write '"' and line ends of a name as %22, %0D and %0A, and nothing else so (WHATWG HTML, "Multipart form
/// data"): what stands between quotes ends at the next one.
std::string without_escapes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto three = text.substr(i, 3);
    const char meant = three == "%22" ? '"' : three == "%0D" ? '\r' : three == "%0A" ? '\n' : '\0';
    out += meant == '\0' ? text[i] : meant;
    if (meant != '\0') i += 2;
  }
  return out;
}

struct Disposition {
  std::optional<std::string> name, filename;
};

/// `form-data; name="files"; filename="offer.pdf"`. nullopt: it is something else.
std::optional<Disposition> read_disposition(std::string_view value) {
  const auto semicolon = value.find(';');
  if (!ascii_iequals(trim(value.substr(0, semicolon)), "form-data")) return std::nullopt;
  value = semicolon == std::string_view::npos ? std::string_view() : value.substr(semicolon + 1);
  Disposition found;
  for (value = trim(value); !value.empty(); value = trim(value)) {
    const auto equals = value.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto key = trim(value.substr(0, equals));
    value.remove_prefix(equals + 1);
    std::string_view said;
    if (value.starts_with('"')) {
      const auto end = value.find('"', 1);
      if (end == std::string_view::npos) return std::nullopt;
      said = value.substr(1, end - 1);
      value = trim(value.substr(end + 1));
      if (!value.empty() && value.front() != ';') return std::nullopt;
    } else {
      said = trim(value.substr(0, value.find(';')));
      value.remove_prefix(std::min(value.find(';'), value.size()));
    }
    if (value.starts_with(';')) value.remove_prefix(1);
    auto* const wanted = key == "name" ? &found.name : key == "filename" ? &found.filename : nullptr;
    if (wanted == nullptr) continue;  // RFC 7578, section 4.2: "filename*" is not to be used
    if (*wanted) return std::nullopt;
    *wanted = without_escapes(said);
  }
  return found.name ? std::optional(std::move(found)) : std::nullopt;
}

struct PartHead {
  std::optional<Disposition> disposition;
  std::string type;
  bool encoded = false;  ///< RFC 7578, section 4.7: senders must not
};

PartHead read_head(std::string_view head) {
  PartHead out;
  while (!head.empty()) {
    const auto end = head.find("\r\n");
    const auto line = head.substr(0, end);
    head = end == std::string_view::npos ? std::string_view() : head.substr(end + 2);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto name = trim(line.substr(0, colon));
    const auto value = trim(line.substr(colon + 1));
    if (ascii_iequals(name, "Content-Disposition") && !out.disposition) out.disposition = read_disposition(value);
    else if (ascii_iequals(name, "Content-Type") && value.size() <= kTypeMax) out.type = value;
    else if (ascii_iequals(name, "Content-Transfer-Encoding"))
      out.encoded = !ascii_iequals(value, "binary") && !ascii_iequals(value, "8bit") && !ascii_iequals(value, "7bit");
  }
  return out;
}

Status take_part(MultipartForm& form, std::string_view part) {
  // A part without any field begins with the empty line.
  const auto gap = part.starts_with("\r\n") ? 0 : part.substr(0, MultipartForm::kHeaderMax).find("\r\n\r\n");
  if (gap == std::string_view::npos) return broken("a part has no end of its header");
  auto head = read_head(part.substr(0, gap));
  const auto content = part.substr(gap + (gap == 0 ? 2 : 4));
  if (!head.disposition) return broken("a part does not say which field it is");
  if (head.encoded) return broken("a part is encoded, which forms of browsers are not");
  auto& name = *head.disposition->name;
  if (head.disposition->filename) {
    const auto& said = *head.disposition->filename;
    if (said.empty() && content.empty()) return {};
    if (form.files.size() == MultipartForm::kFilesMax)
      return failure(Errc::invalid_input,
                     "at most " + std::to_string(MultipartForm::kFilesMax) + " files can be sent at once");
    form.files.push_back({std::move(name), clean_filename(said), std::move(head.type), content});
    return {};
  }
  if (!is_utf8(name) || !is_utf8(content)) return broken("a field is not UTF-8");
  if (form.fields.size() == MultipartForm::kFieldsMax)
    return broken("it has more than " + std::to_string(MultipartForm::kFieldsMax) + " fields");
  if (!form.fields.emplace(std::move(name), content).second) return broken("a field is given twice");
  return {};
}

}  // namespace

Result<MultipartForm> parse_multipart(std::string_view content_type, std::string_view body, bool cut) {
  if (media_type(content_type) != "multipart/form-data")
    return failure(Errc::invalid_input, "this address takes forms of our own pages only");
  const auto type = mime::parse_content_type(content_type);
  const auto boundary = type.parameter("boundary");
  if (!is_boundary(boundary)) return broken("its boundary is missing or none");
  const std::string delimiter = "\r\n--" + std::string(boundary);
  // The first one has no line end before it when nothing stands before it, as browsers write.
  const auto first = std::string_view(delimiter).substr(2);
  if (!body.starts_with(first)) return broken("it does not begin with its boundary");
  body.remove_prefix(first.size());
  MultipartForm form;
  while (!body.starts_with("--")) {
    if (cut && body.size() < 2) break;
    if (!body.starts_with("\r\n")) return broken("a boundary goes on where its line should end");
    body.remove_prefix(2);
    const auto end = body.find(delimiter);
    if (end == std::string_view::npos && cut) break;
    if (end == std::string_view::npos) return broken("its end is missing");
    ORGO_CHECK(take_part(form, body.substr(0, end)));
    body.remove_prefix(end + delimiter.size());
  }
  return form;
}

std::string with_plain_line_ends(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') out += text[i];
    else if (!text.substr(i + 1).starts_with('\n')) out += '\n';
  }
  return out;
}

}  // namespace orgo::gateway
