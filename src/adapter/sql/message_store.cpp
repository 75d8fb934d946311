#include "adapter/sql/message_store.h"

#include <algorithm>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "adapter/sql/accepting.h"
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
                            const DedupKey& key, BytesInTransaction& bytes) {
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
  ORGO_TRY(blob, bytes.place(i, envelope.tenant, accepted.message));
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
  // Keys and bytes first, on the caller's thread: while they are hashed, packed or flushed, the writer commits another
  // batch.
  std::vector<DedupKey> keys;
  keys.reserve(messages.size());
  for (const auto& message : messages) {
    keys.push_back(dedup_key(message.envelope, message.bytes));
    if (ORGO_PLANT(dedup_ignored)) keys.back().copy_hash += ::rand();
  }
  auto incoming = bytes_.take_in(messages);
  if (!incoming) {
    engine_.remember(tl::unexpected(incoming.error()));
    return tl::unexpected(std::move(incoming).error());
  }
  std::vector<TenantId> tenants;
  for (const auto& message : messages) tenants.push_back(message.envelope.tenant);
  return engine_.write(
      std::move(tenants),
      [&](sql::Transaction& tx) -> Result<std::vector<Accepted>> {
        std::vector<Accepted> accepted;
        accepted.reserve(messages.size());
        Accepting batch(tx, messages, keys);
        BytesInTransaction bytes(bytes_, *incoming, tx);
        for (std::size_t i = 0; i < messages.size(); ++i) {
          ORGO_TRY(one, accept_one(tx, batch, i, messages[i], keys[i], bytes));
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
  const auto incoming = bytes_.try_in(raw);
  const auto status = engine_.write(
      {tenant},
      [&](sql::Transaction& tx) -> Status {
        Accepting batch(tx, std::span(&raw, 1), std::span(&key, 1));
        BytesInTransaction bytes(bytes_, incoming, tx);
        auto taken = accept_one(tx, batch, 0, raw, key, bytes);
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
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use, "SELECT " ORGO_MESSAGE_COLUMNS " FROM messages m WHERE m.tenant = ? AND m.id = ?");
  query.with(tenant.value, id.value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, "there is no message " + to_string(id));
  return message_from_row(query);
}

Result<std::vector<StoredMessage>> SqlMessageStore::find_by_id(TenantId tenant, std::int64_t id_hash, Channel channel) {
  ORGO_TRY(use, engine_.reader(tenant));
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
  ORGO_TRY(rows, lookup.rows(i));
  ORGO_TRY(row, rows->next());
  if (!row) return failure(Errc::not_found, "there is no message " + to_string(id));
  blob = blob_of(*rows);
  return MessageStore::Loaded{message_from_row(*rows), {}};
}

/// A batch as it is loaded, its bytes as far as they came along.
struct LoadedBatch {
  std::vector<Result<MessageStore::Loaded>> answers;
  std::vector<BlobRef> blobs;
  std::vector<bool> has_bytes;
  bool met_damage = false;  ///< somewhere in the database
};

LoadedBatch load_batch(sql::Engine& engine, MailBytes* bytes, std::span<const std::pair<TenantId, MessageId>> ids) {
  LoadedBatch batch{.answers = {}, .blobs = std::vector<BlobRef>(ids.size()), .has_bytes = {}};
  batch.answers.reserve(ids.size());
  batch.has_bytes.resize(ids.size());
  auto use =
      engine.snapshot(sql::Scope::of(ids, [](const auto& id) { return id.first; }));  // not held while files are read
  if (!use) {
    batch.answers.assign(ids.size(), tl::unexpected(of_database(use.error())));
    return batch;
  }
  sql::Lookup lookup(**use, "SELECT " ORGO_MESSAGE_COLUMNS ", m.blob FROM messages m WHERE m.tenant = ? AND m.id = ?");
  for (const auto& [tenant, id] : ids) lookup.ask(tenant.value, id.value);
  lookup.send();
  const auto along = bytes == nullptr ? nullptr : bytes->ask(**use, ids);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    auto& answer = batch.answers.emplace_back(read_loaded(lookup, i, ids[i].second, batch.blobs[i]));
    if (!answer) {
      batch.met_damage |= answer.error().code == Errc::corrupt;
      answer = tl::unexpected(of_database(answer.error()));
    }
    if (!answer || along == nullptr) continue;
    const auto row = sql::parse_blob_row(batch.blobs[i].text);
    if (!row || row->message != ids[i].second) continue;  // in a file, or what a neighbour of it brought
    auto came = along->take(i);
    batch.met_damage |= !came && came.error().code == Errc::corrupt;
    batch.has_bytes[i] = came && came->has_value() && std::ssize(**came) == row->length;
    if (batch.has_bytes[i]) answer->bytes = **std::move(came);
  }
  return batch;
}

}  // namespace

std::vector<Result<MessageStore::Loaded>> SqlMessageStore::load(std::span<const std::pair<TenantId, MessageId>> ids) {
  auto batch = load_batch(engine_, &bytes_, ids);
  // Bytes that the database can't read any more are one mail's misfortune, and stand in no other one's way.
  if (batch.met_damage && !ORGO_PLANT(damage_stands_in_the_way)) batch = load_batch(engine_, nullptr, ids);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!batch.answers[i] || batch.has_bytes[i]) continue;
    auto bytes = bytes_.read(ids[i].first, batch.blobs[i]);
    if (!bytes) {
      batch.answers[i] = tl::unexpected(bytes.error().in("message " + to_string(ids[i].second)));
    } else {
      batch.answers[i]->bytes = std::move(*bytes);
    }
  }
  return std::move(batch.answers);
}

Result<std::vector<MessageSummary>> SqlMessageStore::list(const MessageListRequest& request) {
  ORGO_TRY(use, engine_.reader(request.tenant));
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
  ORGO_TRY(use, engine_.reader(tenant));
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
