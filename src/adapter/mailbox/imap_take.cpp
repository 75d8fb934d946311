// ImapMailbox: the mails themselves, from what is new and what was held back to what is done with them.
#include <algorithm>
#include <utility>

#include "adapter/mailbox/imap_look.h"
#include "base/planted.h"

namespace orgo::mailbox {
namespace {

constexpr std::size_t kUnfinishedMost = 10'000;
constexpr std::size_t kHeldBackMost = 1'000;
constexpr std::chrono::hours kClockSlack{1};  ///< how far a server's clock may be from ours

}  // namespace

Status ImapMailbox::take_new(Look& look) {
  if (pending_.empty()) return {};
  auto& session = connection_->session;
  const std::vector<std::uint32_t> uids(
      pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(std::min(look.most, pending_.size())));
  ORGO_CHECK(run(session.fetch_sizes(uids, connection_->out), look.deadline));
  const auto sizes = std::move(session.fetched());
  session.fetched().clear();

  // A group is what is fetched and handed over together: UIDs up to `up_to`, of which `group` are of interest.
  std::vector<std::uint32_t> group;
  std::uint64_t octets = 0;
  std::map<std::uint32_t, imap::Fetched> told;
  const auto close = [&](std::uint32_t up_to) -> Status {
    look.mails = std::move(told);
    told.clear();
    octets = 0;
    return take_group(look, std::exchange(group, {}), up_to, true);
  };
  for (const std::uint32_t uid : uids) {
    const auto size = sizes.find(uid);
    imap::Fetched mail = size != sizes.end() ? size->second : imap::Fetched{};
    if (uid < look.at.old_below && mail.received_at != TimePoint{} &&
        mail.received_at < look.at.started_at - kClockSlack)
      continue;
    if (suspects_.comes_last(uid) && look.at.held_back.size() < kHeldBackMost) {
      look.last.push_back(uid);
      if (!ORGO_PLANT(broken_mail_is_passed_over)) look.at.held_back.push_back(key_of(uid));
      continue;
    }
    const std::uint64_t comes = mail.size <= settings_.bytes_max ? mail.size : 0;
    const bool alone = suspects_.is_alone(uid) || (!group.empty() && suspects_.is_alone(group.back()));
    if (!group.empty() && (alone || group.size() >= settings_.batch_mails || octets + comes > settings_.batch_bytes)) {
      ORGO_CHECK(close(uid - 1));
      if (look.handed_over && std::chrono::steady_clock::now() >= look.half_time) {
        // Better a look that ends well, with what it has, than one that breaks off: the rest is for the next.
        pending_.clear();
        look.result.more = true;
        return {};
      }
    }
    octets += comes;
    group.push_back(uid);
    told.emplace(uid, std::move(mail));
  }
  ORGO_CHECK(close(uids.back()));
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(uids.size()));
  pending_above_ = look.at.last_uid;
  look.result.more = !pending_.empty() || pending_cut_;
  return {};
}

bool ImapMailbox::lacks(const Look& look, std::uint32_t uid) const {
  const auto mail = look.mails.find(uid);
  return mail == look.mails.end() || (!mail->second.has_bytes && mail->second.size <= settings_.bytes_max);
}

Status ImapMailbox::fetch_mails(Look& look, const std::vector<std::uint32_t>& uids) {
  if (uids.empty()) return {};
  auto& session = connection_->session;
  const std::uint64_t budget = 2 * std::max<std::uint64_t>(settings_.batch_bytes, 1U << 20U);
  const auto got = run(session.fetch_mails(uids, settings_.bytes_max, budget, connection_->out), look.deadline);
  if (session.fault() == imap::ClientSession::Fault::protocol && !ORGO_PLANT(last_of_garbage_is_a_mail))
    session.fetched().erase(session.last_mail());
  for (auto& [uid, fetched] : session.fetched()) {
    auto& mail = look.mails[uid];
    // An empty mail that was told to have a size is none: some servers answer so when they can't read it.
    if (fetched.has_bytes && (!fetched.bytes.empty() || (mail.has_size && mail.size == 0))) {
      mail.bytes = std::move(fetched.bytes);
      mail.has_bytes = true;
    } else if (fetched.dropped > settings_.bytes_max) {
      mail.size = fetched.dropped;
    }
  }
  session.fetched().clear();
  auto lacking = uids.end();
  for (auto uid = uids.begin(); uid != uids.end(); ++uid) {
    if (!lacks(look, *uid)) suspects_.forget(*uid);
    else if (lacking == uids.end()) lacking = uid;
  }
  if (got) return {};
  // Where the command could not even be written, no mail is to blame.
  if (!connection_->out.empty() || stop_.stopped() || lacking == uids.end()) return got;
  look.broke_off = true;
  suspects_.broke_off(uids, *lacking, std::chrono::steady_clock::now());
  return tl::unexpected(got.error().in((uids.size() == 1 ? "mail " : "at mail ") + key_of(*lacking)));
}

Status ImapMailbox::fetch_group(Look& look, const std::vector<std::uint32_t>& uids,
                                std::vector<std::uint32_t>& missing) {
  ORGO_CHECK(fetch_mails(look, uids));
  std::vector<std::uint32_t> absent;
  std::copy_if(uids.begin(), uids.end(), std::back_inserter(absent),
               [&](std::uint32_t uid) { return lacks(look, uid); });
  if (absent.empty()) return {};
  // Expunged meanwhile, beyond the budget, or refused together with one that the server can't read: that tells.
  ORGO_TRY(there, still_there(absent, look.deadline));
  for (const std::uint32_t uid : absent) {
    if (!std::binary_search(there.begin(), there.end(), uid)) look.mails.erase(uid);
  }
  for (const std::uint32_t uid : there) {
    ORGO_CHECK(fetch_mails(look, {uid}));
    if (lacks(look, uid)) missing.push_back(uid);
  }
  return {};
}

Status ImapMailbox::take_group(Look& look, const std::vector<std::uint32_t>& uids, std::uint32_t up_to, bool advance) {
  std::vector<std::uint32_t> wanted;
  for (const std::uint32_t uid : uids) {
    const auto mail = look.mails.find(uid);
    if (mail == look.mails.end() || mail->second.size <= settings_.bytes_max) wanted.push_back(uid);
  }
  std::vector<std::uint32_t> missing;
  if (const auto fetched = fetch_group(look, wanted, missing); !fetched) {
    if (!stop_.stopped() && !ORGO_PLANT(whole_before_broken_is_left)) ORGO_CHECK(take_whole(look, uids));
    return fetched;
  }
  ORGO_TRY(still, still_there(std::move(missing), look.deadline));
  MailboxPosition& at = look.at;
  if (!still.empty() && !ORGO_PLANT(refused_fetch_is_forgotten) && (advance || !ORGO_PLANT(held_back_is_tried_once))) {
    if (at.held_back.size() + still.size() > kHeldBackMost) {
      return failure(Errc::corrupt, connection_->wire.where() + ": the server does not hand out more than " +
                                        std::to_string(kHeldBackMost) + " mails that it lists");
    }
    for (const std::uint32_t uid : still) at.held_back.push_back(key_of(uid));
    add_problem(look.result.problem, "the server does not hand out " + mails_of(still.size()) +
                                         " that it lists, the first is " + key_of(still.front()));
  }
  if (advance) at.last_uid = std::max(at.last_uid, up_to);
  ORGO_TRY(taken, hand_over(look, uids));
  if (taken.empty() || !look.finishing) return {};
  ORGO_TRY(done, finish(look, taken));
  if (done) at.unfinished.resize(at.unfinished.size() - std::min(at.unfinished.size(), taken.size()));
  return {};
}

Status ImapMailbox::take_whole(Look& look, const std::vector<std::uint32_t>& uids) {
  const auto end = std::find_if(uids.begin(), uids.end(), [&](std::uint32_t uid) { return lacks(look, uid); });
  const std::vector<std::uint32_t> whole(uids.begin(), end);
  if (whole.empty()) return {};
  look.at.last_uid = std::max(look.at.last_uid, whole.back());
  // What lies above is found again, and comes last again.
  std::erase_if(look.at.held_back, [&](const std::string& key) {
    return std::any_of(look.last.begin(), look.last.end(),
                       [&](std::uint32_t uid) { return uid > look.at.last_uid && key == key_of(uid); });
  });
  ORGO_CHECK(hand_over(look, whole));  // they are finished with the next look: this connection is at its end
  return {};
}

Result<std::vector<std::uint32_t>> ImapMailbox::hand_over(Look& look, const std::vector<std::uint32_t>& uids) {
  Batch batch;
  std::vector<std::uint32_t> taken;
  for (const std::uint32_t uid : uids) {
    const auto mail = look.mails.find(uid);
    if (mail == look.mails.end()) continue;
    if (mail->second.has_bytes) {
      batch.mails.push_back({key_of(uid), std::move(mail->second.bytes), mail->second.received_at});
      taken.push_back(uid);
    } else if (mail->second.size > settings_.bytes_max) {
      batch.refused.push_back({key_of(uid), mail->second.size});
      if (ORGO_PLANT(too_large_is_moved)) taken.push_back(uid);
    }
  }
  look.mails.clear();
  if (batch.mails.empty() && batch.refused.empty()) return std::vector<std::uint32_t>{};
  if (settings_.after == MailboxSettings::After::keep) taken.clear();
  MailboxPosition& at = look.at;
  if (!taken.empty()) {
    for (const auto& mail : batch.mails) at.unfinished.push_back(mail.uid);
    if (at.unfinished.size() > kUnfinishedMost)
      at.unfinished.erase(at.unfinished.begin(), at.unfinished.end() - kUnfinishedMost);
  }
  batch.position = at;
  look.handed_over = true;
  ORGO_CHECK(look.take(batch));
  look.result.taken += batch.mails.size();
  return taken;
}

Result<bool> ImapMailbox::finish(Look& look, const std::vector<std::uint32_t>& uids) {
  if (uids.empty()) return true;
  auto& session = connection_->session;
  Want want = Want::done;
  std::string what;
  switch (settings_.after) {
    case MailboxSettings::After::keep:
      return true;
    case MailboxSettings::After::flag:
      want = session.store_flag(uids, settings_.flag, connection_->out);
      what = "flagged";
      break;
    case MailboxSettings::After::move:
      want = session.move(uids, settings_.move_to, connection_->out);
      what = "moved to '" + settings_.move_to + "'";
      break;
    case MailboxSettings::After::remove:
      want = session.remove(uids, connection_->out);
      what = "deleted";
      break;
  }
  ORGO_CHECK(run(want, look.deadline));
  if (session.outcome().ok) return true;
  look.finishing = false;
  add_problem(look.result.problem,
              mails_of(uids.size()) + " could not be " + what + ": the server said " + session.outcome().said);
  return ORGO_PLANT(failed_move_is_forgotten);
}

Status ImapMailbox::retry_held_back(Look& look, std::vector<std::uint32_t> uids) {
  uids.insert(uids.end(), look.last.begin(), look.last.end());
  const auto now = std::chrono::steady_clock::now();
  auto due = suspects_.due(uids, retry_held_back_, now);
  // They may cost the connection: all that is new goes before, and there is to be time enough for them.
  if (!due.empty() && now >= look.half_time) look.result.more = true;
  if (look.result.more) due.clear();
  else retry_held_back_ = false;
  look.waiting += static_cast<std::size_t>(std::count_if(uids.begin(), uids.end(), [&](std::uint32_t uid) {
    return !suspects_.is_given_up(uid) && std::find(due.begin(), due.end(), uid) == due.end();
  }));
  return due.empty() ? Status{} : retry_one_by_one(look, due);
}

Status ImapMailbox::retry_one_by_one(Look& look, const std::vector<std::uint32_t>& uids) {
  auto sorted = uids;
  std::sort(sorted.begin(), sorted.end());
  ORGO_TRY(there, still_there(std::move(sorted), look.deadline));
  auto& session = connection_->session;
  ORGO_CHECK(run(session.fetch_sizes(there, connection_->out), look.deadline));
  auto sizes = std::move(session.fetched());
  session.fetched().clear();
  for (const std::uint32_t uid : uids) {
    const std::string key = key_of(uid);
    std::erase(look.at.held_back, key);
    if (!std::binary_search(there.begin(), there.end(), uid)) {
      suspects_.forget(uid);
      continue;
    }
    look.mails.clear();
    if (const auto size = sizes.find(uid); size != sizes.end()) look.mails.insert(std::move(*size));
    if (const auto taken = take_group(look, {uid}, look.at.last_uid, false); !taken) {
      if (!look.broke_off || !suspects_.is_given_up(uid)) return taken;
      // All others have come: this one alone is no failure of the mailbox.
      look.at.held_back.push_back(key);
      look.waiting += static_cast<std::size_t>(uids.end() - std::find(uids.begin(), uids.end(), uid)) - 1;
      drop();
      return {};
    }
  }
  return {};
}

void ImapMailbox::tell_of_the_rest(Look& look) const {
  auto given_up = uids_of(look.at.held_back);
  std::erase_if(given_up, [&](std::uint32_t uid) { return !suspects_.is_given_up(uid); });
  if (!given_up.empty()) {
    add_problem(look.result.problem, "the server does not hand out " + mails_of(given_up.size()) +
                                         " that it lists, the first is " + key_of(given_up.front()) +
                                         ": each time the connection breaks off");
  }
  if (look.waiting > 0) add_problem(look.result.problem, mails_of(look.waiting) + " will be tried again");
}

}  // namespace orgo::mailbox
