#include "app/access/access_part.h"

#include <string_view>
#include <utility>

#include "service/gateway/core/token_secret.h"

namespace orgo {
namespace {

/// Name of the token of this data folder's own user: one for each node, since each start revokes that of the start
/// before, and another node is still running.
std::string command_line_name(const Node& node) {
  return "command line " + node.name();
}

constexpr std::string_view kOldName = "command line";  ///< before there were nodes

Result<std::string> make_token(StoragePart& storage, Clock& clock, std::string name) {
  auto secret = gateway::new_token_secret();
  const ApiToken token{
      .tenant = storage.tenant(), .name = std::move(name), .role = Role::administrator, .created_at = clock.now()};
  ORGO_TRY(added, storage.stores().tokens.add_token(token, gateway::token_hash(secret)));
  (void)added;
  return secret;
}

}  // namespace

Result<AccessPart*> AccessPart::open(Node& node, StoragePart& storage, RunningServer running) {
  auto& part = node.lifecycle().own(std::make_unique<AccessPart>());
  ORGO_CHECK(part.make_tokens(node, storage, running));
  ORGO_CHECK(storage.folder().announce(running));
  return &part;
}

Status AccessPart::make_tokens(Node& node, StoragePart& storage, RunningServer& running) {
  auto& store = storage.stores().tokens;
  ORGO_TRY(tokens, store.list_tokens(storage.tenant()));
  if (tokens.empty()) {
    ORGO_TRY(secret, make_token(storage, node.clock(), "admin"));
    first_token_ = std::move(secret);
  }
  const auto name = command_line_name(node);
  for (const auto& token : tokens)  // of an earlier run: its secret was in a file that is gone
    if ((token.name == name || token.name == kOldName) && !token.revoked_at)
      ORGO_CHECK(store.revoke_token(storage.tenant(), token.id, node.clock().now()));
  if (running.http.empty()) return {};
  ORGO_TRY(secret, make_token(storage, node.clock(), name));
  running.token = std::move(secret);
  return {};
}

}  // namespace orgo
