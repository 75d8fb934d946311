#include "adapter/rabbitmq/rabbit_broker.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "adapter/broker/hint_text.h"
#include "base/log.h"

namespace orgo {
namespace {

constexpr int kWaitingMost = 20'000;
constexpr int kDeliveriesMost = 20;
constexpr std::size_t kWindow = 200;  ///< published before the next confirm
constexpr int kFutileMost = 3;        ///< questions in a row: then the queue is made anew
constexpr int kNotFound = 404;
constexpr int kOtherSettings = 406;
constexpr Millis kSlice{100};  ///< a wait looks so often whether it is to end
constexpr Millis kBehind{5};   ///< what is there comes right behind the first one

amqp_bytes_t bytes_of(std::string_view text) {
  return {text.size(), const_cast<char*>(text.data())};  // rabbitmq-c never writes to it
}

timeval timeval_of(Millis time) {
  return {.tv_sec = time.count() / 1'000, .tv_usec = time.count() % 1'000 * 1'000};
}

amqp_table_entry_t number(const char* name, int value) {
  amqp_table_entry_t entry{};
  entry.key = amqp_cstring_bytes(name);
  entry.value.kind = AMQP_FIELD_KIND_I32;
  entry.value.value.i32 = value;
  return entry;
}

amqp_table_entry_t word(const char* name, const char* value) {
  amqp_table_entry_t entry{};
  entry.key = amqp_cstring_bytes(name);
  entry.value.kind = AMQP_FIELD_KIND_UTF8;
  entry.value.value.bytes = amqp_cstring_bytes(value);
  return entry;
}

/// A method that came by itself, as if it had answered.
amqp_rpc_reply_t as_refusal(const amqp_frame_t& frame) {
  amqp_rpc_reply_t reply{};
  reply.reply_type = AMQP_RESPONSE_SERVER_EXCEPTION;
  reply.reply = frame.payload.method;
  return reply;
}

bool is_end(const amqp_frame_t& frame) {
  return frame.frame_type == AMQP_FRAME_METHOD && (frame.payload.method.id == AMQP_CHANNEL_CLOSE_METHOD ||
                                                   frame.payload.method.id == AMQP_CONNECTION_CLOSE_METHOD);
}

}  // namespace

RabbitBroker::RabbitBroker(const BrokerUrl& url, const std::string& password, RabbitBrokerOptions options)
    : options_(std::move(options)), putting_{RabbitSession(url, password)}, fetching_{RabbitSession(url, password)} {}

std::string RabbitBroker::queue(WorkKind kind) const {
  return "orgo.hints." + options_.installation + "." + std::to_string(static_cast<int>(kind));
}

Status RabbitBroker::begin(Side& side, WorkKind kind) {
  if (is_stopped_) return failure(Errc::unavailable, "RabbitMQ: stopped");
  ORGO_CHECK(side.session.open());
  if (side.futile >= kFutileMost) ORGO_CHECK(replace(side, kind));
  auto& seen_in = side.seen[kind];
  if (seen_in == side.session.generation()) return {};
  ORGO_CHECK(declare(side.session, kind));
  seen_in = side.session.generation();
  return {};
}

/// A queue that was just made when its server was killed may have no leader ever after, and answers nothing. What is in
/// it is worth less than that it works: it is made again.
Status RabbitBroker::replace(Side& side, WorkKind kind) {
  const auto name = queue(kind);
  log::warn("hints.queue_replaced", {{"queue", name}, {"cause", "it did not answer, again and again"}});
  side.futile = 0;
  side.seen.erase(kind);
  amqp_queue_delete(*side.session, RabbitSession::kChannel, bytes_of(name), 0, 0);
  (void)side.session.check(amqp_get_rpc_reply(*side.session));  // whatever came of it
  return side.session.open();
}

Status RabbitBroker::declare(RabbitSession& session, WorkKind kind) {
  const auto name = queue(kind);
  std::array settings = {word("x-queue-type", "quorum"), number("x-max-length", kWaitingMost),
                         word("x-overflow", "drop-head"), number("x-delivery-limit", kDeliveriesMost)};
  const amqp_table_t arguments{static_cast<int>(settings.size()), settings.data()};
  amqp_queue_declare(*session, RabbitSession::kChannel, bytes_of(name), 0, 1, 0, 0, arguments);
  int code = 0;
  auto declared = session.check(amqp_get_rpc_reply(*session), &code);
  if (!declared && code == kOtherSettings)
    return failure(Errc::invalid_input, "RabbitMQ: queue " + name +
                                            " is there with other settings; delete it "
                                            "(rabbitmqctl delete_queue " +
                                            name +
                                            "): nothing is lost by that, what waits is "
                                            "in the database");
  return declared;
}

Status RabbitBroker::publish(WorkKind kind, std::span<const WorkKey> keys) {
  if (published_in_ != putting_.session.generation()) {
    published_in_ = putting_.session.generation();
    published_ = 0;
  }
  amqp_basic_properties_t properties{};
  properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
  properties.delivery_mode = AMQP_DELIVERY_PERSISTENT;
  const auto name = queue(kind);
  for (const auto& key : keys) {
    const auto body = hint_text(key);
    ORGO_CHECK(putting_.session.check(amqp_basic_publish(*putting_.session, RabbitSession::kChannel, amqp_empty_bytes,
                                                         bytes_of(name),
                                                         /*mandatory=*/1, 0, &properties, bytes_of(body))));
  }
  published_ += keys.size();
  return {};
}

Result<bool> RabbitBroker::confirm(std::size_t count) {
  const auto before = published_ - count;
  std::vector<bool> is_known(count, false);
  std::size_t known = 0;
  bool all_arrived = true, is_blocked = false, was_refused = false;
  const auto note = [&](std::uint64_t tag, bool multiple) {
    for (auto one = multiple ? before + 1 : tag; one <= tag && one <= published_; ++one)
      if (one > before && !is_known[one - before - 1]) {
        is_known[one - before - 1] = true;
        ++known;
      }
  };
  for (const auto until = within(kPatience); known < count;) {
    const auto left = std::chrono::ceil<Millis>(until - std::chrono::steady_clock::now());
    const auto time = timeval_of(std::max(left, Millis{0}));
    amqp_frame_t frame{};
    const int status = amqp_simple_wait_frame_noblock(*putting_.session, &frame, &time);
    if (status == AMQP_STATUS_TIMEOUT) {
      if (!is_blocked) ++putting_.futile;
      return tl::unexpected(
          putting_.session.lost(is_blocked ? "it takes nothing (memory or disk alarm)" : "no confirm in time"));
    }
    ORGO_CHECK(putting_.session.check(status));
    if (frame.frame_type != AMQP_FRAME_METHOD) continue;
    const auto& method = frame.payload.method;
    if (method.id == AMQP_BASIC_ACK_METHOD) {
      const auto* ack = static_cast<const amqp_basic_ack_t*>(method.decoded);
      note(ack->delivery_tag, ack->multiple != 0);
    } else if (method.id == AMQP_BASIC_NACK_METHOD) {
      const auto* nack = static_cast<const amqp_basic_nack_t*>(method.decoded);
      note(nack->delivery_tag, nack->multiple != 0);
      was_refused = true;
    } else if (method.id == AMQP_BASIC_RETURN_METHOD) {
      all_arrived = false;
      amqp_message_t message{};
      ORGO_CHECK(putting_.session.check(amqp_read_message(*putting_.session, RabbitSession::kChannel, &message, 0)));
      amqp_destroy_message(&message);
    } else if (is_end(frame)) {
      ORGO_CHECK(putting_.session.check(as_refusal(frame)));
    } else if (method.id == AMQP_CONNECTION_BLOCKED_METHOD || method.id == AMQP_CONNECTION_UNBLOCKED_METHOD) {
      is_blocked = method.id == AMQP_CONNECTION_BLOCKED_METHOD;
    }
  }
  putting_.futile = 0;
  amqp_maybe_release_buffers(*putting_.session);
  if (was_refused) return failure(Errc::unavailable, "RabbitMQ: it refused some");
  return all_arrived;
}

/// A few at a time, so that what is on its way always has room in the buffers between: rabbitmq-c writes without an
/// end.
Status RabbitBroker::put(WorkKind kind, std::span<const WorkKey> keys) {
  ORGO_CHECK(begin(putting_, kind));
  for (; !keys.empty(); keys = keys.subspan(std::min(keys.size(), kWindow)))
    ORGO_CHECK(put_window(kind, keys.first(std::min(keys.size(), kWindow))));
  return {};
}

Status RabbitBroker::put_window(WorkKind kind, std::span<const WorkKey> keys) {
  for (bool is_first = true;; is_first = false) {
    ORGO_CHECK(begin(putting_, kind));
    ORGO_CHECK(publish(kind, keys));
    ORGO_TRY(all_arrived, confirm(keys.size()));
    if (all_arrived) return {};
    putting_.seen.erase(kind);  // somebody has deleted the queue
    if (!is_first) return failure(Errc::unavailable, "RabbitMQ: queue " + queue(kind) + " is deleted again and again");
  }
}

Result<std::size_t> RabbitBroker::depth(WorkKind kind) {
  for (bool is_first = true;; is_first = false) {
    ORGO_CHECK(begin(putting_, kind));
    const auto name = queue(kind);
    const auto* found = amqp_queue_declare(*putting_.session, RabbitSession::kChannel, bytes_of(name), /*passive=*/1, 1,
                                           0, 0, amqp_empty_table);
    const std::size_t depth = found == nullptr ? 0 : found->message_count;
    int code = 0;
    auto asked = putting_.session.check(amqp_get_rpc_reply(*putting_.session), &code);
    if (asked) return depth;
    if (code != kNotFound || !is_first) return tl::unexpected(std::move(asked).error());
  }
}

Status RabbitBroker::hear(WorkKind kind) {
  amqp_frame_t frame{};
  const timeval none{};
  const int status = amqp_simple_wait_frame_noblock(*fetching_.session, &frame, &none);
  if (status == AMQP_STATUS_TIMEOUT) return {};
  ORGO_CHECK(fetching_.session.check(status));
  if (is_end(frame)) return fetching_.session.check(as_refusal(frame));
  if (frame.frame_type == AMQP_FRAME_METHOD && frame.payload.method.id == AMQP_BASIC_CANCEL_METHOD) {
    fetching_.seen.erase(kind);
    return failure(Errc::unavailable, "RabbitMQ: queue " + queue(kind) + " was deleted");
  }
  return {};
}

Result<bool> RabbitBroker::take_one(WorkKind kind, Millis time, Taken& taken) {
  amqp_envelope_t envelope{};
  const auto patience = timeval_of(time);
  const auto reply = amqp_consume_message(*fetching_.session, &envelope, &patience, 0);
  if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION && reply.library_error == AMQP_STATUS_TIMEOUT) return false;
  if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION && reply.library_error == AMQP_STATUS_UNEXPECTED_STATE) {
    ORGO_CHECK(hear(kind));
    return false;
  }
  ORGO_CHECK(fetching_.session.check(reply));
  if (held_in_ != fetching_.session.generation()) {
    held_in_ = fetching_.session.generation();
    held_.clear();
  }
  held_.insert(envelope.delivery_tag);
  auto delivery = std::to_string(held_in_) + "." + std::to_string(envelope.delivery_tag);
  const std::string_view body(static_cast<const char*>(envelope.message.body.bytes), envelope.message.body.len);
  if (const auto key = read_hint(body, kind)) taken.hints.push_back({*key, std::move(delivery)});
  else taken.unreadable.push_back(std::move(delivery));
  amqp_destroy_envelope(&envelope);
  return true;
}

Status RabbitBroker::consume(WorkKind kind, int limit, Millis wait, Taken& taken) {
  amqp_basic_qos(*fetching_.session, RabbitSession::kChannel, 0, static_cast<std::uint16_t>(limit), 0);
  ORGO_CHECK(fetching_.session.check(amqp_get_rpc_reply(*fetching_.session)));
  const auto name = queue(kind);
  // Another one each time: what an earlier one holds does not count for this one's prefetch.
  const auto consumer = "orgo" + std::to_string(++consumers_);
  const auto tag = bytes_of(consumer);
  amqp_basic_consume(*fetching_.session, RabbitSession::kChannel, bytes_of(name), tag, 0, 0, 0, amqp_empty_table);
  int code = 0;
  if (auto begun = fetching_.session.check(amqp_get_rpc_reply(*fetching_.session), &code); !begun) {
    if (code == kNotFound) fetching_.seen.erase(kind);
    else ++fetching_.futile;
    return begun;
  }
  fetching_.futile = 0;
  const auto count = [&taken] { return taken.hints.size() + taken.unreadable.size(); };
  for (const auto until = within(wait); !is_stopped_ && count() < static_cast<std::size_t>(limit);) {
    const auto left = std::chrono::ceil<Millis>(until - std::chrono::steady_clock::now());
    const auto time = count() > 0 ? kBehind : std::clamp(left, kBehind, kSlice);
    ORGO_TRY(came, take_one(kind, time, taken));
    if (!came && (count() > 0 || left <= Millis{0})) break;
  }
  amqp_basic_cancel(*fetching_.session, RabbitSession::kChannel, tag);
  ORGO_CHECK(fetching_.session.check(amqp_get_rpc_reply(*fetching_.session)));
  for (bool came = true; came;) {  // what was on its way
    ORGO_TRY(one, take_one(kind, Millis{0}, taken));
    came = one;
  }
  amqp_maybe_release_buffers(*fetching_.session);
  return {};
}

Result<std::vector<HintsBroker::Fetched>> RabbitBroker::fetch(WorkKind kind, int limit, Millis wait) {
  Taken taken;
  ORGO_CHECK(begin(fetching_, kind));
  ORGO_CHECK(consume(kind, std::clamp(limit, 1, kFetchMost), wait, taken));
  if (is_stopped_) return failure(Errc::unavailable, "RabbitMQ: stopped");
  if (!taken.unreadable.empty()) {
    tell_unreadable(queue(kind), taken.unreadable.size());
    ORGO_CHECK(ack(kind, taken.unreadable));
  }
  return std::move(taken.hints);
}

Status RabbitBroker::ack(WorkKind, std::span<const std::string> deliveries) {
  for (const auto& delivery : deliveries) {
    const auto dot = std::min(delivery.find('.'), delivery.size());
    const auto generation = std::string_view(delivery).substr(0, dot);
    std::uint64_t tag = 0;
    std::from_chars(delivery.data() + std::min(dot + 1, delivery.size()), delivery.data() + delivery.size(), tag);
    // What was had by an earlier channel the broker has again; what is unknown to this one would end it.
    if (!fetching_.session.is_open() || generation != std::to_string(fetching_.session.generation()) ||
        held_.erase(tag) == 0)
      continue;
    ORGO_CHECK(
        fetching_.session.check(amqp_basic_ack(*fetching_.session, RabbitSession::kChannel, tag, /*multiple=*/0)));
  }
  return {};
}

}  // namespace orgo
