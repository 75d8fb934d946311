#pragma once
#include <functional>
#include <string>

#include "app/node/node.h"
#include "app/storage/storage_part.h"
#include "service/intake/intake_service.h"

namespace orgo {

/// What all doors hand their messages to.
class IntakePart {
 public:
  /// `on_accepted`: there may be new messages to decide.
  static IntakePart& open(Node& node, StoragePart& storage, std::function<void()> on_accepted);
  IntakePart(StoragePart& storage, std::function<void()> on_accepted);

  IntakeService& service() { return service_; }
  /// One message, made durable when it returns. Errors as MessageStore::accept().
  Result<Accepted> submit(const Envelope& envelope, std::string bytes, Deadline deadline);

 private:
  IntakeService service_;
};

}  // namespace orgo
