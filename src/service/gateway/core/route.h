#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/access/access.h"
#include "port/http_handler.h"

namespace orgo::gateway {

class Call;

/// What answers a route: a method of its feature's object, which lives as long as the gateway. Made by to().
class Handler {
 public:
  using Run = Result<HttpResponse> (*)(void* feature, const Call& call);
  Handler() = default;
  Handler(void* feature, Run run) : feature_(feature), run_(run) {}
  Result<HttpResponse> operator()(const Call& call) const { return run_(feature_, call); }
  explicit operator bool() const { return run_ != nullptr; }

 private:
  void* feature_ = nullptr;
  Run run_ = nullptr;
};

/// `.handler = to<&TaskRoutes::show>(this)`
template <auto kMethod, typename Feature>
Handler to(Feature* feature) {
  return {feature, [](void* object, const Call& call) -> Result<HttpResponse> {
            return (static_cast<Feature*>(object)->*kMethod)(call);
          }};
}

/// Where a route belongs, which decides how callers prove who they are and what an error looks like.
enum class Surface : std::int8_t {
  probe,  ///< /livez, /metrics: for machines of the operator
  api,    ///< bearer token, JSON, problem+json
  page,   ///< session cookie, HTML
};

struct Parameter {
  std::string_view name;
  std::string_view help;
  std::string_view schema = R"({"type":"string"})";  ///< JSON Schema as text
};

/// What may come behind the head of a request. A longer body is refused with 413, before it is read when it says its
/// length or passes HttpHandler::kSmallBody.
struct Body {
  enum class Kind : std::int8_t {
    none,  ///< what comes is not looked at
    json,
    form,       ///< application/x-www-form-urlencoded
    multipart,  ///< multipart/form-data: a form with files (multipart_form.h)
    bytes,      ///< of the media type
  };
  Kind kind = Kind::none;
  std::string_view what;  ///< json: its schema as text; bytes: their media type
  std::size_t bytes_max = HttpHandler::kSmallBody;
  /// A longer one comes cut (HttpRequest::cut) instead of being refused, so that what somebody has typed is not lost by
  /// the size of a file. Its fields stand in front of its files.
  bool keeps_words = false;
};
/// Of a form that is cut so much is kept, in bytes: all fields of ours that stand in front of files.
inline constexpr std::size_t kWordsMax = 512 * 1024;
inline Body json_body(std::string_view schema, std::size_t bytes_max = HttpHandler::kSmallBody) {
  return {Body::Kind::json, schema, bytes_max};
}
inline Body form_body(std::size_t bytes_max = HttpHandler::kSmallBody) {
  return {Body::Kind::form, {}, bytes_max};
}
inline Body multipart_body(std::size_t bytes_max) {
  return {Body::Kind::multipart, "multipart/form-data", bytes_max, true};
}
inline Body bytes_body(std::string_view media_type, std::size_t bytes_max) {
  return {Body::Kind::bytes, media_type, bytes_max};
}

/// What a caller may demand before anything is changed.
enum class Precondition : std::int8_t {
  none,
  if_match,  ///< the handler looks at Call::if_match; 412 when the thing was changed since it was read
};

/// One operation: where it is, who may, what does it, and how openapi.json describes it.
struct Route {
  std::string_view method;
  std::string_view pattern;  ///< "/api/v1/tasks/{id}"
  Surface surface = Surface::api;
  std::optional<Permission> permission = {};  ///< nullopt: open to everybody; a test lists which may be
  bool open = false;                          ///< by configuration: to everybody, whatever `permission` says
  /// nullopt: pages are slow, probes are probes, the rest is steady.
  std::optional<HttpHandler::Pace> pace = {};
  Handler handler = {};
  std::string_view summary = {};
  std::vector<Parameter> query = {};  ///< other names are refused on the API
  Body body = {};
  Precondition precondition = Precondition::none;
  std::string_view answer = {};  ///< name of a schema of the same feature, or a media type
  int success = 200;
};

inline HttpHandler::Pace pace_of(const Route& route) {
  if (route.pace) return *route.pace;
  return route.surface == Surface::page    ? HttpHandler::Pace::slow
         : route.surface == Surface::probe ? HttpHandler::Pace::probe
                                           : HttpHandler::Pace::steady;
}

/// A JSON Schema that answers of a feature have, by its name in openapi.json. `json` is a literal.
struct Schema {
  std::string_view name;
  std::string_view json;
};

/// A part of the API with what it needs: made once from its own ports, listed in features.cpp.
class Feature {
 public:
  Feature() = default;
  Feature(const Feature&) = delete;
  Feature& operator=(const Feature&) = delete;
  virtual ~Feature() = default;
  /// Asked once. The handlers point at this object.
  virtual std::vector<Route> routes() = 0;
  [[nodiscard]] virtual std::vector<Schema> schemas() const { return {}; }
};

}  // namespace orgo::gateway
