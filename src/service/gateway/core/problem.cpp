#include "service/gateway/core/problem.h"

#include "base/json_writer.h"
#include "base/planted.h"

namespace orgo::gateway {

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "Error";
  }
}

Problem problem_of(const Error& error) {
  const std::string code(to_string(error.code));
  switch (error.code) {
    case Errc::invalid_input:
      return {400, code, error.message, {}};
    case Errc::not_permitted:
      return {403, code, error.message, {}};
    case Errc::not_found:
      return {404, code, error.message, {}};
    case Errc::conflict:
      return {409, code, error.message, {}};
    case Errc::resource_exhausted:
      return {429, code, "A limit was met; please try again later.", {}};
    case Errc::unavailable:
      return {503, code, "A part of the system is not available; please try again later.", {}};
    case Errc::deadline_exceeded:
      return {504,
              code,
              "The answer did not come in time; it is not known whether the change was made. Please look again.",
              {}};
    case Errc::corrupt:
      break;
  }
  return {500, code, "Something is broken here. The operator finds the cause in the log under the trace id.", {}};
}

Problem problem_of_storing(const Error& error) {
  if (error.code != Errc::resource_exhausted || ORGO_PLANT(no_room_is_too_many)) return problem_of(error);
  return {507,
          std::string(to_string(error.code)),
          "There is no room to store it; nothing was stored. Please try again later.",
          {}};
}

HttpResponse to_response(const Problem& problem, std::string_view instance, std::string_view trace_id) {
  HttpResponse response;
  response.status = problem.status;
  response.headers.push_back({"Content-Type", "application/problem+json"});
  if (problem.status == 429 || problem.status == 503 || problem.status == 504 || problem.status == 507)
    response.headers.push_back({"Retry-After", "5"});
  JsonWriter writer(response.body);
  writer.begin_object().field("type", "about:blank").field("title", reason_phrase(problem.status));
  writer.field("status", problem.status).field("detail", problem.detail);
  if (!instance.empty()) writer.field("instance", instance.substr(0, instance.find('?')));
  writer.field("code", problem.code);
  if (!problem.errors.empty()) {
    writer.key("errors").begin_array();
    for (const auto& error : problem.errors)
      writer.begin_object().field("pointer", error.pointer).field("detail", error.detail).end_object();
    writer.end_array();
  }
  if (!trace_id.empty()) writer.field("trace_id", trace_id);
  writer.end_object();
  response.body += '\n';
  return response;
}

}  // namespace orgo::gateway
