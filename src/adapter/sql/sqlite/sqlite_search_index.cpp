#include "adapter/sql/sqlite/sqlite_search_index.h"

#include <sys/stat.h>

#include <filesystem>

#include "adapter/data_folder/make_folder.h"
#include "adapter/sql/search_file.h"
#include "adapter/sql/sqlite/search_expression.h"
#include "adapter/sql/sqlite/sqlite_connection.h"
#include "base/log.h"

namespace orgo::sql {
namespace {

using search::Document;
using search::Field;

constexpr int kVersion = 1;  ///< another tokenizer, another schema: one more, and the file is built anew
constexpr std::int64_t kCacheBytes = 16 << 20;
constexpr std::int64_t kReaderCacheBytes = 8 << 20;
constexpr int kReadersKept = 4;
constexpr int kReadersMost = 16;
constexpr int kNumberBits = 40;
constexpr std::uintmax_t kSmallBytes = 64 << 20;
constexpr Millis kRead{10'000};
constexpr int kCommitsPerCheckpoint = 16;
constexpr int kLogFramesLong = 16'384;  // 64 MiB
constexpr int kRowsBetweenLooks = 256;

/// The tokenizer splits at what is neither a letter or digit of ASCII nor beyond it: between our words stands nothing
/// else. Prefixes of one to three letters have lists of their own, for whoever types.
constexpr const char* kSchema =
    "CREATE TABLE documents (id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, generation INTEGER NOT NULL, "
    "state INTEGER NOT NULL, team TEXT NOT NULL, assignee TEXT NOT NULL, created_at INTEGER NOT NULL, cut INTEGER NOT "
    "NULL, number_ TEXT NOT NULL, subject_ TEXT NOT NULL, from_ TEXT NOT NULL, to_ TEXT NOT NULL, tag_ TEXT NOT NULL, "
    "file_ TEXT NOT NULL, text_ TEXT NOT NULL);"
    "CREATE INDEX documents_generation ON documents (tenant, generation);"
    "CREATE TABLE followed (tenant INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, at INTEGER NOT NULL, generation "
    "INTEGER NOT NULL, whole INTEGER NOT NULL);"
    "CREATE VIRTUAL TABLE words USING fts5(facts, number_, subject_, from_, to_, tag_, file_, text_, "
    "tokenize='ascii', prefix='1 2 3');"
    "PRAGMA user_version = 1;";

constexpr const char* kFind =
    "SELECT d.id, d.state, d.team, d.assignee, d.created_at, d.number_, d.subject_, d.from_, d.to_, d.tag_, d.file_, "
    "d.text_ FROM words JOIN documents d ON d.id = words.rowid WHERE words MATCH ? AND words.rowid > ? AND words.rowid "
    "< ? ORDER BY words.rowid DESC";

/// Conflict: a tenant or task with a number that has no room in it.
Result<std::int64_t> key_of(TenantId tenant, TaskNumber number) {
  if (tenant.value < 0 || tenant.value >= (std::int64_t{1} << (62 - kNumberBits)) || number.value < 0 ||
      number.value >= (std::int64_t{1} << kNumberBits))
    return failure(Errc::conflict, "the search index has no room for " + to_string(number) + " of tenant " +
                                       std::to_string(tenant.value));
  return (tenant.value << kNumberBits) | number.value;
}

/// Without its texts, which most rows that are looked through need not have read.
Document document_from(Query& row, TenantId tenant) {
  Document document{.tenant = tenant};
  document.number = TaskNumber{row.integer(0) & ((std::int64_t{1} << kNumberBits) - 1)};
  document.state = static_cast<TaskState>(row.integer(1));
  document.team = row.string(2);
  document.assignee = row.string(3);
  document.created_at = from_ms(row.integer(4));
  return document;
}

void read_texts(Query& row, Document& document) {
  for (std::size_t i = 0; i < document.texts.size(); ++i) document.texts[i] = row.string(5 + static_cast<int>(i));
}

/// 0: there is no such file.
std::uint64_t inode_of(const std::string& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 ? found.st_ino : 0;
}

/// Conditions stand in front of the snippet, whose cost is that of the text.
bool meets_all(const Document& document, const search::Query& query) {
  for (const auto& condition : query.conditions)
    if (!search::meets(document, condition)) return false;
  return true;
}

}  // namespace

SqliteSearchIndex::SqliteSearchIndex(std::string path)
    : path_(std::move(path)), readers_(
                                  [this] {
                                    return open_sqlite_connection({path_, true, kReaderCacheBytes, false, &damaged_});
                                  },
                                  kReadersKept, kReadersMost) {}

Result<std::unique_ptr<SqliteSearchIndex>> SqliteSearchIndex::open(const std::string& path) {
  ORGO_CHECK(make_folder(std::filesystem::path(path).parent_path().string()));
  auto index = std::unique_ptr<SqliteSearchIndex>(new SqliteSearchIndex(path));
  const auto opened = index->open_file();
  if (opened) return index;
  if (opened.error().code == Errc::corrupt) {
    log::warn("search.built_anew", {{"file", path}, {"cause", opened.error().message}});
    if (index->start_over()) return index;
  }
  // No reason not to serve: a disk that is full gets room, and who follows the log tries again.
  log::error("search.trouble", {{"file", path}, {"cause", opened.error().message}});
  return index;
}

/// corrupt: damaged, or of another version.
Status SqliteSearchIndex::open_file() {
  if (std::error_code error;
      std::filesystem::symlink_status(path_, error).type() != std::filesystem::file_type::not_found &&
      !std::filesystem::is_regular_file(path_, error))
    return failure(Errc::corrupt, "it is no file");
  ORGO_TRY(connection, open_sqlite_connection({path_, false, kCacheBytes, false, &damaged_}));
  std::int64_t version = 0;
  {
    Query query(*connection, "PRAGMA user_version");
    ORGO_TRY(row, query.next());
    version = row ? query.integer(0) : 0;
  }
  if (version == 0) {
    ORGO_CHECK(connection->begin());
    auto made = connection->execute(kSchema);
    if (made) made = connection->commit();
    if (!made) {
      connection->rollback();
      return failure(Errc::corrupt, made.error().message);
    }
  } else if (version != kVersion) {
    return failure(Errc::corrupt, "it is of version " + std::to_string(version) + ", this Orgo writes version " +
                                      std::to_string(kVersion));
  } else if (Query all(*connection, "SELECT 1 FROM documents, followed, words WHERE 1 = 0"); !all.next()) {
    return failure(Errc::corrupt, "a table is missing");
  } else if (std::error_code error; std::filesystem::file_size(path_, error) <= kSmallBytes && !error) {
    Query query(*connection, "PRAGMA quick_check(1)");  // a large one is read by its statements
    ORGO_TRY(row, query.next());
    if (!row || query.text(0) != "ok") return failure(Errc::corrupt, "it is damaged");
  }
  writer_ = std::move(connection);
  inode_ = inode_of(path_);
  is_open_ = true;
  return {};
}

Status SqliteSearchIndex::open_if_it_is_not() {
  if (is_open_) return {};
  const std::lock_guard lock(writing_);
  return is_open_ ? Status() : open_file();
}

/// A file that was deleted or replaced goes on to be read and written by whoever has it open, and is gone with them.
bool SqliteSearchIndex::is_damaged() {
  return damaged_ || (is_open_ && inode_of(path_) != inode_);
}

Status SqliteSearchIndex::start_over() {
  const std::unique_lock alone(file_);
  readers_.clear();
  writer_.reset();
  is_open_ = false;
  for (const auto* end : {"", "-wal", "-shm"}) {
    std::error_code error;
    std::filesystem::remove(path_ + end, error);
    if (error) return failure(Errc::unavailable, path_ + end + " can't be removed: " + error.message());
  }
  damaged_ = false;
  return open_file();
}

template <typename Work>
Status SqliteSearchIndex::write(const Work& work) {
  const std::shared_lock used(file_);
  ORGO_CHECK(open_if_it_is_not());
  const std::lock_guard lock(writing_);
  ORGO_CHECK(writer_->begin());
  Status done = noted(Status(work()));
  if (done) done = writer_->commit();
  if (!done) writer_->rollback();
  else if (++commits_ % kCommitsPerCheckpoint == 0) {
    // Nobody else moves the log of this file; readers that keep it long are asked to let go for a moment.
    const auto frames = checkpoint_sqlite(*writer_, false);
    if (frames && *frames > kLogFramesLong) (void)checkpoint_sqlite(*writer_, true);
  }
  return done;
}

template <typename T, typename Work>
Result<T> SqliteSearchIndex::read(Deadline deadline, const Work& work) {
  const std::shared_lock used(file_);
  ORGO_CHECK(open_if_it_is_not());
  ORGO_TRY(connection, readers_.take(deadline));
  Result<T> answer = noted(Result<T>(work(*connection)));
  readers_.give_back(std::move(connection));
  return answer;
}

Status SqliteSearchIndex::put_one(const Document& document, std::int64_t generation) {
  ORGO_TRY(key, key_of(document.tenant, document.number));
  Query forgotten(*writer_, "DELETE FROM words WHERE rowid = ?");
  ORGO_CHECK(forgotten.with(key).run());
  Query row(*writer_,
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "generation = excluded.generation, state = excluded.state, team = excluded.team, assignee = "
            "excluded.assignee, created_at = excluded.created_at, cut = excluded.cut, number_ = excluded.number_, "
            "subject_ = excluded.subject_, from_ = excluded.from_, to_ = excluded.to_, tag_ = excluded.tag_, file_ = "
            "excluded.file_, text_ = excluded.text_");
  row.with(key, document.tenant.value, generation, static_cast<int>(document.state), document.team, document.assignee,
           to_ms(document.created_at), document.cut);
  for (const auto& text : document.texts) row.with(text);
  ORGO_CHECK(row.run());
  std::array<std::string, search::kFields.size()> tokens;
  for (std::size_t i = 0; i < tokens.size(); ++i) tokens[i] = search_tokens(document.texts[i]);
  const auto facts = fact_tokens(document);
  Query words(*writer_,
              "INSERT INTO words (rowid, facts, number_, subject_, from_, to_, tag_, file_, text_) VALUES (?, ?, ?, ?, "
              "?, ?, ?, ?, ?)");
  words.with(key, facts);
  for (const auto& one : tokens) words.with(one);
  return words.run();
}

Status SqliteSearchIndex::put(TenantId tenant, std::span<const Document> documents, const SearchFollowed& followed) {
  return write([&]() -> Status {
    for (const auto& document : documents) ORGO_CHECK(put_one(document, followed.generation));
    Query far(*writer_,
              "INSERT INTO followed VALUES (?, ?, ?, ?, ?) ON CONFLICT (tenant) DO UPDATE SET sequence = "
              "excluded.sequence, at = excluded.at, generation = excluded.generation, whole = excluded.whole");
    return far.with(tenant.value, followed.sequence, to_ms(followed.at), followed.generation, followed.whole).run();
  });
}

Result<int> SqliteSearchIndex::remove_older(TenantId tenant, int limit) {
  std::vector<std::int64_t> old;
  ORGO_CHECK(write([&]() -> Status {
    {
      Query query(*writer_,
                  "SELECT id FROM documents WHERE tenant = ? AND generation < (SELECT generation FROM followed WHERE "
                  "tenant = ?) LIMIT ?");
      query.with(tenant.value, tenant.value, limit);
      for (;;) {
        ORGO_TRY(row, query.next());
        if (!row) break;
        old.push_back(query.integer(0));
      }
    }
    for (const auto id : old) {
      Query words(*writer_, "DELETE FROM words WHERE rowid = ?");
      ORGO_CHECK(words.with(id).run());
      Query document(*writer_, "DELETE FROM documents WHERE id = ?");
      ORGO_CHECK(document.with(id).run());
    }
    return {};
  }));
  return static_cast<int>(old.size());
}

Result<SearchFollowed> SqliteSearchIndex::followed(TenantId tenant) {
  return read<SearchFollowed>(within(kRead), [&](Connection& connection) -> Result<SearchFollowed> {
    Query query(connection, "SELECT sequence, at, generation, whole FROM followed WHERE tenant = ?");
    ORGO_TRY(row, query.with(tenant.value).next());
    if (!row) return SearchFollowed{};
    return SearchFollowed{query.integer(0), from_ms(query.integer(1)), query.integer(2), query.integer(3) != 0};
  });
}

Result<std::int64_t> SqliteSearchIndex::count(TenantId tenant) {
  return read<std::int64_t>(within(kRead), [&](Connection& connection) -> Result<std::int64_t> {
    Query query(connection, "SELECT count(*) FROM documents WHERE tenant = ?");
    ORGO_TRY(row, query.with(tenant.value).next());
    return row ? query.integer(0) : 0;
  });
}

Result<std::vector<SearchHit>> SqliteSearchIndex::find(const SearchRequest& request, Deadline deadline) {
  ORGO_TRY(first, key_of(request.tenant, TaskNumber{0}));
  const auto behind = request.before ? first + std::min(request.before.value, std::int64_t{1} << kNumberBits)
                                     : first + (std::int64_t{1} << kNumberBits);
  const auto expression = search_expression(request.query);
  return read<std::vector<SearchHit>>(deadline, [&](Connection& connection) -> Result<std::vector<SearchHit>> {
    std::vector<SearchHit> hits;
    {
      Query far(connection, "SELECT 1 FROM followed WHERE tenant = ? AND sequence = ?");
      ORGO_TRY(is_of_another, far.with(request.tenant.value, kNothingIsOurs).next());
      if (is_of_another) return hits;
    }
    Query query(connection, kFind);
    query.with(expression, first, behind);
    bool was_hit = false;
    for (int rows = 1; static_cast<int>(hits.size()) < request.limit; ++rows) {
      // A row that is shown costs as much as its text is long.
      if ((rows % kRowsBetweenLooks == 0 || was_hit) && std::chrono::steady_clock::now() > deadline)
        return failure(Errc::deadline_exceeded,
                       "too much has to be looked through for this; search for more words, or fewer days");
      ORGO_TRY(row, query.next());
      if (!row) break;
      was_hit = false;
      auto document = document_from(query, request.tenant);
      if (!meets_all(document, request.query)) continue;
      read_texts(query, document);
      hits.push_back({document.number, search::snippet_of(document, request.query)});
      was_hit = true;
    }
    return hits;
  });
}

Result<std::unique_ptr<SearchIndex>> open_search_index(const std::string& folder) {
  ORGO_TRY(index, SqliteSearchIndex::open(folder + "/search.db"));
  return index;
}

}  // namespace orgo::sql
