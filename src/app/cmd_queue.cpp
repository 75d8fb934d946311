#include <iostream>

#include "adapter/data_folder/lineage_file.h"
#include "app/api.h"
#include "app/commands.h"
#include "app/local_time.h"
#include "app/output.h"
#include "app/settings.h"
#include "app/table.h"
#include "base/json_writer.h"
#include "base/time.h"
#include "core/lineage/lineage.h"
#include "service/gateway/core/url.h"
#include "service/views/views.h"

namespace orgo {
namespace {

constexpr int kDeadMax = 1000;
constexpr int kHeldMax = 50;

/// What the brake holds of the command's tenant: the first kHeldMax, and whether there are more.
struct Held {
  std::vector<StoredSend> sends;
  bool more = false;
};

Result<Held> held_by_the_brake(const QueueOptions& options, SqlStores& store) {
  ORGO_TRY(tenant, tenant_of(options.common, store.tenants));
  ORGO_TRY(sends, store.outbox.held_sends(tenant, SendId{}, kHeldMax + 1));
  Held held{std::move(sends)};
  held.more = held.sends.size() > static_cast<std::size_t>(kHeldMax);
  if (held.more) held.sends.pop_back();
  return held;
}

std::string in_words(const Held& held, const TimeZone& zone) {
  if (held.sends.empty()) return {};
  Table table({"HELD", "TO", "TASK", time_heading("LOOKED AT AGAIN", zone), "WHY"});
  for (const auto& send : held.sends)
    table.add({to_string(send.id), cell(to_string(send.send.recipient), 60),
               send.send.subject.task() ? to_string(send.send.subject.task()) : std::string(),
               to_wall_text(send.send.due_at, zone).substr(0, 16), cell(send.detail, 400)});
  return "the brake against loops holds these; they go by themselves as soon as there is room:\n" + table.text() +
         (held.more ? "These are the first " + std::to_string(kHeldMax) + ". There are more.\n" : "");
}

/// What is counted is that of all tenants, unless one is named.
Result<std::optional<TenantId>> asked_tenant(const QueueOptions& options, SqlStores& store) {
  if (options.common.tenant.empty()) return std::optional<TenantId>();
  ORGO_TRY(tenant, tenant_of(options.common, store.tenants));
  return std::optional(tenant);
}

/// Of a database that was put back and did not start since: why its outbox will be held; empty: it will not be.
Result<std::string> why_next_start_holds(const QueueOptions& options, SqlStores& store) {
  ORGO_TRY(settings, read_settings(options.common));
  ORGO_TRY(file, read_lineage_file(settings.data));  // first, since a server writes it behind the database
  ORGO_TRY(lineage, store.lineage.read_lineage());
  return why_restored(lineage, file.record, file.identity);
}

int show_depths(const QueueOptions& options) {
  const auto store = open_store_to_read(options.common);
  if (!store) return report(store.error());
  const auto waiting = (*store)->work.depth(WorkKind::process);
  const auto tenant = asked_tenant(options, **store);
  if (!tenant) return report(tenant.error());
  const auto dead = (*store)->work.dead(*tenant, kDeadMax);
  const auto next_send = (*store)->outbox.next_send({});
  const auto restored = (*store)->outbox.count_restored();
  if (!waiting) return report(waiting.error());
  if (!dead) return report(dead.error());
  if (!next_send) return report(next_send.error());
  if (!restored) return report(restored.error());
  const auto put_back = why_next_start_holds(options, **store);
  if (!put_back) return report(put_back.error());
  const auto braked = held_by_the_brake(options, **store);
  if (!braked) return report(braked.error());
  std::int64_t held = 0;
  for (const auto& [of, count] : *restored)
    if (!*tenant || of == **tenant) held += count;
  const auto next = *next_send ? to_rfc3339(**next_send) : std::string();
  if (options.common.json) {
    std::string out;
    JsonWriter json(out);
    json.begin_object()
        .field("process", *waiting)
        .field("dead", dead->size())
        .field("restored", held)
        .field("next_start_holds", *put_back)
        .key("next_send_at");
    if (next.empty()) json.null();
    else json.string(next);
    json.key("held").begin_array();
    for (const auto& send : braked->sends) views::write_send(json, send);
    json.end_array().field("more_held", braked->more).end_object();
    std::cout << out << '\n';
  } else {
    const auto zone = zone_of(options.common);
    std::cout << *waiting << " messages wait for a decision" << (*tenant ? ", of all tenants" : "") << "\n"
              << dead->size() << (dead->size() >= kDeadMax ? " or more" : "") << " dead letters"
              << (dead->empty() ? "" : " (orgo queue dead)") << "\n"
              << (held == 0
                      ? ""
                      : std::to_string(held) + " mails and webhooks are held by a restore (orgo queue restored)\n")
              << (next.empty()        ? "nothing waits to be sent\n"
                  : put_back->empty() ? "the next mail goes out at " + local_time(next, zone) + "\n"
                                      : *put_back + ": the next start holds what waits until you release it\n")
              << in_words(*braked, zone);
  }
  return kDone;
}

int list_dead(const QueueOptions& options) {
  auto api = Api::open(options.common, Api::Purpose::read);
  if (!api) return report(api.error());
  const auto page = (*api)->ask("GET", "/api/v1/queue/dead?limit=" + std::to_string(options.limit));
  if (!page) return report(page.error());
  const auto& letters = page->as_object().at("items").as_array();
  if (options.common.json) {
    std::cout << json::serialize(letters) << '\n';
    return kDone;
  }
  const auto zone = zone_of(options.common);
  Table table({"ITEM", "MESSAGE", "ATTEMPTS", time_heading("DIED AT", zone), "ERROR"});
  for (const auto& value : letters) {
    const auto& letter = value.as_object();
    table.add({text_of(letter, "id"), text_of(letter, "message"), json::serialize(letter.at("attempts")),
               short_time(text_of(letter, "died_at"), zone), cell(text_of(letter, "error"), 100)});
  }
  std::cout << (table.empty() ? "no dead letters\n" : table.text());
  return kDone;
}

int send_again(const QueueOptions& options, SendId send) {
  auto api = Api::open(options.common, Api::Purpose::change);
  if (!api) return report(api.error());
  const auto answer = (*api)->ask("POST", "/api/v1/sends/" + to_string(send) + "/retry");
  if (!answer) return report(answer.error());
  if (options.common.json) {
    std::string done;
    JsonWriter(done).begin_object().field("send", to_string(send)).field("done", options.action).end_object();
    std::cout << done << '\n';
  } else {
    std::cout << to_string(send) << " is sent again\n";
  }
  return kDone;
}

int list_restored(const QueueOptions& options) {
  auto api = Api::open(options.common, Api::Purpose::read);
  if (!api) return report(api.error());
  const auto sends = (*api)->list("/api/v1/sends/restored", options.limit);
  if (!sends) return report(sends.error());
  if (sends->more) tell_of_more(options.limit);
  if (options.common.json) {
    std::cout << json::serialize(sends->items) << '\n';
    return kDone;
  }
  const auto zone = zone_of(options.common);
  Table table({"SEND", "KIND", "TO", "TASK", time_heading("MADE AT", zone)});
  for (const auto& value : sends->items) {
    const auto& send = value.as_object();
    table.add({text_of(send, "id"), text_of(send, "kind"), cell(text_of(send, "recipient"), 60), text_of(send, "task"),
               short_time(text_of(send, "created_at"), zone)});
  }
  std::cout << (table.empty() ? "nothing is held by a restore\n" : table.text());
  return kDone;
}

/// Of what a restore holds.
int decide_restored(const QueueOptions& options) {
  const bool drops = options.action == "drop";
  if (options.all != options.items.empty())
    return report({Errc::invalid_input, options.all ? "either --all or the numbers of some: not both"
                                                    : "name them, as in s5 (`orgo queue restored`), or say --all"});
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  if (!options.all) {
    json.key("sends").begin_array();
    for (const auto& item : options.items) {
      const auto send = parse_id<SendTag>(item);
      if (!send || (item[0] != 's' && item[0] != 'S'))
        return report({Errc::invalid_input, "'" + cell(item, 40) + "' is not a send; write it as in s5"});
      json.string(to_string(*send));
    }
    json.end_array();
  }
  if (drops) json.field("reason", options.reason);
  json.end_object();
  auto api = Api::open(options.common, Api::Purpose::change);
  if (!api) return report(api.error());
  const auto answer = (*api)->ask("POST", std::string("/api/v1/sends/restored/") + options.action, body);
  if (!answer) return report(answer.error());
  if (options.common.json) {
    std::cout << json::serialize(*answer) << '\n';
    return kDone;
  }
  const auto count = answer->as_object().at("sends").as_int64();
  std::cout << count << (count == 1 ? " mail or webhook " : " mails and webhooks ")
            << (drops        ? "will not go out\n"
                : count == 1 ? "goes out now\n"
                             : "go out now\n");
  return kDone;
}

bool is_send(std::string_view item) {
  return item.starts_with('s') || item.starts_with('S');
}

}  // namespace

int cmd_queue(const QueueOptions& given) {
  if (given.action == "list") return show_depths(given);
  if (given.action == "dead") return list_dead(given);
  if (given.action == "restored") return list_restored(given);
  if (given.action == "release") return decide_restored(given);
  auto options = given;
  if (options.action == "drop") {
    if (options.all || options.items.size() != 1 || is_send(options.items.front())) return decide_restored(options);
    options.item = options.items.front();
  }
  if (options.action == "retry" && is_send(options.item)) {
    if (const auto send = parse_id<SendTag>(options.item)) return send_again(options, *send);
    return report({Errc::invalid_input, "'" + cell(options.item, 40) + "' is not a send; write it as in s5"});
  }
  const auto item = parse_id<QueueItemTag>(options.item);
  if (!item)
    return report(
        {Errc::invalid_input, "'" + cell(options.item, 40) + "' is not an item of the queue; write it as in q12"});
  const auto target = "/api/v1/queue/dead/" + to_string(*item);

  const bool show = options.action == "show";
  auto api = Api::open(options.common, show ? Api::Purpose::read : Api::Purpose::change);
  if (!api) return report(api.error());
  const auto answer = show ? (*api)->ask("GET", target)
                      : options.action == "retry"
                          ? (*api)->ask("POST", target + "/retry")
                          : (*api)->ask("DELETE", target + "?reason=" + gateway::percent_encoded(options.reason));
  if (!answer) return report(answer.error());
  if (options.common.json) {
    std::string done;
    JsonWriter(done).begin_object().field("item", to_string(*item)).field("done", options.action).end_object();
    std::cout << (show ? json::serialize(*answer) : done) << '\n';
  } else if (show) {
    for (const auto& [name, value] : answer->as_object())
      std::cout << name << ": "
                << (value.is_string() ? cell(std::string(value.as_string()), 1000) : json::serialize(value)) << "\n";
  } else {
    std::cout << to_string(*item)
              << (options.action == "retry" ? " is back at work\n" : " is dropped; its message stays stored\n");
  }
  return kDone;
}

}  // namespace orgo
