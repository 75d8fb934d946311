#include "core/access/token_change.h"

#include "base/json_writer.h"

namespace orgo {
namespace {

Event told(EventKind kind, Subject subject, const ApiToken& token, std::string_view actor, TimePoint at) {
  Event event{.kind = kind, .subject = subject, .at = at, .actor = std::string(actor)};
  JsonWriter json(event.data);
  json.begin_object().field("name", token.name);
  if (token.person.empty()) json.field("role", to_string(token.role));
  else json.field("person", token.person);
  json.end_object();
  return event;
}

}  // namespace

Changes make_token(const ApiToken& token, const Sha256& secret_hash, std::string_view actor) {
  Changes changes{.tenant = token.tenant, .at = token.created_at};
  changes.events.push_back(told(EventKind::token_made, Subject::new_token(), token, actor, token.created_at));
  changes.add(TokenMade{token, secret_hash});
  return changes;
}

Changes revoke_token(const ApiToken& token, std::string_view actor, TimePoint now) {
  Changes changes{.tenant = token.tenant, .at = now};
  changes.events.push_back(told(EventKind::token_revoked, Subject(SubjectKind::token, token.id), token, actor, now));
  changes.add(TokenRevoked{token.id});
  return changes;
}

}  // namespace orgo
