#include "core/people/lockout.h"

#include <algorithm>

#include "base/hash.h"
#include "base/planted.h"
#include "base/text.h"

namespace orgo::people {
namespace {

bool is_own(const Counter& counter) {  // and not shared with other people
  return counter.name.starts_with("pair:") || counter.name.starts_with("device:");
}

const LoginAttempts* find(const std::vector<LoginAttempts>& known, const std::string& name) {
  const auto found = std::ranges::find(known, name, &LoginAttempts::name);
  return found == known.end() ? nullptr : &*found;
}

/// Or counted by a clock that was ahead: such a lock would last until that time comes.
bool is_forgotten(const LoginAttempts& attempts, TimePoint now) {
  const bool ahead = attempts.last_at > now + kPairLockout.most && !ORGO_PLANT(lock_of_a_clock_ahead_stays);
  return ahead || attempts.last_at + kLoginAttemptsKept < now;
}

}  // namespace

std::optional<TimePoint> locked_until(int failures, TimePoint now, const LockoutPolicy& policy) {
  if (failures <= policy.free - (ORGO_PLANT(one_attempt_less) ? 1 : 0)) return std::nullopt;
  const int doublings = std::min(failures - policy.free - 1, 20);  // 2^20 is past every `most`
  return now + std::min(policy.first * (1 << doublings), policy.most);
}

std::string address_key(std::string_view address) {
  if (ascii_istarts_with(address, "::ffff:") && address.find('.') != std::string_view::npos)
    return std::string(address.substr(7));
  if (address.find(':') == std::string_view::npos) return std::string(address);
  // "2001:db8::1" has its zeros where "::" is: fill up to eight groups, keep four.
  std::vector<std::string> groups;
  const auto gap = address.find("::");
  const auto add = [&](std::string_view part) {
    if (!part.empty())
      for (const auto group : split(part, ':')) groups.push_back(ascii_lower(group));
  };
  add(address.substr(0, gap));
  if (gap != std::string_view::npos) {
    const auto before = groups.size();
    add(address.substr(gap + 2));
    const auto there = groups.size();
    if (there < 8) groups.insert(groups.begin() + static_cast<std::ptrdiff_t>(before), 8 - there, "0");
  }
  groups.resize(4);
  std::string out;
  for (auto& group : groups) {
    group.erase(0, std::min(group.find_first_not_of('0'), group.size()));
    out += (group.empty() ? "0" : group) + ":";
  }
  return out + ":/64";
}

std::vector<Counter> counters_of(const Attempt& attempt) {
  const auto name = to_hex(sha256(attempt.name)).substr(0, 32);
  if (!attempt.device.empty())
    return {{"device:" + name + ":" + to_hex(sha256(attempt.device)).substr(0, 32), kPairLockout}};
  std::vector<Counter> counters{{"name:" + name, kNameLockout}};
  if (attempt.address.empty()) return counters;
  counters.push_back({"address:" + attempt.address, kAddressLockout});
  counters.push_back({"pair:" + name + ":" + attempt.address, kPairLockout});
  return counters;
}

Admission admit(TenantId tenant, const std::vector<Counter>& counters, const std::vector<LoginAttempts>& known,
                TimePoint now) {
  Admission admission;
  for (const auto& counter : counters) {
    LoginAttempts next{.tenant = tenant, .name = counter.name};
    if (const auto* seen = find(known, counter.name)) {
      next = *seen;
      if (is_forgotten(next, now)) next.failures = 0;
    }
    if (next.failures > 0 && next.locked_until && *next.locked_until > now)
      admission.locked_until = std::max(admission.locked_until.value_or(now), *next.locked_until);
    ++next.version;
    ++next.failures;
    next.last_at = now;
    if (!ORGO_PLANT(login_never_locked)) next.locked_until = locked_until(next.failures, now, counter.policy);
    admission.counted.push_back({std::move(next)});
  }
  if (admission.locked_until) admission.counted.clear();
  return admission;
}

std::vector<LoginAttemptsChange> take_back(const std::vector<Counter>& counters,
                                           const std::vector<LoginAttempts>& known, TimePoint now) {
  std::vector<LoginAttemptsChange> changes;
  for (const auto& counter : counters) {
    const auto* seen = find(known, counter.name);
    if (seen == nullptr || seen->failures == 0) continue;  // forgotten meanwhile
    auto next = *seen;
    ++next.version;
    next.failures = is_own(counter) ? 0 : next.failures - (ORGO_PLANT(right_password_counts) ? 0 : 1);
    next.last_at = now;
    if (next.failures <= counter.policy.free) next.locked_until.reset();
    changes.push_back({std::move(next)});
  }
  return changes;
}

}  // namespace orgo::people
