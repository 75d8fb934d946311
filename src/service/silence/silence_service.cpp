#include "service/silence/silence_service.h"

#include "base/log.h"
#include "base/planted.h"
#include "core/silence/alarm.h"
#include "service/silence/probe.h"

namespace orgo {
namespace {

constexpr int kArrivalsAtOnce = 5'000;
constexpr std::size_t kSourcesMost = 1'000;
constexpr int kTries = 5;  // to end an alarm whose task somebody changes at the same moment
constexpr Millis kCommitTime{60'000};

const SilenceProbe& probe() {
  static const SilenceProbe instance;
  return instance;
}

/// In metrics; sources of two tenants may have one name.
std::string label_of(TenantId tenant, const std::string& source) {
  return outer_prefix(tenant) + source;
}

}  // namespace

std::string silence_source(const Arrival& arrival) {
  if (arrival.archived || arrival.channel == Channel::import_) return {};
  // When nobody answers, no source has fallen silent.
  if (arrival.channel == Channel::answer && !ORGO_PLANT(our_silence_is_an_alarm)) return {};
  if (arrival.channel == Channel::imap || arrival.channel == Channel::pop3) return arrival.peer.substr(0, 200);
  return "channel:" + std::string(to_string(arrival.channel));
}

SilenceService::SilenceService(SilenceStore& store, TaskStore& tasks, ChangeStore& changes, Clock& clock,
                               SilenceSettings settings,
                               std::function<std::string(const std::string& source)> trouble_of)
    : store_(store), tasks_(tasks), changes_(changes), clock_(clock), settings_(std::move(settings)),
      trouble_of_(std::move(trouble_of)) {}

Status SilenceService::load() {
  ORGO_TRY(learned, store_.read_rhythms(settings_.tenant));
  upto_ = learned.upto;
  for (const auto& kept : learned.rhythms) {
    auto rhythm = silence::parse_rhythm(kept.state);
    if (rhythm) sources_[kept.source].rhythm = *rhythm;
    else
      log::warn("silence.forgotten",
                {{"source", kept.source}, {"cause", rhythm.error().message}});  // it is learned anew
  }
  ORGO_CHECK(read_alarms());
  loaded_ = true;
  return {};
}

Status SilenceService::read_alarms() {
  ORGO_TRY(open, store_.open_alarms(settings_.tenant));
  alarms_.clear();
  for (auto& alarm : open) alarms_.emplace(alarm.source, alarm);
  return {};
}

Result<SilenceService::Report> SilenceService::step() {
  if (!loaded_) ORGO_CHECK(load());
  Report report;
  const auto now = clock_.now();
  ORGO_TRY(arrivals, store_.arrivals_after(settings_.tenant, upto_, kArrivalsAtOnce));
  report.arrivals = static_cast<int>(arrivals.size());
  report.more = arrivals.size() == kArrivalsAtOnce;
  if (arrivals.empty() && sources_.empty()) return report;
  if (settings_.rules) {
    ORGO_TRY(rules, settings_.rules());
    rules_ = std::move(rules);
  }
  if (!rules_.alarm) {
    if (!arrivals.empty()) upto_ = arrivals.back().message;
    return report;
  }
  if (std::exchange(stood_still_, false))
    for (auto& [name, source] : sources_)
      if (source.rhythm.watched_to < now) silence::pass_over(source.rhythm, now, rules_.judge, !alarms_.contains(name));
  for (const auto& arrival : arrivals) {
    upto_ = arrival.message;
    const auto name = silence_source(arrival);
    if (name.empty() || (!sources_.contains(name) && sources_.size() >= kSourcesMost)) continue;
    auto& source = sources_[name];
    const auto at = std::min(arrival.at, now);
    if (source.rhythm.watched_to < at) silence::watch(source.rhythm, at, rules_.judge, !alarms_.contains(name));
    silence::hear(source.rhythm, at, rules_.judge);
    source.heard = true;
  }
  for (auto& [name, source] : sources_) {
    const auto alarm = alarms_.find(name);
    if (std::exchange(source.heard, false) && alarm != alarms_.end()) {
      const auto open = alarm->second;
      ORGO_CHECK(end(open, report));
    }
    if (report.more) continue;  // what is silent is known when all was read
    const bool is_open = alarms_.contains(name);
    silence::watch(source.rhythm, now, rules_.judge, !is_open);
    const auto verdict = silence::judge(source.rhythm, rules_.judge);
    probe().expected.with({label_of(settings_.tenant, name)}).set(verdict.known ? verdict.expected : 0);
    probe().open.with({label_of(settings_.tenant, name)}).set(is_open ? 1 : 0);
    if (verdict.alarm && !is_open) ORGO_CHECK(raise(name, source, report));
  }
  if (report.raised + report.ended > 0 || now - saved_at_ >= settings_.save_every || now < saved_at_)
    ORGO_CHECK(save());
  return report;
}

Status SilenceService::save() {
  if (!loaded_) return {};
  RhythmsLearned learned{.upto = upto_, .rhythms = {}};
  for (const auto& [name, source] : sources_) learned.rhythms.push_back({name, silence::to_text(source.rhythm)});
  Changes changes{.tenant = settings_.tenant, .at = clock_.now()};
  changes.add(std::move(learned));
  ORGO_CHECK(commit_one(changes_, changes, within(kCommitTime)));
  saved_at_ = clock_.now();
  return {};
}

void SilenceService::forget() {
  loaded_ = false;
  sources_.clear();
  alarms_.clear();
}

Status SilenceService::raise(const std::string& source, const Source& state, Report& report) {
  const auto now = clock_.now();
  const auto verdict = silence::judge(state.rhythm, rules_.judge);
  const auto trouble = trouble_of_ ? trouble_of_(source) : std::string();
  const auto changes = silence::raise_alarm(settings_.tenant, source, verdict, state.rhythm.last_mail, trouble,
                                            rules_.administrators, now, rules_.judge.zone);
  ORGO_TRY(answers, changes_.commit(std::span(&changes, 1), within(kCommitTime)));
  // conflict: it is open already, by an attempt whose answer got lost.
  if (!answers.at(0) && answers[0].error().code != Errc::conflict) return tl::unexpected(answers[0].error());
  ORGO_CHECK(read_alarms());
  if (!answers[0]) return {};
  ++report.raised;
  probe().alarms.with({label_of(settings_.tenant, source)}).add();
  probe().open.with({label_of(settings_.tenant, source)}).set(1);
  log::warn("silence.alarm", {{"source", source},
                              {"task", to_string(answers[0]->task)},
                              {"last_mail", to_rfc3339(state.rhythm.last_mail)},
                              {"expected", verdict.expected}});
  return {};
}

Status SilenceService::end(const OpenAlarm& alarm, Report& report) {
  for (int i = 0; i < kTries; ++i) {
    ORGO_TRY(task, tasks_.read(settings_.tenant, alarm.task));
    const auto changes = silence::end_alarm(alarm.source, task, alarm.opened_at, clock_.now());
    ORGO_TRY(answers, changes_.commit(std::span(&changes, 1), within(kCommitTime)));
    ORGO_CHECK(read_alarms());
    if (answers.at(0)) {
      ++report.ended;
      log::info("silence.over", {{"source", alarm.source}, {"task", to_string(alarm.task)}});
      return {};
    }
    if (answers[0].error().code != Errc::conflict) return tl::unexpected(answers[0].error());
    if (!alarms_.contains(alarm.source)) return {};
  }
  return {};  // with the next mail
}

}  // namespace orgo
