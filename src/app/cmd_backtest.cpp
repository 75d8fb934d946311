#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <iostream>

#include "adapter/clock/system_clock.h"
#include "adapter/mail_files/mail_files.h"
#include "app/api.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/settings.h"
#include "app/table.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/text.h"
#include "core/mail/read/envelope_of.h"
#include "core/mail/read/read_message.h"
#include "service/backtest/backtest.h"

namespace orgo {
namespace {

constexpr std::size_t kChunkMails = 100;
constexpr std::size_t kChunkBytes = 4U << 20U;

/// The mails of files and folders; what can't be read is counted and told.
class FileSource {
 public:
  FileSource(std::vector<std::string> paths, std::string recipient, TimePoint now)
      : paths_(std::move(paths)), recipient_(std::move(recipient)), now_(now) {}

  Result<std::optional<Backtest::Chunk>> next() {
    struct Raw {
      std::string name;
      Result<std::string> bytes;
    };
    std::vector<Raw> raw;
    std::size_t bytes = 0;
    while (raw.size() < kChunkMails && bytes < kChunkBytes) {
      if (!files_) {
        if (at_ == paths_.size()) break;
        auto opened = MailFiles::open(paths_[at_]);
        if (!opened) return tl::unexpected(opened.error());
        files_.emplace(std::move(*opened));
        ++at_;
      }
      auto mail = files_->next();
      if (!mail) {
        files_.reset();
      } else if (!*mail) {
        raw.push_back({{}, tl::unexpected(mail->error())});
      } else {
        bytes += (*mail)->bytes.size();
        raw.push_back({std::move((*mail)->name), std::move((*mail)->bytes)});
      }
    }
    if (raw.empty()) return std::optional<Backtest::Chunk>();
    return std::optional<Backtest::Chunk>([raw = std::move(raw), recipient = recipient_, now = now_] {
      std::vector<BacktestMail> mails;
      mails.reserve(raw.size());
      for (const auto& one : raw) {
        BacktestMail mail{.name = one.name, .envelope = {.tenant = kTrialTenant}, .bytes = one.bytes};
        if (one.bytes) {
          const auto message = read_message(*one.bytes);
          mail.envelope = envelope_of(kTrialTenant, message, Channel::lmtp, message.date.value_or(now), recipient);
          mail.key = dedup_key(mail.envelope, *one.bytes);
        }
        mails.push_back(std::move(mail));
      }
      return mails;
    });
  }

 private:
  std::vector<std::string> paths_;
  std::string recipient_;
  TimePoint now_;
  std::size_t at_ = 0;
  std::optional<MailFiles> files_;
};

std::string shown(const std::string& value) {
  return value.empty() ? "(none)" : cell(value, 60);
}

std::string name_of(const ChangedMessage& message) {
  return message.id ? to_string(message.id) : cell(message.name, 40);
}

void print_words(const Comparison& found, double seconds, int limit) {
  std::cout << found.messages() << " messages looked at in "
            << static_cast<double>(static_cast<std::int64_t>(seconds * 10)) / 10 << " s, the rules decide "
            << found.asked() << " of them; " << found.changed() << " would come out differently";
  if (found.unreadable() > 0) std::cout << "; " << found.unreadable() << " could not be read";
  std::cout << "\n";
  if (found.changed() == 0) return;
  Table sums({"MESSAGES", "WHAT", "NOW", "THEN"});
  for (const auto& kind : found.kinds()) {
    if (limit-- == 0) break;
    sums.add({std::to_string(kind.count), kind.change.field, shown(kind.change.before), shown(kind.change.after)});
  }
  std::cout << "\n" << sums.text();
  const auto examples = found.examples();
  Table list({"MESSAGE", "SUBJECT", "CHANGES", "BY RULES"});
  for (const auto& message : examples) {
    std::string changes;
    for (const auto& change : message.changes)
      changes +=
          (changes.empty() ? "" : "; ") + change.field + ": " + shown(change.before) + " -> " + shown(change.after);
    list.add({name_of(message), cell(message.subject, 40), cell(changes, 120),
              cell("[" + join(message.rules_before, ", ") + "] -> [" + join(message.rules_after, ", ") + "]", 100)});
  }
  if (list.empty()) return;
  std::cout << "\n" << list.text();
  if (found.changed() > static_cast<std::int64_t>(examples.size()))
    std::cout << "... and " << found.changed() - static_cast<std::int64_t>(examples.size())
              << " more; --limit shows more of them\n";
}

void print_json(const Comparison& found, double seconds, const rules::RuleSet& before, const rules::RuleSet& after) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("rules_before", before.version()).field("rules_after", after.version());
  json.field("messages", found.messages()).field("asked", found.asked()).field("changed", found.changed());
  json.field("unreadable", found.unreadable()).field("milliseconds", static_cast<std::int64_t>(seconds * 1000));
  json.key("sums").begin_array();
  for (const auto& kind : found.kinds()) {
    json.begin_object()
        .field("what", kind.change.field)
        .field("before", kind.change.before)
        .field("after", kind.change.after);
    json.field("messages", kind.count).end_object();
  }
  json.end_array().key("changes").begin_array();
  const auto names = [&](std::string_view key, const std::vector<std::string>& list) {
    json.key(key).begin_array();
    for (const auto& one : list) json.string(one);
    json.end_array();
  };
  for (const auto& message : found.examples()) {
    json.begin_object();
    if (message.id) json.field("message", to_string(message.id));
    else json.field("file", message.name);
    json.field("subject", message.subject).field("from", message.from).key("changes").begin_array();
    for (const auto& change : message.changes)
      json.begin_object()
          .field("what", change.field)
          .field("before", change.before)
          .field("after", change.after)
          .end_object();
    json.end_array();
    names("rules_before", message.rules_before);
    names("rules_after", message.rules_after);
    json.end_object();
  }
  json.end_array().end_object();
  std::cout << out << '\n';
}

}  // namespace

int cmd_rules_backtest(const BacktestOptions& options) {
  log::configure({.level = log::Level::warn});
  const auto settings = read_settings(options.common);
  if (!settings) return report(settings.error());
  const auto before = load_rule_files(options.against, *settings);
  if (!before) return report(before.error().in("the rules to compare with"));
  const auto after = load_rule_files(options.rules, *settings);
  if (!after) return report(after.error().in("the new rules"));

  const auto now = SystemClock().now();
  std::unique_ptr<SqlStores> store;
  Backtest::Source source;
  if (options.paths.empty()) {
    auto opened = open_store_to_read(options.common);
    if (!opened) return report(opened.error());
    store = std::move(*opened);
    const auto tenant = tenant_of(options.common, store->tenants);
    if (!tenant) return report(tenant.error());
    source = stored_messages(store->messages, *tenant, now - std::chrono::hours(24) * options.days);
  } else {
    source = [files = std::make_shared<FileSource>(options.paths, options.recipient, now)] { return files->next(); };
  }
  BacktestSettings wanted;
  wanted.decide = settings->decide;
  wanted.threads = static_cast<unsigned>(options.threads);
  wanted.examples_max = static_cast<std::size_t>(options.limit);
  const auto began = std::chrono::steady_clock::now();
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  const auto found = Backtest(*before, *after, wanted).run(source, [&](std::int64_t messages) {
    if (terminal) std::fprintf(stderr, "\r%lld messages ", static_cast<long long>(messages));
    return true;
  });
  if (terminal) std::fprintf(stderr, "\r\033[K");
  if (!found) return report(found.error());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  if (options.common.json) print_json(*found, seconds, **before, **after);
  else print_words(*found, seconds, options.limit);
  return kDone;
}

}  // namespace orgo
