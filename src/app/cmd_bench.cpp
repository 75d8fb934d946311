#include <chrono>
#include <iostream>

#include "adapter/clock/system_clock.h"
#include "adapter/sql/stores.h"
#include "app/api.h"
#include "app/bench/bench_place.h"
#include "app/bench/pace.h"
#include "app/bench/sample_mail.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/settings.h"
#include "app/table.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "core/mail/read/read_message.h"

namespace orgo {
namespace {

constexpr std::size_t kBatch = 100;
constexpr std::size_t kMailBytes = 2048;
constexpr const char* kRecipient = "office@example.org";

struct Rate {
  double per_second = 0;
  double cpu_us = 0;  ///< of this process, for each
};

/// Runs `step` (which does `count` things) until `seconds` are over.
Result<Rate> measure(double seconds, std::size_t count, const std::function<Status()>& step) {
  const auto began = std::chrono::steady_clock::now();
  const auto cpu = cpu_seconds();
  std::size_t done = 0;
  double passed = 0;
  while (passed < seconds) {
    ORGO_CHECK(step());
    done += count;
    passed = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  }
  return Rate{static_cast<double>(done) / passed, (cpu_seconds() - cpu) * 1e6 / static_cast<double>(done)};
}

}  // namespace

int cmd_bench(const BenchOptions& options) {
  log::configure({.level = log::Level::warn});
  const auto settings = read_settings(options.common);
  if (!settings) return report(settings.error());
  const auto folder = BenchFolder::beside(settings->data);
  if (!folder) return report(folder.error());

  const auto parse =
      measure(options.seconds, kBatch,
              [mails = std::vector<std::string>(kBatch, sample_mail(1, kRecipient, kMailBytes))]() -> Status {
                for (const auto& mail : mails)
                  if (read_message(mail).text.empty()) return failure(Errc::corrupt, "the sample mail was not read");
                return {};
              });
  if (!parse) return report(parse.error());

  const auto store = SqlStores::open({.folder = folder->path()});
  if (!store) return report(store.error());
  const auto tenant = tenant_of(options.common, (*store)->tenants);
  if (!tenant) return report(tenant.error());
  SystemClock clock;
  std::size_t number = 0;
  const auto accept = [&](std::size_t count) {
    return measure(options.seconds, count, [&, count]() -> Status {
      std::vector<std::string> mails;
      std::vector<RawMessage> batch;
      Envelope envelope{.tenant = *tenant};
      envelope.sender = mail_contact("anna@example.org");
      envelope.recipient = mail_contact(kRecipient);
      envelope.received_at = clock.now();
      for (std::size_t i = 0; i < count; ++i) mails.push_back(sample_mail(++number, kRecipient, kMailBytes));
      for (const auto& mail : mails) batch.push_back({envelope, mail});
      ORGO_TRY(accepted, (*store)->messages.accept(batch, within(Millis{60'000})));
      return {};
    });
  };
  const auto one = accept(1);
  if (!one) return report(one.error());
  const auto many = accept(kBatch);
  if (!many) return report(many.error());

  if (options.common.json) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    const auto add = [&](std::string_view what, const Rate& rate) {
      json.key(what).begin_object().field("per_second", static_cast<std::int64_t>(rate.per_second));
      json.field("cpu_us_each", static_cast<std::int64_t>(rate.cpu_us)).end_object();
    };
    add("parse", *parse);
    add("store_one", *one);
    add("store_batch", *many);
    json.field("mail_bytes", kMailBytes).field("batch", kBatch).field("folder", folder->place()).end_object();
    std::cout << out << '\n';
    return kDone;
  }
  Table table({"WHAT", "A SECOND", "CPU EACH"});
  const auto add = [&](std::string what, const Rate& rate) {
    table.add({std::move(what), std::to_string(static_cast<std::int64_t>(rate.per_second)),
               std::to_string(static_cast<std::int64_t>(rate.cpu_us)) + " us"});
  };
  add("mails of 2 KiB parsed, one core", *parse);
  add("mails stored, one at a time, each durable", *one);
  add("mails stored, " + std::to_string(kBatch) + " in a commit, durable", *many);
  std::cout << table.text() << "measured in " << folder->place() << "\n";
  return kDone;
}

}  // namespace orgo
