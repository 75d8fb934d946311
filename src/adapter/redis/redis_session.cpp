#include "adapter/redis/redis_session.h"

#include <hiredis/hiredis.h>

#include <array>
#include <charconv>
#include <utility>

#include "adapter/net/connect.h"
#include "base/text.h"

namespace orgo {
namespace {

constexpr std::uint16_t kPort = 6379;
constexpr int kElementsMost = 100'000;           ///< of one list; a peer that promises more is no Redis of ours
constexpr std::size_t kAnswersMost = 4U << 20U;  ///< bytes of all answers to one message; twenty times the most
constexpr int kMovesMost = 5;

struct ReplyEnd {
  void operator()(void* reply) const { freeReplyObject(reply); }
};

/// The reader bounds its depth (hiredis: 7).
RedisReply reply_of(const redisReply& raw) {
  using Kind = RedisReply::Kind;
  RedisReply reply;
  switch (raw.type) {
    case REDIS_REPLY_INTEGER:
      reply.kind = Kind::number;
      reply.number = raw.integer;
      break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      reply.kind = Kind::text;
      reply.text.assign(raw.str, raw.len);
      break;
    case REDIS_REPLY_ERROR:
      reply.kind = Kind::error;
      reply.text.assign(raw.str, raw.len);
      break;
    case REDIS_REPLY_ARRAY:
      reply.kind = Kind::list;
      reply.list.reserve(raw.elements);
      for (std::size_t i = 0; i < raw.elements; ++i) reply.list.push_back(reply_of(*raw.element[i]));
      break;
    default:
      break;
  }
  return reply;
}

std::string in_wire_form(const std::vector<RedisCommand>& commands) {
  std::string bytes;
  std::vector<const char*> words;
  std::vector<std::size_t> sizes;
  for (const auto& command : commands) {
    words.clear(), sizes.clear();
    for (const auto& word : command) words.push_back(word.data()), sizes.push_back(word.size());
    char* text = nullptr;
    const int size = redisFormatCommandArgv(&text, static_cast<int>(words.size()), words.data(), sizes.data());
    if (size > 0) bytes.append(text, static_cast<std::size_t>(size));
    redisFreeCommand(text);
  }
  return bytes;
}

decltype(redisReplyObjectFunctions::createArray) create_any_array = nullptr;

void* create_array(const redisReadTask* task, int elements) {
  return elements > kElementsMost ? nullptr : create_any_array(task, elements);
}

/// hiredis makes room for as many elements as a peer says that come, and goes through all of them at its end.
redisReplyObjectFunctions& bounded(const redisReplyObjectFunctions& usual) {
  static redisReplyObjectFunctions functions = [&usual] {
    auto all = usual;
    create_any_array = std::exchange(all.createArray, create_array);
    return all;
  }();
  return functions;
}

}  // namespace

void RedisSession::ReaderEnd::operator()(redisReader* reader) const {
  redisReaderFree(reader);
}

RedisSession::RedisSession(BrokerUrl url, std::string password, const net::StopSignal& stop)
    : url_(std::move(url)), password_(std::move(password)), stop_(stop) {}

RedisSession::~RedisSession() = default;

Error redis_error(const std::string& text) {
  const auto says = [&text](std::string_view word) { return text.starts_with(word); };
  const auto with = [&text](Errc code, const std::string& advice) { return Error{code, "Redis: " + text + advice}; };
  if (says("NOAUTH")) return with(Errc::invalid_input, " Write queue.password_file");
  if (says("WRONGPASS") || says("ERR invalid password") || says("ERR AUTH"))
    return with(Errc::invalid_input, " (queue.url's user, queue.password)");
  if (says("NOPERM")) return with(Errc::invalid_input, " (the user of queue.url needs streams of orgo:*)");
  if (says("WRONGTYPE")) return with(Errc::invalid_input, " (somebody else uses keys that begin with orgo:hints:)");
  if (says("READONLY")) return with(Errc::unavailable, " (name the server that writes in queue.url)");
  return with(Errc::unavailable, "");
}

Error RedisSession::lost(const std::string& why) {
  socket_.close();
  const auto where = (host_.empty() ? url_.host : host_) + ":" + std::to_string(port_);
  host_.clear();  // the next attempt begins where the configuration says
  return {Errc::unavailable, "Redis at " + where + ": " + (stop_.stopped() ? "stopped" : why)};
}

Status RedisSession::connect(Deadline until) {
  if (host_.empty()) {
    host_ = url_.host;
    port_ = url_.port == 0 ? kPort : url_.port;
  }
  auto connected = net::connect_to(host_, port_, stop_, until);
  if (!connected) return tl::unexpected(lost(connected.error().message));
  socket_ = *std::move(connected);
  if (url_.scheme == "rediss") {
    ORGO_TRY(context, net::client_tls(""));
    if (auto begun = net::begin_tls(socket_, context, host_, stop_, until); !begun)
      return tl::unexpected(lost(begun.error().message));
  }
  reader_.reset(redisReaderCreate());
  if (!reader_) return tl::unexpected(lost("no memory"));
  reader_->fn = &bounded(*reader_->fn);
  ++generation_;
  return log_in(until);
}

Status RedisSession::log_in(Deadline until) {
  std::vector<RedisCommand> commands;
  if (!password_.empty())
    commands.push_back(url_.user.empty() ? RedisCommand{"AUTH", password_}
                                         : RedisCommand{"AUTH", url_.user, password_});
  if (!url_.path.empty() && url_.path != "0") commands.push_back({"SELECT", url_.path});
  if (commands.empty()) return {};
  ORGO_TRY(replies, exchange(commands, until));
  for (const auto& reply : replies) {
    if (reply.kind != RedisReply::Kind::error) continue;
    socket_.close();
    return tl::unexpected(redis_error(reply.text));
  }
  return {};
}

Status RedisSession::write(std::string_view bytes, Deadline until) {
  while (!bytes.empty()) {
    std::size_t count = 0;
    const auto came_to = socket_.write(bytes, count);
    bytes.remove_prefix(count);
    if (came_to == net::Io::closed) return tl::unexpected(lost(socket_.error()));
    if (came_to == net::Io::done) continue;
    const short events = came_to == net::Io::want_write ? POLLOUT : POLLIN;
    if (stop_.wait(socket_.descriptor(), events, until) != net::StopSignal::Waited::ready)
      return tl::unexpected(lost("takes nothing more"));
  }
  return {};
}

Status RedisSession::read_some(Deadline until) {
  std::array<char, 16'384> buffer{};
  for (;;) {
    std::size_t count = 0;
    const auto came_to = socket_.read(buffer.data(), buffer.size(), count);
    if (count > 0) {
      received_ += count;
      if (received_ > kAnswersMost) return tl::unexpected(lost("its answer has more than 4 MB"));
      if (redisReaderFeed(reader_.get(), buffer.data(), count) == REDIS_OK) return {};
      return tl::unexpected(lost(reader_->errstr));
    }
    if (came_to == net::Io::closed) return tl::unexpected(lost("the connection was cut"));
    const short events = came_to == net::Io::want_write ? POLLOUT : POLLIN;
    if (stop_.wait(socket_.descriptor(), events, until) != net::StopSignal::Waited::ready)
      return tl::unexpected(lost("no answer in time"));
  }
}

Result<std::vector<RedisReply>> RedisSession::exchange(const std::vector<RedisCommand>& commands, Deadline until) {
  received_ = 0;
  ORGO_CHECK(write(in_wire_form(commands), until));
  std::vector<RedisReply> replies;
  while (replies.size() < commands.size()) {
    void* raw = nullptr;
    if (redisReaderGetReply(reader_.get(), &raw) != REDIS_OK)
      return tl::unexpected(lost("answers as no Redis does: " + std::string(reader_->errstr)));
    if (raw == nullptr) {
      ORGO_CHECK(read_some(until));
      continue;
    }
    const std::unique_ptr<redisReply, ReplyEnd> reply(static_cast<redisReply*>(raw));
    replies.push_back(reply_of(*reply));
  }
  return replies;
}

bool RedisSession::follow(const std::vector<RedisReply>& replies) {
  for (const auto& reply : replies) {
    if (!reply.is_error("MOVED ")) continue;
    const auto words = split(reply.text, ' ');
    const auto colon = words.size() == 3 ? words[2].rfind(':') : std::string_view::npos;
    if (colon == std::string_view::npos) continue;
    const auto port = words[2].substr(colon + 1);
    std::uint16_t number = 0;
    if (std::from_chars(port.data(), port.data() + port.size(), number).ec != std::errc()) continue;
    if (colon > 0) host_ = words[2].substr(0, colon);  // an empty one is the host that says it
    port_ = number;
    socket_.close();
    return true;
  }
  return false;
}

Result<std::vector<RedisReply>> RedisSession::ask(const std::vector<RedisCommand>& commands, Deadline until) {
  for (int moves = 0;; ++moves) {
    if (stop_.stopped()) return tl::unexpected(lost("stopped"));
    if (!socket_.open()) ORGO_CHECK(connect(until));
    ORGO_TRY(replies, exchange(commands, until));
    if (moves == kMovesMost || !follow(replies)) return replies;
  }
}

}  // namespace orgo
