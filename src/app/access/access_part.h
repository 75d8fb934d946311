#pragma once
#include <optional>

#include "app/access/first_administrator.h"

#include "app/node/node.h"
#include "app/storage/storage_part.h"

namespace orgo {

/// Who may ask this server before anybody has been let in: the administrator whom the first start makes, and the token
/// that a running server leaves for the command line of its own user.
class AccessPart {
 public:
  /// `running` says where the doors are; its token is made here when there is an HTTP door to use it at.
  static Result<AccessPart*> open(Node& node, StoragePart& storage, RunningServer running);

  /// How the first administrator gets in; nullopt on every start but the first. To be shown once.
  [[nodiscard]] const std::optional<FirstLogin>& first_login() const { return first_login_; }

 private:
  Status make_token_of_command_line(Node& node, StoragePart& storage, RunningServer& running);

  std::optional<FirstLogin> first_login_;
};

}  // namespace orgo
