#include "app/server.h"

#include <future>
#include <random>
#include <utility>

#include "adapter/clock/system_clock.h"
#include "adapter/data_folder/data_folder.h"
#include "adapter/http/http_server.h"
#include "adapter/mail_in/mail_door.h"
#include "adapter/mail_out/smtp_channel.h"
#include "adapter/module_folder/module_folder.h"
#include "adapter/sql/stores.h"
#include "adapter/webhook/http_webhook.h"
#include "app/feeds.h"
#include "app/mailboxes.h"
#include "app/rule_sources.h"
#include "app/server_probe.h"
#include "app/settings.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "service/delivery/delivery_service.h"
#include "service/escalation/escalation_service.h"
#include "service/gateway/gateway.h"
#include "service/intake/intake_service.h"
#include "service/loop/loop.h"
#include "service/modules/module_service.h"
#include "service/processing/processor.h"
#include "service/rule_book/rule_book.h"
#include "service/silence/silence_service.h"

namespace orgo {
namespace {

constexpr Millis kIdle{1'000};        ///< the longest sleep of a loop: what the end of a lease made due is seen then
constexpr Millis kListen{60'000};     ///< how often the silence alarm looks what came
constexpr Millis kAfterTrouble{500};  ///< pause behind a failed step, so that a full disk is not hammered
constexpr std::string_view kCommandLine = "command line";  ///< name of the token of this data folder's own user

const ServerProbe& probe() {
  static const ServerProbe instance;
  return instance;
}

std::string address_of(const Endpoint& endpoint, std::uint16_t port) {
  return (endpoint.host.find(':') != std::string::npos ? "[" + endpoint.host + "]" : endpoint.host) + ":" +
         std::to_string(port);
}

/// Whom the SMTP door takes mail for: addresses and domains ("@school.example" or "school.example").
smtp::RecipientPolicy recipient_policy(std::vector<std::string> accepted) {
  for (auto& one : accepted) one = ascii_lower(one.starts_with('@') ? one.substr(1) : one);
  return [accepted = std::move(accepted)](std::string_view recipient) {
    const auto address = ascii_lower(recipient);
    const auto sign = address.rfind('@');
    const auto domain = sign == std::string::npos ? std::string_view() : std::string_view(address).substr(sign + 1);
    for (const auto& one : accepted)
      if (one == address || one == domain) return smtp::RecipientVerdict::accept;
    return smtp::RecipientVerdict::not_ours;
  };
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host == "::1" || host.starts_with("127.");
}

double random_share() {
  thread_local std::mt19937_64 engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

/// A module that has errors is refused by itself; the server goes on without it, or with its version before.
void tell_refused(const RuleBook::Reloaded& loaded, const RuleSources::Read& read) {
  if (!read.trouble.empty()) log::error("modules.refused", {{"cause", read.trouble}});
  std::vector<SourceFile> sources;
  for (const auto& module : read.modules.enabled)
    sources.insert(sources.end(), module.files.begin(), module.files.end());
  for (const auto& refused : loaded.refused)
    log::error("module.refused", {{"module", refused.name},
                                  {"version before", refused.old_stays ? "stays in force" : "none"},
                                  {"detail", to_string(refused.errors, sources)}});
}

void tell_warnings(const RuleBook::Reloaded& loaded, const RuleSources::Read& read) {
  for (const auto& warning : loaded.warnings)
    log::warn("rules.warning", {{"detail", to_string({warning}, read.files)}});
}

/// How long until `due`, as a sleep of a loop.
Millis until(std::optional<TimePoint> due, TimePoint now) {
  if (!due) return kIdle;
  return std::clamp(*due - now, Millis{1}, kIdle);
}

}  // namespace

Result<Roles> Roles::parse(const std::string& text) {
  if (text.empty()) return Roles{};
  Roles roles{false, false, false, false};
  for (const auto part : split(text, ',')) {
    const auto name = trim(part);
    if (name == "gateway") roles.gateway = true;
    else if (name == "processing") roles.processing = true;
    else if (name == "delivery") roles.delivery = true;
    else if (name == "escalation") roles.escalation = true;
    else
      return failure(Errc::invalid_input, "unknown role '" + std::string(name) +
                                              "'; the roles are gateway, processing, delivery, escalation");
  }
  return roles;
}

struct Server::Parts {
  Parts(Config given_config, Roles given_roles) : config(std::move(given_config)), roles(given_roles) {}

  Config config;
  Roles roles;
  SystemClock clock;
  std::optional<DataFolder> folder;
  std::unique_ptr<SqlStores> store;
  RuleBook rules;
  std::unique_ptr<RuleSources> rule_sources;
  std::unique_ptr<ModuleHome> module_home;
  std::unique_ptr<ModuleService> modules;  ///< what people do with them
  std::unique_ptr<IntakeService> intake;
  std::unique_ptr<MailboxService> mailboxes;
  std::unique_ptr<Feeds> feeds;
  Loop* feed_loop = nullptr;
  std::unique_ptr<SilenceService> silence;
  std::vector<std::unique_ptr<Processor>> processors;
  std::vector<std::unique_ptr<SmtpChannel>> relays;
  std::unique_ptr<HttpWebhook> webhooks;
  std::vector<std::unique_ptr<DeliveryService>> deliveries;
  std::unique_ptr<EscalationService> escalation;
  std::vector<std::unique_ptr<Loop>> loops;  ///< stopped in reverse
  std::vector<Loop*> processing_loops, delivery_loops, escalation_loops;
  std::unique_ptr<MailDoor> lmtp, smtp;
  std::unique_ptr<KeyringVerifier> signatures;
  std::unique_ptr<gateway::Gateway> api;
  std::unique_ptr<net::IoThreads> io;
  std::unique_ptr<HttpServer> http;
  std::unique_ptr<metrics::ScrapeHook> scrape;
  std::string secret;  ///< of the data folder; see key()
  std::string first_token;
  std::optional<RuleVersion> unkept_rules;  ///< in force, and not yet in the history
  bool stopped = false;

  Status open_store();
  /// Of the secret, for one use: what is signed for one is worth nothing for another.
  [[nodiscard]] std::string key(std::string_view use) const { return to_hex(hmac_sha256(secret, use)); }
  Status load_rules();
  void took_over(const RuleSources::Read& read);
  void keep_rules();
  void begin_processing();
  Status begin_delivery();
  /// Is mail sent over a connection whose peer may be anybody?
  [[nodiscard]] bool sends_unverified() const {
    return config.smtp.tls == OutgoingTls::opportunistic && config.smtp.username.empty() && config.smtp.port != 465 &&
           !is_loopback(config.smtp.host);
  }
  void begin_escalation();
  void begin_silence();
  Status begin_feeds();
  /// Kept alive by the rules that it is a part of.
  [[nodiscard]] std::shared_ptr<const Workplace> workplace() const {
    auto current = rules.current();
    const auto* part = &current->workplace();
    return {std::move(current), part};
  }
  Status open_doors();
  Result<std::unique_ptr<MailDoor>> open_mail_door(const Endpoint& endpoint, smtp::Protocol protocol);
  Status open_http();
  Result<std::string> make_token(const std::string& name, Role role);
  Result<Accepted> submit(const Envelope& envelope, std::string bytes, Deadline deadline);
  [[nodiscard]] DecideSettings decide_settings() const;
  [[nodiscard]] RenderSettings render_settings() const;
  [[nodiscard]] SuppressionPolicy suppression_policy() const;
  std::vector<gateway::ReadyCheck> ready_checks();

  static void wake(const std::vector<Loop*>& which) {
    for (auto* loop : which) loop->wake();
  }
  Loop* add_loop(std::string name, Loop::Step step) {
    loops.push_back(std::make_unique<Loop>(std::move(name), std::move(step)));
    return loops.back().get();
  }
};

RenderSettings Server::Parts::render_settings() const {
  RenderSettings settings;
  settings.domain = config.organization.domain;
  settings.from_address = config.smtp.from;
  settings.from_name = config.smtp.from_name;
  settings.link_base = config.http.public_url;
  settings.zone = config.zone();
  settings.id_key = key("message ids");
  return settings;
}

SuppressionPolicy Server::Parts::suppression_policy() const {
  SuppressionPolicy policy;
  policy.enabled = config.suppression.enabled;
  policy.temporary_failures = static_cast<int>(config.suppression.failures);
  policy.window = config.suppression.window;
  policy.permanent_time = config.suppression.permanent_time;
  policy.temporary_time = config.suppression.temporary_time;
  return policy;
}

DecideSettings Server::Parts::decide_settings() const {
  DecideSettings settings;
  settings.domain = config.organization.domain;
  settings.own_addresses = config.organization.addresses;
  settings.zone = config.zone();
  settings.with_trace = config.processing.trace;
  settings.own_sender = sending_address(render_settings());
  settings.id_key = key("message ids");
  settings.hops_max = static_cast<int>(config.delivery.hops);
  settings.suppression = suppression_policy();
  return settings;
}

Status Server::Parts::open_store() {
  ORGO_TRY(owned, DataFolder::own(config.data.dir));
  folder.emplace(std::move(owned));
  ORGO_TRY(kept, folder->secret());
  secret = std::move(kept);
  ORGO_TRY(opened, SqlStores::open({.folder = config.data.dir}));
  store = std::move(opened);
  return store->release_leases(clock.now());
}

Status Server::Parts::load_rules() {
  rule_sources = std::make_unique<RuleSources>(config.rules.files, config.data.dir);
  ORGO_TRY(read, rule_sources->read());
  read.modules.zone = config.zone();
  const auto loaded = rules.reload(read.files, read.modules);
  if (!loaded.accepted) return failure(Errc::invalid_input, to_string(loaded.errors, read.files));
  tell_refused(loaded, read);
  tell_warnings(loaded, read);
  took_over(read);
  return {};
}

/// The rules are in force: they go into the history too, now or, when the disk is full, later.
void Server::Parts::took_over(const RuleSources::Read& read) {
  const auto current = rules.current();
  probe().rules.set(static_cast<double>(current->size()));
  unkept_rules = RuleVersion{kDefaultTenant, current->version(),         static_cast<std::int64_t>(current->size()),
                             clock.now(),    absolute_paths(read.files), {}};
  auto& in_force = unkept_rules->modules.emplace();
  in_force.addresses = read.modules.addresses;
  for (const auto& module : rules.modules_in_force())
    in_force.modules.push_back({module->manifest.name, to_string(module->manifest.version), module->fingerprint});
  keep_rules();
}

void Server::Parts::keep_rules() {
  if (!unkept_rules) return;
  if (const auto kept = store->rules.add_rule_version(*unkept_rules); kept) unkept_rules.reset();
  else log::error("rules.not_kept", {{"version", unkept_rules->version}, {"cause", kept.error().message}});
}

void Server::Parts::begin_processing() {
  ProcessingSettings settings;
  settings.batch = static_cast<int>(config.processing.batch);
  settings.lease_time = config.queue.lease_time;
  settings.attempts_max = static_cast<int>(config.queue.attempts);
  settings.retry_first = config.queue.retry_first;
  settings.retry_most = config.queue.retry_most;
  settings.subject_time = config.processing.subject_time;
  settings.decide = decide_settings();
  for (int i = 0; i < config.processing.workers; ++i) {
    processors.push_back(std::make_unique<Processor>(
        store->messages, store->queue, store->tasks, store->outbox, store->changes, clock,
        [this] { return rules.current(); }, settings));
    auto* processor = processors.back().get();
    processing_loops.push_back(add_loop("orgo-process-" + std::to_string(i), [this, processor] {
      const auto report = processor->step();
      if (!report) {
        log::error("processing.trouble", {{"cause", report.error().message}});
        return kAfterTrouble;
      }
      if (report->decided > 0) {
        wake(delivery_loops);
        wake(escalation_loops);
      }
      return report->leased > 0 ? Millis{0} : kIdle;
    }));
  }
}

Status Server::Parts::begin_delivery() {
  const bool with_mail = !config.smtp.host.empty();
  if (!with_mail)
    log::warn("delivery.no_mail",
              {{"cause", "smtp.host is not set: mails wait in the outbox until it is; webhooks go out"}});
  if (with_mail && sends_unverified())
    log::warn("delivery.unverified", {{"host", config.smtp.host},
                                      {"cause",
                                       "smtp.tls is opportunistic: the relay's certificate is not checked, so whoever "
                                       "sits in between can read and change mails; 'required' checks it"}});
  HttpWebhookOptions hooks;
  hooks.secret = config.webhooks.secret;
  for (const auto& text : config.webhooks.allow_networks) {
    ORGO_TRY(network, Network::parse(text));
    hooks.allow_networks.push_back(network);
  }
  webhooks = std::make_unique<HttpWebhook>(std::move(hooks));
  DeliverySettings settings;
  settings.mail = with_mail;
  settings.suppression = suppression_policy();
  settings.render = render_settings();
  settings.retry.attempts_max = static_cast<int>(config.delivery.attempts);
  settings.retry.first = config.delivery.retry_first;
  settings.retry.most = config.delivery.retry_most;
  settings.loop_total_factor = config.delivery.total_factor;
  SmtpChannelOptions relay;
  relay.host = config.smtp.host;
  relay.port = static_cast<std::uint16_t>(config.smtp.port);
  relay.session.host_name = config.organization.domain;
  relay.session.username = config.smtp.username;
  relay.session.password = config.smtp.password;
  relay.session.tls = config.smtp.tls == OutgoingTls::none       ? smtp::TlsPolicy::none
                      : config.smtp.tls == OutgoingTls::required ? smtp::TlsPolicy::required
                                                                 : smtp::TlsPolicy::opportunistic;
  relay.implicit_tls = config.smtp.port == 465;
  relay.ca_file = config.smtp.ca_file;
  relay.reply_time = config.smtp.timeout;
  if (!with_mail) relay.host = "localhost";  // is never asked
  for (int i = 0; i < config.delivery.workers; ++i) {
    ORGO_TRY(channel, SmtpChannel::open(relay));
    relays.push_back(std::move(channel));
    deliveries.push_back(std::make_unique<DeliveryService>(
        store->outbox, store->messages, store->tasks, store->changes, clock, *relays.back(), *webhooks,
        [this] { return rules.current(); }, random_share, settings));
    auto* delivery = deliveries.back().get();
    delivery_loops.push_back(add_loop("orgo-deliver-" + std::to_string(i), [this, delivery] {
      const auto report = delivery->step();
      if (!report) {
        log::error("delivery.trouble", {{"cause", report.error().message}});
        return kAfterTrouble;
      }
      return report->leased > 0 ? Millis{0} : until(report->next_due, clock.now());
    }));
  }
  return {};
}

void Server::Parts::begin_escalation() {
  EscalationSettings settings;
  settings.workplace = [this] { return workplace(); };
  escalation = std::make_unique<EscalationService>(store->tasks, store->changes, clock, settings);
  escalation_loops.push_back(add_loop("orgo-escalate", [this] {
    const auto report = escalation->step();
    if (!report) {
      log::error("escalation.trouble", {{"cause", report.error().message}});
      return kAfterTrouble;
    }
    if (report->fired > 0) wake(delivery_loops);
    return until(report->next_due, clock.now());
  }));
}

/// Feeds lie in the data folder, where the rules are read from again when one has changed.
Status Server::Parts::begin_feeds() {
  ORGO_TRY(made, Feeds::make(config, clock, random_share));
  feeds = std::move(made);
  feeds->service().want(rule_sources->feed_urls());
  feed_loop = add_loop("orgo-feeds", [this] {
    const auto report = feeds->service().step();
    if (!report) {
      log::error("feeds.trouble", {{"cause", report.error().message}});
      return kListen;
    }
    return report->next_at == TimePoint::max() ? kListen : std::clamp(report->next_at - clock.now(), kIdle, kListen);
  });
  return {};
}

void Server::Parts::begin_silence() {
  if (!config.silence.alarm) return;
  SilenceSettings settings;
  settings.judge_now = [this] { return silence_settings(config, *workplace()); };
  settings.administrators = config.organization.administrators;
  const auto trouble_of = [this](const std::string& source) {
    return mailboxes ? mailbox_trouble(*mailboxes, source) : std::string();
  };
  silence = std::make_unique<SilenceService>(store->silence, store->tasks, store->changes, clock, std::move(settings),
                                             trouble_of);
  add_loop("orgo-silence", [this] {
    const auto report = silence->step();
    if (!report) {
      log::error("silence.trouble", {{"cause", report.error().message}});
      return kAfterTrouble;
    }
    if (report->raised > 0) wake(delivery_loops);
    return report->more ? Millis{0} : kListen;
  });
}

Result<std::unique_ptr<MailDoor>> Server::Parts::open_mail_door(const Endpoint& endpoint, smtp::Protocol protocol) {
  MailDoorOptions options;
  options.host = endpoint.host;
  options.port = endpoint.port;
  options.session.protocol = protocol;
  options.session.host_name = config.organization.domain;
  options.session.limits.message_size = config.limits.message_size;
  options.session.limits.recipients = static_cast<std::size_t>(config.limits.recipients);
  options.connections = static_cast<int>(config.limits.connections);
  options.command_time = config.limits.idle_time;
  options.tls = {config.smtp_in.tls.certificate, config.smtp_in.tls.key};
  if (protocol == smtp::Protocol::smtp) {
    options.session.requires_tls = config.smtp_in.require_tls;
    // Without any list all are taken, as smtp_in.recipients says: on loopback only this machine can ask.
    const auto& ours = config.smtp_in.recipients.empty() ? config.organization.addresses : config.smtp_in.recipients;
    options.session.recipient_policy =
        ours.empty() ? [](std::string_view) { return smtp::RecipientVerdict::accept; } : recipient_policy(ours);
  }
  return MailDoor::open(std::move(options), *intake, clock);
}

Result<Accepted> Server::Parts::submit(const Envelope& envelope, std::string bytes, Deadline deadline) {
  auto answer = std::make_shared<std::promise<Result<std::vector<Accepted>>>>();
  auto future = answer->get_future();
  intake->submit_for_ids({envelope}, std::make_shared<const std::string>(std::move(bytes)),
                         [answer](Result<std::vector<Accepted>> accepted) { answer->set_value(std::move(accepted)); });
  if (future.wait_until(deadline) == std::future_status::timeout)
    return failure(Errc::deadline_exceeded, "the store did not answer in time; sending the same message again is safe");
  ORGO_TRY(accepted, future.get());
  return accepted.front();
}

std::vector<gateway::ReadyCheck> Server::Parts::ready_checks() {
  std::vector<gateway::ReadyCheck> checks{
      {"database",
       [this] {
         const auto trouble = store->engine->trouble();
         return trouble.empty() ? Status{} : Status(failure(Errc::unavailable, "the last write failed: " + trouble));
       }},
      {"rules", [this] {
         const auto trouble = rules.trouble();
         return trouble.empty() ? Status{} : Status(failure(Errc::unavailable, trouble));
       }}};
  if (mailboxes)
    for (auto& check : mailbox_checks(*mailboxes)) checks.push_back(std::move(check));
  if (feeds) checks.push_back(feed_check(feeds->service()));
  return checks;
}

Result<std::string> Server::Parts::make_token(const std::string& name, Role role) {
  const auto made = gateway::new_token_secret();
  ApiToken token;
  token.name = name;
  token.role = role;
  token.created_at = clock.now();
  ORGO_TRY(added, store->tokens.add_token(token, gateway::token_hash(made)));
  (void)added;
  return made;
}

Status Server::Parts::open_http() {
  const auto endpoint = Config::endpoint(config.http.listen);
  gateway::Settings settings;
  settings.message_max = config.limits.message_size;
  settings.cursor_key = key("gateway");
  settings.public_metrics = config.http.metrics == MetricsAccess::open ||
                            (config.http.metrics == MetricsAccess::loopback && is_loopback(endpoint.host));
  settings.zone = config.zone();
  settings.default_recipient = "inbox@" + config.organization.domain;
  signatures = std::make_unique<KeyringVerifier>(keyring_of(config));
  module_home = std::make_unique<ModuleHome>(config.data.dir, shipped_modules(config.modules.dir));
  modules = std::make_unique<ModuleService>(*module_home, [this] {
    auto files = RuleFiles(config.rules.files, config.data.dir).read();
    return files ? std::move(*files) : std::vector<SourceFile>{};
  });
  api = std::make_unique<gateway::Gateway>(
      gateway::Services{
          store->tasks, store->changes, store->messages, store->outbox, store->queue, store->tokens, store->ledger,
          clock,
          [this](const Envelope& envelope, std::string bytes, Deadline deadline) {
            return submit(envelope, std::move(bytes), deadline);
          },
          ready_checks(),
          mailboxes ? [this] { return mailboxes->statuses(); } : std::function<std::vector<MailboxStatus>()>(),
          signatures.get(), [this] { return workplace(); },
          [this](const Task& task, const std::string& name, const std::string& value, TimePoint now) {
            return rules.current()->checked_field(task.type, name, value, now);
          },
          modules.get()},
      settings);
  io = std::make_unique<net::IoThreads>(1);
  HttpServerOptions options;
  options.host = endpoint.host;
  options.port = endpoint.port;
  options.tls = {config.http.tls.certificate, config.http.tls.key};
  options.connections = static_cast<int>(config.http.connections);
  options.idle_time = config.http.idle_time;
  ORGO_TRY(opened, HttpServer::open(*io, options, *api));
  http = std::move(opened);
  return {};
}

Status Server::Parts::open_doors() {
  intake = std::make_unique<IntakeService>(store->messages, IntakeLimits{}, [this] { wake(processing_loops); });
  intake->start();
  mailboxes = make_mailboxes(config, *intake, store->mailboxes, clock, random_share);
  if (const auto endpoint = Config::endpoint(config.lmtp.listen); !endpoint.off()) {
    ORGO_TRY(door, open_mail_door(endpoint, smtp::Protocol::lmtp));
    lmtp = std::move(door);
  }
  if (const auto endpoint = Config::endpoint(config.smtp_in.listen); !endpoint.off()) {
    ORGO_TRY(door, open_mail_door(endpoint, smtp::Protocol::smtp));
    smtp = std::move(door);
  }
  if (!Config::endpoint(config.http.listen).off()) ORGO_CHECK(open_http());
  if (mailboxes) mailboxes->start();
  scrape = std::make_unique<metrics::ScrapeHook>([this] {
    if (const auto depth = store->queue.depth("process")) probe().queue_depth.set(static_cast<double>(*depth));
    if (lmtp) probe().connections.with({"lmtp"}).set(lmtp->connections());
    if (smtp) probe().connections.with({"smtp"}).set(smtp->connections());
    const auto stats = store->engine->stats();
    probe().commits.set(static_cast<double>(stats.groups));
    probe().writes.set(static_cast<double>(stats.jobs));
  });
  return {};
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() {
  stop();
}

Result<std::unique_ptr<Server>> Server::start(const Config& config, const Roles& roles) {
  auto server = std::unique_ptr<Server>(new Server(std::make_unique<Parts>(config, roles)));
  auto& parts = *server->parts_;
  ORGO_CHECK(parts.open_store());
  ORGO_CHECK(parts.load_rules());
  ORGO_CHECK(parts.begin_feeds());
  if (roles.processing) parts.begin_processing();
  if (roles.delivery) ORGO_CHECK(parts.begin_delivery());
  if (roles.escalation) parts.begin_escalation();
  if (roles.gateway) ORGO_CHECK(parts.open_doors());
  if (roles.gateway) parts.begin_silence();
  for (auto& loop : parts.loops) loop->start();

  ORGO_TRY(tokens, parts.store->tokens.list_tokens(kDefaultTenant));
  if (tokens.empty()) {
    ORGO_TRY(secret, parts.make_token("admin", Role::administrator));
    parts.first_token = secret;
  }
  for (const auto& token : tokens)  // of an earlier run: its secret was in a file that is gone
    if (token.name == kCommandLine && !token.revoked_at)
      ORGO_CHECK(parts.store->tokens.revoke_token(kDefaultTenant, token.id, parts.clock.now()));
  RunningServer announced;
  announced.http = server->http_url();
  announced.lmtp = server->lmtp_address();
  announced.smtp = server->smtp_address();
  if (parts.http) {
    ORGO_TRY(secret, parts.make_token(std::string(kCommandLine), Role::administrator));
    announced.token = secret;
  }
  ORGO_CHECK(parts.folder->announce(announced));
  return server;
}

void Server::stop() {
  auto& parts = *parts_;
  if (std::exchange(parts.stopped, true)) return;
  // From the outside in: no door takes anything new, then what is under way comes to its end, then the store closes.
  if (parts.api) parts.api->drain();
  if (parts.http) parts.http->stop();
  if (parts.lmtp) parts.lmtp->stop();
  if (parts.smtp) parts.smtp->stop();
  if (parts.mailboxes) parts.mailboxes->stop();
  if (parts.feeds) parts.feeds->stop();
  if (parts.io) parts.io->stop();
  parts.scrape.reset();
  if (parts.intake) parts.intake->stop();
  for (auto loop = parts.loops.rbegin(); loop != parts.loops.rend(); ++loop) (*loop)->stop();
  if (parts.silence) (void)parts.silence->save();
  if (parts.store) parts.store->engine->close();
  parts.folder.reset();
}

void Server::reload_rules() {
  auto& parts = *parts_;
  auto read = parts.rule_sources->read();
  if (!read) {
    log::error("rules.refused", {{"cause", read.error().message}});
    return;
  }
  parts.feeds->service().want(parts.rule_sources->feed_urls());
  parts.feed_loop->wake();
  read->modules.zone = parts.config.zone();
  const auto loaded = parts.rules.reload(read->files, read->modules);
  if (!loaded.accepted)
    log::error("rules.refused", {{"errors", loaded.errors.size()}, {"detail", to_string(loaded.errors, read->files)}});
  tell_refused(loaded, *read);
  tell_warnings(loaded, *read);
  if (loaded.accepted) parts.took_over(*read);
  else probe().rules.set(static_cast<double>(loaded.rules));
  if (loaded.changed)
    log::info("rules.loaded", {{"rules", loaded.rules},
                               {"modules", parts.rules.modules_in_force().size()},
                               {"version", parts.rules.current()->version()}});
}

void Server::reload_changed_rules() {
  if (parts_->rule_sources->changed()) reload_rules();
  else parts_->keep_rules();
}

std::string Server::http_url() const {
  if (!parts_->http) return {};
  return (parts_->config.http.tls.empty() ? "http://" : "https://") +
         address_of(Config::endpoint(parts_->config.http.listen), parts_->http->port());
}
std::string Server::lmtp_address() const {
  return parts_->lmtp ? address_of(Config::endpoint(parts_->config.lmtp.listen), parts_->lmtp->port()) : std::string();
}
std::string Server::smtp_address() const {
  return parts_->smtp ? address_of(Config::endpoint(parts_->config.smtp_in.listen), parts_->smtp->port())
                      : std::string();
}
std::string Server::first_token() const {
  return parts_->first_token;
}
std::size_t Server::rule_count() const {
  return parts_->rules.current()->size();
}
bool Server::sends_mail() const {
  return !parts_->deliveries.empty() && !parts_->config.smtp.host.empty();
}

}  // namespace orgo
