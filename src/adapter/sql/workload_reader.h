#pragma once
#include "adapter/sql/engine.h"
#include "port/workload_reader.h"

namespace orgo {

class SqlWorkloadReader final : public WorkloadReader {
 public:
  explicit SqlWorkloadReader(sql::Engine& engine) : engine_(engine) {}

  Result<Workload> read_workload(TimePoint now) override;
  Result<std::optional<WaitingSend>> oldest_send() override;

 private:
  sql::Engine& engine_;
};

}  // namespace orgo
