#include "app/storage/lineage_keeper.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "adapter/data_folder/lineage_file.h"
#include "adapter/memory/memory_store.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

/// Ends the process at the k-th write: the write is done, or not even begun, and its answer reaches nobody.
class DyingStore final : public LineageStore {
 public:
  explicit DyingStore(MemoryStore& store) : store_(store) {}
  Result<Lineage> read_lineage() override { return store_.read_lineage(); }
  Status keep(const Lineage& lineage) override {
    if (dies_before == 0) return failure(Errc::unavailable, "dead");
    ORGO_CHECK(store_.keep(lineage));
    if (--dies_before == 0 && written) return failure(Errc::unavailable, "dead, and it was written");
    return {};
  }
  Result<std::int64_t> begin_epoch(const Lineage& lineage) override {
    ++restores;
    return store_.begin_epoch(lineage);
  }
  int dies_before = 1'000;
  bool written = false;  ///< the last one was
  int restores = 0;

 private:
  MemoryStore& store_;
};

class LineageKeeperTest : public testing::Test {
 protected:
  LineageKeeperTest() {
    std::string name = (fs::temp_directory_path() / "orgo-keeper-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~LineageKeeperTest() override { fs::remove_all(folder_); }
  Result<std::unique_ptr<LineageKeeper>> open(LineageStore& store) { return LineageKeeper::open(folder_, store, kNow); }
  static constexpr TimePoint kNow{Millis{1'000'000}};

  std::string folder_;
  MemoryStore memory_;
};

TEST_F(LineageKeeperTest, EachStartAndEachMarkGoOn) {
  DyingStore store(memory_);
  for (int start = 0; start < 3; ++start) {
    auto keeper = open(store);
    ASSERT_TRUE(keeper) << keeper.error().message;
    EXPECT_EQ((*keeper)->epoch(), 1);
    ASSERT_TRUE((*keeper)->mark());
  }
  EXPECT_EQ(store.restores, 0);
  EXPECT_EQ(memory_.read_lineage()->last.number, 6);
  EXPECT_EQ(read_lineage_file(folder_)->record->mark, memory_.read_lineage()->last);
}

TEST_F(LineageKeeperTest, WhereverItDiesTheNextStartGoesOn) {
  for (int round = 0; round < 40; ++round) {
    DyingStore store(memory_);
    store.dies_before = round % 4;
    store.written = round % 3 == 0;
    if (auto keeper = open(store))
      for (int i = 0; i < 5; ++i) (void)(*keeper)->mark();
    EXPECT_EQ(store.restores, 0) << round;
  }
}

TEST_F(LineageKeeperTest, AFileThatCanNotBeWrittenForAWhileStaysOneMarkBehind) {
  auto keeper = open(memory_);
  ASSERT_TRUE(keeper);
  const auto aside = folder_ + ".aside";
  fs::rename(folder_, aside);  // nothing can be written there
  EXPECT_FALSE((*keeper)->mark());
  const auto behind = memory_.read_lineage()->last.number;
  for (int i = 0; i < 3; ++i) EXPECT_FALSE((*keeper)->mark());
  EXPECT_EQ(memory_.read_lineage()->last.number, behind) << "the database waits for its file";
  fs::rename(aside, folder_);
  DyingStore store(memory_);
  ASSERT_TRUE(open(store));
  EXPECT_EQ(store.restores, 0);
}

TEST_F(LineageKeeperTest, AnOlderDatabaseBeginsAnEpochOnce) {
  Lineage backup;
  {
    auto keeper = open(memory_);
    ASSERT_TRUE(keeper);
    backup = memory_.read_lineage().value();
    ASSERT_TRUE((*keeper)->mark());
  }
  ASSERT_TRUE(memory_.keep(backup));
  DyingStore store(memory_);
  auto keeper = open(store);
  ASSERT_TRUE(keeper);
  EXPECT_EQ((*keeper)->epoch(), 2);
  EXPECT_EQ(store.restores, 1);
  ASSERT_TRUE((*keeper)->mark());
  EXPECT_EQ(memory_.read_lineage()->restored_at, kNow) << "marks that follow know it still";
  keeper->reset();
  keeper = open(store);
  EXPECT_EQ((*keeper)->epoch(), 2);
  EXPECT_EQ(store.restores, 1);
}

}  // namespace
}  // namespace orgo
