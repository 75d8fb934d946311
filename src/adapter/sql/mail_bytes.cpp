#include "adapter/sql/mail_bytes.h"

#include <string_view>

#include "base/planted.h"

namespace orgo {
namespace {

Error no_rows_here(const BlobRef& ref) {
  return {Errc::corrupt, "'" + ref.text + "' is in a database on a server, and this one is none"};
}

}  // namespace

IncomingBytes MailBytes::gather(std::span<const RawMessage> mails, std::vector<std::string_view>& blobs) const {
  IncomingBytes incoming;
  incoming.of_mail_.reserve(mails.size());
  blobs.reserve(mails.size());
  for (const auto& mail : mails) {
    // One mail to several recipients arrives as neighbours that share their bytes, and is stored once.
    if (blobs.empty() || blobs.back().data() != mail.bytes.data()) blobs.push_back(mail.bytes);
    incoming.of_mail_.push_back(blobs.size() - 1);
  }
  if (!new_in_rows_) return incoming;
  incoming.packed_.reserve(blobs.size());
  for (const auto blob : blobs) incoming.packed_.push_back(pack_blob(blob));
  return incoming;
}

Result<IncomingBytes> MailBytes::take_in(std::span<const RawMessage> mails) {
  std::vector<std::string_view> blobs;
  auto incoming = gather(mails, blobs);
  if (new_in_rows_) return incoming;
  ORGO_TRY(refs, files_.append(blobs));
  incoming.refs_ = std::move(refs);
  return incoming;
}

IncomingBytes MailBytes::try_in(const RawMessage& mail) {
  std::vector<std::string_view> blobs;
  auto incoming = gather(std::span(&mail, 1), blobs);
  if (!new_in_rows_) incoming.refs_.resize(1);
  return incoming;
}

Result<std::string> MailBytes::read(TenantId tenant, const BlobRef& ref) {
  const auto row = sql::parse_blob_row(ref.text);
  if (!row) return files_.read(ref);
  if (rows_ == nullptr) return tl::unexpected(no_rows_here(ref));
  return rows_->read(tenant, *row);
}

std::unique_ptr<sql::BlobsAlong> MailBytes::ask(sql::Connection& db,
                                                std::span<const std::pair<TenantId, MessageId>> ids) {
  return new_in_rows_ ? rows_->ask(db, ids) : nullptr;
}

Result<std::int64_t> MailBytes::count_held(sql::Connection& db, TenantId tenant, std::span<const BlobRef> refs) {
  std::vector<BlobRef> in_files;
  std::vector<sql::WantedBlobRow> in_rows;
  for (const auto& ref : refs) {
    if (const auto row = sql::parse_blob_row(ref.text)) in_rows.push_back({tenant, *row});
    else in_files.push_back(ref);
  }
  auto held = in_files.empty() ? 0 : files_.count_held(in_files);
  if (rows_ == nullptr || in_rows.empty()) return held;
  ORGO_TRY(there, rows_->look_for(db, in_rows));
  for (const bool is_there : there) held += is_there ? 1 : 0;
  return held;
}

Result<std::vector<bool>> MailBytes::look_for(sql::Connection& db, std::span<const TenantBlob> blobs) {
  std::vector<bool> held(blobs.size());
  std::vector<sql::WantedBlobRow> in_rows;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < blobs.size(); ++i) {
    if (const auto row = sql::parse_blob_row(blobs[i].ref.text)) {
      in_rows.push_back({blobs[i].tenant, *row});
      places.push_back(i);
    } else {
      held[i] = files_.count_held(std::span(&blobs[i].ref, 1)) == 1;
    }
  }
  if (rows_ == nullptr || in_rows.empty()) return held;
  ORGO_TRY(there, rows_->look_for(db, in_rows));
  for (std::size_t i = 0; i < places.size(); ++i) held[places[i]] = there[i];
  return held;
}

Result<BlobRef> BytesInTransaction::place(std::size_t i, TenantId tenant, MessageId message) {
  const auto blob = incoming_.of_mail_[i];
  if (!incoming_.refs_.empty()) return incoming_.refs_[blob];
  auto& ref = placed_[{blob, ORGO_PLANT(tenants_share_a_row) ? TenantId{0} : tenant}];
  if (!ref.text.empty()) return ref;
  const auto& packed = incoming_.packed_[blob];
  ORGO_CHECK(bytes_.rows_->add(tx_, tenant, message, packed));
  ref = sql::reference_to({message, static_cast<std::int64_t>(packed.plain.size())});
  return ref;
}

}  // namespace orgo
