#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/problem.h"

/// What handlers read of a call and how they answer.
namespace orgo::gateway {

HttpResponse json_response(std::string body, int status = 200);
/// 204.
HttpResponse no_content();
HttpResponse problem_response(const Call& call, const Problem& problem);
/// {"items":[...],"next_cursor":...} with a Link to the next page (RFC 8288). `items` is the inside of the array.
HttpResponse page_response(const Call& call, std::string_view items, const std::optional<std::string>& next_cursor,
                           std::string_view cursor_name = "cursor");
/// The same of `things`, each written by write(JsonWriter&, thing).
template <typename Things, typename Write>
HttpResponse list_response(const Call& call, const Things& things, const Write& write,
                           const std::optional<std::string>& next_cursor = std::nullopt,
                           std::string_view cursor_name = "cursor") {
  std::string items;
  JsonWriter writer(items);
  writer.begin_array();
  for (const auto& thing : things) write(writer, thing);
  writer.end_array();
  return page_response(call, items, next_cursor, cursor_name);
}
/// `limit` of the query, 1 to 1,000, 50 when it is missing.
Result<int> page_limit(const Call& call);
/// A parameter of the query; empty when it is not there.
std::string_view parameter(const Call& call, std::string_view name);
/// The parameter as "true" or "false"; nullopt when it is missing.
Result<std::optional<bool>> flag(const Call& call, std::string_view name);
/// The captured text as an id; not_found when it is none, as for an id that does not exist.
template <typename Tag>
Result<Id<Tag>> captured_id(const Call& call, std::size_t index = 0) {
  if (const auto id = parse_id<Tag>(call.captured.at(index))) return *id;
  return failure(Errc::not_found, "there is no '" + std::string(call.captured.at(index).substr(0, 50)) + "' here");
}

}  // namespace orgo::gateway
