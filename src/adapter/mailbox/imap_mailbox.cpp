#include "adapter/mailbox/imap_mailbox.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "adapter/net/without_sigpipe.h"
#include "base/planted.h"

namespace orgo::mailbox {
namespace {

using Fault = imap::ClientSession::Fault;

constexpr std::size_t kPendingMost = 20'000;
constexpr std::size_t kUnfinishedMost = 10'000;
constexpr std::size_t kHeldBackMost = 1'000;
constexpr Millis kRetryPause{5 * 60'000};
constexpr Millis kGoodbyeTime{2'000};
constexpr std::chrono::hours kClockSlack{1};  ///< how far a server's clock may be from ours

imap::ClientOptions session_options(const MailboxSettings& settings, std::uint16_t port, std::string secret) {
  imap::ClientOptions options;
  options.starttls = settings.tls == MailboxSettings::Tls::starttls;
  options.username = settings.username;
  options.secret = std::move(secret);
  options.secret_is_token = !settings.token.empty();
  options.host = settings.host;
  options.port = port;
  options.folder = settings.folder;
  options.read_only = settings.after == MailboxSettings::After::keep;
  return options;
}

void add_problem(std::string& problem, const std::string& more) {
  problem += (problem.empty() ? "" : "; ") + more;
}

std::string mails_of(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " mail" : " mails");
}

}  // namespace

struct ImapMailbox::Look {
  Looked result;
  std::size_t most;
  const Take& take;
  Deadline deadline;
  Deadline half_time = std::chrono::steady_clock::now() + (deadline - std::chrono::steady_clock::now()) / 2;
  MailboxPosition& at = result.position;
  bool handed_over = false;                      ///< take() was called
  bool finishing = true;                         ///< until the server refuses once
  std::map<std::uint32_t, imap::Fetched> mails;  ///< of the group under way
};

ImapMailbox::Connection::Connection(const ImapMailbox& mailbox, imap::ClientOptions with)
    : options(std::move(with)), wire("IMAP", mailbox.settings_, mailbox.port_, mailbox.tls_, mailbox.stop_),
      session(options, mailbox.settings_.tls == MailboxSettings::Tls::implicit) {}

ImapMailbox::ImapMailbox(MailboxSettings settings, net::TlsContext tls, std::unique_ptr<Clock> clock)
    : settings_(std::move(settings)), port_(settings_.port != 0                               ? settings_.port
                                            : settings_.tls == MailboxSettings::Tls::implicit ? 993
                                                                                              : 143),
      tls_(std::move(tls)), clock_(std::move(clock)), tokens_(settings_.token, stop_) {}

ImapMailbox::~ImapMailbox() {
  if (!connection_ || stop_.stopped()) return;
  const net::WithoutSigpipe no_signal;
  (void)run(connection_->session.logout(connection_->out), within(kGoodbyeTime));
}

std::string ImapMailbox::describe() const {
  const std::lock_guard lock(description_mutex_);
  return description_;
}

void ImapMailbox::set_description() {
  std::string text = "IMAP";
  if (connection_) {
    const std::string version = connection_->wire.tls_version();
    text += ", " + (version.empty() ? "in the clear" : version);
    for (const char* capability : {"IDLE", "CONDSTORE", "MOVE", "UIDPLUS"}) {
      if (connection_->session.offers(capability)) text += std::string(", ") + capability;
    }
  } else {
    text += ", not connected";
  }
  const std::lock_guard lock(description_mutex_);
  description_ = std::move(text);
}

void ImapMailbox::drop() {
  if (connection_) connection_->wire.close();
  connection_.reset();
  pending_.clear();
  pending_cut_ = false;
  set_description();
}

Status ImapMailbox::fault() const {
  const auto& session = connection_->session;
  Errc code = Errc::unavailable;
  switch (session.fault()) {
    case Fault::login:
      code = Errc::not_permitted;
      break;
    case Fault::folder:
      code = Errc::invalid_input;
      break;
    case Fault::protocol:
      code = Errc::corrupt;
      break;
    case Fault::setup:
    case Fault::unavailable:
    case Fault::none:
      break;
  }
  return failure(code, connection_->wire.where() + ": " + session.failure());
}

Status ImapMailbox::run(Want want, Deadline deadline) {
  Connection& with = *connection_;
  for (;;) {
    // Also where the session has come to its end: its last words.
    if (auto written = with.wire.write(with.out, deadline); !written) {
      if (want == Want::failed) return fault();
      // What the server said before it hung up ("BYE too many connections") tells more than "connection reset".
      const Errc code = written.error().code;
      if (code == Errc::unavailable && !stop_.stopped()) {
        if (const auto last = with.wire.read(within(Millis{100}))) {
          if (with.session.consume(*last, with.out) == Want::failed) return fault();
        }
      }
      return written;
    }
    switch (want) {
      case Want::done:
      case Want::closed:
        return {};
      case Want::failed:
        return fault();
      case Want::start_tls:
        ORGO_CHECK(with.wire.start_tls(deadline));
        want = with.session.on_tls_started(with.out);
        continue;
      case Want::read:
        break;
    }
    const auto input = with.wire.read(deadline);
    if (!input) return tl::unexpected(input.error());
    want = with.session.consume(*input, with.out);
  }
}

Status ImapMailbox::open(Deadline deadline) {
  auto opened = open_once(deadline);
  if (!opened && opened.error().code == Errc::not_permitted && !settings_.token.empty()) {
    // The token at hand may have ended before its time: one new one, then the server is right.
    tokens_.forget();
    drop();
    opened = open_once(deadline);
    if (!opened && opened.error().code == Errc::not_permitted) tokens_.forget();
  }
  if (!opened) drop();
  return opened;
}

Status ImapMailbox::open_once(Deadline deadline) {
  std::string secret = settings_.password;
  if (!settings_.token.empty()) {
    ORGO_TRY(token, tokens_.token(deadline));
    secret = std::move(token);
  }
  connection_ = std::make_unique<Connection>(*this, session_options(settings_, port_, std::move(secret)));
  ORGO_CHECK(connection_->wire.connect(deadline));
  if (settings_.tls == MailboxSettings::Tls::implicit) ORGO_CHECK(connection_->wire.start_tls(deadline));
  ORGO_CHECK(run(Want::read, deadline));
  fresh_ = true;
  idle_works_ = true;
  set_description();
  return {};
}

std::string ImapMailbox::key_of(std::uint32_t uid) const {
  return std::to_string(connection_->session.folder().uid_validity) + ":" + std::to_string(uid);
}

std::vector<std::uint32_t> ImapMailbox::uids_of(const std::vector<std::string>& keys) const {
  const std::string validity = std::to_string(connection_->session.folder().uid_validity) + ":";
  std::vector<std::uint32_t> uids;
  for (const auto& key : keys) {
    std::uint32_t uid = 0;
    if (!key.starts_with(validity)) continue;
    if (std::from_chars(key.data() + validity.size(), key.data() + key.size(), uid).ec == std::errc() && uid > 0)
      uids.push_back(uid);
  }
  std::sort(uids.begin(), uids.end());
  uids.erase(std::unique(uids.begin(), uids.end()), uids.end());
  return uids;
}

Result<Mailbox::Looked> ImapMailbox::look(const MailboxPosition& position, std::size_t most, const Take& take,
                                          Deadline deadline) {
  const net::WithoutSigpipe no_signal;
  if (stop_.stopped()) return failure(Errc::unavailable, "stopped");
  for (;;) {
    Look look{.result = {.position = position},
              .most = std::clamp<std::size_t>(most, 1, 1'000),
              .take = take,
              .deadline = deadline};
    const bool kept = connection_ != nullptr && !fresh_;
    const auto looked = look_connected(look);
    if (looked) return std::move(look.result);
    drop();
    // A connection that was kept and broke unnoticed is no failure of the mailbox: once more on a new one.
    if (kept && !look.handed_over && looked.error().code == Errc::unavailable && !stop_.stopped()) continue;
    return tl::unexpected(looked.error());
  }
}

Status ImapMailbox::look_connected(Look& look) {
  if (!connection_) ORGO_CHECK(open(look.deadline));
  const bool fresh = std::exchange(fresh_, false);
  ORGO_CHECK(adopt_folder(look));
  const bool retry = fresh || std::chrono::steady_clock::now() >= retry_at_;
  if (retry) {
    retry_at_ = within(kRetryPause);
    ORGO_CHECK(retry_unfinished(look));
    ORGO_CHECK(retry_held_back(look));
  } else if (!look.at.unfinished.empty() || !look.at.held_back.empty()) {
    look.finishing = look.at.unfinished.empty();
    add_problem(look.result.problem,
                mails_of(look.at.unfinished.size() + look.at.held_back.size()) + " will be tried again");
  }
  const imap::Folder folder = connection_->session.folder();
  // Right after SELECT its numbers tell whether there is anything; later only a search does.
  const bool none_new =
      folder.exists == 0 || (folder.uid_next != 0 && folder.uid_next <= look.at.last_uid + 1ULL) ||
      (folder.uid_next == 0 && folder.highest_mod_seq != 0 && folder.highest_mod_seq == look.at.mod_seq);
  if (!fresh || !none_new) {
    ORGO_CHECK(find_new(look, fresh));
    ORGO_CHECK(take_new(look));
  }
  if (look.at.last_uid + 1ULL >= look.at.old_below) look.at.old_below = 0;
  if (!look.result.more) look.at.mod_seq = connection_->session.folder().highest_mod_seq;
  return {};
}

Status ImapMailbox::adopt_folder(Look& look) {
  const imap::Folder folder = connection_->session.folder();
  if (look.at.uid_validity == folder.uid_validity && look.at.started_at != TimePoint{}) return {};
  const bool first = look.at.started_at == TimePoint{};
  pending_.clear();
  pending_cut_ = false;
  look.at.uid_validity = folder.uid_validity;
  look.at.last_uid = 0;
  look.at.mod_seq = 0;
  look.at.old_below = 0;
  look.at.unfinished.clear();
  look.at.held_back.clear();
  if (!first) {
    look.result.reset = true;
    if (settings_.only_new) look.at.old_below = folder.uid_next != 0 ? folder.uid_next : UINT32_MAX;
    return {};
  }
  look.at.started_at = clock_->now();
  if (!settings_.only_new) return {};
  if (folder.uid_next != 0) {
    look.at.last_uid = folder.uid_next - 1;
    return {};
  }
  auto& session = connection_->session;
  ORGO_CHECK(run(session.search_last(connection_->out), look.deadline));
  if (!session.uids().empty()) look.at.last_uid = session.uids().back();
  return {};
}

Result<std::vector<std::uint32_t>> ImapMailbox::still_there(std::vector<std::uint32_t> uids, Deadline deadline) {
  if (uids.empty()) return uids;
  auto& session = connection_->session;
  ORGO_CHECK(run(session.search_these(uids, connection_->out), deadline));
  if (!session.outcome().ok)
    return failure(Errc::unavailable,
                   connection_->wire.where() + ": SEARCH was answered with " + session.outcome().said);
  std::vector<std::uint32_t> there;
  std::set_intersection(uids.begin(), uids.end(), session.uids().begin(), session.uids().end(),
                        std::back_inserter(there));
  return there;
}

Status ImapMailbox::retry_unfinished(Look& look) {
  if (look.at.unfinished.empty()) return {};
  if (settings_.after == MailboxSettings::After::keep) {
    look.at.unfinished.clear();  // the settings have changed since
    return {};
  }
  ORGO_TRY(there, still_there(uids_of(look.at.unfinished), look.deadline));
  ORGO_TRY(done, finish(look, there));
  look.at.unfinished.clear();
  if (!done) {
    for (const std::uint32_t uid : there) look.at.unfinished.push_back(key_of(uid));
  }
  return {};
}

Status ImapMailbox::retry_held_back(Look& look) {
  if (look.at.held_back.empty()) return {};
  ORGO_TRY(there, still_there(uids_of(look.at.held_back), look.deadline));
  look.at.held_back.clear();
  auto& session = connection_->session;
  ORGO_CHECK(run(session.fetch_sizes(there, connection_->out), look.deadline));
  auto sizes = std::move(session.fetched());
  session.fetched().clear();
  // One by one: each of them is suspect.
  for (const std::uint32_t uid : there) {
    look.mails.clear();
    if (const auto size = sizes.find(uid); size != sizes.end()) look.mails.insert(std::move(*size));
    ORGO_CHECK(take_group(look, {uid}, look.at.last_uid, false));
  }
  return {};
}

Status ImapMailbox::find_new(Look& look, bool fresh) {
  auto& session = connection_->session;
  if (pending_above_ != look.at.last_uid || (pending_.empty() && pending_cut_)) pending_.clear();
  if (!pending_.empty()) return {};
  // SEARCH alone may answer from what the server has told us; NOOP makes it look for what has come since.
  if (!fresh && !session.has_news()) ORGO_CHECK(run(session.noop(connection_->out), look.deadline));
  session.forget_news();
  ORGO_CHECK(run(session.search(look.at.last_uid, kPendingMost + 1, connection_->out), look.deadline));
  if (!session.outcome().ok) {
    return failure(Errc::unavailable,
                   connection_->wire.where() + ": SEARCH was answered with " + session.outcome().said);
  }
  pending_.assign(session.uids().begin(), session.uids().end());
  pending_cut_ = pending_.size() > kPendingMost;
  if (pending_cut_) pending_.pop_back();
  pending_above_ = look.at.last_uid;
  return {};
}

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
    const std::uint64_t comes = mail.size <= settings_.bytes_max ? mail.size : 0;
    if (!group.empty() && (group.size() >= settings_.batch_mails || octets + comes > settings_.batch_bytes)) {
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

Status ImapMailbox::fetch_group(Look& look, const std::vector<std::uint32_t>& uids,
                                std::vector<std::uint32_t>& missing) {
  auto& session = connection_->session;
  const auto fetch = [&](const std::vector<std::uint32_t>& some) -> Status {
    if (some.empty()) return {};
    const std::uint64_t budget = 2 * std::max<std::uint64_t>(settings_.batch_bytes, 1U << 20U);
    ORGO_CHECK(run(session.fetch_mails(some, settings_.bytes_max, budget, connection_->out), look.deadline));
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
    return {};
  };
  const auto lacks = [&](std::uint32_t uid) {
    const auto mail = look.mails.find(uid);
    return mail == look.mails.end() || (!mail->second.has_bytes && mail->second.size <= settings_.bytes_max);
  };
  ORGO_CHECK(fetch(uids));
  std::vector<std::uint32_t> absent;
  std::copy_if(uids.begin(), uids.end(), std::back_inserter(absent), lacks);
  if (absent.empty()) return {};
  // Expunged meanwhile, beyond the budget, or refused together with one that the server can't read: that tells.
  ORGO_TRY(there, still_there(absent, look.deadline));
  for (const std::uint32_t uid : absent) {
    if (!std::binary_search(there.begin(), there.end(), uid)) look.mails.erase(uid);
  }
  for (const std::uint32_t uid : there) {
    ORGO_CHECK(fetch({uid}));
    if (lacks(uid)) missing.push_back(uid);
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
  ORGO_CHECK(fetch_group(look, wanted, missing));
  ORGO_TRY(still, still_there(std::move(missing), look.deadline));

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
  if (batch.mails.empty() && batch.refused.empty()) return {};

  const bool finishes = settings_.after != MailboxSettings::After::keep && !taken.empty();
  if (finishes) {
    for (const auto& mail : batch.mails) at.unfinished.push_back(mail.uid);
    if (at.unfinished.size() > kUnfinishedMost)
      at.unfinished.erase(at.unfinished.begin(), at.unfinished.end() - kUnfinishedMost);
  }
  batch.position = at;
  look.handed_over = true;
  ORGO_CHECK(look.take(batch));
  look.result.taken += batch.mails.size();
  if (!finishes || !look.finishing) return {};
  ORGO_TRY(done, finish(look, taken));
  if (done) at.unfinished.resize(at.unfinished.size() - std::min(at.unfinished.size(), taken.size()));
  return {};
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

Status ImapMailbox::wait(Deadline deadline) {
  const net::WithoutSigpipe no_signal;
  if (stop_.stopped()) return failure(Errc::unavailable, "stopped");
  if (!connection_) return open(deadline);
  auto& session = connection_->session;
  if (session.has_news() || !pending_.empty() || fresh_) return {};
  if (!session.offers("IDLE") || !idle_works_) {
    const auto waited = stop_.wait(-1, 0, std::min(deadline, within(settings_.poll)));
    if (waited == net::StopSignal::Waited::stopped) return failure(Errc::unavailable, "stopped");
    return {};
  }
  const auto idle = [&]() -> Status {
    while (!session.has_news() && std::chrono::steady_clock::now() < deadline) {
      Want want = session.idle(connection_->out);
      ORGO_CHECK(connection_->wire.write(connection_->out, within(settings_.reply_time)));
      // Until the server's "+" a silence is no peace.
      const Deadline renew = within(settings_.idle_time);
      const Deadline begun = within(settings_.reply_time);
      while (want == Want::read && !session.has_news()) {
        const Deadline until = session.is_idling() ? std::min(deadline, renew) : begun;
        ORGO_TRY(readable, connection_->wire.readable(until));
        if (!readable) {
          if (!session.is_idling())
            return failure(Errc::unavailable, connection_->wire.where() + ": no answer to IDLE");
          break;
        }
        ORGO_TRY(input, connection_->wire.read(within(settings_.reply_time)));
        want = session.consume(input, connection_->out);
      }
      if (want == Want::read) session.end_idle(connection_->out);
      // Its end is waited for beyond the deadline: for a server at work that is a moment.
      ORGO_CHECK(run(want, within(settings_.reply_time)));
      if (!session.outcome().ok) {
        idle_works_ = false;
        return {};
      }
    }
    return {};
  };
  if (auto idled = idle(); !idled) {
    drop();
    return idled;
  }
  return {};
}

}  // namespace orgo::mailbox
