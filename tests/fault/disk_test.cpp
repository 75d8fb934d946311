// The SQLite store on a disk whose cache can be lost (R2) and on one whose k-th call fails (R1, R3). kill -9 can't show
// this: the kernel keeps what a dead process wrote.
#include "tests/fault/support/disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "adapter/blob_store/segments.h"
#include "adapter/data_folder/data_folder.h"
#include "adapter/sql/stores.h"
#include "base/log.h"
#include "core/delivery/send_outcome.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"
#include "tests/world/support/random.h"

namespace orgo::fault {
namespace {

using contract::kStart;
using testing::IsEmpty;
using world::Random;

constexpr Millis kPatience{10'000};
constexpr Millis kLease{60'000};

std::int64_t number_from(const char* name, std::int64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoll(text, nullptr, 10);
}

/// What the store has answered for; all of it must be there afterwards.
struct Promised {
  std::map<MessageId, std::string> messages;
  std::map<TaskNumber, MessageId> tasks;
  std::set<SendId> delivered;
  std::set<std::int64_t> completed;  ///< references: the number of an item may come again for another
};

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "orgo-disk-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

Result<std::unique_ptr<SqlStores>> open_store(const std::string& folder) {
  SqlStoreOptions options;
  options.folder = folder;
  return SqlStores::open(options);
}

/// One round of all that the services do: accept three mails, decide two, send one, complete what was decided. Stops at
/// the first call that fails, and remembers what was answered.
Status work(SqlStores& store, std::int64_t round, Promised& promised) {
  std::vector<std::string> bytes;
  std::vector<RawMessage> batch;
  for (std::int64_t i = 0; i < 3; ++i) {
    const auto size = static_cast<std::size_t>(i == 0 ? 60'000 + round * 17 : 200 + round);
    bytes.push_back(
        contract::mail("r" + std::to_string(round) + "." + std::to_string(i) + "@x", std::string(size, 'w')));
  }
  for (const auto& one : bytes) batch.push_back(contract::raw(one));
  ORGO_TRY(accepted, store.messages.accept(batch, within(kPatience)));
  for (std::size_t i = 0; i < accepted.size(); ++i) promised.messages[accepted[i].message] = bytes[i];

  // By the services' clock a minute goes by in each round, so that leases of a failed one are over.
  const auto now = kStart + kLease * (round + 1) * 2;
  ORGO_TRY(keys, store.work.unclaimed(WorkKind::process, now, 2));
  ORGO_TRY(leases, store.work.claim(contract::kOwner, keys, now, kLease));
  std::vector<Changes> decided;
  std::vector<WorkLease> done;
  for (const auto& lease : leases) {
    auto changes = contract::deciding(MessageId{lease.key.reference});
    changes.sends.push_back(contract::notification());
    changes.timers.push_back(deadline_set(TaskRef::nth_new(0), now));
    decided.push_back(std::move(changes));
    done.push_back(lease);
  }
  ORGO_TRY(committed, store.changes.commit(decided, within(kPatience)));
  for (std::size_t i = 0; i < committed.size(); ++i) {
    if (committed[i]) promised.tasks[committed[i]->task] = decided[i].find<MessageDecision>()->message;
    else if (committed[i].error().code != Errc::conflict) return tl::unexpected(committed[i].error());
  }
  ORGO_TRY(counted, store.work.complete(done));
  EXPECT_EQ(counted, static_cast<int>(done.size()));
  for (const auto& lease : done) promised.completed.insert(lease.key.reference);

  ORGO_TRY(sends, store.outbox.lease_sends(contract::kOwner, now, kLease, 1, {}));
  for (const auto& send : sends) {
    Changes outcome{.tenant = send.tenant};
    outcome.at = now;
    outcome.add(SendOutcome{.send = send.id, .lease = send.lease, .detail = "250 ok"});
    ORGO_TRY(told, store.changes.commit(std::span(&outcome, 1), within(kPatience)));
    if (told[0]) promised.delivered.insert(send.id);
  }
  return {};
}

/// All that was promised is there, whole, and nothing is there twice; the ledger balances and the database is sound.
void expect_kept(SqlStores& store, const Promised& promised, const std::string& when) {
  EXPECT_EQ(store.engine->check_integrity().value_or("unreadable"), "ok") << when;
  for (const auto& [id, bytes] : promised.messages) {
    const auto found = store.messages.read_bytes(kTenant, id);
    EXPECT_TRUE(found && *found == bytes)
        << when << ": " << to_string(id) << (found ? " is damaged" : " is lost: " + found.error().message);
  }
  std::map<MessageId, int> origins;
  const auto tasks = store.tasks.list(TaskListRequest{.tenant = kTenant, .limit = 1'000});
  ASSERT_TRUE(tasks) << when;
  std::set<SendId> delivered;
  for (const auto& task : *tasks) {
    EXPECT_EQ(++origins[task.origin], 1) << when << ": two tasks of " << to_string(task.origin);
    const auto sends = store.outbox.sends_of_task(kTenant, task.number).value();
    EXPECT_EQ(sends.size(), 1U) << when << ": a task without its notification, or with two";
    for (const auto& send : sends)
      if (send.state == SendState::delivered) delivered.insert(send.id);
  }
  for (const auto& [number, origin] : promised.tasks) {
    const auto task = store.tasks.read(kTenant, number);
    EXPECT_TRUE(task && task->origin == origin) << when << ": " << to_string(number) << " is lost";
  }
  EXPECT_THAT(promised.delivered, testing::IsSubsetOf(delivered)) << when;
  const auto lines = store.ledger.count_ledger().value();
  for (const auto& line : lines) EXPECT_THAT(imbalances(line), IsEmpty()) << when;
  // What is waiting can still be worked on.
  const auto late = kStart + std::chrono::hours(10'000);
  const auto keys = store.work.unclaimed(WorkKind::process, late, 1'000);
  ASSERT_TRUE(keys && store.work.claim(contract::kOwner, *keys, late, kLease)) << when;
  for (const auto& key : *keys)
    EXPECT_FALSE(promised.completed.contains(key.reference)) << when << ": m" << key.reference << " came back";
}

class DiskFault : public testing::Test {
 protected:
  DiskFault() {
    log::Settings settings;
    settings.level = log::Level::off;
    log::configure(settings);
  }
  ~DiskFault() override { Disk::instance().stop_watching(); }
};

/// The power goes after every answer, in turn; each time another chance decides what of the unflushed got to the disk.
TEST_F(DiskFault, WhatWasAnsweredOutlivesALossOfPower) {
  const auto seed = number_from("ORGO_TEST_SEED", 1);
  const auto rounds = number_from("ORGO_POWER_CUTS", 30);
  Random random(static_cast<std::uint64_t>(seed));
  const Folder folder;
  std::filesystem::create_directory(folder / "data");
  Disk::instance().watch(folder / "data");
  auto store = open_store(folder / "data").value();
  Promised promised;
  for (std::int64_t round = 0; round < rounds && !HasFailure(); ++round) {
    const auto worked = work(*store, round, promised);
    ASSERT_TRUE(worked) << worked.error().message;
    for (const bool torn : {false, true}) {
      const auto image = folder / ("image" + std::to_string(round) + (torn ? "t" : ""));
      std::filesystem::create_directory(image);
      const auto some = [](void* chance, std::size_t size) -> std::size_t {
        auto& dice = *static_cast<Random*>(chance);
        if (dice.chance(0.4)) return 0;
        if (dice.chance(0.5) || size < 512) return size;
        return static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(size) / 512)) * 512;  // whole sectors only
      };
      Disk::instance().materialize(image, torn ? +some : nullptr, &random);
      const auto when =
          "seed " + std::to_string(seed) + ", power cut " + std::to_string(round) + (torn ? ", torn" : "");
      auto found = open_store(image);
      ASSERT_TRUE(found) << when << ": " << found.error().message;
      expect_kept(**found, promised, when);
      (*found)->engine->close();
      std::filesystem::remove_all(image);
    }
  }
}

/// The power goes in the first seconds of a first life, at each write and flush in turn: the next start works, with
/// what the first one has signed and answered for.
TEST_F(DiskFault, AFirstLifeMayEndAtEachOfItsWrites) {
  const auto seed = number_from("ORGO_TEST_SEED", 1);
  const auto step = number_from("ORGO_FAULT_EVERY", 1);
  Random random(static_cast<std::uint64_t>(seed));
  std::int64_t cuts = 0;
  for (std::int64_t k = 1;; k += step) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", power cut at call " + std::to_string(k));
    const Folder folder;
    std::filesystem::create_directory(folder / "root");
    Disk::instance().watch(folder / "root");
    Disk::instance().fail_at(k, Disk::Mode::from_then_on, EIO);
    Promised promised;
    std::string secret;
    {
      auto owned = DataFolder::own(folder / "root/data");
      if (owned) {
        if (const auto made = owned->secret()) secret = *made;
        (void)owned->announce({.pid = 1, .http = "http://127.0.0.1:1", .lmtp = {}, .smtp = {}, .token = "t"});
        if (!secret.empty())
          if (auto store = open_store(folder / "root/data")) {
            for (std::int64_t round = 0; round < 2; ++round)
              if (!work(**store, round, promised)) break;
            // What is closed now would be written after the power has gone.
            for (const bool torn : {false, true}) {
              const auto some = [](void* chance, std::size_t size) -> std::size_t {
                auto& dice = *static_cast<Random*>(chance);
                return dice.chance(0.5) ? 0 : dice.chance(0.5) ? size : size / 2;
              };
              Disk::instance().materialize(folder / (torn ? "torn" : "clean"), torn ? +some : nullptr, &random);
            }
            (*store)->engine->close();
          }
      }
    }
    const auto failed = Disk::instance().failed();
    if (!std::filesystem::exists(folder / "clean")) {
      Disk::instance().materialize(folder / "clean");
      Disk::instance().materialize(
          folder / "torn", [](void*, std::size_t size) { return size / 2; }, nullptr);
      std::filesystem::create_directories(folder / "clean");
      std::filesystem::create_directories(folder / "torn");
    }
    Disk::instance().stop_watching();
    ++cuts;
    for (const auto* image : {"clean/data", "torn/data"}) {
      auto again = DataFolder::own(folder / image);
      ASSERT_TRUE(again) << image << ": " << again.error().message;
      const auto kept = again->secret();
      ASSERT_TRUE(kept) << image << ": " << kept.error().message;
      if (!secret.empty()) {
        EXPECT_EQ(*kept, secret) << image << ": what was signed with it is worth nothing now";
      }
      auto found = open_store(folder / image);
      ASSERT_TRUE(found) << image << ": " << found.error().message;
      expect_kept(**found, promised, image);
      Promised more;
      EXPECT_TRUE(work(**found, 9, more)) << image;
    }
    if (HasFailure() || failed == 0) break;
  }
  EXPECT_GT(cuts * step, 20) << "there was nothing to cut";
}

/// Each call in turn fails, once and from then on: the store says so or does its work, and after it is opened again all
/// that it answered for is there, and work goes on.
class EachCallFails : public DiskFault, public testing::WithParamInterface<std::tuple<Disk::Mode, int>> {};

TEST_P(EachCallFails, NothingAnsweredIsLostAndWorkGoesOn) {
  const auto [mode, error] = GetParam();
  const auto step = number_from("ORGO_FAULT_EVERY", 3);  // 1 tries each k
  for (std::int64_t k = 1;; k += step) {
    SCOPED_TRACE("k=" + std::to_string(k));
    const Folder folder;
    std::filesystem::create_directory(folder / "data");
    std::filesystem::create_directory(folder / "after");
    Promised promised;
    auto store = open_store(folder / "data").value();
    ASSERT_TRUE(work(*store, 0, promised));
    Disk::instance().watch(folder / "data");
    Disk::instance().fail_at(k, mode, error);
    std::int64_t round = 1;
    for (; round <= 3; ++round) (void)work(*store, round, promised);
    const auto failed = Disk::instance().failed();
    Disk::instance().fail_nothing();
    // By itself, without being opened again, once the disk is well: the same mails come in again.
    for (round = 1; round <= 3; ++round) {
      const auto worked = work(*store, round, promised);
      EXPECT_TRUE(worked) << "it does not recover by itself: " << worked.error().message;
    }
    // And as if the power had gone at that moment: a flush that failed must not be taken for one that succeeded later.
    Disk::instance().materialize(folder / "after");
    Disk::instance().stop_watching();
    store->engine->close();
    store.reset();
    for (const auto* where : {"data", "after"}) {
      auto again = open_store(folder / where);
      ASSERT_TRUE(again) << where << ": " << again.error().message;
      expect_kept(**again, promised, where);
      Promised more;
      EXPECT_TRUE(work(**again, 9, more)) << where;
    }
    if (HasFailure() || failed == 0) break;  // k is past the last call
  }
}

INSTANTIATE_TEST_SUITE_P(Calls, EachCallFails,
                         testing::Combine(testing::Values(Disk::Mode::once, Disk::Mode::from_then_on),
                                          testing::Values(EIO, ENOSPC)),
                         [](const auto& fault) {
                           return std::string(std::get<0>(fault.param) == Disk::Mode::once ? "Once" : "FromThenOn") +
                                  (std::get<1>(fault.param) == EIO ? "EIO" : "ENOSPC");
                         });

/// The disk of these tests must be able to lose something, else they prove nothing.
TEST_F(DiskFault, TheDiskLosesWhatWasNotFlushed) {
  const Folder folder;
  std::filesystem::create_directory(folder / "data");
  std::filesystem::create_directory(folder / "image");
  Disk::instance().watch(folder / "data");
  const auto path = folder / "data/file";
  std::FILE* file = std::fopen(path.c_str(), "wb");
  const int fd = fileno(file);
  ASSERT_EQ(pwrite(fd, "safe", 4, 0), 4);
  ASSERT_EQ(fsync(fd), 0);
  ASSERT_EQ(pwrite(fd, "lost", 4, 4), 4);
  Disk::instance().materialize(folder / "image");
  EXPECT_FALSE(std::filesystem::exists(folder / "image/file")) << "its name was not flushed";
  std::FILE* parent = std::fopen((folder / "data").c_str(), "r");
  ASSERT_NE(parent, nullptr);
  ASSERT_EQ(fsync(fileno(parent)), 0);
  std::fclose(parent);
  Disk::instance().materialize(folder / "image");
  EXPECT_EQ(std::filesystem::file_size(folder / "image/file"), 4U);
  Disk::instance().fail_at(1, Disk::Mode::once, EIO);
  EXPECT_EQ(fsync(fd), -1);
  EXPECT_EQ(fsync(fd), 0) << "the second one succeeds...";
  Disk::instance().materialize(folder / "image");
  EXPECT_EQ(std::filesystem::file_size(folder / "image/file"), 4U)
      << "...and has saved nothing of what the first one lost";
  std::fclose(file);
}

/// What the kernel kept of a file after a failed write or flush is unknown: it is never written on (segments.h).
TEST_F(DiskFault, ASuspectSegmentIsNeverWrittenOn) {
  for (const std::int64_t call : {1, 2})  // the write, the flush
    for (const int error : {EIO, ENOSPC}) {
      const Folder folder;
      std::filesystem::create_directory(folder / "data");
      std::filesystem::create_directory(folder / "image");
      Disk::instance().watch(folder / "data");
      const auto store = SegmentStore::open({.folder = folder / "data"}).value();
      const auto append = [&](std::string_view blob) { return store->append(std::span(&blob, 1)); };
      const auto segment = [](const BlobRef& ref) { return ref.text.substr(0, ref.text.find('-')); };
      const auto first = append("first").value().at(0);
      Disk::instance().fail_at(call, Disk::Mode::once, error);
      EXPECT_FALSE(append("second")) << call << " " << error;
      Disk::instance().fail_nothing();
      const auto third = append("third").value().at(0);
      EXPECT_EQ(segment(third) == segment(first), error == ENOSPC) << call << " " << error;
      Disk::instance().materialize(folder / "image");
      const auto after = SegmentStore::open({.folder = folder / "image"}).value();
      EXPECT_EQ(after->read(first).value_or("lost"), "first");
      EXPECT_EQ(after->read(third).value_or("lost"), "third");
      Disk::instance().stop_watching();
    }
}

}  // namespace
}  // namespace orgo::fault
