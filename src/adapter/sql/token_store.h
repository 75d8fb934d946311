#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "adapter/sql/change_store.h"
#include "adapter/sql/engine.h"
#include "base/time.h"
#include "port/token_store.h"

namespace orgo {

class SqlTokenStore final : public TokenStore {
 public:
  /// `changes` is where tokens are made and revoked.
  SqlTokenStore(sql::Engine& engine, const SqlChangeStore& changes) : engine_(engine), changes_(changes) {}

  Result<std::optional<ApiToken>> find_token(const Sha256& secret_hash) override;
  Result<std::vector<ApiToken>> list_tokens(TenantId tenant) override;
  [[nodiscard]] std::optional<std::uint64_t> token_changes() const override;

  /// Of what other processes have changed nothing is told here: so the number grows by itself, too.
  static constexpr Millis kOthersUnknown{1'000};

 private:
  sql::Engine& engine_;
  const SqlChangeStore& changes_;
};

}  // namespace orgo
