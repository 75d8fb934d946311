#include "service/gateway/core/answer.h"

#include <charconv>

#include "base/json_writer.h"

namespace orgo::gateway {

HttpResponse json_response(std::string body, int status) {
  HttpResponse response;
  response.status = status;
  response.headers.reserve(2);
  response.headers.push_back({"Content-Type", "application/json"});
  response.body = std::move(body);
  if (response.body.empty() || response.body.back() != '\n') response.body += '\n';
  return response;
}

HttpResponse no_content() {
  HttpResponse response;
  response.status = 204;
  return response;
}

HttpResponse problem_response(const Call& call, const Problem& problem) {
  return to_response(problem, call.request.target, call.trace_id());
}

HttpResponse page_response(const Call& call, std::string_view items, const std::optional<std::string>& next_cursor,
                           std::string_view cursor_name) {
  std::string body;
  JsonWriter writer(body);
  writer.begin_object().key("items").raw(items).key("next_cursor");
  if (next_cursor) writer.string(*next_cursor);
  else writer.null();
  writer.end_object();
  auto response = json_response(std::move(body));
  if (next_cursor) {
    std::string target = call.request.target.substr(0, call.request.target.find('?')) + "?";
    for (const auto& [name, value] : call.url.query())
      if (name != cursor_name) target += percent_encoded(name) + "=" + percent_encoded(value) + "&";
    target += std::string(cursor_name) + "=" + percent_encoded(*next_cursor);
    response.headers.push_back({"Link", "<" + target + ">; rel=\"next\""});
  }
  return response;
}

Result<int> page_limit(const Call& call) {
  const auto text = parameter(call, "limit");
  if (text.empty()) return 50;
  int limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc{} || end != text.data() + text.size() || limit < 1 || limit > 1000)
    return failure(Errc::invalid_input, "limit must be a whole number from 1 to 1000");
  return limit;
}

std::string_view parameter(const Call& call, std::string_view name) {
  const auto& query = call.url.query();
  const auto found = query.find(name);
  return found == query.end() ? std::string_view() : std::string_view(found->second);
}

Result<std::optional<bool>> flag(const Call& call, std::string_view name) {
  const auto text = parameter(call, name);
  if (text.empty()) return std::optional<bool>();
  if (text != "true" && text != "false")
    return failure(Errc::invalid_input, std::string(name) + " must be true or false");
  return std::optional<bool>(text == "true");
}

}  // namespace orgo::gateway
