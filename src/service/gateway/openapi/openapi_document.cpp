#include "service/gateway/openapi/openapi_document.h"

#include <algorithm>
#include <cassert>

#include "base/json.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "service/gateway/core/problem.h"

namespace orgo::gateway {
namespace {

json::value schema(std::string_view text) {
  auto value = parse_json(text);
  assert(value);
  return *std::move(value);
}

json::object media(std::string_view type, json::value content_schema) {
  json::object holder;
  holder["schema"] = std::move(content_schema);
  json::object out;
  out[json::string_view(type.data(), type.size())] = std::move(holder);
  return out;
}

json::object reference(std::string_view name) {
  json::object out;
  out["$ref"] = "#/components/schemas/" + std::string(name);
  return out;
}

json::object any_text() {
  json::object out;
  out["type"] = "string";
  return out;
}

/// "list_tasks" cannot be taken from a function pointer: "get_api_v1_tasks_id" is unique and stable as well.
std::string operation_id(const Route& route) {
  std::string out = ascii_lower(route.method);
  for (const char c : route.pattern) {
    if (c == '/') out += '_';
    else if (c != '{' && c != '}') out += c == '.' ? '_' : c;
  }
  return out;
}

json::array parameters_of(const Route& route) {
  json::array out;
  for (const auto piece : split(route.pattern.substr(1), '/')) {
    if (piece.empty() || piece.front() != '{') continue;
    json::object parameter;
    parameter["name"] = std::string(piece.substr(1, piece.size() - 2));
    parameter["in"] = "path";
    parameter["required"] = true;
    parameter["schema"] = any_text();
    out.push_back(std::move(parameter));
  }
  for (const auto& query : route.query) {
    json::object parameter;
    parameter["name"] = std::string(query.name);
    parameter["in"] = "query";
    parameter["description"] = std::string(query.help);
    parameter["schema"] = schema(query.schema);
    out.push_back(std::move(parameter));
  }
  if (route.precondition == Precondition::if_match) {
    json::object parameter;
    parameter["name"] = "If-Match";
    parameter["in"] = "header";
    parameter["description"] = "The ETag that was read; 412 when the task was changed since.";
    parameter["schema"] = any_text();
    out.push_back(std::move(parameter));
  }
  return out;
}

json::object responses_of(const Route& route) {
  json::object responses;
  json::object success;
  success["description"] = std::string(reason_phrase(route.success));
  if (route.answer.find('/') != std::string_view::npos) success["content"] = media(route.answer, json::object());
  else if (!route.answer.empty()) success["content"] = media("application/json", reference(route.answer));
  responses[std::to_string(route.success)] = std::move(success);
  json::object problem;
  problem["description"] = "What went wrong";
  problem["content"] = media("application/problem+json", reference("Problem"));
  if (route.surface == Surface::api) responses["default"] = std::move(problem);
  return responses;
}

json::object operation_of(const Route& route) {
  json::object operation;
  operation["operationId"] = operation_id(route);
  operation["summary"] = std::string(route.summary);
  if (auto parameters = parameters_of(route); !parameters.empty()) operation["parameters"] = std::move(parameters);
  if (route.body.kind != Body::Kind::none) {
    json::object body;
    const bool is_json = route.body.kind == Body::Kind::json;
    const auto what = route.body.what;
    body["content"] = is_json ? media("application/json", schema(what)) : media(what, json::object());
    body["required"] = !is_json || what.find("\"required\"") != std::string_view::npos;
    operation["requestBody"] = std::move(body);
  }
  operation["responses"] = responses_of(route);
  json::array security;
  json::array roles;
  if (route.permission) {
    json::object bearer;
    bearer["token"] = json::array();
    security.push_back(std::move(bearer));
    for (const auto role : {Role::administrator, Role::manager, Role::staff, Role::viewer, Role::integration})
      if (may(role, *route.permission)) roles.push_back(json::string(to_string(role)));
    operation["x-roles"] = std::move(roles);
  }
  operation["security"] = std::move(security);
  return operation;
}

/// Sorted keys and two spaces, so that a change of the API is a readable difference of the file.
void write_pretty(std::string& out, const json::value& value, int depth) {
  const auto indent = [&](int levels) { out.append(static_cast<std::size_t>(levels) * 2, ' '); };
  if (value.is_object() && !value.as_object().empty()) {
    std::vector<std::string> keys;
    for (const auto& field : value.as_object()) keys.emplace_back(field.key());
    std::sort(keys.begin(), keys.end());
    out += "{\n";
    for (std::size_t i = 0; i < keys.size(); ++i) {
      indent(depth + 1);
      append_json_string(out, keys[i]);
      out += ": ";
      write_pretty(out, value.as_object().at(keys[i]), depth + 1);
      out += i + 1 < keys.size() ? ",\n" : "\n";
    }
    indent(depth);
    out += '}';
  } else if (value.is_array() && !value.as_array().empty()) {
    const auto& items = value.as_array();
    const bool flat = std::all_of(items.begin(), items.end(), [](const auto& v) { return !v.is_structured(); });
    out += flat ? "[" : "[\n";
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!flat) indent(depth + 1);
      write_pretty(out, items[i], depth + 1);
      if (i + 1 < items.size()) out += flat ? ", " : ",";
      if (!flat) out += '\n';
    }
    if (!flat) indent(depth);
    out += ']';
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string openapi_document(std::span<const Route> routes, std::span<const Schema> all_schemas,
                             std::string_view version) {
  json::object info;
  info["title"] = "Orgo";
  info["version"] = std::string(version);
  info["description"] =
      "Mail becomes tasks. Errors are problem details (RFC 9457). Lists are pages with a cursor. Unknown fields and "
      "parameters are refused.";
  json::object license;
  license["name"] = "Apache-2.0";
  license["identifier"] = "Apache-2.0";
  info["license"] = std::move(license);

  json::object paths;
  for (const auto& route : routes) {
    if (route.surface == Surface::page) continue;
    auto& path = paths[json::string_view(route.pattern.data(), route.pattern.size())];
    if (!path.is_object()) path = json::object();
    path.as_object()[ascii_lower(route.method)] = operation_of(route);
  }
  json::object schemas;
  for (const auto& [name, text] : all_schemas) schemas[json::string_view(name.data(), name.size())] = schema(text);
  json::object bearer;
  bearer["type"] = "http";
  bearer["scheme"] = "bearer";
  json::object schemes;
  schemes["token"] = std::move(bearer);
  json::object components;
  components["schemas"] = std::move(schemas);
  components["securitySchemes"] = std::move(schemes);
  json::object document;
  document["openapi"] = "3.1.0";
  document["info"] = std::move(info);
  document["paths"] = std::move(paths);
  document["components"] = std::move(components);
  std::string out;
  write_pretty(out, document, 0);
  out += '\n';
  return out;
}

}  // namespace orgo::gateway
