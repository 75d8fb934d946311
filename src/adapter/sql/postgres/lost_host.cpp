#include "adapter/sql/postgres/lost_host.h"

#include <map>
#include <mutex>

#include "base/planted.h"

namespace orgo::sql {
namespace {

struct LostHosts {
  std::mutex mutex;
  std::map<std::string, std::string> of;       // urls that one process ever knows: one, or two while it moves
  std::map<std::string, std::string> systems;  // of the same
};

LostHosts& lost_hosts() {
  static LostHosts instance;
  return instance;
}

}  // namespace

std::string lost_host(const std::string& url) {
  const std::lock_guard lock(lost_hosts().mutex);
  const auto found = lost_hosts().of.find(url);
  return found == lost_hosts().of.end() ? std::string() : found->second;
}

bool is_the_cluster_of(const std::string& url, const std::string& system) {
  const std::lock_guard lock(lost_hosts().mutex);
  return lost_hosts().systems.try_emplace(url, system).first->second == system || ORGO_PLANT(any_cluster_is_ours);
}

bool is_first_look(const std::string& url) {
  const std::lock_guard lock(lost_hosts().mutex);
  return lost_hosts().of.try_emplace(url).second;
}

void note_lost_host(const std::string& url, const std::string& host) {
  const std::lock_guard lock(lost_hosts().mutex);
  lost_hosts().of[url] = host;
}

}  // namespace orgo::sql
