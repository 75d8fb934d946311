#include "adapter/memory/memory_search_index.h"

#include <iterator>

namespace orgo {

Status MemorySearchIndex::put(TenantId tenant, std::span<const search::Document> documents,
                              const SearchFollowed& followed) {
  const std::lock_guard lock(mutex_);
  for (const auto& document : documents)
    documents_.insert_or_assign({tenant, document.number}, Kept{document, followed.generation});
  followed_[tenant] = followed;
  return {};
}

Result<int> MemorySearchIndex::remove_older(TenantId tenant, int limit) {
  const std::lock_guard lock(mutex_);
  int removed = 0;
  for (auto at = documents_.lower_bound({tenant, TaskNumber{0}});
       at != documents_.end() && at->first.first == tenant && removed < limit;) {
    const bool old = at->second.generation < followed_[tenant].generation;
    at = old ? documents_.erase(at) : std::next(at);
    removed += old ? 1 : 0;
  }
  return removed;
}

Result<SearchFollowed> MemorySearchIndex::followed(TenantId tenant) {
  const std::lock_guard lock(mutex_);
  const auto known = followed_.find(tenant);
  return known == followed_.end() ? SearchFollowed{} : known->second;
}

Result<std::int64_t> MemorySearchIndex::count(TenantId tenant) {
  const std::lock_guard lock(mutex_);
  std::int64_t count = 0;
  for (const auto& [key, kept] : documents_) count += key.first == tenant ? 1 : 0;
  return count;
}

Result<std::vector<SearchHit>> MemorySearchIndex::find(const SearchRequest& request, Deadline /*deadline*/) {
  const std::lock_guard lock(mutex_);
  std::vector<SearchHit> hits;
  if (followed_[request.tenant].sequence == kNothingIsOurs) return hits;
  for (auto at = documents_.rbegin(); at != documents_.rend(); ++at) {
    const auto& [key, kept] = *at;
    if (key.first != request.tenant || (request.before && key.second >= request.before)) continue;
    if (static_cast<int>(hits.size()) == request.limit) break;
    if (search::matches(kept.document, request.query))
      hits.push_back({key.second, search::snippet_of(kept.document, request.query)});
  }
  return hits;
}

Status MemorySearchIndex::start_over() {
  const std::lock_guard lock(mutex_);
  documents_.clear();
  followed_.clear();
  return {};
}

}  // namespace orgo
