#include "adapter/memory/memory_mailbox.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace orgo {

void MemoryMailServer::deliver(std::string bytes) {
  const std::lock_guard lock(mutex_);
  mails_.emplace(next_uid_++, std::move(bytes));
  ++changes_;
  changed_.notify_all();
}

void MemoryMailServer::change_uid_validity() {
  const std::lock_guard lock(mutex_);
  ++uid_validity_;
  next_uid_ = 1;
  std::map<std::uint32_t, std::string> again;
  for (auto& [uid, bytes] : mails_) again.emplace(next_uid_++, std::move(bytes));
  mails_ = std::move(again);
  ++changes_;
  changed_.notify_all();
}

void MemoryMailServer::set_password(std::string password) {
  const std::lock_guard lock(mutex_);
  password_ = std::move(password);
}

void MemoryMailServer::set_outage(std::string words) {
  const std::lock_guard lock(mutex_);
  outage_ = std::move(words);
}

std::size_t MemoryMailServer::count() {
  const std::lock_guard lock(mutex_);
  return mails_.size();
}

Result<Mailbox::Looked> MemoryMailbox::look(const MailboxPosition& position, std::size_t most, const Take& take,
                                            Deadline) {
  std::vector<std::pair<std::uint32_t, std::string>> found;
  Looked looked;
  looked.position = position;
  auto& at = looked.position;
  {
    const std::lock_guard lock(server_->mutex_);
    if (stopped_) return failure(Errc::unavailable, "stopped");
    if (!server_->outage_.empty()) return failure(Errc::unavailable, server_->outage_);
    if (server_->password_ != options_.password) return failure(Errc::not_permitted, "the login was refused");
    known_changes_ = server_->changes_;
    if (at.started_at == TimePoint{}) {
      at.started_at = TimePoint{Millis{1}};
      at.last_uid = options_.only_new ? server_->next_uid_ - 1 : 0;
    } else if (at.uid_validity != server_->uid_validity_) {
      looked.reset = true;
      at.last_uid = 0;
    }
    at.uid_validity = server_->uid_validity_;
    for (auto mail = server_->mails_.upper_bound(at.last_uid); mail != server_->mails_.end(); ++mail) {
      if (found.size() == most) {
        looked.more = true;
        break;
      }
      found.push_back(*mail);
    }
  }
  for (std::size_t i = 0; i < found.size();) {
    Batch batch;
    std::vector<std::uint32_t> taken;
    for (; i < found.size() && taken.size() < options_.batch_mails; ++i) {
      const std::string uid = std::to_string(at.uid_validity) + ":" + std::to_string(found[i].first);
      at.last_uid = found[i].first;
      if (found[i].second.size() > options_.bytes_max) {
        batch.refused.push_back({uid, found[i].second.size()});
        continue;
      }
      batch.mails.push_back({uid, found[i].second, {}});
      taken.push_back(found[i].first);
    }
    batch.position = at;
    ORGO_CHECK(take(batch));
    looked.taken += taken.size();
    if (!options_.remove) continue;
    const std::lock_guard lock(server_->mutex_);
    for (const std::uint32_t uid : taken) server_->mails_.erase(uid);
  }
  return looked;
}

Status MemoryMailbox::wait(Deadline deadline) {
  std::unique_lock lock(server_->mutex_);
  server_->changed_.wait_until(lock, deadline, [&] { return stopped_ || server_->changes_ != known_changes_; });
  if (stopped_) return failure(Errc::unavailable, "stopped");
  return {};
}

void MemoryMailbox::stop() {
  const std::lock_guard lock(server_->mutex_);
  stopped_ = true;
  server_->changed_.notify_all();
}

}  // namespace orgo
