#include "core/processing/context.h"

#include "core/mail/findings/find_mailing_list.h"

namespace orgo {

const std::string& sender_of(const Envelope& envelope, const Message& message) {
  return message.from && !message.from->address.empty() ? message.from->address : envelope.sender.address;
}

ThreadQuery thread_query(const Incoming& incoming, std::string_view domain, std::string_view id_key,
                         Millis subject_time) {
  const auto tenant = incoming.envelope.tenant;
  ThreadQuery query;
  query.message = incoming.id;
  query.content = incoming.key.content;
  query.id = incoming.key.id_hash;
  query.known_id = incoming.known_id;
  query.names_itself = !incoming.message.message_id.empty();
  query.hints = thread_hints(incoming.message, tenant, domain, id_key);
  query.answers.reserve(query.hints.message_ids.size());
  for (const auto& id : query.hints.message_ids) query.answers.push_back(message_id_hash(tenant, id));
  for (const auto& id : query.hints.aliases) query.aliases.push_back(message_id_hash(tenant, id));
  query.sender = sender_of(incoming.envelope, incoming.message);
  query.by_list = is_of_list(incoming.message);
  if (subject_time.count() > 0) query.since = incoming.envelope.received_at - subject_time;
  return query;
}

}  // namespace orgo
