#pragma once
#include <map>
#include <mutex>
#include <utility>

#include "port/search_index.h"

namespace orgo {

/// Documents in memory, each looked at by search::matches(): what the other engines are compared with.
class MemorySearchIndex final : public SearchIndex {
 public:
  Status put(TenantId tenant, std::span<const search::Document> documents, const SearchFollowed& followed) override;
  Result<int> remove_older(TenantId tenant, int limit) override;
  Result<SearchFollowed> followed(TenantId tenant) override;
  Result<std::int64_t> count(TenantId tenant) override;
  Result<std::vector<SearchHit>> find(const SearchRequest& request, Deadline deadline) override;
  bool is_damaged() override { return false; }
  Status start_over() override;

 private:
  struct Kept {
    search::Document document;
    std::int64_t generation = 0;
  };
  std::mutex mutex_;
  std::map<std::pair<TenantId, TaskNumber>, Kept> documents_;
  std::map<TenantId, SearchFollowed> followed_;
};

}  // namespace orgo
