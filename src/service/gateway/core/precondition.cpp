#include "service/gateway/core/precondition.h"

#include "base/text.h"

namespace orgo::gateway {
namespace {

bool lists(std::string_view header, std::string_view etag, bool weak_too) {
  for (auto piece : split(header, ',')) {
    piece = trim(piece);
    if (weak_too && piece.starts_with("W/")) piece.remove_prefix(2);
    if (piece == etag || (weak_too && piece == "*")) return true;
  }
  return false;
}

}  // namespace

std::string etag_of(std::int64_t version) {
  return "\"" + std::to_string(version) + "\"";
}

IfMatch::IfMatch(std::string_view header) : header_(trim(header)) {
  if (header_ == "*") header_ = {};
}

bool IfMatch::names(std::int64_t version) const {
  return header_.empty() || lists(header_, etag_of(version), false);
}

bool is_known(std::string_view if_none_match, std::int64_t version) {
  return !if_none_match.empty() && lists(if_none_match, etag_of(version), true);
}

}  // namespace orgo::gateway
