#include "adapter/memory/memory_store.h"
#include "tests/contract/support/world.h"

namespace orgo::contract {
namespace {

class MemoryWorld final : public World {
 public:
  Stores stores() override { return {store_, store_, store_, store_, store_, store_, store_}; }
  TenantId second_tenant() override { return TenantId{2}; }

 private:
  MemoryStore store_;
};

}  // namespace

std::vector<Backend> all_backends() {
  return {{"memory", [] { return std::unique_ptr<World>(std::make_unique<MemoryWorld>()); }}};
}

std::vector<DurableBackend> durable_backends() { return {}; }

}  // namespace orgo::contract
