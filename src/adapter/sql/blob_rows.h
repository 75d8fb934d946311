#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter/blob_store/packed_blob.h"
#include "adapter/sql/engine.h"
#include "base/id.h"
#include "port/blob_store.h"

namespace orgo::sql {

/// What a reference to a row says: "db:MESSAGE:LENGTH". No reference of a BlobStore begins so.
struct BlobRow {
  MessageId message;        ///< which brought the bytes; others of its tenant may have the same
  std::int64_t length = 0;  ///< of the bytes as they were given
};
BlobRef reference_to(const BlobRow& row);
/// nullopt: it is none.
std::optional<BlobRow> parse_blob_row(std::string_view text);

struct WantedBlobRow {
  TenantId tenant;
  BlobRow row;
};

/// Bytes that were asked for together with the messages that they are of.
class BlobsAlong {
 public:
  virtual ~BlobsAlong() = default;
  /// Those of the i-th; nullopt: they did not come along, and are read alone.
  virtual Result<std::optional<std::string>> take(std::size_t i) = 0;
};

/// Blobs as rows of the database, for an engine that has such a table. They come in with the transaction that names
/// them: neither is ever there without the other. A row is found by its tenant only. Threads: any. Errors: those of the
/// engine; corrupt: the row is not there, or not as it was written.
class BlobRows {
 public:
  virtual ~BlobRows() = default;
  /// Written with the transaction, once for a message.
  virtual Status add(Transaction& tx, TenantId tenant, MessageId message, const PackedBlob& blob) = 0;
  virtual Result<std::string> read(TenantId tenant, const BlobRow& row) = 0;
  /// Asks for what these messages brought, with the next statement that is waited for. Only what is small comes along,
  /// so that a batch is bounded.
  virtual std::unique_ptr<BlobsAlong> ask(Connection& db, std::span<const std::pair<TenantId, MessageId>> ids) = 0;
  /// Of each: is it there? Does not read the bytes.
  virtual Result<std::vector<bool>> look_for(Connection& db, std::span<const WantedBlobRow> rows) = 0;
};

}  // namespace orgo::sql
