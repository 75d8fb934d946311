#include <algorithm>

#include "adapter/sql/context_steps.h"
#include "adapter/sql/rows.h"
#include "core/contact/mail_address.h"
#include "core/processing/message_decision.h"

namespace orgo::sql {
namespace {

/// One mail whose last word is looked up, with what is known of it so far.
struct Asked {
  ContextReading& reading;
  TaskNumber number{};
  const Task* task = nullptr;  ///< one of the facts
  MessageId message{};
  MessageId answered{};  ///< whose message ours was about
};

class LastWords {
 public:
  explicit LastWords(Connection& db)
      : newest_(db,
                "SELECT message FROM (SELECT message, sender, outcome FROM decisions WHERE tenant = ? AND "
                "task = ? AND task <> 0 ORDER BY message DESC LIMIT 1000) AS heard WHERE sender = ? AND "
                "outcome <> ? AND message <> ? ORDER BY message DESC LIMIT 1"),
        answered_(db, "SELECT " ORGO_SEND_COLUMNS " FROM outbox WHERE tenant = ? AND id = ?"),
        sends_before_(db, "SELECT " ORGO_SEND_COLUMNS
                          " FROM outbox WHERE tenant = ? AND subject_kind = ? AND "
                          "subject = ? AND subject <> 0 ORDER BY id DESC LIMIT ?"),
        recipient_(db, "SELECT recipient FROM messages WHERE tenant = ? AND id = ?"),
        author_(db, "SELECT sender FROM decisions WHERE tenant = ? AND message = ?") {}

  void read(ContextReadings& readings) {
    each_reading(readings, [&](std::size_t /*i*/, ContextReading& reading) { return ask(reading); });
    for (auto* const one : {&newest_, &answered_, &sends_before_}) one->send();
    each([&](std::size_t set, Asked& one) { return take_newest(set, one); });
    for (const auto& one : asked_) {
      const auto tenant = one.reading.query.tenant.value;
      recipient_.ask(tenant, one.message.value);
      recipient_.ask(tenant, one.answered.value);
      author_.ask(tenant, one.answered.value);
    }
    recipient_.send();
    author_.send();
    each([&](std::size_t set, Asked& one) { return take_word(set, one); });
  }

 private:
  template <typename One>
  void each(const One& one) {
    for (std::size_t set = 0; set < asked_.size(); ++set) {
      auto& reading = asked_[set].reading;
      if (reading.error) continue;
      Status status = one(set, asked_[set]);
      if (!status) reading.error = std::move(status).error();
    }
  }
  Status ask(ContextReading& reading) {
    const auto& facts = reading.facts.thread;
    if (facts.tasks.empty()) return {};
    const auto wanted = asks_last_word(reading.query.thread, facts);
    if (!wanted) return {};
    const auto& task = *std::ranges::find(facts.tasks, wanted, &Task::number);
    const auto& query = reading.query;
    const auto tenant = query.tenant.value;
    asked_.push_back({reading, wanted, &task});
    // Of the newest 1,000 mails of the task, which is past every conversation.
    newest_.ask(tenant, wanted.value, task.requester.address, static_cast<int>(Outcome::recorded),
                query.thread.message.value);
    answered_.ask(tenant, query.thread.hints.proven_send.value);
    sends_before_.ask(tenant, static_cast<int>(SubjectKind::task), wanted.value, kSendsBeforeMost);
    return {};
  }
  Status take_newest(std::size_t set, Asked& one) {
    ORGO_TRY(newest, newest_.rows(set));
    ORGO_TRY(found, newest->next());
    one.message = found ? MessageId{newest->integer(0)} : one.task->origin;
    if (!one.message) return {};
    auto& word = one.reading.facts.last_word.emplace(LastWord{.message = one.message});
    ORGO_TRY(answered, answered_.rows(set));
    ORGO_TRY(known, answered->next());
    if (known) {
      const auto send = send_from_row(*answered);
      one.answered = send.message;
      word.told = send.recipient;
      word.about = send.message;
      word.to_us = tells_of_customer(send);
    }
    return {};
  }
  Status take_word(std::size_t set, Asked& one) {
    auto& last_word = one.reading.facts.last_word;
    if (!last_word) return {};
    ORGO_TRY(recipient, recipient_.rows(2 * set));
    ORGO_TRY(row, recipient->next());
    if (!row) {
      last_word.reset();
      return {};
    }
    last_word->written_to = parse_contact(recipient->text(0));
    if (last_word->to_us && one.answered != one.task->origin) {  // did somebody who asked write that mail?
      ORGO_TRY(author, author_.rows(set));
      ORGO_TRY(there, author->next());
      const auto from = there ? std::string(author->text(0)) : std::string();
      last_word->to_us = has_asked(*one.task, from);
      last_word->of_another = there && !last_word->to_us;
      if (there && last_word->to_us && !is_same_address(from, one.task->requester.address)) {
        ORGO_TRY(theirs, recipient_.rows(2 * set + 1));
        ORGO_TRY(known, theirs->next());
        answer_part(*last_word, from, known ? parse_contact(theirs->text(0)) : Contact{});
      }
    }
    ORGO_TRY(rows, sends_before_.rows(set));
    for (SendsBefore before(*last_word, one.reading.query.thread.sender);;) {
      ORGO_TRY(sent, rows->next());
      if (!sent) return {};
      before.add(send_from_row(*rows), from_ms(rows->integer(13)));
    }
  }

  Lookup newest_, answered_, sends_before_, recipient_, author_;
  std::vector<Asked> asked_;
};

}  // namespace

void read_last_words(Connection& db, ContextReadings& readings) {
  LastWords(db).read(readings);
}

}  // namespace orgo::sql
