#include "app/storage/lineage_keeper.h"

#include <utility>

#include "adapter/data_folder/lineage_file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/planted.h"

namespace orgo {
namespace {

std::string fresh_name() {
  return random_hex(8);
}

}  // namespace

Result<std::unique_ptr<LineageKeeper>> LineageKeeper::open(std::string folder, LineageStore& store, TimePoint now,
                                                           bool others_live) {
  ORGO_TRY(file, read_lineage_file(folder));
  ORGO_TRY(lineage, store.read_lineage());
  if (const auto why = why_restored(lineage, file.record, file.identity, others_live); !why.empty()) {
    const auto restored = begin_epoch(lineage, file.record, fresh_name(), now);
    const auto held = store.begin_epoch(restored);
    if (held) {
      log::warn("store.restored", {{"cause", why}, {"epoch", restored.epoch}, {"sends_held", *held}});
      lineage = restored;
    } else if (held.error().code == Errc::conflict) {
      // Another node was first: what was sent since is not held a second time.
      ORGO_TRY(begun, store.read_lineage());
      lineage = std::move(begun);
    } else {
      return tl::unexpected(held.error());
    }
  }
  auto keeper = std::make_unique<LineageKeeper>(std::move(folder), store, std::move(lineage));
  // A full disk is no reason not to start: the last mark stands, and the next one is tried soon.
  if (const auto marked = keeper->mark(); !marked) log::warn("store.mark_trouble", {{"cause", marked.error().message}});
  return keeper;
}

Status LineageKeeper::mark() {
  const std::lock_guard lock(mutex_);
  if (!written_) ORGO_CHECK(write_file());
  auto next = go_on(lineage_, fresh_name());
  if (ORGO_PLANT(lineage_leads)) ORGO_CHECK(write_lineage_file(folder_, next.last));
  ORGO_CHECK(store_.keep(next));
  lineage_ = std::move(next);
  written_ = false;
  return write_file();
}

Status LineageKeeper::write_file() {
  ORGO_CHECK(write_lineage_file(folder_, lineage_.last, lineage_.epoch));
  written_ = true;
  return {};
}

}  // namespace orgo
