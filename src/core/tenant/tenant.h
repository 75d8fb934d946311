#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"

namespace orgo {

/// Name of the tenant that the first migration makes: the one of the small size, and the operator's own where there are
/// several. It is looked up by this name, never by a number.
inline constexpr std::string_view kFirstTenantName = "default";

/// The numbers are stored; never reuse one.
enum class TenantState : std::int8_t {
  active = 1,
  suspended = 2,  ///< its doors are closed: mail is put off, its tokens open nothing; what waits - messages, timers,
                  ///< sends - stands still and goes on when it is active again
};
std::string_view to_string(TenantState state);
std::optional<TenantState> parse_tenant_state(std::string_view text);

/// An organization that lives here: all that is stored belongs to one.
struct Tenant {
  TenantId id{0};            ///< 0 until the store has given one
  std::int64_t version = 0;  ///< grows by one with each change; a change names the version it saw (conflict otherwise)
  std::string name;          ///< unique; see check_tenant_name()
  TenantState state = TenantState::active;
  TimePoint created_at{};
  std::vector<std::string>
      recipients;  ///< domains and addresses whose mail is its own, as recipient_key() says: "school.org",
                   ///< "office@college.org"; each is one tenant's only. At most 1,000
  friend bool operator==(const Tenant&, const Tenant&) = default;
};

}  // namespace orgo
