#pragma once
#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "adapter/sql/engine.h"
#include "port/token_store.h"

namespace orgo {

class SqlTokenStore final : public TokenStore {
 public:
  explicit SqlTokenStore(sql::Engine& engine) : engine_(engine) {}

  Result<ApiToken> add_token(const ApiToken& token, const Sha256& secret_hash) override;
  Result<std::optional<ApiToken>> find_token(const Sha256& secret_hash) override;
  Result<std::vector<ApiToken>> list_tokens(TenantId tenant) override;
  Status revoke_token(TenantId tenant, std::int64_t id, TimePoint now) override;
  [[nodiscard]] std::optional<std::uint64_t> token_changes() const override { return token_changes_; }

 private:
  sql::Engine& engine_;
  std::atomic<std::uint64_t> token_changes_{0};
};

}  // namespace orgo
