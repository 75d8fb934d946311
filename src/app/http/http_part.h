#pragma once
#include <memory>
#include <string>
#include <vector>

#include "adapter/http/http_server.h"
#include "adapter/module_folder/module_folder.h"
#include "adapter/net/io_threads.h"
#include "adapter/signature/keyring_verifier.h"
#include "app/cluster/cluster_part.h"
#include "app/config.h"
#include "app/doors/intake_part.h"
#include "app/mailboxes/mailboxes_part.h"
#include "app/node/endpoint.h"
#include "app/node/node.h"
#include "app/policies/policies_part.h"
#include "app/search/search_part.h"
#include "app/storage/storage_part.h"
#include "app/tenants/tenants_part.h"
#include "service/gateway/gateway.h"
#include "service/modules/module_service.h"

namespace orgo {

/// The API and the pages behind their door, when there is one.
class HttpPart {
 public:
  /// Errors as HttpServer::open(). Requests are answered when it returns.
  static Result<HttpPart*> open(Node& node, const Config& config, StoragePart& storage, PoliciesPart& policies,
                                TenantsPart& tenants, IntakePart& intake, MailboxesPart& mailboxes,
                                ClusterPart& cluster, SearchPart& search, gateway::ReadyChecks checks);

  [[nodiscard]] std::string url() const;  ///< "http://127.0.0.1:5000"; empty: no such door

 private:
  void make_gateway(Node& node, const Config& config, StoragePart& storage, PoliciesPart& policies,
                    TenantsPart& tenants, IntakePart& intake, MailboxesPart& mailboxes, ClusterPart& cluster,
                    SearchPart& search, gateway::ReadyChecks checks);
  Status open_door(Node& node, const Config& config);

  Endpoint endpoint_;
  bool secure_ = false;
  std::unique_ptr<KeyringVerifier> signatures_;
  std::unique_ptr<gateway::Gateway> gateway_;
  std::unique_ptr<net::IoThreads> io_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace orgo
