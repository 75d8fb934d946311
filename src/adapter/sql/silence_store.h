#pragma once
#include <span>
#include <vector>

#include "adapter/sql/engine.h"
#include "port/silence_store.h"

namespace orgo {

class SqlSilenceStore final : public SilenceStore {
 public:
  explicit SqlSilenceStore(sql::Engine& engine) : engine_(engine) {}

  Result<std::vector<Arrival>> arrivals_after(TenantId tenant, MessageId after, int limit) override;
  Result<Learned> read_rhythms(TenantId tenant) override;
  Result<std::vector<OpenAlarm>> open_alarms(TenantId tenant) override;

 private:
  sql::Engine& engine_;
};

}  // namespace orgo
