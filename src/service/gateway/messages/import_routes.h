#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "port/clock.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"
#include "service/gateway/messages/submit.h"
#include "service/policy/policy_book.h"

namespace orgo::gateway {

inline constexpr std::size_t kImportedAtOnceMax = 200;   ///< mails of one request
inline constexpr std::size_t kImportBodyMax = 8U << 20;  ///< its bytes, unless http.max_body is less

/// Old mail, many at once: one request and one commit for all of them, since an archive has hundreds of thousands.
class ImportRoutes final : public Feature {
 public:
  struct Ports {
    Clock& clock;
    SubmitAll submit_all;
    std::size_t message_max;  ///< bytes of a request with one message
    PolicyOf policies;        ///< say the recipient of mails that come without one
  };
  explicit ImportRoutes(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;
  [[nodiscard]] std::vector<Schema> schemas() const override;

 private:
  Result<HttpResponse> import(const Call& call);

  Ports ports_;
  std::string schema_;  ///< of the body; the route points at it
};

}  // namespace orgo::gateway
