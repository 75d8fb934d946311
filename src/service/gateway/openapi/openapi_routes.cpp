#include "service/gateway/openapi/openapi_routes.h"

#include "service/gateway/core/answer.h"
#include "service/gateway/openapi/openapi_document.h"

namespace orgo::gateway {

Result<HttpResponse> OpenapiRoutes::show(const Call&) {
  return json_response(openapi_document(ports_.routes, ports_.schemas, ports_.version));
}

std::vector<Route> OpenapiRoutes::routes() {
  return {{.method = "GET",
           .pattern = "/api/v1/openapi.json",
           .permission = {},
           .handler = to<&OpenapiRoutes::show>(this),
           .summary = "This description.",
           .answer = "application/json"}};
}

std::vector<Schema> OpenapiRoutes::schemas() const {
  return {
      {"Problem",
       R"({"type":"object","description":"RFC 9457","required":["type","title","status","detail","code"],"properties":{
        "type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},"detail":{"type":"string"},
        "instance":{"type":"string"},
        "code":{"type":"string","description":"Stable, for programs."},"trace_id":{"type":"string"},
        "errors":{"type":"array","items":{"type":"object","properties":{"pointer":{"type":"string"},
        "detail":{"type":"string"}}}}}})"},
  };
}

}  // namespace orgo::gateway
