#include "adapter/mailbox/imap_mailbox.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "adapter/mailbox/imap_look.h"
#include "base/planted.h"

namespace orgo::mailbox {
namespace {

using Fault = imap::ClientSession::Fault;

constexpr std::size_t kPendingMost = 20'000;
constexpr Millis kRetryPause{5 * 60'000};
constexpr Millis kGoodbyeTime{2'000};

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

}  // namespace

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
  return std::to_string(uid_validity_) + ":" + std::to_string(uid);
}

std::vector<std::uint32_t> ImapMailbox::uids_of(const std::vector<std::string>& keys) const {
  const std::string validity = std::to_string(uid_validity_) + ":";
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
  if (fresh || std::chrono::steady_clock::now() >= retry_at_) {
    retry_at_ = within(kRetryPause);
    retry_held_back_ = true;
    ORGO_CHECK(retry_unfinished(look));
  } else {
    look.finishing = look.at.unfinished.empty();
    look.waiting = look.at.unfinished.size();
  }
  auto held_back = uids_of(look.at.held_back);
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
  ORGO_CHECK(retry_held_back(look, std::move(held_back)));
  tell_of_the_rest(look);
  return {};
}

Status ImapMailbox::adopt_folder(Look& look) {
  const imap::Folder folder = connection_->session.folder();
  uid_validity_ = folder.uid_validity;
  suspects_.adopt(uid_validity_);
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

Status ImapMailbox::wait(Deadline deadline) {
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
