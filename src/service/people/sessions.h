#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/people/person.h"
#include "port/people_store.h"

namespace orgo {

/// Browser sessions and known browsers, as signed texts for cookies; nothing is kept here. A session says whose it is
/// and when it began, and holds until the account says that sessions which began then are over: at a logout, a change
/// of password, the end of the account. So a restart with the same key asks nobody to log in again, and a logout counts
/// on all nodes, after a restart too. Threads: any.
class Sessions {
 public:
  static constexpr Millis kLifetime = std::chrono::hours(12);
  static constexpr Millis kDeviceLifetime = std::chrono::hours(24 * 90);

  /// `key`: secret bytes, the same on all nodes.
  Sessions(std::string key, PeopleStore& people) : key_(std::move(key)), people_(people) {}

  /// Of somebody who just got in: begins at the account's last_login.
  [[nodiscard]] std::string begin(const Person& person) const;
  /// Whose session it is, as the account is now; nullopt: not ours, ended, or over. Errors as the store's.
  Result<std::optional<Person>> find(std::string_view session, TimePoint now);

  /// For a browser that got in: it is counted by itself from now on (core/people/lockout.h).
  [[nodiscard]] std::string new_device(const Person& person, TimePoint now) const;
  struct Device {
    TenantId tenant;
    std::string login;
    std::string number;
  };
  [[nodiscard]] std::optional<Device> device(std::string_view text, TimePoint now) const;

 private:
  [[nodiscard]] std::string sign(std::string_view text) const;
  /// The text without its signature; nullopt: not signed by us.
  [[nodiscard]] std::optional<std::string_view> verified(std::string_view text) const;

  std::string key_;
  PeopleStore& people_;
};

}  // namespace orgo
