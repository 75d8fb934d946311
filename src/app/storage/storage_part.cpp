#include "app/storage/storage_part.h"

#include <cstdint>
#include <filesystem>

#include "adapter/blob_store/segments.h"
#include "adapter/sql/store_check.h"
#include "app/storage/storage_probe.h"
#include "app/storage/store_place.h"
#include "base/hash.h"

namespace orgo {
namespace {

constexpr Millis kBetweenMarks{5'000};  ///< a backup that is younger than this is taken for the database itself
constexpr Millis kScrapeTime{1'000};    ///< what a look at /metrics waits for the store
constexpr Millis kRehearsalTime{10'000};
constexpr std::uintmax_t kRoomLeast = 1U << 20U;  // bytes: with less, not even a small mail is sure to be taken

const StorageProbe& probe() {
  static const StorageProbe instance;
  return instance;
}

Status look_at_disk(const std::string& place, MailPlace mails) {
  std::error_code error;
  const auto space = std::filesystem::space(place, error);
  if (error) return failure(Errc::unavailable, place + ": " + error.message());
  if (space.available >= kRoomLeast) return {};
  return failure(Errc::resource_exhausted,
                 "the disk of " + place + " is full (" + std::to_string(space.available >> 10U) + " KB free): " +
                     (mails == MailPlace::folder ? "mail is refused with 452 until there is room"
                                                 : "mail goes into the database all the same"));
}

}  // namespace

Result<StoragePart*> StoragePart::open(Node& node, const Config& config) {
  auto& part = node.lifecycle().own(std::make_unique<StoragePart>());
  part.place_ = *config.data.dir;
  part.mail_place_ = *config.files.store;
  ORGO_TRY(folder, DataFolder::own(*config.data.dir));
  part.folder_.emplace(std::move(folder));
  node.lifecycle().on_stop("storage", [&part, &clock = node.clock()](Deadline) { part.close(clock.now()); });
  ORGO_TRY(secret, part.folder_->secret());
  part.secret_ = std::move(secret);
  ORGO_TRY(stores, SqlStores::open(to_serve(config)));
  part.stores_ = std::move(stores);
  ORGO_TRY(first, part.stores_->tenants.find_tenant(kFirstTenantName));
  part.tenant_ = first.id;
  part.owner_ = {node.name(), node.boot()};
  part.watch_store(node);
  part.workload_ = std::make_unique<WorkloadGauges>(part.stores_->workload, node.clock());
  part.sampler_ = std::make_unique<Sampler>("orgo-gauges", [&part] {
    if (const auto depth = part.stores_->work.depth(WorkKind::process))
      probe().queue_depth.set(static_cast<double>(*depth));
    part.workload_->refresh();
  });
  return &part;
}

Status StoragePart::begin_serving(Node& node, bool others_live) {
  ORGO_TRY(lineage, LineageKeeper::open(place_, stores_->lineage, node.clock().now(), others_live));
  lineage_ = std::move(lineage);
  node.add_loops("lineage").add("orgo-lineage", [this] {
    const auto marked = mark();
    return marked ? kBetweenMarks : after_trouble("store.mark_trouble", marked.error());
  });
  scrape_ = std::make_unique<metrics::ScrapeHook>([this, epoch = lineage_->epoch()] {
    (void)sampler_->refresh(kScrapeTime);
    const auto stats = stores_->engine->stats();
    probe().epoch.set(static_cast<double>(epoch));
    probe().commits.set(static_cast<double>(stats.groups));
    probe().writes.set(static_cast<double>(stats.jobs));
  });
  // What earlier boots of this node held, so that nobody waits for the ends of their leases; never another node's.
  return stores_->release(owner_, LeasesOf::earlier_boots, node.clock().now());
}

std::string StoragePart::mails_of_folder() const {
  return SegmentStore::names_in(place_ + "/blobs");
}

void StoragePart::watch_store(Node& node) {
  auto& loops = node.add_loops("store watch");
  watch_ = std::make_unique<StoreWatch>([this] { return rehearse(); }, [&loops] { loops.wake(); });
  loops.add("orgo-watch", [this] {
    watch_->step();
    return Millis(std::chrono::hours(1));  // until somebody asks
  });
}

Status StoragePart::rehearse() {
  ORGO_CHECK(sql::check_tables(*stores_->engine));
  ++rehearsals_;
  return stores_->messages.rehearse(*tenant_, within(kRehearsalTime));
}

Status StoragePart::mark() {
  if (written() == marked_at_) return {};
  ORGO_CHECK(lineage_->mark());
  marked_at_ = written();
  return {};
}

/// The store first: whoever takes over the folder finds all of it.
void StoragePart::close(TimePoint now) {
  scrape_.reset();
  sampler_.reset();
  workload_.reset();
  if (stores_) {
    (void)stores_->release(owner_, LeasesOf::this_boot, now);
    if (lineage_) (void)lineage_->mark();
    stores_->engine->close();
  }
  folder_.reset();
}

std::string StoragePart::key(std::string_view use) const {
  return to_hex(hmac_sha256(secret_, use));
}

std::vector<gateway::ReadyCheck> StoragePart::ready_checks() const {
  return {{"database",
           [stores = stores_.get(), watch = watch_.get()] {
             auto trouble = watch->trouble();
             if (trouble.empty()) trouble = stores->engine->trouble();
             return trouble.empty() ? Status{} : Status(failure(Errc::unavailable, trouble));
           }},
          {.name = "disk",
           .check = [place = place_, mails = mail_place_] { return look_at_disk(place, mails); },
           .required = mail_place_ == MailPlace::folder}};
}

}  // namespace orgo
