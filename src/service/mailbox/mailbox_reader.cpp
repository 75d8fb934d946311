#include "service/mailbox/mailbox_reader.h"

#include <pthread.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/log.h"
#include "base/planted.h"
#include "base/unicode.h"
#include "core/lineage/lineage.h"
#include "core/mail/read/envelope_of.h"
#include "core/mail/read/original_date.h"
#include "core/mail/read/read_message.h"
#include "service/mailbox/probe.h"

namespace orgo {
namespace {

constexpr Millis kFetchedAgain{std::chrono::hours(7 * 24)};  ///< behind a restore
constexpr Millis kSaveEvery{60'000};  ///< a success that changed nothing is written down so often
constexpr Millis kHeldShort{
    1'000};  ///< a wait that ends sooner with an error is trouble, not a connection that grew old
constexpr Millis kOthersTurn{10'000};   ///< how often it looks whether the node that reads is still there
constexpr Millis kStandsStill{10'000};  ///< between two questions whether the tenant is active again
constexpr std::size_t kErrorMax = 1'000;

const MailboxProbe& probe() {
  static const MailboxProbe instance;
  return instance;
}

double seconds(TimePoint at) {
  return static_cast<double>(to_ms(at)) / 1000;
}

}  // namespace

std::string_view to_string(MailboxStatus::State state) {
  switch (state) {
    case MailboxStatus::State::off:
      return "off";
    case MailboxStatus::State::starting:
      return "starting";
    case MailboxStatus::State::reading:
      return "reading";
    case MailboxStatus::State::waiting:
      return "waiting";
    case MailboxStatus::State::failing:
      return "failing";
  }
  return "unknown";
}

MailboxReader::MailboxReader(MailboxSetup setup, std::unique_ptr<Mailbox> mailbox, MailboxStore& store,
                             ChangeStore& changes, StoreMails mails, Clock& clock, std::function<double()> random,
                             MailboxTiming timing)
    : setup_(std::move(setup)), mailbox_(std::move(mailbox)), store_(store), changes_(changes),
      mails_(std::move(mails)), clock_(clock), random_(std::move(random)),
      timing_(timing), record_{.tenant = setup_.tenant, .name = setup_.name, .source = setup_.source},
      shown_{.state = MailboxStatus::State::starting, .record = record_} {}

MailboxReader::~MailboxReader() {
  stop();
}

void MailboxReader::start() {
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), ("mbox-" + setup_.name).substr(0, 15).c_str());
}

void MailboxReader::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  mailbox_->stop();
  if (thread_.joinable()) thread_.join();
}

void MailboxReader::leave_metrics() const {
  probe().up.with({setup_.label_of_metrics}).set(std::numeric_limits<double>::quiet_NaN());
}

MailboxStatus MailboxReader::status() const {
  const std::lock_guard lock(mutex_);
  return shown_;
}

void MailboxReader::show(MailboxStatus::State state, std::optional<TimePoint> next_try) {
  const std::lock_guard lock(mutex_);
  shown_.state = state;
  shown_.next_try = next_try;
  // Of the position only what a person can read; the list of a POP3 server may have 100,000 entries.
  auto seen = std::exchange(record_.position.seen, {});
  shown_.record = record_;
  record_.position.seen = std::move(seen);
}

bool MailboxReader::pause(Millis time) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, time, [this] { return stopping_; });
}

void MailboxReader::run() {
  for (;;) {
    const auto done = step();
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
    }
    if (done.more) continue;
    if (done.pause > Millis{0}) {
      if (!pause(done.pause)) break;
      continue;
    }
    const auto began = std::chrono::steady_clock::now();
    const auto waited = mailbox_->wait(within(timing_.wait));
    // Connections that wait for an hour are cut by many a router: the next look makes a new one, and tells if it can't.
    if (!waited && std::chrono::steady_clock::now() - began < kHeldShort && !pause(timing_.retry_first)) break;
  }
  if (loaded_) (void)save();
  if (turn_) turn_->give_up();
  show(MailboxStatus::State::off);
}

Status MailboxReader::load() {
  ORGO_TRY(kept, store_.find_mailbox(setup_.tenant, setup_.name));
  if (kept && kept->source == setup_.source) {
    record_ = std::move(*kept);
  } else if (kept) {
    // Counts go on, but where it was read belongs to the mailbox that it was.
    log::info("mailbox.moved", {{"mailbox", setup_.label_of_metrics}, {"from", kept->source}, {"to", setup_.source}});
    kept->position = {};
    kept->source = setup_.source;
    record_ = std::move(*kept);
  } else {
    record_.position = {};  // an earlier turn's, which was never kept
  }
  if (record_.last_success) probe().last_success.with({setup_.label_of_metrics}).set(seconds(*record_.last_success));
  loaded_ = true;
  return {};
}

bool MailboxReader::is_our_turn() {
  if (!turn_) return true;
  const bool ours = turn_->is_ours();
  if (turn_->token() != loaded_with_) loaded_ = false;  // another node may have read on
  loaded_with_ = turn_->token();
  return ours;
}

Status MailboxReader::save() {
  if (turn_ && !turn_->is_still_ours())
    return failure(Errc::conflict, "another node reads this mailbox by now; what it keeps counts");
  Changes changes{.tenant = setup_.tenant, .at = clock_.now()};
  changes.add(MailboxChange{record_});
  ORGO_CHECK(commit_one(changes_, changes, within(timing_.store)));
  return {};
}

MailboxReader::Step MailboxReader::step() {
  if (!is_our_turn()) {
    show(MailboxStatus::State::waiting);
    return {false, kOthersTurn};
  }
  if (setup_.stands_still && setup_.stands_still()) {
    show(MailboxStatus::State::waiting);
    return {false, kStandsStill};
  }
  if (!loaded_)
    if (const auto loaded = load(); !loaded)
      return {false, failed(loaded.error().in("reading what is known of the mailbox"))};
  if (record_.failures == 0) show(MailboxStatus::State::reading);
  const auto looked = mailbox_->look(
      record_.position, setup_.batch, [this](const Mailbox::Batch& batch) { return take(batch); },
      within(timing_.look));
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return {};
  }
  if (!looked) return {false, failed(looked.error())};
  const auto now = clock_.now();
  const bool changed = looked->position != record_.position || record_.failures > 0 || told_problem_ != looked->problem;
  record_.position = looked->position;
  went_well(*looked, now);
  if (changed || now - saved_at_ >= kSaveEvery || now < saved_at_) {
    record_.updated_at = now;
    if (const auto saved = save(); !saved) return {false, failed(saved.error().in("keeping the position"))};
    saved_at_ = now;
  }
  show(looked->more ? MailboxStatus::State::reading : MailboxStatus::State::waiting);
  return {looked->more, Millis{0}};
}

void MailboxReader::went_well(const Mailbox::Looked& looked, TimePoint now) {
  if (record_.failures > 0)
    log::info("mailbox.recovered", {{"mailbox", setup_.label_of_metrics}, {"failures", record_.failures}});
  if (looked.reset)
    log::warn("mailbox.reset", {{"mailbox", setup_.label_of_metrics},
                                {"cause",
                                 "the server has numbered the folder anew (UIDVALIDITY); it is read again, and what is "
                                 "here already stays once"}});
  if (!looked.problem.empty() && looked.problem != told_problem_)
    log::warn("mailbox.problem", {{"mailbox", setup_.label_of_metrics}, {"cause", looked.problem}});
  told_problem_ = looked.problem;
  if (!looked.problem.empty()) {
    record_.last_error = std::string(cut_utf8(looked.problem, kErrorMax));
    record_.last_error_at = now;
  }
  record_.failures = 0;
  record_.last_success = now;
  record_.connection = mailbox_->describe();
  probe().up.with({setup_.label_of_metrics}).set(1);
  probe().last_success.with({setup_.label_of_metrics}).set(seconds(now));
}

Millis MailboxReader::failed(const Error& error) {
  const auto now = clock_.now();
  ++record_.failures;
  record_.last_error = std::string(cut_utf8(error.message, kErrorMax));
  record_.last_error_at = now;
  record_.updated_at = now;
  const bool login = error.code == Errc::not_permitted && !ORGO_PLANT(wrong_login_is_tried_often);
  const auto first = login ? timing_.login_retry_first : timing_.retry_first;
  const auto most = login ? timing_.login_retry_most : timing_.retry_most;
  const auto doubled = std::min(most, first * (std::int64_t{1} << std::min<std::int64_t>(record_.failures - 1, 16)));
  // Half to whole, so that the mailboxes of a server that was down don't all come back in one second.
  const auto wait = Millis{static_cast<std::int64_t>(static_cast<double>(doubled.count()) * (0.5 + random_() / 2))};
  probe().failures.with({setup_.label_of_metrics}).add();
  probe().up.with({setup_.label_of_metrics}).set(0);
  log::warn("mailbox.failing", {{"mailbox", setup_.label_of_metrics},
                                {"failures", record_.failures},
                                {"next_try", format_duration(wait)},
                                {"cause", error.message}});
  if (loaded_) (void)save();  // the store's own trouble is told by who owns it
  show(MailboxStatus::State::failing, now + wait);
  return std::max(wait, Millis{1});
}

Envelope MailboxReader::envelope(const FetchedMail& mail, TimePoint now) const {
  const auto message = read_message(mail.bytes);
  auto made = envelope_of(setup_.tenant, message, setup_.channel, now);
  made.peer = "mailbox:" + setup_.name;
  if (!setup_.recipient.empty()) made.recipient = mail_contact(setup_.recipient);
  made.label = setup_.label;
  // Later on an old date is that of a mail which somebody has moved there.
  if (mail.received_at != TimePoint{} && is_before_restore(mail.received_at, setup_.restored_at) &&
      now < setup_.restored_at + kFetchedAgain)
    made.received_at = mail.received_at;
  if (setup_.archive) {
    const auto dated = original_date(message, mail.received_at == TimePoint{} ? now : mail.received_at, now);
    if (!setup_.archive_until || dated < *setup_.archive_until) made.archived = Archived{dated, setup_.archive_state};
  }
  return made;
}

Status MailboxReader::take(const Mailbox::Batch& batch) {
  const auto now = clock_.now();
  std::vector<std::pair<Envelope, std::string>> mails;
  mails.reserve(batch.mails.size());
  for (const auto& mail : batch.mails) mails.emplace_back(envelope(mail, now), mail.bytes);
  if (turn_ && !turn_->is_still_ours()) return failure(Errc::conflict, "another node reads this mailbox by now");
  std::int64_t added = 0;
  std::int64_t duplicates = 0;
  if (!mails.empty()) {
    ORGO_TRY(accepted, mails_(std::move(mails), within(timing_.store)));
    for (const auto& one : accepted) ++(one.duplicate ? duplicates : added);
  }
  for (const auto& refused : batch.refused)
    log::warn("mailbox.too_large",
              {{"mailbox", setup_.label_of_metrics}, {"uid", refused.uid}, {"bytes", refused.size}});
  record_.taken += added;
  record_.duplicates += duplicates;
  record_.refused += static_cast<std::int64_t>(batch.refused.size());
  // The mails are safe now; should the position get lost, they come once more and are known.
  record_.position = batch.position;
  record_.updated_at = now;
  ORGO_CHECK(save());
  saved_at_ = now;
  probe()
      .taken.with({setup_.label_of_metrics})
      .add(static_cast<double>(added + (ORGO_PLANT(duplicates_count_as_taken) ? duplicates : 0)));
  probe().duplicates.with({setup_.label_of_metrics}).add(static_cast<double>(duplicates));
  probe().refused.with({setup_.label_of_metrics}).add(static_cast<double>(batch.refused.size()));
  if (added > 0)
    log::info("mailbox.taken", {{"mailbox", setup_.label_of_metrics}, {"mails", added}, {"duplicates", duplicates}});
  return {};
}

}  // namespace orgo
