#include "adapter/mailbox/pop3_mailbox.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>

#include "base/hash.h"
#include "base/planted.h"

namespace orgo::mailbox {
namespace {

using Fault = pop3::ClientSession::Fault;

constexpr std::size_t kSeenMost = 100'000;
constexpr std::size_t kHashedMost = 10'000;        ///< mails without a UIDL of their own, each of which takes a TOP
constexpr int kCutMost = 3;                        ///< times a mail that came cut off is asked for again
constexpr std::size_t kCutKnown = 1'000;           ///< such mails that are remembered
constexpr std::size_t kUidlMost = 70;              ///< RFC 1939
constexpr std::string_view kByNumber = "number ";  ///< no key begins so, since none has a space
constexpr Millis kGoodbyeTime{10'000};

std::string hash_of(std::string_view text) {
  return to_hex(sha256(text)).substr(0, 40);
}

/// The UIDL as a key. One that is not as the standard wants it is hashed, so that a position stays small and printable.
std::string key_of_uidl(const std::string& uidl) {
  const bool usual =
      uidl.size() <= kUidlMost && std::all_of(uidl.begin(), uidl.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  return usual ? uidl : "uidl:" + hash_of(uidl);
}

std::string cut_off(const std::string& uid, std::uint64_t got, std::uint64_t told, bool removes) {
  return "the server handed out " + std::to_string(got) + " of the " + std::to_string(told) + " bytes of mail " + uid +
         (removes ? ": it is not deleted" : "");
}

pop3::ClientOptions session_options(const MailboxSettings& settings, std::uint16_t port, std::string secret) {
  pop3::ClientOptions options;
  options.stls = settings.tls == MailboxSettings::Tls::starttls;
  options.username = settings.username;
  options.secret = std::move(secret);
  options.secret_is_token = !settings.token.empty();
  options.host = settings.host;
  options.port = port;
  return options;
}

}  // namespace

Pop3Mailbox::Connection::Connection(const Pop3Mailbox& mailbox, pop3::ClientOptions with)
    : options(std::move(with)), wire("POP3", mailbox.settings_, mailbox.port_, mailbox.tls_, mailbox.stop_),
      session(options, mailbox.settings_.tls == MailboxSettings::Tls::implicit) {}

Pop3Mailbox::Pop3Mailbox(MailboxSettings settings, net::TlsContext tls, std::unique_ptr<Clock> clock)
    : settings_(std::move(settings)), port_(settings_.port != 0                               ? settings_.port
                                            : settings_.tls == MailboxSettings::Tls::implicit ? 995
                                                                                              : 110),
      tls_(std::move(tls)), clock_(std::move(clock)), tokens_(settings_.token, stop_) {}

std::string Pop3Mailbox::describe() const {
  const std::lock_guard lock(description_mutex_);
  return description_;
}

void Pop3Mailbox::set_description() {
  const std::string version = connection_->wire.tls_version();
  std::string text = "POP3, " + (version.empty() ? "in the clear" : version);
  for (const char* capability : {"UIDL", "TOP"}) {
    if (connection_->session.offers(capability)) text += std::string(", ") + capability;
  }
  const std::lock_guard lock(description_mutex_);
  description_ = std::move(text);
}

Status Pop3Mailbox::fault() const {
  const auto& session = connection_->session;
  Errc code = Errc::unavailable;
  if (session.fault() == Fault::login) code = Errc::not_permitted;
  if (session.fault() == Fault::protocol) code = Errc::corrupt;
  return failure(code, server() + ": " + session.failure());
}

Status Pop3Mailbox::run(Want want, Deadline deadline) {
  Connection& with = *connection_;
  for (;;) {
    if (want == Want::failed) return fault();
    ORGO_CHECK(with.wire.write(with.out, deadline));
    switch (want) {
      case Want::done:
      case Want::closed:
      case Want::failed:
        return {};
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

Status Pop3Mailbox::open(Deadline deadline) {
  auto opened = open_once(deadline);
  if (!opened && opened.error().code == Errc::not_permitted && !settings_.token.empty()) {
    tokens_.forget();  // it may have ended before its time: one new one, then the server is right
    opened = open_once(deadline);
    if (!opened && opened.error().code == Errc::not_permitted) tokens_.forget();
  }
  return opened;
}

Status Pop3Mailbox::open_once(Deadline deadline) {
  std::string secret = settings_.password;
  if (!settings_.token.empty()) {
    ORGO_TRY(token, tokens_.token(deadline));
    secret = std::move(token);
  }
  connection_ = std::make_unique<Connection>(*this, session_options(settings_, port_, std::move(secret)));
  ORGO_CHECK(connection_->wire.connect(deadline));
  if (settings_.tls == MailboxSettings::Tls::implicit) ORGO_CHECK(connection_->wire.start_tls(deadline));
  ORGO_CHECK(run(Want::read, deadline));
  set_description();
  return {};
}

Result<std::vector<Pop3Mailbox::Entry>> Pop3Mailbox::list(Deadline deadline) {
  auto& session = connection_->session;
  ORGO_CHECK(run(session.list(connection_->out), deadline));
  if (!session.ok()) return failure(Errc::unavailable, server() + ": LIST was answered with " + session.said());
  const std::vector<pop3::Listed> listed = session.listed();
  if (listed.size() > kSeenMost && settings_.after != MailboxSettings::After::remove) {
    return failure(Errc::resource_exhausted,
                   server() + ": more than " + std::to_string(kSeenMost) +
                       " mails; read them by IMAP, or let them be deleted after they were taken");
  }
  std::map<std::string_view, int> times;
  for (const auto& mail : listed) ++times[mail.uidl];
  std::vector<Entry> entries;
  entries.reserve(listed.size());
  std::size_t hashed = 0;
  bool has_top = true;
  std::map<std::string, int> alike;
  for (const auto& mail : listed) {
    Entry entry{mail.number, mail.size, {}};
    if (!mail.uidl.empty() && times[mail.uidl] == 1) {
      entry.key = key_of_uidl(mail.uidl);
    } else if (has_top) {
      if (++hashed > kHashedMost) {
        return failure(Errc::resource_exhausted,
                       server() + ": more than " + std::to_string(kHashedMost) + " mails without a UIDL of their own");
      }
      ORGO_CHECK(run(session.top(mail.number, connection_->out), deadline));
      if (session.ok()) {
        entry.key = "header:" + hash_of(mail.uidl + "\n" + std::to_string(mail.size) + "\n" + session.take_text());
        // Alike in all that: by their order, which stays as long as none of them goes; then one is read again, and
        // known.
        if (const int time = ++alike[entry.key]; time > 1) entry.key += "/" + std::to_string(time);
      } else if (!session.offers("TOP")) has_top = false;
    }
    if (entry.key.empty() && settings_.after != MailboxSettings::After::remove) {
      return failure(
          Errc::unavailable,
          server() +
              ": the server can't tell its mails apart (no UIDL of their own, and TOP does not work): such a "
              "mailbox can only be read when mails are deleted after they were taken");
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

Result<Mailbox::Looked> Pop3Mailbox::look(const MailboxPosition& position, std::size_t most, const Take& take,
                                          Deadline deadline) {
  if (stop_.stopped()) return failure(Errc::unavailable, "stopped");
  auto looked = look_connected(position, std::clamp<std::size_t>(most, 1, 1'000), take, deadline);
  if (connection_) connection_->wire.close();
  connection_.reset();
  return looked;
}

Result<Mailbox::Looked> Pop3Mailbox::look_connected(const MailboxPosition& position, std::size_t most, const Take& take,
                                                    Deadline deadline) {
  ORGO_CHECK(open(deadline));
  ORGO_TRY(entries, list(deadline));
  std::stable_partition(entries.begin(), entries.end(),
                        [&](const Entry& entry) { return !stuck_.contains(entry.key); });
  auto& session = connection_->session;
  const bool removes = settings_.after == MailboxSettings::After::remove;

  Looked looked;
  MailboxPosition& at = looked.position;
  at.started_at = position.started_at;
  // Only keys that are still on the server need to be remembered.
  std::unordered_set<std::string_view> there;
  for (const auto& entry : entries) there.insert(entry.key);
  std::unordered_set<std::string> seen;
  for (const auto& key : position.seen) {
    if (there.contains(key) && seen.insert(key).second) at.seen.push_back(key);
  }
  std::unordered_set<std::string> unfinished;
  for (const auto& key : position.unfinished)
    if (removes && there.contains(key)) unfinished.insert(key);
  if (at.started_at == TimePoint{}) ORGO_CHECK(begin(entries, seen, at));

  std::vector<std::uint32_t> to_remove;
  std::vector<std::string> removed;
  Batch batch;
  std::uint64_t octets = 0;
  std::vector<std::uint32_t> numbers;  // of the batch's mails; 0: not to be deleted
  const auto hand_over = [&]() -> Status {
    if (batch.mails.empty() && batch.refused.empty()) return {};
    const auto remember = [&](const std::string& uid, bool to_remove_it) {
      if (uid.starts_with(kByNumber)) return;  // says nothing in the next session
      if (seen.insert(uid).second) at.seen.push_back(uid);
      if (to_remove_it) at.unfinished.push_back(uid);
    };
    for (std::size_t i = 0; i < batch.mails.size(); ++i)
      if (numbers[i] != 0 || !comes_again(batch.mails[i].uid)) remember(batch.mails[i].uid, removes && numbers[i] != 0);
    for (const auto& mail : batch.refused) remember(ORGO_PLANT(too_large_told_each_time) ? "number " : mail.uid, false);
    batch.position = at;
    ORGO_CHECK(take(batch));
    looked.taken += batch.mails.size();
    for (std::size_t i = 0; removes && i < numbers.size(); ++i) {
      if (numbers[i] == 0) continue;
      to_remove.push_back(numbers[i]);
      removed.push_back(batch.mails[i].uid);
    }
    batch = {};
    numbers.clear();
    octets = 0;
    return {};
  };
  const Deadline half_time = std::chrono::steady_clock::now() + (deadline - std::chrono::steady_clock::now()) / 2;
  std::size_t handled = 0;
  for (const auto& entry : entries) {
    if (unfinished.contains(entry.key)) {  // taken before, its deletion was not confirmed
      at.unfinished.push_back(entry.key);
      to_remove.push_back(entry.number);
      removed.push_back(entry.key);
      continue;
    }
    if (!entry.key.empty() && seen.contains(entry.key)) continue;
    if (handled == most || at.seen.size() + batch.mails.size() + batch.refused.size() >= kSeenMost ||
        at.unfinished.size() + batch.mails.size() >= 10'000) {
      looked.more = handled > 0;
      break;
    }
    ++handled;
    const std::string uid = !entry.key.empty() ? entry.key : std::string(kByNumber) + std::to_string(entry.number);
    if (entry.size > settings_.bytes_max) {
      batch.refused.push_back({uid, entry.size});
      if (ORGO_PLANT(too_large_is_deleted) && removes) to_remove.push_back(entry.number);
      continue;
    }
    if (!batch.mails.empty() &&
        (batch.mails.size() >= settings_.batch_mails || octets + entry.size > settings_.batch_bytes)) {
      ORGO_CHECK(hand_over());
      // Better a look that ends well, with QUIT, than one that breaks off: the rest is for the next.
      if (std::chrono::steady_clock::now() >= half_time) {
        looked.more = true;
        break;
      }
    }
    if (const auto got = run(session.retrieve(entry.number, settings_.bytes_max, connection_->out), deadline); !got) {
      stuck_.insert(uid);  // the next look takes the others before it
      ORGO_CHECK(hand_over());
      return tl::unexpected(got.error().in("mail " + uid));
    }
    stuck_.erase(uid);
    if (!session.ok()) {
      // Not seen, so that it comes again with the next look; the others come all the same.
      --handled;
      if (ORGO_PLANT(refused_retr_is_seen)) at.seen.push_back(uid);
      if (looked.problem.empty()) looked.problem = "the server does not hand out mail " + uid + ": " + session.said();
      continue;
    }
    if (session.size() > settings_.bytes_max) {
      batch.refused.push_back({uid, session.size()});
      continue;
    }
    octets += session.size();
    // Less than LIST told may be a mail that was cut off: it is taken as it is, and asked for again (comes_again()).
    const bool whole = session.size() >= entry.size || ORGO_PLANT(cut_mail_is_deleted);
    if (!whole && looked.problem.empty()) looked.problem = cut_off(uid, session.size(), entry.size, removes);
    batch.mails.push_back({uid, session.take_text(), {}});
    numbers.push_back(whole ? entry.number : 0);
  }
  ORGO_CHECK(hand_over());

  ORGO_CHECK(finish(to_remove, removed, looked, deadline));
  return looked;
}

/// A mail that came cut off stays on the server and is asked for some more times, so that somebody reads its end: the
/// whole one is a mail of its own, since its words are others; the same once more is a duplicate.
bool Pop3Mailbox::comes_again(const std::string& uid) {
  if (ORGO_PLANT(cut_mail_is_seen)) return false;
  if (cut_.size() >= kCutKnown && !cut_.contains(uid)) return false;
  return ++cut_[uid] <= kCutMost;
}

/// The first look: what is there already is not new.
Status Pop3Mailbox::begin(const std::vector<Entry>& entries, std::unordered_set<std::string>& seen,
                          MailboxPosition& at) {
  at.started_at = clock_->now();
  if (!settings_.only_new) return {};
  for (const auto& entry : entries) {
    if (entry.key.empty())
      return failure(
          Errc::unavailable,
          server() +
              ": the server can't tell its mails apart, so that what is new can't be known; set only_new to false");
    if (seen.insert(entry.key).second) at.seen.push_back(entry.key);
  }
  if (at.seen.size() > kSeenMost)
    return failure(Errc::resource_exhausted, server() + ": more than " + std::to_string(kSeenMost) + " mails");
  return {};
}

/// Deletes and says goodbye. What was taken stands in the position already; now the deletions are to be confirmed.
Status Pop3Mailbox::finish(const std::vector<std::uint32_t>& numbers, const std::vector<std::string>& keys,
                           Looked& looked, Deadline deadline) {
  auto& session = connection_->session;
  for (const std::uint32_t number : numbers) ORGO_CHECK(run(session.remove(number, connection_->out), deadline));
  ORGO_CHECK(
      run(session.quit(connection_->out), std::min(deadline, within(std::max(kGoodbyeTime, settings_.reply_time)))));
  if (numbers.empty()) return {};
  if (!session.ok() && !ORGO_PLANT(unconfirmed_deletion_is_done)) {
    looked.problem = std::to_string(numbers.size()) + " mails could not be deleted: the server said " + session.said();
    return {};
  }
  auto& at = looked.position;
  const std::unordered_set<std::string_view> gone(keys.begin(), keys.end());
  std::erase_if(at.seen, [&](const std::string& key) { return gone.contains(key); });
  std::erase_if(at.unfinished, [&](const std::string& key) { return gone.contains(key); });
  return {};
}

Status Pop3Mailbox::wait(Deadline deadline) {
  if (stop_.wait(-1, 0, std::min(deadline, within(settings_.poll))) == net::StopSignal::Waited::stopped) {
    return failure(Errc::unavailable, "stopped");
  }
  return {};
}

}  // namespace orgo::mailbox
