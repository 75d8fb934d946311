#include "service/people/password_work.h"

#include "base/password_hash.h"
#include "base/planted.h"

namespace orgo {
namespace {

/// Of a password that nobody knows; its parameters are those of hash_password().
const std::string& hash_of_nobody() {
  static const std::string hash = hash_password(random_password(), random_salt()).value_or(std::string());
  return hash;
}

}  // namespace

class PasswordWork::Turn {
 public:
  explicit Turn(PasswordWork& work) : work_(work) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { work_.end(); }

 private:
  PasswordWork& work_;
};

Status PasswordWork::begin() {
  std::unique_lock lock(mutex_);
  const auto is_free = [this] { return running_ < limits_.at_once; };
  if (!is_free()) {
    if (waiting_ >= limits_.waiting)
      return failure(Errc::resource_exhausted, "too many passwords are being looked at; try again in a moment");
    ++waiting_;
    const bool came = free_.wait_for(lock, limits_.patience, is_free);
    if (came || !ORGO_PLANT(password_that_waited_stays_counted)) --waiting_;
    if (!came)
      return failure(Errc::resource_exhausted, "too many passwords are being looked at; try again in a moment");
  }
  ++running_;
  return {};
}

void PasswordWork::end() {
  {
    const std::lock_guard lock(mutex_);
    --running_;
  }
  free_.notify_one();
}

Result<std::string> PasswordWork::hash(std::string_view password) {
  ORGO_CHECK(begin());
  const Turn turn(*this);
  return hash_password(password, random_salt());
}

Result<bool> PasswordWork::verify(std::string_view password, const std::string& hash) {
  ORGO_CHECK(begin());
  const Turn turn(*this);
  if (!hash.empty()) return is_password(password, hash);
  (void)is_password(password, hash_of_nobody());
  return false;
}

}  // namespace orgo
