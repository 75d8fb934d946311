#include "adapter/rabbitmq/rabbit_session.h"

#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>

#include <utility>

#include "adapter/broker/hints_broker.h"

namespace orgo {
namespace {

constexpr int kPort = 5672;
constexpr int kTlsPort = 5671;
constexpr int kHeartbeatSeconds = 30;
constexpr int kFrameMost = 131'072;
constexpr const char* kTrusted = "/etc/ssl/certs/ca-certificates.crt";

timeval patience() {
  return {.tv_sec = HintsBroker::kPatience.count() / 1'000, .tv_usec = HintsBroker::kPatience.count() % 1'000 * 1'000};
}

amqp_table_entry_t yes(const char* name) {
  amqp_table_entry_t entry{};
  entry.key = amqp_cstring_bytes(name);
  entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
  entry.value.value.boolean = 1;
  return entry;
}

std::string text_of(amqp_bytes_t bytes) {
  return {static_cast<const char*>(bytes.bytes), bytes.len};
}

/// What the server said before it closed the connection or the channel.
Error closed_by_server(const amqp_method_t& method, int& code) {
  std::string text;
  if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
    const auto* close = static_cast<const amqp_channel_close_t*>(method.decoded);
    code = close->reply_code;
    text = text_of(close->reply_text);
  } else if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
    const auto* close = static_cast<const amqp_connection_close_t*>(method.decoded);
    code = close->reply_code;
    text = text_of(close->reply_text);
  }
  // 403: access refused; 530: no such virtual host, or not for this user.
  const bool is_ours = code == 403 || code == 530;
  return {is_ours ? Errc::invalid_input : Errc::unavailable, "RabbitMQ: " + (text.empty() ? "closed by it" : text)};
}

}  // namespace

void RabbitSession::End::operator()(amqp_connection_state_t connection) const {
  amqp_destroy_connection(connection);  // without a word: whoever is away could not answer it
}

RabbitSession::RabbitSession(BrokerUrl url, std::string password)
    : url_(std::move(url)), password_(std::move(password)) {}

Error RabbitSession::lost(const std::string& why) {
  close();
  return {Errc::unavailable, "RabbitMQ at " + url_.host + ": " + why};
}

Status RabbitSession::check(int status) {
  if (status == AMQP_STATUS_OK) return {};
  return tl::unexpected(lost(amqp_error_string2(status)));
}

Status RabbitSession::check(const amqp_rpc_reply_t& reply, int* code) {
  switch (reply.reply_type) {
    case AMQP_RESPONSE_NORMAL:
      return {};
    case AMQP_RESPONSE_LIBRARY_EXCEPTION:
      return check(reply.library_error);
    case AMQP_RESPONSE_SERVER_EXCEPTION:
      break;
    case AMQP_RESPONSE_NONE:
      return tl::unexpected(lost("it answered something else"));
  }
  int said = 0;
  auto error = closed_by_server(reply.reply, said);
  if (code != nullptr) *code = said;
  if (reply.reply.id != AMQP_CHANNEL_CLOSE_METHOD) {
    close();
    return tl::unexpected(std::move(error));
  }
  amqp_channel_close_ok_t ok{};
  ORGO_CHECK(check(amqp_send_method(connection_.get(), kChannel, AMQP_CHANNEL_CLOSE_OK_METHOD, &ok)));
  ORGO_CHECK(open_channel());
  return tl::unexpected(std::move(error));
}

Status RabbitSession::open() {
  if (connection_) return {};
  ORGO_CHECK(connect());
  if (auto in = log_in(); !in) {
    close();
    return in;
  }
  return open_channel();
}

Status RabbitSession::connect() {
  connection_.reset(amqp_new_connection());
  if (!connection_) return failure(Errc::resource_exhausted, "RabbitMQ: no memory for a connection");
  const bool is_tls = url_.scheme == "amqps";
  auto* const socket = is_tls ? amqp_ssl_socket_new(connection_.get()) : amqp_tcp_socket_new(connection_.get());
  if (socket == nullptr) return tl::unexpected(lost("no memory for a socket"));
  if (is_tls) {
    amqp_ssl_socket_set_verify_peer(socket, 1);
    amqp_ssl_socket_set_verify_hostname(socket, 1);
    ORGO_CHECK(check(amqp_ssl_socket_set_cacert(socket, kTrusted)));
  }
  const auto time = patience();
  amqp_set_handshake_timeout(connection_.get(), &time);
  amqp_set_rpc_timeout(connection_.get(), &time);
  const int port = url_.port != 0 ? url_.port : (is_tls ? kTlsPort : kPort);
  return check(amqp_socket_open_noblock(socket, url_.host.c_str(), port, &time));
}

Status RabbitSession::log_in() {
  const auto* const place = url_.path.empty() ? "/" : url_.path.c_str();
  const auto* const user = url_.user.empty() ? "guest" : url_.user.c_str();
  const auto* const password = password_.empty() && url_.user.empty() ? "guest" : password_.c_str();
  // Without it a broker under an alarm is silent, and looks like a queue that is broken.
  auto wants_blocked = yes("connection.blocked");
  auto capabilities = yes("capabilities");
  capabilities.value.kind = AMQP_FIELD_KIND_TABLE;
  capabilities.value.value.table = {1, &wants_blocked};
  const amqp_table_t properties{1, &capabilities};
  const auto reply = amqp_login_with_properties(connection_.get(), place, 1, kFrameMost, kHeartbeatSeconds, &properties,
                                                AMQP_SASL_METHOD_PLAIN, user, password);
  // Some versions cut the connection instead of saying that the password is wrong.
  if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION &&
      (reply.library_error == AMQP_STATUS_CONNECTION_CLOSED || reply.library_error == AMQP_STATUS_SOCKET_ERROR))
    return tl::unexpected(lost("it does not let " + std::string(user) + " in, or was cut (queue.url, queue.password)"));
  auto in = check(reply);
  if (!in && in.error().code == Errc::invalid_input) in.error().message += " (queue.url, queue.password)";
  return in;
}

Status RabbitSession::open_channel() {
  amqp_channel_open(connection_.get(), kChannel);
  const auto reply = amqp_get_rpc_reply(connection_.get());
  if (reply.reply_type != AMQP_RESPONSE_NORMAL) return tl::unexpected(lost("it opens no channel"));
  amqp_confirm_select(connection_.get(), kChannel);
  if (amqp_get_rpc_reply(connection_.get()).reply_type != AMQP_RESPONSE_NORMAL)
    return tl::unexpected(lost("it confirms nothing"));
  ++generation_;
  return {};
}

}  // namespace orgo
