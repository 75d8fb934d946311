#include "service/gateway/gateway.h"

#include <cstdlib>
#include <utility>

#include "base/log.h"
#include "service/gateway/core/dispatcher.h"
#include "service/gateway/features.h"
#include "service/gateway/pages/page_face.h"

namespace orgo::gateway {
namespace {

/// Two routes that no request could tell apart are a mistake in our own lists, which the first test finds.
std::unique_ptr<Dispatcher> made(Result<std::unique_ptr<Dispatcher>> dispatcher) {
  if (dispatcher) return *std::move(dispatcher);
  log::error("http.routes", {{"cause", dispatcher.error().message}});
  std::abort();
}

}  // namespace

struct Gateway::Parts {
  Parts(Services services, Settings settings)
      : features(std::move(services), std::move(settings)),
        dispatcher(made(Dispatcher::make(features.routes(), features.callers(), features.sessions(), features.clock(),
                                         page::kPageFace))) {}

  Features features;
  std::unique_ptr<Dispatcher> dispatcher;
};

Gateway::Gateway(Services services, Settings settings)
    : parts_(std::make_unique<Parts>(std::move(services), std::move(settings))) {}
Gateway::~Gateway() = default;

HttpResponse Gateway::handle(const HttpRequest& request) {
  return parts_->dispatcher->handle(request);
}

HttpHandler::Pace Gateway::pace(const HttpRequest& request) const {
  return parts_->dispatcher->pace(request);
}

HttpHandler::Admission Gateway::admit(const HttpRequest& head) {
  return parts_->dispatcher->admit(head);
}

HttpResponse Gateway::refusal(int status, std::string_view detail) {
  return Dispatcher::refusal(status, detail);
}

void Gateway::drain() {
  parts_->features.drain();
}

const std::vector<Route>& Gateway::routes() const {
  return parts_->dispatcher->routes();
}

const std::vector<Schema>& Gateway::schemas() const {
  return parts_->features.schemas();
}

}  // namespace orgo::gateway
