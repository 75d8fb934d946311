#include "adapter/sql/message_store.h"

#include <algorithm>
#include <functional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "adapter/sql/late_tables.h"
#include "adapter/sql/lookup.h"
#include "adapter/sql/rows.h"
#include "adapter/sql/work_rows.h"
#include "base/planted.h"
#include "core/intake/repeated.h"
#include "core/processing/message_decision.h"

namespace orgo {

using sql::Query;

namespace {

#define ORGO_MESSAGE_COLUMNS                                                                                     \
  "m.id, m.tenant, m.channel, m.recipient, m.sender, m.peer, m.received_at, m.id_hash, m.copy_hash, m.content, " \
  "m.known_id, m.size, "                                                                                         \
  "m.archived_state, m.archived_at, m.label"
constexpr int kMessageColumns = 15;
constexpr int kSizeColumn = 11;
constexpr std::size_t kFoundMost = 10;

StoredMessage message_from_row(Query& row) {
  StoredMessage message{.id = {row.integer(0)}, .envelope = {.tenant = TenantId{row.integer(1)}}};
  message.envelope.channel = static_cast<Channel>(row.integer(2));
  message.envelope.recipient = parse_contact(row.string(3));
  message.envelope.sender = parse_contact(row.string(4));
  message.envelope.peer = row.string(5);
  message.envelope.received_at = from_ms(row.integer(6));
  message.key.id_hash = row.integer(7);
  message.key.copy_hash = row.integer(8);
  message.key.content = sql::digest_from(row.blob(9));
  message.known_id = row.integer(10) != 0;
  message.size = static_cast<std::uint64_t>(row.integer(kSizeColumn));
  if (row.integer(12) != 0)
    message.envelope.archived = Archived{from_ms(row.integer(13)), static_cast<TaskState>(row.integer(12))};
  message.envelope.label = row.string(14);
  return message;
}

BlobRef blob_of(Query& row) {
  return {row.string(kMessageColumns)};
}

/// What a batch asks of the store before it writes, all of it at once, and what it has accepted itself.
class Accepting {
 public:
  Accepting(sql::Transaction& tx, std::span<const RawMessage> messages, std::span<const DedupKey> keys)
      : messages_(messages), keys_(keys),
        copies_(tx.connection(),
                "SELECT id, known_id FROM messages WHERE tenant = ? AND id_hash = ? AND copy_hash = ?"),
        kept_(tx.connection(),
              "SELECT id, known_id, channel FROM messages WHERE tenant = ? AND id_hash = ? AND content = ? AND channel "
              "IN (?, ?) "
              "ORDER BY id LIMIT 1"),
        known_(tx.connection(), "SELECT 1 FROM messages WHERE tenant = ? AND id_hash = ? LIMIT 1") {
    for (std::size_t i = 0; i < messages.size(); ++i) {
      const auto& envelope = messages[i].envelope;
      const auto& key = keys[i];
      copies_.ask(envelope.tenant.value, key.id_hash, key.copy_hash);
      known_.ask(envelope.tenant.value, key.id_hash);
      const auto doors = channels_of_same_mail(envelope.channel);
      kept_at_.push_back(kept_.size());
      if (!doors.empty())
        kept_.ask(envelope.tenant.value, key.id_hash, Query::Blob{sql::bytes_of(key.content)},
                  static_cast<int>(doors.front()), static_cast<int>(doors.back()));
    }
    copies_.send();
    kept_.send();
    known_.send();
  }

  /// The message that was accepted before with this very key, or the same mail by another of the doors where mails are
  /// kept; nothing: it is new.
  Result<std::optional<Accepted>> find_copy(std::size_t i) {
    ORGO_TRY(copy, first_of(copies_, i));
    if (copy) return copy;
    const auto same = [&](std::size_t earlier) { return keys_[earlier].copy_hash == keys_[i].copy_hash; };
    if (auto mine = find_mine(i, same)) return mine;
    const auto doors = channels_of_same_mail(messages_[i].envelope.channel);
    if (doors.empty()) return std::optional<Accepted>();
    ORGO_TRY(kept, first_of(kept_, kept_at_[i]));
    if (kept) return kept;
    return find_mine(i, [&](std::size_t earlier) {
      return keys_[earlier].content == keys_[i].content &&
             std::ranges::find(doors, messages_[earlier].envelope.channel) != doors.end();
    });
  }
  Result<bool> knows_id(std::size_t i) {
    if (find_mine(i, [](std::size_t /*earlier*/) { return true; })) return true;
    ORGO_TRY(rows, known_.rows(i));
    ORGO_TRY(there, rows->next());
    rows->again();
    return there;
  }
  void add(std::size_t i, const Accepted& accepted) { mine_[keys_[i].id_hash].push_back({i, accepted}); }

 private:
  static Result<std::optional<Accepted>> first_of(sql::Lookup& lookup, std::size_t i) {
    ORGO_TRY(rows, lookup.rows(i));
    ORGO_TRY(there, rows->next());
    std::optional<Accepted> found;  // `known_id` is as it was when the message came first
    if (there) found = {.message = {rows->integer(0)}, .duplicate = true, .known_id = rows->integer(1) != 0};
    rows->again();  // what is written now is not held up by it
    return found;
  }
  /// The first of this batch that is alike.
  template <typename Alike>
  std::optional<Accepted> find_mine(std::size_t i, const Alike& is_alike) const {
    const auto of_id = mine_.find(keys_[i].id_hash);
    if (of_id == mine_.end()) return std::nullopt;
    for (auto [earlier, accepted] : of_id->second)
      if (messages_[earlier].envelope.tenant == messages_[i].envelope.tenant && is_alike(earlier)) {
        accepted.duplicate = true;
        return accepted;
      }
    return std::nullopt;
  }

  std::span<const RawMessage> messages_;
  std::span<const DedupKey> keys_;
  sql::Lookup copies_;
  sql::Lookup kept_;
  sql::Lookup known_;
  std::vector<std::size_t> kept_at_;
  std::unordered_map<std::int64_t, std::vector<std::pair<std::size_t, Accepted>>> mine_;  ///< by their id_hash
};

/// What is taken for a duplicate is on the record, since a mistake here would lose a mail.
Status record_repeated(sql::Transaction& tx, const Envelope& envelope, MessageId message) {
  Event event;
  event.kind = EventKind::message_repeated;
  event.message = message;
  event.at = envelope.received_at;
  event.actor = to_string(envelope.channel);
  event.data = repeated_data(envelope);
  return sql::insert_event(tx, envelope.tenant, event);
}

Status insert_message(sql::Transaction& tx, const Envelope& envelope, const DedupKey& key, const BlobRef& blob,
                      std::size_t size, const Accepted& accepted) {
  return tx.late().add(sql::late_messages(), envelope.tenant.value, accepted.message.value, envelope.tenant.value,
                       accepted.message.value, static_cast<int>(envelope.channel), to_string(envelope.recipient),
                       to_string(envelope.sender), envelope.peer, to_ms(envelope.received_at), key.id_hash,
                       key.copy_hash, Query::Blob{sql::bytes_of(key.content)}, accepted.known_id, blob.text,
                       static_cast<std::int64_t>(size),
                       envelope.archived ? static_cast<int>(envelope.archived->state) : 0,
                       envelope.archived ? to_ms(envelope.archived->at) : 0, envelope.label);
}

Result<Accepted> accept_one(sql::Transaction& tx, Accepting& batch, std::size_t i, const RawMessage& raw,
                            const DedupKey& key, const BlobRef& blob) {
  const auto& envelope = raw.envelope;
  ORGO_TRY(copy, batch.find_copy(i));
  if (copy) {
    ORGO_CHECK(record_repeated(tx, envelope, copy->message));
    return *copy;
  }
  Accepted accepted;
  ORGO_TRY(known_id, batch.knows_id(i));
  accepted.known_id = known_id;
  ORGO_TRY(id, tx.next(envelope.tenant, sql::Counter::message));
  accepted.message = {id};
  ORGO_CHECK(insert_message(tx, envelope, key, blob, raw.bytes.size(), accepted));
  Event event;
  event.kind = EventKind::message_accepted;
  event.message = accepted.message;
  event.at = envelope.received_at;
  event.actor = to_string(envelope.channel);
  ORGO_CHECK(sql::insert_event(tx, envelope.tenant, event));
  ORGO_CHECK(sql::insert_work(tx, {envelope.tenant, WorkKind::process, id}, envelope.received_at));
  batch.add(i, accepted);
  return accepted;
}

}  // namespace

Result<std::vector<Accepted>> SqlMessageStore::accept(std::span<const RawMessage> messages, Deadline deadline) {
  // Keys and bytes first, on the caller's thread: while they are hashed and flushed, the writer commits another batch.
  std::vector<DedupKey> keys;
  std::vector<std::string_view> blobs;
  std::vector<std::size_t> blob_of_message;
  keys.reserve(messages.size());
  blobs.reserve(messages.size());
  blob_of_message.reserve(messages.size());
  for (const auto& message : messages) {
    keys.push_back(dedup_key(message.envelope, message.bytes));
    if (ORGO_PLANT(dedup_ignored)) keys.back().copy_hash += ::rand();
    // One mail to several recipients arrives as neighbours that share their bytes, and is stored once.
    if (blobs.empty() || blobs.back().data() != message.bytes.data()) blobs.push_back(message.bytes);
    blob_of_message.push_back(blobs.size() - 1);
  }
  auto refs = blobs_.append(blobs);
  if (!refs) {
    engine_.remember(tl::unexpected(refs.error()));
    return tl::unexpected(std::move(refs).error());
  }
  std::vector<TenantId> tenants;
  for (const auto& message : messages) tenants.push_back(message.envelope.tenant);
  return engine_.write(
      std::move(tenants),
      [&](sql::Transaction& tx) -> Result<std::vector<Accepted>> {
        std::vector<Accepted> accepted;
        accepted.reserve(messages.size());
        Accepting batch(tx, messages, keys);
        for (std::size_t i = 0; i < messages.size(); ++i) {
          ORGO_TRY(one, accept_one(tx, batch, i, messages[i], keys[i], (*refs)[blob_of_message[i]]));
          accepted.push_back(one);
        }
        return accepted;
      },
      deadline);
}

Status SqlMessageStore::rehearse(TenantId tenant, Deadline deadline) {
  static constexpr const char* kUndone = "rehearsed";
  const RawMessage raw{{.tenant = tenant}, "Message-ID: <rehearsal@localhost>\r\n\r\n"};
  const auto key = dedup_key(raw.envelope, raw.bytes);
  const auto status = engine_.write(
      {tenant},
      [&](sql::Transaction& tx) -> Status {
        Accepting batch(tx, std::span(&raw, 1), std::span(&key, 1));
        auto taken = accept_one(tx, batch, 0, raw, key, {});
        if (!taken) return tl::unexpected(std::move(taken).error());
        ORGO_CHECK(tx.finish());
        // Read back: what waits to be written has to be written for that.
        Query there(tx.connection(), "SELECT 1 FROM messages WHERE tenant = ? AND id = ?");
        ORGO_TRY(found, there.with(tenant.value, taken->message.value).next());
        if (!found) return failure(Errc::corrupt, "what was just written is not there");
        return ORGO_PLANT(rehearsal_stays) ? Status{} : failure(Errc::conflict, kUndone);
      },
      deadline);
  return !status && status.error().message != kUndone ? status : Status{};
}

Result<StoredMessage> SqlMessageStore::read(TenantId tenant, MessageId id) {
  ORGO_TRY(use, engine_.reader());
  Query query(*use, "SELECT " ORGO_MESSAGE_COLUMNS " FROM messages m WHERE m.tenant = ? AND m.id = ?");
  query.with(tenant.value, id.value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, "there is no message " + to_string(id));
  return message_from_row(query);
}

Result<std::vector<StoredMessage>> SqlMessageStore::find_by_id(TenantId tenant, std::int64_t id_hash, Channel channel) {
  ORGO_TRY(use, engine_.reader());
  // Of an id that more than 100 different messages have used, no more are looked at.
  Query ids(*use, "SELECT id FROM messages WHERE tenant = ? AND id_hash = ? AND channel = ? LIMIT 100");
  ids.with(tenant.value, id_hash, static_cast<int>(channel));
  std::vector<std::int64_t> known;
  for (;;) {
    ORGO_TRY(row, ids.next());
    if (!row) break;
    known.push_back(ids.integer(0));
  }
  std::ranges::sort(known, std::greater{});
  Query query(*use, "SELECT " ORGO_MESSAGE_COLUMNS " FROM messages m WHERE m.tenant = ? AND m.id = ?");
  std::vector<StoredMessage> found;
  for (const auto id : std::span(known).first(std::min(known.size(), kFoundMost))) {
    query.again();
    query.with(tenant.value, id);
    ORGO_TRY(row, query.next());
    if (row) found.push_back(message_from_row(query));
  }
  return found;
}

Result<std::string> SqlMessageStore::read_bytes(TenantId tenant, MessageId id) {
  auto loaded = std::move(load(std::vector{std::pair{tenant, id}}).front());
  if (!loaded) return tl::unexpected(std::move(loaded).error());
  return std::move(loaded->bytes);
}

namespace {

/// An error of the database says nothing about the message that was asked for, not even when it says "corrupt".
Error of_database(Error error) {
  if (error.code == Errc::corrupt) error.code = Errc::unavailable;
  return error;
}

/// All of it but the bytes, which are at `blob`.
Result<MessageStore::Loaded> read_loaded(sql::Lookup& lookup, std::size_t i, MessageId id, BlobRef& blob) {
  const auto rows = lookup.rows(i);
  if (!rows) return tl::unexpected(of_database(rows.error()));
  const auto row = (*rows)->next();
  if (!row) return tl::unexpected(of_database(row.error()));
  if (!*row) return failure(Errc::not_found, "there is no message " + to_string(id));
  blob = blob_of(**rows);
  return MessageStore::Loaded{message_from_row(**rows), {}};
}

}  // namespace

std::vector<Result<MessageStore::Loaded>> SqlMessageStore::load(std::span<const std::pair<TenantId, MessageId>> ids) {
  std::vector<Result<Loaded>> answers;
  answers.reserve(ids.size());
  std::vector<BlobRef> blobs(ids.size());
  if (auto use = engine_.snapshot()) {  // not held while files are read
    sql::Lookup lookup(**use,
                       "SELECT " ORGO_MESSAGE_COLUMNS ", m.blob FROM messages m WHERE m.tenant = ? AND m.id = ?");
    for (const auto& [tenant, id] : ids) lookup.ask(tenant.value, id.value);
    for (std::size_t i = 0; i < ids.size(); ++i) answers.push_back(read_loaded(lookup, i, ids[i].second, blobs[i]));
  } else {
    answers.assign(ids.size(), tl::unexpected(of_database(use.error())));
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!answers[i]) continue;
    auto bytes = blobs_.read(blobs[i]);
    if (!bytes) {
      answers[i] = tl::unexpected(bytes.error().in("message " + to_string(ids[i].second)));
    } else {
      answers[i]->bytes = std::move(*bytes);
    }
  }
  return answers;
}

Result<std::vector<MessageSummary>> SqlMessageStore::list(const MessageListRequest& request) {
  ORGO_TRY(use, engine_.reader());
#define ORGO_SUMMARY_COLUMNS \
  ORGO_MESSAGE_COLUMNS ", d.message, d.outcome, d.task, d.subject, d.sender, d.reason, d.rules_version, d.split_to "
  Query query(
      *use,
      request.task
          ? "SELECT " ORGO_SUMMARY_COLUMNS
            "FROM decisions d JOIN messages m ON m.tenant = d.tenant AND m.id = d.message WHERE d.tenant = ? AND "
            "d.task <> 0 AND d.task = ? AND d.message < ? "
            "ORDER BY d.message DESC LIMIT ?"
          : "SELECT " ORGO_SUMMARY_COLUMNS
            "FROM messages m LEFT JOIN decisions d ON d.tenant = m.tenant AND d.message = m.id WHERE m.tenant = ? AND "
            "0 = ? AND m.id < ? ORDER BY m.id DESC LIMIT ?");
#undef ORGO_SUMMARY_COLUMNS
  query.with(request.tenant.value, request.task.value, request.before ? request.before.value : INT64_MAX,
             request.limit);
  std::vector<MessageSummary> page;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return page;
    MessageSummary summary{.message = message_from_row(query)};
    constexpr int at = kMessageColumns;
    if (!query.is_null(at)) {
      MessageDecision decision;
      decision.message = summary.message.id;
      decision.outcome = static_cast<Outcome>(query.integer(at + 1));
      decision.task = TaskNumber{query.integer(at + 2)};
      decision.subject = query.string(at + 3);
      decision.from = query.string(at + 4);
      decision.reason = query.string(at + 5);
      decision.rules_version = query.string(at + 6);
      decision.split_to = TaskNumber{query.integer(at + 7)};
      summary.decision = std::move(decision);
    }
    page.push_back(std::move(summary));
  }
}

Result<std::optional<MessageDecision>> SqlMessageStore::decision(TenantId tenant, MessageId id) {
  ORGO_TRY(use, engine_.reader());
  Query query(*use,
              "SELECT m.id, d.message, d.outcome, d.task, d.subject, d.sender, d.reason, d.rules_version, d.trace, "
              "d.split_to FROM "
              "messages m "
              "LEFT JOIN decisions d ON d.tenant = m.tenant AND d.message = m.id WHERE m.tenant = ? AND m.id = ?");
  query.with(tenant.value, id.value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, "there is no message " + to_string(id));
  if (query.is_null(1)) return std::optional<MessageDecision>();
  MessageDecision decision;
  decision.message = id;
  decision.outcome = static_cast<Outcome>(query.integer(2));
  decision.task = TaskNumber{query.integer(3)};
  decision.subject = query.string(4);
  decision.from = query.string(5);
  decision.reason = query.string(6);
  decision.rules_version = query.string(7);
  decision.trace = query.string(8);
  decision.split_to = TaskNumber{query.integer(9)};
  return std::optional(std::move(decision));
}

}  // namespace orgo
