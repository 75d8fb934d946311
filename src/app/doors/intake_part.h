#pragma once
#include <string>

#include "app/node/node.h"
#include "app/storage/storage_part.h"
#include "service/intake/intake_service.h"

namespace orgo {

/// What all doors hand their messages to.
class IntakePart {
 public:
  /// Announces what it accepts.
  static IntakePart& open(Node& node, StoragePart& storage);
  IntakePart(StoragePart& storage, Clock& clock);

  IntakeService& service() { return service_; }
  /// One message, made durable when it returns. Errors as MessageStore::accept().
  Result<Accepted> submit(const Envelope& envelope, std::string bytes, Deadline deadline);

 private:
  IntakeService service_;
};

}  // namespace orgo
