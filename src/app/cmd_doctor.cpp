#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "adapter/clock/system_clock.h"
#include "adapter/data_folder/data_folder.h"
#include "adapter/data_folder/lineage_file.h"
#include "adapter/http_client/http_client.h"
#include "adapter/net/port_probe.h"
#include "adapter/sql/store_check.h"
#include "adapter/sql/stores.h"
#include "app/api.h"
#include "app/calendar_feeds.h"
#include "app/commands.h"
#include "app/doctor/move_look.h"
#include "app/doctor/outbox_look.h"
#include "app/doctor/team_looks.h"
#include "app/mailboxes/mailboxes.h"
#include "app/node/endpoint.h"
#include "app/output.h"
#include "app/policies/silence_settings.h"
#include "app/rules/rule_files.h"
#include "app/settings.h"
#include "app/storage/store_place.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/planted.h"
#include "core/ledger/ledger.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNamedMost = 20;
constexpr std::uintmax_t kDiskLow = 1ULL << 30, kDiskOut = 64ULL << 20;  // bytes free: a warning, an error

const std::string kWhatToDo =
    "; stop the server and put the last backup in its place, which keeps this folder beside it: `orgo restore`";

std::string megabytes(std::uintmax_t bytes) {
  return std::to_string(bytes >> 20) + " MiB";
}

class Doctor {
 public:
  explicit Doctor(const CommonOptions& common) : common_(common) {}

  std::vector<Look> examine() {
    const auto loaded = load_config_for(common_);
    if (!loaded.errors.empty()) {
      add("configuration", Mood::wrong,
          std::to_string(loaded.errors.size()) + " errors; `orgo config check` shows them");
      return std::move(looks_);
    }
    add("configuration", Mood::well, loaded.path.empty() ? "none; the defaults hold" : loaded.path);
    const auto settings = read_settings(common_);
    if (!settings) return std::move(looks_);
    look_at_rules(*settings);
    for (auto& look : look_at_teams(*settings)) looks_.push_back(std::move(look));
    look_at_feeds(*settings);
    look_at_time(loaded, *settings);
    look_at_mail(loaded.config);
    look_at_folder(settings->data);
    const auto server = DataFolder::running(settings->data);
    if (!server) {
      add("server", Mood::wrong, server.error().message);
    } else if (*server) {
      look_at_server(**server);
    } else {
      add("server", Mood::well, "none runs on this data folder");
      look_at_ports(loaded.config);
    }
    look_at_database(settings->stores, loaded.config, server && *server);
    return std::move(looks_);
  }

 private:
  void add(std::string name, Mood mood, std::string text) {
    looks_.push_back({std::move(name), mood, std::move(text)});
  }

  void look_at_rules(const ToolSettings& settings) {
    if (settings.rules.empty())
      return add("rules", Mood::warning,
                 "rules.yaml is not there, without which no server starts; `orgo init` writes one");
    const auto rules = load_rule_files({}, settings);
    if (rules) add("rules", Mood::well, std::to_string((*rules)->size()) + " rules, version " + (*rules)->version());
    else
      add("rules", Mood::wrong,
          rules.error().code == Errc::invalid_input ? "have errors; `orgo rules check` shows them"
                                                    : rules.error().message);
  }

  void look_at_time(const LoadedConfig& loaded, const ToolSettings& settings) {
    const auto rules = settings.rules.empty()
                           ? Result<std::shared_ptr<const rules::RuleSet>>(std::shared_ptr<const rules::RuleSet>{})
                           : load_rule_files({}, settings);
    if (!rules) return;  // said already
    const Workplace none;
    const auto& workplace = *rules ? (*rules)->workplace() : none;
    const auto configured = loaded.config.organization.zone();
    const auto& zone = workplace.zone(configured);
    const bool differ = !loaded.config.organization.time_zone->empty() && zone.name() != configured.name();
    add("time zone", differ ? Mood::warning : Mood::well,
        zone.name() + (differ ? ", of the default calendar '" + workplace.calendars.default_name() +
                                    "'; organization.time_zone says " + configured.name() + " and does not count"
                              : ""));
    const auto& wanted = *loaded.config.silence.calendar;
    if (*loaded.config.silence.alarm && !wanted.empty() && wanted != "none" &&
        silence_calendar(loaded.config, workplace) == nullptr)
      add("silence alarm", Mood::warning,
          "the rules have no calendar '" + wanted + "' (silence.calendar): its holidays don't count");
  }

  void look_at_feeds(const ToolSettings& settings) {
    RuleFiles files(settings.rules, settings.data);
    if (settings.rules.empty() || !files.read() || files.feed_urls().empty()) return;
    const auto states = known_feeds(settings.data, files.feed_urls());
    if (!states) return add("feeds", Mood::wrong, states.error().message);
    const auto now = SystemClock().now();
    std::size_t well = 0;
    for (const auto& state : *states) {
      const auto trouble = feed_trouble(state, now);
      if (trouble.empty()) ++well;
      else
        add("feed", Mood::warning,
            cell(state.url, 300) + ": " + cell(trouble, 600) + "; `orgo calendar feeds --refresh` asks now");
    }
    if (well > 0) add("feeds", Mood::well, std::to_string(well) + " by URL as their servers have them");
  }

  void look_at_mail(const Config& config) {
    const auto loopback = [](std::string_view host) {
      return host == "localhost" || host == "[::1]" || host == "::1" || host.starts_with("127.");
    };
    if (config.smtp.host->empty()) add("mail out", Mood::warning, "smtp.host is not set: mails wait in the outbox");
    else if (*config.smtp.tls == OutgoingTls::none && !loopback(*config.smtp.host))
      add("mail out", Mood::warning, "to " + *config.smtp.host + " in the clear; set smtp.tls to required");
    else if (*config.smtp.tls == OutgoingTls::opportunistic && config.smtp.username->empty() &&
             *config.smtp.port != 465 && !loopback(*config.smtp.host))
      add("mail out", Mood::warning,
          "to " + *config.smtp.host +
              ", whose certificate is not checked (smtp.tls: opportunistic); set it to required");
    else add("mail out", Mood::well, "to " + *config.smtp.host);
    const auto door = Endpoint::parse(*config.smtp_in.listen);
    if (!door.off() && config.smtp_in.recipients->empty()) {
      if (!config.organization.addresses->empty())
        add("mail in", Mood::well, "by SMTP for organization.addresses only");
      else
        add("mail in", loopback(door.host) ? Mood::well : Mood::warning,
            std::string("by SMTP for every recipient") +
                (loopback(door.host)
                     ? ", from this machine only"
                     : ": set smtp_in.recipients or organization.addresses, or strangers fill the disk"));
    }
    const auto http = Endpoint::parse(*config.http.listen);
    if (!http.off() && !loopback(http.host) && config.http.tls.empty())
      add("http", Mood::warning,
          *config.http.listen +
              " without TLS: tokens cross the network in the clear unless a proxy in front of it speaks HTTPS");
    if (!http.off() && !loopback(http.host) && *config.http.metrics == MetricsAccess::open)
      add("metrics", Mood::warning,
          "/metrics is open to everybody who reaches " + *config.http.listen + " (http.metrics)");
  }

  void look_at_folder(const std::string& data) {
    std::error_code error;
    if (!fs::is_directory(data, error))
      return add("data folder", Mood::well, data + " is not there yet; `orgo serve` makes it");
    struct stat facts {};
    ::stat(data.c_str(), &facts);
    if (::access(data.c_str(), R_OK | W_OK | X_OK) != 0)
      add("data folder", Mood::wrong,
          data + " is not yours to write (you are user " + std::to_string(::getuid()) + ", it is of " +
              std::to_string(facts.st_uid) + ")");
    else if ((facts.st_mode & 0077) != 0)
      add("data folder", Mood::warning, data + " can be read by other users, and mail is private; chmod 700 " + data);
    else add("data folder", Mood::well, data);
    const auto space = fs::space(data, error);
    if (error) return add("disk", Mood::wrong, error.message());
    const auto mood = space.available < kDiskOut   ? Mood::wrong
                      : space.available < kDiskLow ? Mood::warning
                                                   : Mood::well;
    add("disk", mood,
        megabytes(space.available) + " free" + (mood == Mood::well ? "" : "; without room mail is refused (452)"));
  }

  void look_at_server(const RunningServer& server) {
    add("server", Mood::well,
        "process " + std::to_string(server.pid) + (server.http.empty() ? ", without HTTP" : ", " + server.http));
    if (server.http.empty()) return;
    HttpClientRequest request;
    request.url = server.http + "/readyz";
    request.timeout = Millis{5'000};
    const auto answer = http_call(request);
    if (!answer) add("ready", Mood::wrong, answer.error().message);
    else
      add("ready",
          answer->status != 200                           ? Mood::wrong
          : answer->body.find("[!]") != std::string::npos ? Mood::warning
                                                          : Mood::well,
          cell(answer->body, 1'000));
  }

  void look_at_ports(const Config& config) {
    for (const auto& [name, listen] :
         {std::pair{"port of http", *config.http.listen}, std::pair{"port of lmtp", *config.lmtp.listen},
          std::pair{"port of smtp", *config.smtp_in.listen}}) {
      const auto endpoint = Endpoint::parse(listen);
      if (endpoint.off()) {
        add(name, Mood::well, "off");
        continue;
      }
      const auto free = port_is_free(endpoint.host, endpoint.port);
      add(name, free ? Mood::well : Mood::wrong, free ? listen + " is free" : free.error().message);
    }
  }

  void look_at_database(const SqlStoreOptions& place, const Config& config, bool served) {
    const auto& data = place.folder;
    const auto store = SqlStores::open(to_read(place));
    if (!store && store.error().code == Errc::not_found)
      return add("database", Mood::well, "not there yet; `orgo serve` makes it");
    if (!store)
      return add("database", Mood::wrong,
                 store.error().message + (store.error().code == Errc::corrupt ? kWhatToDo : ""));
    const auto integrity = (*store)->engine->check_integrity();
    if (!integrity) add("database", Mood::wrong, integrity.error().message + kWhatToDo);
    else
      add("database", *integrity == "ok" ? Mood::well : Mood::wrong,
          *integrity == "ok" ? "every page and index is whole" : cell(*integrity, 500) + kWhatToDo);
    if (const auto tables = sql::check_tables(*(*store)->engine); !tables)
      add("tables", Mood::wrong, tables.error().message + kWhatToDo);
    const auto ledger = (*store)->ledger.count_ledger();
    if (!ledger) return add("ledger", Mood::wrong, ledger.error().message);
    std::string wrong;
    for (const auto& line : *ledger)
      for (const auto& sentence : imbalances(line))
        wrong += (wrong.empty() ? "" : "; ") + line.channel + ": " + sentence;
    add("ledger", wrong.empty() ? Mood::well : Mood::wrong, wrong.empty() ? "balances" : wrong);
    if (auto look = look_at_move(place)) looks_.push_back(*std::move(look));
    look_at_bytes(**store);
    look_at_restore(**store, data);
    const auto now = SystemClock().now();
    const auto load = (*store)->workload.read_workload(now);
    const auto oldest = (*store)->workload.oldest_send();
    if (load && oldest) looks_.push_back(look_at_outbox(*load, *oldest, !config.smtp.host->empty(), served, now));
    const auto dead = (*store)->work.dead(std::nullopt, 1000);
    if (!dead) add("dead letters", Mood::wrong, dead.error().message);
    else
      add("dead letters", dead->empty() ? Mood::well : Mood::warning,
          dead->empty() ? "none" : std::to_string(dead->size()) + "; `orgo queue dead` lists them");
  }

  /// Is something held since a backup was put back, or will it be at the next start?
  void look_at_restore(SqlStores& store, const std::string& data) {
    const auto held = store.outbox.count_restored();
    if (!held) return add("restore", Mood::wrong, held.error().message);
    std::int64_t all = 0;
    for (const auto& [tenant, count] : *held) all += count;
    if (all > 0 && !ORGO_PLANT(doctor_sees_no_held_mail))
      add("restore", Mood::warning,
          std::to_string(all) +
              " mails and webhooks are held since a backup was put back; `orgo queue restored` lists "
              "them, `orgo queue release` or `drop` decides");
    const auto file = read_lineage_file(data);  // first, since a server writes it behind the database
    const auto lineage = store.lineage.read_lineage();
    if (!lineage || !file) return add("restore", Mood::wrong, (lineage ? file.error() : lineage.error()).message);
    if (const auto why = why_restored(*lineage, file->record, file->identity); !why.empty())
      add("restore", Mood::warning, why + ": the next start will hold what waits in its outbox until you release it");
  }

  /// Reads every mail that is kept and compares it with its checksum.
  void look_at_bytes(SqlStores& store) {
    std::int64_t whole = 0, damaged = 0, in_no_state = 0, gone = 0;
    std::string named, named_gone;
    for (LedgerPlace after{.tenant = kTrialTenant};;) {
      const auto states = store.ledger.look_at_states(after, kMessagesAtOnce);
      if (!states) return add("mails", Mood::wrong, states.error().message);
      in_no_state += static_cast<std::int64_t>(states->stateless.size());
      for (const auto& [tenant, some] : states->missing_count) gone += some;
      for (const auto& place : states->missing)
        if (named_gone.size() < kNamedSize) named_gone += (named_gone.empty() ? "" : ", ") + to_string(place.message);
      for (const auto& place : states->seen) {
        const auto read = store.messages.read_bytes(place.tenant, place.message);
        if (read) {
          ++whole;
          continue;
        }
        if (++damaged <= kNamed)
          named += (damaged == 1 ? "" : "; ") + to_string(place.message) + ": " + cell(read.error().message, 200);
      }
      after = states->last;
      if (states->seen.size() < static_cast<std::size_t>(kMessagesAtOnce) || ORGO_PLANT(doctor_reads_the_first_page))
        break;
    }
    if (damaged == 0) add("mails", Mood::well, std::to_string(whole) + " read, every byte as it came");
    else
      add("mails", Mood::wrong,
          std::to_string(damaged) + " of " + std::to_string(whole + damaged) + " are damaged or gone: " + named +
              "; what a backup has of them (blobs/, or table raw_mails of a server) can be put back");
    if (gone > 0)
      add("messages", Mood::wrong,
          std::to_string(gone) + " that were accepted are gone from the database (" + named_gone +
              (gone > kNamed ? ", ..." : "") + "): somebody deleted them by hand; a backup has them");
    if (in_no_state > 0)
      add("states", Mood::wrong,
          std::to_string(in_no_state) + " messages are in no state; `orgo doctor --repair` puts them back to work");
  }

  static constexpr int kMessagesAtOnce = 500;
  static constexpr std::int64_t kNamed = 5;
  static constexpr std::size_t kNamedSize = 60;  ///< bytes
  const CommonOptions& common_;
  std::vector<Look> looks_;
};

/// In words, what was mended.
Result<std::string> repair(const CommonOptions& common) {
  ORGO_TRY(api, Api::open(common, Api::Purpose::change));
  ORGO_TRY(answer, api->ask("POST", "/api/v1/ledger/repair"));
  std::size_t decided = 0, at_work = 0;
  std::string named;
  for (const auto& one : answer.as_object().at("messages").as_array()) {
    const auto& fields = one.as_object();
    ++(fields.at("decided").as_bool() ? decided : at_work);
    if (const auto tenant = text_of(fields, "tenant"); decided + at_work <= kNamedMost)
      named += (named.empty() ? " (" : ", ") + text_of(fields, "id") +
               (tenant == kFirstTenantName ? std::string() : " of " + tenant);
  }
  if (decided + at_work > kNamedMost) named += ", ...";
  const auto words = [](std::size_t count, const std::string& does) {
    return std::to_string(count) + (count == 1 ? " message " : " messages ") + does;
  };
  std::string text = words(at_work, at_work == 1 ? "is back at work" : "are back at work");
  if (decided > 0) text += ", " + words(decided, decided == 1 ? "has its decision back" : "have their decision back");
  return text + named + (named.empty() ? "" : ")");
}

}  // namespace

int cmd_doctor(const DoctorOptions& options) {
  log::configure({.level = log::Level::off});
  if (options.repair) {
    const auto repaired = repair(options.common);
    if (!repaired) return report(repaired.error());
    notice(*repaired);
  }
  const auto looks = Doctor(options.common).examine();
  bool well = true;
  for (const auto& look : looks) well = well && look.mood != Mood::wrong;
  constexpr std::string_view kMoods[] = {"ok", "warning", "wrong"};
  if (options.common.json) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("well", well).key("checks").begin_array();
    for (const auto& look : looks)
      json.begin_object()
          .field("name", look.name)
          .field("state", std::string(kMoods[static_cast<int>(look.mood)]))
          .field("detail", look.text)
          .end_object();
    json.end_array().end_object();
    std::cout << out << '\n';
  } else {
    for (const auto& look : looks) {
      auto mood = std::string(kMoods[static_cast<int>(look.mood)]);
      mood.resize(9, ' ');
      std::cout << mood << look.name << ": " << look.text << "\n";
    }
  }
  return well ? kDone : kFailed;
}

}  // namespace orgo
