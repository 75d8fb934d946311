#include <charconv>
#include <iterator>

#include "base/json_writer.h"
#include "service/gateway/route.h"

namespace orgo::gateway {

const std::vector<Route>& routes() {
  static const std::vector<Route> all = [] {
    std::vector<Route> list;
    for (auto feature :
         {probe_routes(), task_routes(), message_routes(), content_routes(), event_routes(), queue_routes(),
          suppression_routes(), mailbox_routes(), module_routes(), token_routes(), page_routes()})
      list.insert(list.end(), std::make_move_iterator(feature.begin()), std::make_move_iterator(feature.end()));
    return list;
  }();
  return all;
}

HttpResponse json_response(std::string body, int status) {
  HttpResponse response;
  response.status = status;
  response.headers.push_back({"Content-Type", "application/json"});
  response.body = std::move(body);
  if (response.body.empty() || response.body.back() != '\n') response.body += '\n';
  return response;
}

HttpResponse problem_response(const Call& call, const Problem& problem) {
  return to_response(problem, call.request.target, call.trace_id);
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
    for (const auto& [name, value] : call.url.query)
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
  const auto found = call.url.query.find(name);
  return found == call.url.query.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace orgo::gateway
