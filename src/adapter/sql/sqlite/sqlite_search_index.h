#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>

#include "adapter/sql/connection.h"
#include "adapter/sql/reader_pool.h"
#include "port/search_index.h"

namespace orgo::sql {

/// Words in FTS5, which is given them as search::words_of() makes them and splits at spaces alone; beside them the
/// documents as they are shown. Both under one number, of which the tenant is the upper part: what is found lies
/// between two numbers, newest first, and another tenant's never does.
class SqliteSearchIndex final : public SearchIndex {
 public:
  static Result<std::unique_ptr<SqliteSearchIndex>> open(const std::string& path);

  Status put(TenantId tenant, std::span<const search::Document> documents, const SearchFollowed& followed) override;
  Result<int> remove_older(TenantId tenant, int limit) override;
  Result<SearchFollowed> followed(TenantId tenant) override;
  Result<std::int64_t> count(TenantId tenant) override;
  Result<std::vector<SearchHit>> find(const SearchRequest& request, Deadline deadline) override;
  bool is_damaged() override;
  Status start_over() override;

 private:
  explicit SqliteSearchIndex(std::string path);
  Status open_file();
  /// Makes what could not be made before.
  Status open_if_it_is_not();
  Status put_one(const search::Document& document, std::int64_t generation);
  /// Runs `work` in a writing transaction.
  template <typename Work>
  Status write(const Work& work);
  /// Runs `work` on a reading connection.
  template <typename T, typename Work>
  Result<T> read(Deadline deadline, const Work& work);
  /// What any of them has met is remembered, also where the engine says it in words of its own.
  template <typename Answer>
  Answer noted(Answer answer) {
    if (!answer && answer.error().code == Errc::corrupt) damaged_ = true;
    return answer;
  }

  const std::string path_;
  std::shared_mutex file_;  ///< shared: uses the file; alone: replaces it
  std::mutex writing_;
  std::unique_ptr<Connection> writer_;
  std::uint64_t commits_ = 0;
  ReaderPool readers_;
  std::atomic<bool> is_open_{false};
  std::atomic<bool> damaged_{false};
  std::atomic<std::uint64_t> inode_{0};  ///< of the file that is open
};

}  // namespace orgo::sql
