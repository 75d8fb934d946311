#include "app/access/access_part.h"

#include <string_view>
#include <utility>

#include "core/access/token_change.h"
#include "service/gateway/core/token_secret.h"

namespace orgo {
namespace {

/// Name of the token of this data folder's own user: one for each node, since each start revokes that of the start
/// before, and another node is still running.
std::string command_line_name(const Node& node) {
  return "command line " + node.name();
}

constexpr std::string_view kOldName = "command line";  ///< before there were nodes
constexpr Millis kCommitTime{60'000};
constexpr std::string_view kActor = "administrator";

Result<std::string> open_for(StoragePart& storage, Clock& clock, std::string name) {
  auto secret = gateway::new_token_secret();
  const ApiToken token{
      .tenant = storage.tenant(), .name = std::move(name), .role = Role::administrator, .created_at = clock.now()};
  ORGO_CHECK(commit_one(storage.stores().changes, orgo::make_token(token, gateway::token_hash(secret), kActor),
                        within(kCommitTime)));
  return secret;
}

}  // namespace

Result<AccessPart*> AccessPart::open(Node& node, StoragePart& storage, RunningServer running) {
  auto& part = node.lifecycle().own(std::make_unique<AccessPart>());
  auto& stores = storage.stores();
  ORGO_TRY(first, make_first_administrator(storage.tenant(), stores.people, stores.changes, node.clock(),
                                           storage.folder().path().string()));
  part.first_login_ = std::move(first);
  ORGO_CHECK(part.make_token_of_command_line(node, storage, running));
  ORGO_CHECK(storage.folder().announce(running));
  return &part;
}

Status AccessPart::make_token_of_command_line(Node& node, StoragePart& storage, RunningServer& running) {
  auto& store = storage.stores().tokens;
  ORGO_TRY(tokens, store.list_tokens(storage.tenant()));
  const auto name = command_line_name(node);
  for (const auto& token : tokens)  // of an earlier run: its secret was in a file that is gone
    if ((token.name == name || token.name == kOldName) && !token.revoked_at)
      ORGO_CHECK(
          commit_one(storage.stores().changes, revoke_token(token, kActor, node.clock().now()), within(kCommitTime)));
  if (running.http.empty()) return {};
  ORGO_TRY(secret, open_for(storage, node.clock(), name));
  running.token = std::move(secret);
  return {};
}

}  // namespace orgo
