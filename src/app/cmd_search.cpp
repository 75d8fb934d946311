#include <iostream>

#include "app/api.h"
#include "app/commands.h"
#include "app/output.h"

namespace orgo {

int cmd_search(const SearchOptions& options) {
  // The index is the server's.
  auto api = Api::open(options.common, Api::Purpose::change);
  if (!api) return report(api.error());
  const auto answer = options.action == "rebuild" ? (*api)->ask("POST", "/api/v1/search/rebuild")
                                                  : (*api)->ask("GET", "/api/v1/search");
  if (!answer) return report(answer.error());
  if (options.common.json) {
    std::cout << json::serialize(*answer) << '\n';
    return kDone;
  }
  const auto& stands = answer->as_object();
  const auto behind = stands.at("behind_seconds").as_int64();
  std::cout << stands.at("tasks").as_int64() << " tasks can be found; ";
  if (stands.at("building").as_bool()) std::cout << "the index is being built, and what is there answers meanwhile\n";
  else if (behind > 0) std::cout << "the oldest change that is not in it is " << behind << " s old\n";
  else std::cout << "all changes are in it\n";
  return kDone;
}

}  // namespace orgo
