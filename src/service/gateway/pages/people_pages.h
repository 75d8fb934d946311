#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "port/clock.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/route.h"
#include "service/people/people_service.h"

namespace orgo::gateway::page {

/// Who works here, for administrators: the list, a new account, and one account with its role, its address and its end.
class PeoplePages final : public Feature {
 public:
  struct Ports {
    PeopleService& people;
    Clock& clock;
  };
  explicit PeoplePages(Ports ports) : ports_(std::move(ports)) {}
  std::vector<Route> routes() override;

 private:
  Result<HttpResponse> list(const Call& call);
  Result<HttpResponse> add(const Call& call);
  Result<HttpResponse> show(const Call& call);
  Result<HttpResponse> change(const Call& call);

  /// `typed`: what stands in the form when it comes back with a complaint.
  Result<HttpResponse> render_list(const Call& call, const Parameters& typed, std::string_view complaint, int status);
  HttpResponse render(const Call& call, const Person& person, std::string_view complaint, int status);

  Ports ports_;
};

}  // namespace orgo::gateway::page
