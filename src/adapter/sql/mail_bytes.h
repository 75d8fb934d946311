#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "adapter/sql/blob_rows.h"
#include "adapter/sql/engine.h"
#include "core/intake/raw_message.h"
#include "port/blob_store.h"

namespace orgo {

struct TenantBlob {
  TenantId tenant;
  BlobRef ref;
};

/// The bytes of a batch of mails on their way in: each once, however many of its recipients stand behind each other.
class IncomingBytes {
 private:
  friend class MailBytes;
  friend class BytesInTransaction;
  std::vector<std::size_t> of_mail_;  ///< which of those below
  std::vector<BlobRef> refs_;         ///< where they lie already
  std::vector<PackedBlob> packed_;    ///< or what goes with the transaction
};

/// Where the bytes of mails lie: in files beside the database, or in rows of it. A reference says which, so that both
/// are read wherever those of new mails go. Threads: any.
class MailBytes {
 public:
  /// `rows`: nullptr for an engine that has none. `new_in_rows`: those of mails that come from now on.
  MailBytes(BlobStore& files, sql::BlobRows* rows, bool new_in_rows)
      : files_(files), rows_(rows), new_in_rows_(rows != nullptr && new_in_rows) {}

  /// Before the transaction, on the caller's thread: flushed to their file, or packed for their rows. Errors as
  /// BlobStore::append().
  Result<IncomingBytes> take_in(std::span<const RawMessage> mails);
  /// As take_in(), for a mail of which nothing will stay: no file is written.
  IncomingBytes try_in(const RawMessage& mail);
  /// Errors as BlobStore and BlobRows.
  Result<std::string> read(TenantId tenant, const BlobRef& ref);
  /// See BlobRows::ask(); nullptr: nothing comes along.
  std::unique_ptr<sql::BlobsAlong> ask(sql::Connection& db, std::span<const std::pair<TenantId, MessageId>> ids);
  /// How many have their place; does not read the bytes. Made for very many in one call.
  Result<std::int64_t> count_held(sql::Connection& db, TenantId tenant, std::span<const BlobRef> refs);
  /// Of each: has it its place?
  Result<std::vector<bool>> look_for(sql::Connection& db, std::span<const TenantBlob> blobs);

 private:
  friend class BytesInTransaction;
  IncomingBytes gather(std::span<const RawMessage> mails, std::vector<std::string_view>& blobs) const;

  BlobStore& files_;
  sql::BlobRows* rows_;
  bool new_in_rows_;
};

/// One run of the transaction that names them; another run has another one of these.
class BytesInTransaction {
 public:
  BytesInTransaction(MailBytes& bytes, const IncomingBytes& incoming, sql::Transaction& tx)
      : bytes_(bytes), incoming_(incoming), tx_(tx) {}
  /// Where those of the i-th mail lie when the transaction is in; it is a new message with this number.
  Result<BlobRef> place(std::size_t i, TenantId tenant, MessageId message);

 private:
  MailBytes& bytes_;
  const IncomingBytes& incoming_;
  sql::Transaction& tx_;
  std::map<std::pair<std::size_t, TenantId>, BlobRef> placed_;  ///< a tenant never reads another one's rows
};

}  // namespace orgo
