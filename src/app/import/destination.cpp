#include "app/import/destination.h"

#include <utility>

#include "adapter/data_folder/data_folder.h"
#include "adapter/sql/stores.h"
#include "app/api.h"
#include "app/settings.h"
#include "base/log.h"
#include "base/store_trouble.h"

namespace orgo {
namespace {

constexpr Millis kStoreTime{60'000};

class ToStore final : public ImportDestination {
 public:
  ToStore(DataFolder folder, std::unique_ptr<SqlStores> store, TenantId tenant)
      : folder_(std::move(folder)), store_(std::move(store)), tenant_(tenant) {}
  [[nodiscard]] TenantId tenant() const override { return tenant_; }
  Status store(std::span<const ImportMail> mails, ImportOutcome& outcome) override {
    std::vector<RawMessage> messages;
    messages.reserve(mails.size());
    for (const auto& mail : mails) messages.push_back({mail.envelope, mail.bytes});
    const auto accepted = store_->messages.accept(messages, within(kStoreTime));
    if (accepted) {
      for (const auto& one : *accepted) ++(one.duplicate ? outcome.duplicates : outcome.stored);
      return {};
    }
    if (is_store_trouble(accepted.error().code)) return tl::unexpected(accepted.error());
    if (mails.size() == 1) {
      outcome.refused.push_back({mails.front().name, accepted.error().message});
      return {};
    }
    // One that the store refuses for what it is takes none of the others with it.
    for (std::size_t i = 0; i < mails.size(); ++i) ORGO_CHECK(store(mails.subspan(i, 1), outcome));
    return {};
  }

 private:
  DataFolder folder_;
  std::unique_ptr<SqlStores> store_;
  TenantId tenant_;
};

}  // namespace

Result<std::unique_ptr<ImportDestination>> open_import_destination(const CommonOptions& common,
                                                                   const ToolSettings& settings) {
  log::configure({.level = log::Level::warn});
  ORGO_TRY(server, DataFolder::running(settings.stores.folder));
  if (server) {
    ORGO_TRY(api, Api::open(common, Api::Purpose::change));
    return import_to_server(std::move(api));
  }
  ORGO_TRY(folder, DataFolder::own(settings.stores.folder));
  ORGO_TRY(store, SqlStores::open(settings.stores));
  ORGO_TRY(tenant, tenant_of(common, store->tenants));
  return std::unique_ptr<ImportDestination>(std::make_unique<ToStore>(std::move(folder), std::move(store), tenant));
}

}  // namespace orgo
