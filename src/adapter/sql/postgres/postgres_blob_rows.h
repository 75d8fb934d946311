#pragma once
#include "adapter/sql/blob_rows.h"

namespace orgo::sql {

/// Table raw_mails, partitioned by a hash of the tenant. What is kept is packed (PackedBlob), in rows of 2 MiB at most,
/// each with a CRC-32C of it and of whose it is, so that bytes which stand in another one's place are no good either.
class PostgresBlobRows final : public BlobRows {
 public:
  explicit PostgresBlobRows(Engine& engine) : engine_(engine) {}

  Status add(Transaction& tx, TenantId tenant, MessageId message, const PackedBlob& blob) override;
  Result<std::string> read(TenantId tenant, const BlobRow& row) override;
  std::unique_ptr<BlobsAlong> ask(Connection& db, std::span<const std::pair<TenantId, MessageId>> ids) override;
  Result<std::vector<bool>> look_for(Connection& db, std::span<const WantedBlobRow> rows) override;

 private:
  Engine& engine_;
};

}  // namespace orgo::sql
