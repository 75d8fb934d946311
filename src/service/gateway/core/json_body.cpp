#include "service/gateway/core/json_body.h"

#include <algorithm>

#include "base/text.h"

namespace orgo::gateway {
namespace {

constexpr std::size_t kDepthMax = 8;
constexpr std::size_t kErrorsMax = 20;

/// RFC 6901, section 3.
std::string pointer_to(std::string_view name) {
  std::string out = "/";
  for (const char c : name.substr(0, 100)) {
    if (c == '~') out += "~0";
    else if (c == '/') out += "~1";
    else out += c;
  }
  return out;
}

}  // namespace

std::string media_type(std::string_view content_type) {
  return ascii_lower(trim(content_type.substr(0, content_type.find(';'))));
}

JsonBody::JsonBody(const HttpRequest& request) {
  if (trim(request.body).empty()) return;
  if (media_type(request.header("Content-Type")) != "application/json") {
    broken_ = Problem{415, "unsupported_media_type", "The body must be JSON, with Content-Type: application/json.", {}};
    return;
  }
  auto value = parse_json(request.body, kDepthMax);
  if (!value) {
    broken_ = Problem{400, "invalid_json", "The body is " + value.error().message + ".", {}};
    return;
  }
  if (!value->is_object()) {
    broken_ = Problem{400, "invalid_json", "The body must be a JSON object, as in {\"text\": \"...\"}.", {}};
    return;
  }
  fields_ = std::move(value->as_object());
}

const json::value* JsonBody::take(std::string_view name, bool demanded) {
  asked_.emplace_back(name);
  const auto* value = fields_.if_contains(json::string_view(name.data(), name.size()));
  if (value == nullptr && demanded) complain(name, "is missing");
  return value;
}

std::optional<std::string> JsonBody::read_text(const json::value& value, std::string pointer, std::size_t bytes_max) {
  if (!value.is_string()) {
    errors_.push_back({std::move(pointer), "must be text"});
    return std::nullopt;
  }
  const auto& text = value.as_string();
  if (text.size() > bytes_max) {
    errors_.push_back({std::move(pointer), "has " + std::to_string(text.size()) + " bytes; at most " +
                                               std::to_string(bytes_max) + " are allowed"});
    return std::nullopt;
  }
  if (std::find(text.begin(), text.end(), '\0') != text.end()) {
    errors_.push_back({std::move(pointer), "holds a NUL character"});
    return std::nullopt;
  }
  return std::string(text.data(), text.size());
}

std::string JsonBody::text(std::string_view name, std::size_t bytes_max, bool may_be_empty) {
  const auto* value = take(name, true);
  if (value == nullptr) return {};
  auto text = read_text(*value, pointer_to(name), bytes_max);
  if (text && trim(*text).empty() && !may_be_empty) complain(name, "is empty");
  return std::move(text).value_or("");
}

std::optional<std::string> JsonBody::optional_text(std::string_view name, std::size_t bytes_max) {
  const auto* value = take(name, false);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return read_text(*value, pointer_to(name), bytes_max);
}

std::vector<std::string> JsonBody::optional_texts(std::string_view name, std::size_t count_max, std::size_t bytes_max) {
  std::vector<std::string> out;
  const auto* value = take(name, false);
  if (value == nullptr || value->is_null()) return out;
  if (!value->is_array()) {
    complain(name, "must be a list of texts");
    return out;
  }
  const auto& items = value->as_array();
  if (items.size() > count_max) {
    complain(name,
             "has " + std::to_string(items.size()) + " items; at most " + std::to_string(count_max) + " are allowed");
    return out;
  }
  for (std::size_t i = 0; i < items.size(); ++i)
    if (auto text = read_text(items[i], pointer_to(name) + "/" + std::to_string(i), bytes_max))
      out.push_back(*std::move(text));
  return out;
}

std::vector<std::pair<std::string, std::string>> JsonBody::texts_by_name(std::string_view name, std::size_t count_max,
                                                                         std::size_t bytes_max) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto* value = take(name, true);
  if (value == nullptr) return out;
  if (!value->is_object() || value->as_object().empty()) {
    complain(name, "must be an object of texts, as in {\"room\": \"102\"}");
    return out;
  }
  const auto& items = value->as_object();
  if (items.size() > count_max) {
    complain(name,
             "has " + std::to_string(items.size()) + " members; at most " + std::to_string(count_max) + " are allowed");
    return out;
  }
  for (const auto& item : items)
    if (item.value().is_string() && item.value().as_string().empty()) out.emplace_back(item.key(), "");
    else if (auto text = read_text(item.value(), pointer_to(name) + pointer_to(item.key()), bytes_max))
      out.emplace_back(item.key(), *std::move(text));
  return out;
}

bool JsonBody::optional_flag(std::string_view name) {
  const auto* value = take(name, false);
  if (value == nullptr || value->is_null()) return false;
  if (!value->is_bool()) complain(name, "must be true or false");
  return value->is_bool() && value->as_bool();
}

std::vector<std::map<std::string, std::string, std::less<>>> JsonBody::optional_text_objects(
    std::string_view name, std::initializer_list<std::string_view> members, std::size_t count_max,
    std::size_t bytes_max) {
  std::vector<std::map<std::string, std::string, std::less<>>> out;
  const auto* value = take(name, false);
  if (value == nullptr || value->is_null()) return out;
  if (!value->is_array() || value->as_array().size() > count_max) {
    complain(name, "must be a list of at most " + std::to_string(count_max) + " objects");
    return out;
  }
  for (std::size_t i = 0; i < value->as_array().size(); ++i) {
    const auto pointer = pointer_to(name) + "/" + std::to_string(i);
    const auto& item = value->as_array()[i];
    if (!item.is_object()) {
      errors_.push_back({pointer, "must be an object of texts"});
      continue;
    }
    auto& made = out.emplace_back();
    for (const auto member : members) made.emplace(member, "");
    for (const auto& field : item.as_object()) {
      const auto known = made.find(std::string_view(field.key().data(), field.key().size()));
      if (known == made.end()) errors_.push_back({pointer + pointer_to(field.key()), "is not known here"});
      else if (auto text = read_text(field.value(), pointer + pointer_to(field.key()), bytes_max))
        known->second = *std::move(text);
    }
  }
  return out;
}

std::optional<TimePoint> JsonBody::time_or_null(std::string_view name, bool demanded, std::size_t bytes_max,
                                                const ReadTime& read) {
  const auto* value = take(name, demanded);
  if (value == nullptr || value->is_null()) return std::nullopt;
  const auto text = read_text(*value, pointer_to(name), bytes_max);
  if (!text) return std::nullopt;
  auto time = read(*text);
  if (!time) {
    complain(name, time.error().message);
    return std::nullopt;
  }
  return *time;
}

bool JsonBody::has(std::string_view name) const {
  const auto* value = fields_.if_contains(json::string_view(name.data(), name.size()));
  return value != nullptr && !value->is_null();
}

void JsonBody::complain(std::string_view name, std::string detail) {
  errors_.push_back({pointer_to(name), std::move(detail)});
}

std::optional<Problem> JsonBody::finish() {
  if (broken_) return broken_;
  for (const auto& field : fields_) {
    const std::string_view name(field.key().data(), field.key().size());
    if (std::find(asked_.begin(), asked_.end(), name) != asked_.end()) continue;
    const std::vector<std::string_view> known(asked_.begin(), asked_.end());
    const auto nearest = nearest_name(name, known);
    std::string detail = "is not known here";
    if (!nearest.empty()) detail += "; did you mean '" + std::string(nearest) + "'?";
    else if (!asked_.empty()) detail += " (known: " + join(asked_, ", ") + ")";
    complain(name, std::move(detail));
    if (errors_.size() >= kErrorsMax) break;
  }
  if (errors_.empty()) return std::nullopt;
  std::string detail = "The body has " + std::to_string(errors_.size()) + (errors_.size() == 1 ? " field" : " fields") +
                       " that cannot be taken: ";
  for (std::size_t i = 0; i < errors_.size(); ++i)
    detail += (i > 0 ? "; " : "") + errors_[i].pointer.substr(1) + " " + errors_[i].detail;
  return Problem{400, "invalid_input", std::move(detail) + ".", errors_};
}

}  // namespace orgo::gateway
