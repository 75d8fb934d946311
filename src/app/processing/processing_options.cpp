#include "app/processing/processing_options.h"

#include "adapter/brokers/open_broker.h"
#include "app/options/checks.h"

namespace orgo {

using namespace std::chrono_literals;

void declare(OptionSet& options, QueueConfig& queue) {
  options.section("queue", "Accepted messages on their way to a decision.")
      .text(
          {"queue.url",
           "How nodes hand each other what one has too much of. `embedded`: each looks into the database. Or a broker "
           "beside it, which may forget everything at any time: Redis 6 or newer (rediss:// with TLS), RabbitMQ 3.10 "
           "or newer (amqps:// with TLS).",
           "redis://queue.example.org:6379"},
          queue.url, check_broker_url)
      .text({"queue.password", "Password of the broker's user; empty: it asks for none.", "", Applies::at_start,
             Secret::yes},
            queue.password, option::check_one_line)
      .duration({"queue.lease_time", "How long a worker owns a message before another may take it.", "5 minutes"},
                queue.lease_time, 1s, 1h)
      .integer({"queue.attempts", "After so many failures a message goes to the dead letters.", "5"}, queue.attempts, 1,
               100)
      .duration(
          {"queue.retry_first", "Wait before the second attempt; it doubles with each further one.", "10 seconds"},
          queue.retry_first, 1s, 1h)
      .duration({"queue.retry_most", "Longest wait between attempts.", "10 minutes"}, queue.retry_most, 1s, 24h);
}

void declare(OptionSet& options, ProcessingConfig& processing) {
  options.section("processing", "Parsing mails and asking the rules.")
      .integer({"processing.workers", "Threads.", "2"}, processing.workers, 1, 64)
      .integer({"processing.batch", "Messages decided in one transaction, at most.", "200"}, processing.batch, 1, 1'000)
      .boolean(
          {"processing.trace",
           "Keep for each message which rules held and what they were asked with, so that why they did can be told "
           "later.",
           "true"},
          processing.trace)
      .duration(
          {"processing.subject_time",
           "A reply whose ids are of no use joins a task of the same sender and subject that is no older; 0: never.",
           "30 days"},
          processing.subject_time, 0s, 87'600h)
      .duration(
          {"processing.reopen_time",
           "A reply to a task that was done so long ago opens a new one, linked to it; until then it reopens the old "
           "one. 0: it always does.",
           "30 days"},
          processing.reopen_time, 0s, 87'600h)
      .choice(
          {"processing.copies",
           "A copy of a mail for another recipient, when the rules name another team for it: `join` the task of the "
           "first copy and tell that team, or open a task of its `own`.",
           "join"},
          processing.copies, {{"join", CopyPolicy::join}, {"own", CopyPolicy::own}})
      .choice(
          {"processing.alerts",
           "A follow-up that a machine sent by itself, with words of its own, to a task that is resolved or closed: "
           "`reopen` it, or `open` a new task.",
           "reopen"},
          processing.alerts, {{"reopen", AlertPolicy::reopen}, {"open", AlertPolicy::open}});
}

void check(const QueueConfig& queue, const OptionSet& options, std::vector<Diagnostic>& errors) {
  option::check_order(queue.retry_first, queue.retry_most, "queue", options, errors);
}

}  // namespace orgo
