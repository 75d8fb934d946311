#include "core/backup/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"

namespace orgo {
namespace {

using ::testing::HasSubstr;

Manifest sample() {
  Manifest manifest;
  manifest.name = "2026-11-30T161500Z";
  manifest.program = "0.1.0";
  manifest.schema = 17;
  manifest.created_at = parse_rfc3339("2026-11-30T16:15:00.250Z").value();
  manifest.sequence = 4;
  manifest.installation = "0123456789abcdef";
  manifest.data = "/var/lib/orgo";
  manifest.counts = BackupCounts{
      .tenants = 2, .messages = 30, .tasks = 12, .events = 99, .waiting_sends = 3, .balanced = true, .damaged = 1};
  const std::string digest(64, 'a');
  manifest.files = {{.path = "data/orgo.db", .bytes = 4096, .sha256 = digest, .mode = 0640, .origin = ""},
                    {.path = "data/blobs/00000001.seg",
                     .bytes = 0,
                     .sha256 = digest,
                     .mode = 0600,
                     .origin = "number 4 born 5.6 changed 7.8"},
                    {.path = "data/tenants/sch\"o\\l/ü.yaml", .bytes = 1, .sha256 = digest}};
  manifest.folders = {{.path = "data/blobs"}, {.path = "data/tenants", .mode = 02770}};
  manifest.links = {{.path = "data/tenants/link", .target = "/etc/orgo"}};
  return manifest;
}

/// As to_text() would seal other words.
std::string sealed(std::string text) {
  const auto seal = to_hex(sha256(text));
  return text.append(",\"seal\":\"").append(seal).append("\"}\n");
}

TEST(Manifest, ComesBackAsItWas) {
  EXPECT_EQ(parse_manifest(to_text(sample())).value(), sample());
  auto uncounted = sample();
  uncounted.counts.reset();
  EXPECT_EQ(parse_manifest(to_text(uncounted)).value(), uncounted);
}

TEST(Manifest, IsNoneWhenAnyByteIsMissingOrAnother) {
  const auto text = to_text(sample());
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_EQ(parse_manifest(std::string_view(text).substr(0, size)).error().code, Errc::corrupt) << size;
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto other = text;
    other[at] = static_cast<char>(other[at] ^ 1);
    EXPECT_EQ(parse_manifest(other).error().code, Errc::corrupt) << at;
  }
}

TEST(Manifest, OfANewerOrgoIsSaidToBeOne) {
  const auto newer = parse_manifest(sealed(R"({"format":2,"orgo":"9.0.0")"));
  EXPECT_EQ(newer.error().code, Errc::conflict);
  EXPECT_THAT(newer.error().message, HasSubstr("9.0.0"));
  EXPECT_EQ(parse_manifest(sealed(R"({"format":1)")).error().code, Errc::corrupt);
  EXPECT_EQ(parse_manifest(sealed(R"([1)")).error().code, Errc::corrupt);
}

TEST(Manifest, NeverLeadsOutOfTheBackup) {
  for (const auto* path : {"/etc/passwd", "data/../../etc/passwd", "../data/x", "data/./x", "data//x", "data/", "", "x",
                           "etc/passwd", "data"}) {
    auto manifest = sample();
    manifest.files[0].path = path;
    EXPECT_FALSE(parse_manifest(to_text(manifest))) << path;
    manifest = sample();
    manifest.folders[0].path = path;
    EXPECT_FALSE(parse_manifest(to_text(manifest))) << path;
    manifest = sample();
    manifest.links[0].path = path;
    EXPECT_FALSE(parse_manifest(to_text(manifest))) << path;
  }
  EXPECT_FALSE(stays_inside(std::string(5000, 'x')));
  EXPECT_FALSE(stays_inside(std::string_view("a\0b", 3)));
  EXPECT_TRUE(stays_inside("data/..x/...")) << "names of their own";
}

TEST(Manifest, NamesNothingThatNoBackupHas) {
  const std::string digest(64, 'b');
  for (const auto* path : {"orgo.db-wal", "orgo.db-shm", "orgo.db-journal", "orgo.lock", "server.json", "cli.token",
                           "lineage.json", "restore.unfinished", "search.db", "search.db-wal"}) {
    const auto where = "data/" + std::string(path);
    auto manifest = sample();
    manifest.files.push_back({.path = where, .bytes = 1, .sha256 = digest});
    EXPECT_EQ(parse_manifest(to_text(manifest)).error().code, Errc::corrupt) << path;
    manifest = sample();
    manifest.folders.push_back({.path = where});
    EXPECT_EQ(parse_manifest(to_text(manifest)).error().code, Errc::corrupt) << path;
    manifest = sample();
    manifest.links.push_back({.path = where, .target = "/tmp/theirs"});
    EXPECT_EQ(parse_manifest(to_text(manifest)).error().code, Errc::corrupt) << path;
    manifest = sample();
    manifest.files.push_back({.path = "data/tenants/x/" + std::string(path), .bytes = 1, .sha256 = digest});
    EXPECT_TRUE(parse_manifest(to_text(manifest))) << "a tenant's file of that name is theirs";
  }
  auto manifest = sample();
  manifest.files.erase(manifest.files.begin() + 1);
  manifest.folders.erase(manifest.folders.begin());
  EXPECT_TRUE(parse_manifest(to_text(manifest)));
  for (const auto* path : {"data/blobs", "data/blobs/00000001.seg"}) {
    auto linked = manifest;
    linked.links.push_back({.path = path, .target = "/tmp/theirs"});
    EXPECT_FALSE(parse_manifest(to_text(linked))) << path;
  }
}

TEST(Manifest, GivesBackNoRightsThatNobodyShouldHave) {
  for (const int mode : {0755, 0700, 0602, 0666, 04644, 02644, 1 << 20}) {
    for (const std::size_t own : {std::size_t{0}, std::size_t{1}}) {
      auto manifest = sample();
      manifest.files[own].mode = mode;
      EXPECT_EQ(parse_manifest(to_text(manifest)).error().code, Errc::corrupt) << std::oct << mode;
    }
  }
  for (const auto& [mode, back] : std::vector<std::pair<int, int>>{{0755, 0755}, {0666, 0664}, {04755, 0755}}) {
    auto manifest = sample();
    manifest.files[2].mode = mode;
    EXPECT_EQ(parse_manifest(to_text(manifest)).value().files[2].mode, back) << "a file of a tenant may be a program";
  }
  for (const auto& [mode, back] : std::vector<std::pair<int, int>>{{02770, 02770}, {0777, 0775}, {04755, 0755}}) {
    auto manifest = sample();
    manifest.folders[1].mode = mode;
    EXPECT_EQ(parse_manifest(to_text(manifest)).value().folders[1].mode, back);
  }
  auto manifest = sample();
  manifest.folders[1].mode = 1 << 20;
  EXPECT_FALSE(parse_manifest(to_text(manifest)));
  manifest = sample();
  manifest.files[2].mode = 1 << 20;
  EXPECT_FALSE(parse_manifest(to_text(manifest)));
  EXPECT_EQ(rights_of("data/orgo.db", 0755), 0644);
  EXPECT_EQ(rights_of("data/modules/x/run", 0777), 0775);
}

TEST(Manifest, HasNothingTwiceAndNothingBelowALink) {
  auto manifest = sample();
  manifest.files.push_back(manifest.files[0]);
  EXPECT_FALSE(parse_manifest(to_text(manifest)));
  manifest = sample();
  manifest.files.push_back({.path = "data/tenants/link/passwd", .bytes = 1, .sha256 = std::string(64, 'b')});
  EXPECT_FALSE(parse_manifest(to_text(manifest)));
  manifest = sample();
  manifest.files.push_back({.path = "data/tenants/link.yaml", .bytes = 1, .sha256 = std::string(64, 'b')});
  EXPECT_TRUE(parse_manifest(to_text(manifest)));
}

TEST(Manifest, KnowsWhatIsOfTheDataFolder) {
  EXPECT_EQ(path_in_data("data/blobs/1.seg"), "blobs/1.seg");
  EXPECT_EQ(path_in_data("config/etc/orgo/rules.yaml"), "");
}

}  // namespace
}  // namespace orgo
