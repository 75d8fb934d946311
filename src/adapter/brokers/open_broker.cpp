#include "adapter/brokers/open_broker.h"

#include "adapter/rabbitmq/rabbit_broker.h"
#include "adapter/redis/redis_broker.h"

namespace orgo {
namespace {

bool is_redis(const BrokerUrl& url) {
  return url.scheme == "redis" || url.scheme == "rediss";
}

/// What this kind of broker asks of its address.
Status check_of_kind(const BrokerUrl& url) {
  if (is_redis(url)) {
    const bool is_number = url.path.find_first_not_of("0123456789") == std::string::npos && url.path.size() <= 3;
    if (is_number) return {};
    return failure(Errc::invalid_input, "names '" + url.path + "' where Redis has the number of a database: /0");
  }
  if (url.scheme == "amqp" || url.scheme == "amqps") return {};
  return failure(Errc::invalid_input, "is of no broker that Orgo knows: redis://, rediss://, amqp:// or amqps://");
}

Result<BrokerUrl> read_url(std::string_view text) {
  ORGO_TRY(url, parse_broker_url(text));
  ORGO_CHECK(check_of_kind(url));
  return url;
}

}  // namespace

std::string check_broker_url(std::string_view url) {
  if (url == kNoBroker) return {};
  const auto read = read_url(url);
  return read ? std::string() : read.error().message;
}

Result<std::unique_ptr<HintsBroker>> open_broker(const std::string& url, const std::string& password,
                                                 const std::string& installation) {
  if (url == kNoBroker) return std::unique_ptr<HintsBroker>();
  auto read = read_url(url);
  if (!read) return tl::unexpected(read.error().in("queue.url"));
  if (is_redis(*read))
    return std::make_unique<RedisBroker>(*read, password, RedisBrokerOptions{.installation = installation});
  return std::make_unique<RabbitBroker>(*read, password, RabbitBrokerOptions{.installation = installation});
}

}  // namespace orgo
