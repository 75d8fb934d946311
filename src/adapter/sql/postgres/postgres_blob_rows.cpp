#include "adapter/sql/postgres/postgres_blob_rows.h"

#include <algorithm>

#include "adapter/sql/late_rows.h"
#include "adapter/sql/lookup.h"
#include "base/hash.h"
#include "base/planted.h"

namespace orgo::sql {
namespace {

/// Bytes of one row at most: what the server and the library between hold of a mail at a time, and go on holding.
constexpr std::int64_t kPart = 2 << 20;
/// What is kept in up to so many bytes comes along with its message, and goes with others of its size.
constexpr std::int64_t kSmall = 64 << 10;

const LateTable& late_raw_mails() {
  static const LateTable table("raw_mails (tenant, message, part, length, stored, is_compressed, checksum, bytes)");
  return table;
}

/// What each row says of its mail.
struct Whole {
  TenantId tenant;
  BlobRow row;
  std::int64_t stored = 0;  ///< bytes of all parts
  bool is_compressed = false;

  [[nodiscard]] std::int64_t parts() const { return std::max<std::int64_t>(1, (stored + kPart - 1) / kPart); }
  [[nodiscard]] std::int64_t size_of(std::int64_t part) const { return std::min(kPart, stored - part * kPart); }
  [[nodiscard]] std::int64_t checksum(std::int64_t part, std::string_view bytes) const {
    std::string whose;
    for (const auto number : {tenant.value, row.message.value, part, row.length, stored})
      whose += std::to_string(number) + ' ';
    return crc32c(bytes, crc32c(whose + (is_compressed ? "compressed" : "plain")));
  }
};

Error damaged(const BlobRow& row, const std::string& how) {
  return {Errc::corrupt, "raw_mails of message " + std::to_string(row.message.value) + ": " + how};
}

#define ORGO_RAW_COLUMNS "length, stored, is_compressed, checksum, bytes"

/// What the row says, and that it is sound. Its bytes are those of `found` as long as it stays there.
Result<Whole> check_part(Query& found, TenantId tenant, const BlobRow& row, std::int64_t part) {
  const Whole whole{tenant, row, found.integer(1), found.integer(2) != 0};
  const auto bytes = found.blob(4);
  const bool is_as_long = found.integer(0) == row.length && whole.stored >= 0 && whole.stored <= row.length &&
                          (whole.is_compressed || whole.stored == row.length) && part < whole.parts() &&
                          std::ssize(bytes) == whole.size_of(part);
  if (!is_as_long) return tl::unexpected(damaged(row, "it is not as long as it was"));
  if (found.integer(3) != whole.checksum(part, bytes) && !ORGO_PLANT(row_believes_its_bytes))
    return tl::unexpected(damaged(row, "the checksum is wrong"));
  return whole;
}

Result<std::string> unpack(const Whole& whole, std::string stored) {
  if (!whole.is_compressed) return stored;
  auto plain = decompress_blob(stored, static_cast<std::size_t>(whole.row.length));
  if (!plain) return tl::unexpected(damaged(whole.row, "it can't be decompressed"));
  return *std::move(plain);
}

class SmallOnes final : public BlobsAlong {
 public:
  SmallOnes(Connection& db, std::span<const std::pair<TenantId, MessageId>> ids)
      : ids_(ids.begin(), ids.end()), lookup_(db, "SELECT " ORGO_RAW_COLUMNS
                                                  " FROM raw_mails WHERE tenant = ? AND message = ? AND part = 0 AND "
                                                  "stored <= ?") {
    for (const auto& [tenant, message] : ids) lookup_.ask(tenant.value, message.value, kSmall);
    lookup_.send();
  }
  /// What is damaged is read again alone, and told there.
  Result<std::optional<std::string>> take(std::size_t i) override {
    ORGO_TRY(rows, lookup_.rows(i));
    ORGO_TRY(there, rows->next());
    if (!there) return std::optional<std::string>();
    const auto whole = check_part(*rows, ids_[i].first, {ids_[i].second, rows->integer(0)}, 0);
    if (!whole) return std::optional<std::string>();
    auto bytes = unpack(*whole, std::string(rows->blob(4)));
    if (!bytes) return std::optional<std::string>();
    return std::optional(*std::move(bytes));
  }

 private:
  std::vector<std::pair<TenantId, MessageId>> ids_;
  Lookup lookup_;
};

}  // namespace

Status PostgresBlobRows::add(Transaction& tx, TenantId tenant, MessageId message, const PackedBlob& blob) {
  const auto stored = blob.stored();
  const Whole whole{tenant, {message, std::ssize(blob.plain)}, std::ssize(stored), blob.is_compressed};
  if (whole.stored <= kSmall)
    return tx.late().add(late_raw_mails(), tenant.value, message.value, tenant.value, message.value, 0,
                         whole.row.length, whole.stored, whole.is_compressed, whole.checksum(0, stored),
                         Query::Blob{stored});
  Query insert(tx.connection(), late_raw_mails().one());
  for (std::int64_t part = 0; part < whole.parts(); ++part) {
    const auto bytes =
        stored.substr(static_cast<std::size_t>(part * kPart), static_cast<std::size_t>(whole.size_of(part)));
    insert.again();
    insert.with(tenant.value, message.value, part, whole.row.length, whole.stored, whole.is_compressed,
                whole.checksum(part, bytes), Query::Blob{bytes});
    ORGO_CHECK(run_later(insert));
  }
  return {};
}

Result<std::string> PostgresBlobRows::read(TenantId tenant, const BlobRow& row) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query found(*use, "SELECT " ORGO_RAW_COLUMNS " FROM raw_mails WHERE tenant = ? AND message = ? AND part = ?");
  Whole whole{tenant, row};
  std::string stored;
  for (std::int64_t part = 0; part == 0 || part < whole.parts(); ++part) {
    found.again();
    ORGO_TRY(there, found.with(tenant.value, row.message.value, part).next());
    if (!there) return tl::unexpected(damaged(row, "row " + std::to_string(part) + " is gone"));
    ORGO_TRY(said, check_part(found, tenant, row, part));
    if (part == 0) stored.reserve(static_cast<std::size_t>(said.stored));
    else if (said.stored != whole.stored) return tl::unexpected(damaged(row, "its rows are not of one mail"));
    whole = said;
    stored += found.blob(4);
  }
  return unpack(whole, std::move(stored));
}

std::unique_ptr<BlobsAlong> PostgresBlobRows::ask(Connection& db, std::span<const std::pair<TenantId, MessageId>> ids) {
  return std::make_unique<SmallOnes>(db, ids);
}

Result<std::vector<bool>> PostgresBlobRows::look_for(Connection& db, std::span<const WantedBlobRow> rows) {
  Lookup lookup(db, "SELECT 1 FROM raw_mails WHERE tenant = ? AND message = ? AND part = 0 AND length = ?");
  for (const auto& [tenant, row] : rows) lookup.ask(tenant.value, row.message.value, row.length);
  std::vector<bool> held;
  held.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ORGO_TRY(found, lookup.rows(i));
    ORGO_TRY(there, found->next());
    held.push_back(there);
  }
  return held;
}

}  // namespace orgo::sql
