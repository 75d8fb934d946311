// What one decision costs without rules: an ordinary mail of a person, a follow-up, and a bounce. Prints JSON lines.
// Usage: decide_bench [ROUNDS]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "core/processing/decide.h"

namespace {

constexpr orgo::TenantId kTenant{1};  ///< as the first migration makes it

class NoRules final : public orgo::rules::RuleSet {
 public:
  orgo::rules::Verdict decide(const orgo::rules::Facts&, bool) const override {
    orgo::rules::Verdict verdict;
    verdict.route_to = {"maintenance@organization.com"};
    verdict.escalation = {{orgo::Millis{7'200'000}, "supervisor@organization.com"}};
    return verdict;
  }
  std::vector<std::string> keywords(const orgo::Message&) const override { return {}; }
  const std::map<std::string, orgo::MailTemplate>& templates() const override { return templates_; }
  const std::string& version() const override { return version_; }
  std::size_t size() const override { return 0; }

 private:
  std::map<std::string, orgo::MailTemplate> templates_;
  std::string version_ = "0123456789abcdef";
};

orgo::Incoming ordinary() {
  orgo::Incoming incoming{.envelope = {.tenant = kTenant}};
  incoming.id = orgo::MessageId{7};
  incoming.envelope.sender = orgo::mail_contact("secretary@organization.com");
  incoming.envelope.recipient = orgo::mail_contact("help@organization.com");
  auto& message = incoming.message;
  message.message_id = "20261122012235.12345@mail.organization.com";
  message.from = orgo::Address{"Secretary", "secretary@organization.com"};
  message.make_mail().to = {{"", "help@organization.com"}};
  message.subject = "Water leak in room 102, please come as soon as you can";
  message.text = std::string(2000, 'x');
  for (const char* name : {"Return-Path",
                           "Received",
                           "Received",
                           "Received",
                           "DKIM-Signature",
                           "X-Google-DKIM-Signature",
                           "X-Gm-Message-State",
                           "X-Received",
                           "MIME-Version",
                           "References",
                           "In-Reply-To",
                           "From",
                           "Date",
                           "Message-ID",
                           "Subject",
                           "To",
                           "Content-Type",
                           "X-Mailer",
                           "User-Agent",
                           "Content-Language"})
    message.make_mail().headers.push_back({name, "some value of about the length that such values have, sixty bytes"});
  return incoming;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 200'000;
  const NoRules rules;
  orgo::DecideSettings settings;
  settings.domain = "orgo.organization.com";
  settings.own_sender = "orgo@organization.com";
  settings.own_addresses = {"@organization.com"};
  const auto now = orgo::from_ms(1'800'000'000'000);

  const auto measure = [&](const char* name, const orgo::Incoming& incoming, const orgo::Context& context,
                           bool with_trace) {
    settings.trace = with_trace ? orgo::TraceDepth::decided : orgo::TraceDepth::none;
    double best = 1e9;
    for (int run = 0; run < 5; ++run) {
      const auto start = std::clock();
      std::size_t events = 0;
      for (int i = 0; i < rounds; ++i) events += orgo::decide(incoming, context, rules, settings, now).events.size();
      const double took =
          static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;  // CPU time: steady beside other programs
      if (events == 0) return;
      best = std::min(best, took * 1e6 / rounds);
    }
    std::printf("{\"bench\":\"decide\",\"case\":\"%s\",\"us\":%.3f}\n", name, best);
  };
  orgo::Context context;
  measure("opens a task, no trace", ordinary(), context, false);
  measure("opens a task, trace", ordinary(), context, true);
  auto bounce = ordinary();
  bounce.message.make_mail().headers[16].value = "multipart/report; report-type=delivery-status; boundary=x";
  measure("bounce", bounce, context, true);
  orgo::Task task{.tenant = kTenant};
  task.number = orgo::TaskNumber{12};
  task.team = "maintenance@organization.com";
  context.thread.task = task;
  context.thread.evidence = "In-Reply-To: <20261122012235.12345@mail.organization.com>";
  measure("follow-up", ordinary(), context, true);
  return 0;
}
