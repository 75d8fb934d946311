#pragma once
#include <memory>
#include <string>

#include "adapter/mail_in/mail_door.h"
#include "app/config.h"
#include "app/doors/intake_part.h"
#include "app/node/endpoint.h"
#include "app/node/node.h"
#include "app/tenants/tenants_part.h"
#include "base/metrics.h"

namespace orgo {

/// LMTP and SMTP, as far as they are configured.
class MailDoorsPart {
 public:
  /// Errors as MailDoor::open(). Mail is taken when it returns.
  static Result<MailDoorsPart*> open(Node& node, const Config& config, TenantsPart& tenants, IntakePart& intake);

  [[nodiscard]] std::string lmtp_address() const { return address(lmtp_); }  ///< "127.0.0.1:2424"; empty: no such door
  [[nodiscard]] std::string smtp_address() const { return address(smtp_); }

 private:
  struct Door {
    Endpoint endpoint;
    std::unique_ptr<MailDoor> door;
  };
  static std::string address(const Door& door);
  Status open_door(Door& door, const std::string& listen, MailDoorOptions options, IntakePart& intake, Clock& clock);
  void stop(Deadline deadline);

  Door lmtp_, smtp_;
  std::unique_ptr<metrics::ScrapeHook> scrape_;
};

}  // namespace orgo
