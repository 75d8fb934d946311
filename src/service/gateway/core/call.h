#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "core/access/access.h"
#include "port/http_handler.h"
#include "service/gateway/core/precondition.h"
#include "service/gateway/core/router.h"
#include "service/gateway/core/url.h"

namespace orgo::gateway {

/// Who asks, after the token or the session was checked.
struct Caller {
  TenantId tenant;
  std::int64_t token = 0;  ///< 0: came by a session
  std::string name;        ///< login name; of a token that is nobody's: the token's
  Role role = Role::viewer;
  std::string zone = {};  ///< in which a page shows them dates; empty: that of the organization
  [[nodiscard]] std::string actor() const { return "user:" + name; }
};

/// One request on its way through a handler. Stays where it is: its parts point into the request. One thread.
class Call {
 public:
  explicit Call(const HttpRequest& from) : request(from) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  const HttpRequest& request;
  Url url;
  Captures captured;             ///< what stood in place of the {names} of the pattern, in order
  std::optional<Caller> caller;  ///< set on every route that has a permission
  IfMatch if_match;              ///< of routes with a precondition
  std::string_view session;      ///< id of the browser session, on pages

  /// Of the caller's traceparent (W3C Trace Context, section 3.2) when it is valid, else a new one: 32 lower-case hex
  /// digits, the same for the whole call. Made when somebody asks, which few answers do.
  [[nodiscard]] const std::string& trace_id() const;

 private:
  mutable std::string trace_id_;
};

}  // namespace orgo::gateway
