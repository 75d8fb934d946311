#include "adapter/sql/database_copy.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>

#include "adapter/sql/sqlite/schema.h"
#include "adapter/sql/sqlite/sqlite_engine.h"

namespace orgo::sql {
namespace {

namespace fs = std::filesystem;

class DatabaseCopyTest : public testing::Test {
 protected:
  DatabaseCopyTest() {
    std::string name = (fs::temp_directory_path() / "orgo-copy-XXXXXX").string();
    root = mkdtemp(name.data());
    fs::create_directories(root / "from");
    fs::create_directories(root / "to");
    SqliteEngineOptions options;
    options.path = (root / "from/orgo.db").string();
    engine = SqliteEngine::open(options).value();
    EXPECT_TRUE(engine->write({}, [](Transaction& tx) {
      return tx.connection().execute("CREATE TABLE things (id INTEGER PRIMARY KEY, bytes BLOB)");
    }));
  }
  ~DatabaseCopyTest() override {
    engine.reset();
    fs::remove_all(root);
  }
  void add(int count) {
    ASSERT_TRUE(engine->write({}, [&](Transaction& tx) -> Status {
      for (int i = 0; i < count; ++i)
        ORGO_CHECK(tx.connection().execute("INSERT INTO things (bytes) VALUES (randomblob(4000))"));
      return {};
    }));
  }
  [[nodiscard]] std::string from() const { return (root / "from").string(); }
  [[nodiscard]] std::string to() const { return (root / "to").string(); }

  fs::path root;
  std::unique_ptr<SqliteEngine> engine;
};

TEST_F(DatabaseCopyTest, IsThatOfOneInstantWhateverIsWrittenMeanwhile) {
  add(5'000);  // 20 MB, some steps
  int steps = 0;
  const auto copied = copy_database(from(), to(), [&](std::int64_t done, std::int64_t of) {
    EXPECT_LE(done, of);
    ++steps;
    add(100);
  });
  ASSERT_TRUE(copied) << copied.error().message;
  EXPECT_EQ(*copied, schema_version());
  EXPECT_GT(steps, 3);
  EXPECT_EQ(check_database(to()).value(), "");
  SqliteEngineOptions options;
  options.path = to() + "/orgo.db";
  options.read_only = true;
  const auto copy = SqliteEngine::open(options).value();
  auto reader = copy->reader(Scope::all());
  Query query(**reader, "SELECT count(*) FROM things");
  ASSERT_TRUE(query.next().value());
  EXPECT_EQ(query.integer(0), 5'000);
}

TEST_F(DatabaseCopyTest, IsOneFileOfItsOwnerOnly) {
  ASSERT_TRUE(copy_database(from(), to()));
  struct stat facts {};
  ASSERT_EQ(::stat((to() + "/orgo.db").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  EXPECT_EQ(check_database(to()).value(), "");
  EXPECT_EQ(std::distance(fs::directory_iterator(to()), fs::directory_iterator()), 1) << "reading wrote beside it";
}

TEST_F(DatabaseCopyTest, SaysWhatIsWrong) {
  EXPECT_EQ(copy_database((root / "nowhere").string(), to()).error().code, Errc::not_found);
  ASSERT_TRUE(copy_database(from(), to()));
  EXPECT_FALSE(copy_database(from(), to())) << "never over one that is there";
  add(100);
  fs::remove(to() + "/orgo.db");
  ASSERT_TRUE(copy_database(from(), to()));
  {
    auto* const file = std::fopen((to() + "/orgo.db").c_str(), "r+b");
    std::fseek(file, -3 * 4096, SEEK_END);
    const std::string noise(3 * 4096, '\xFF');
    std::fwrite(noise.data(), 1, noise.size(), file);
    std::fclose(file);
  }
  const auto found = check_database(to());
  EXPECT_TRUE(!found || !found->empty());
}

}  // namespace
}  // namespace orgo::sql
