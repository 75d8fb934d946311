#include "service/turn/turn.h"

#include <utility>

#include "base/log.h"

namespace orgo {

Turn::Turn(Locks& locks, Clock& clock, std::string name, std::string owner, Millis ttl)
    : locks_(locks), clock_(clock), name_(std::move(name)), owner_(std::move(owner)), ttl_(ttl) {}

Turn::~Turn() {
  give_up();
}

bool Turn::is_ours() {
  if (is_still_ours()) return true;
  auto acquired = locks_.acquire(name_, owner_, clock_.now(), ttl_);
  if (acquired) {
    lock_ = std::move(*acquired);
    return true;
  }
  if (acquired.error().code != Errc::conflict)
    log::warn("turn.unknown", {{"work", name_}, {"cause", acquired.error().message}});
  return false;
}

bool Turn::is_still_ours() {
  if (!lock_) return false;
  auto renewed = locks_.renew(*lock_, clock_.now(), ttl_);
  if (renewed) {
    lock_ = std::move(*renewed);
    return true;
  }
  log::warn("turn.lost", {{"work", name_}, {"cause", renewed.error().message}});
  lock_.reset();
  return false;
}

void Turn::give_up() {
  if (!lock_) return;
  (void)locks_.release(*lock_);  // else it ends by itself
  lock_.reset();
}

}  // namespace orgo
