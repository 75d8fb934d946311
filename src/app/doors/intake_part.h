#pragma once
#include <string>
#include <utility>
#include <vector>

#include "app/node/node.h"
#include "app/storage/storage_part.h"
#include "port/work_hints.h"
#include "service/intake/intake_service.h"

namespace orgo {

/// What all doors hand their messages to.
class IntakePart {
 public:
  /// Announces what it accepts: here, and to other nodes where that is more than this one decides at once, or all.
  static IntakePart& open(Node& node, StoragePart& storage, WorkHints& hints, bool decides_here);
  IntakePart(Node& node, StoragePart& storage, WorkHints& hints, bool decides_here);

  IntakeService& service() { return service_; }
  /// One message, made durable when it returns. Errors as MessageStore::accept().
  Result<Accepted> submit(const Envelope& envelope, std::string bytes, Deadline deadline);
  /// Many of them, of one commit where that holds them; see gateway::SubmitAll.
  Result<std::vector<Result<Accepted>>> submit_all(std::vector<std::pair<Envelope, std::string>> messages,
                                                   Deadline deadline);

 private:
  IntakeService service_;
};

}  // namespace orgo
