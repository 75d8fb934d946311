#pragma once
#include <string>

#include "app/node/node.h"
#include "app/storage/storage_part.h"

namespace orgo {

/// Who may ask this server before anybody has been let in: the administrator's token of the first start, and the token
/// that a running server leaves for the command line of its own user.
class AccessPart {
 public:
  /// `running` says where the doors are; its token is made here when there is an HTTP door to use it at.
  static Result<AccessPart*> open(Node& node, StoragePart& storage, RunningServer running);

  /// The administrator's token that the first start made; empty on every later start. To be shown once.
  [[nodiscard]] const std::string& first_token() const { return first_token_; }

 private:
  Status make_tokens(Node& node, StoragePart& storage, RunningServer& running);

  std::string first_token_;
};

}  // namespace orgo
