#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/search/document.h"
#include "core/search/match.h"
#include "core/search/query.h"

namespace orgo {

struct SearchRequest {
  TenantId tenant;
  search::Query query;
  TaskNumber before;  ///< 0: from the newest
  int limit = 50;     ///< 1 to 1,001
};
struct SearchHit {
  TaskNumber number;
  search::Snippet snippet;
};

/// Of SearchFollowed::sequence: what is in the index is of another log, and nothing of it is found.
inline constexpr std::int64_t kNothingIsOurs = -1;

/// How far the index of one tenant has followed its log.
struct SearchFollowed {
  std::int64_t sequence = 0;    ///< of the last event whose task stands in the index as it was then, or later
  TimePoint at{};               ///< of that event: tells a log that was put back from the one that was followed
  std::int64_t generation = 1;  ///< grows by one with each building anew
  bool whole = false;           ///< all documents are of this generation: the log was followed to its end once
  friend bool operator==(const SearchFollowed&, const SearchFollowed&) = default;
};

/// Finds tasks by their words. It is derived: what is in it can be made again from what is stored, and whoever answers
/// by it reads the tasks themselves. Backends: memory, SQL; contract: tests/contract/search_index_contract_test.cpp.
/// Threads: any; one at a time changes it. Errors of every method: unavailable, corrupt.
class SearchIndex {
 public:
  virtual ~SearchIndex() = default;
  /// Puts the documents in place of those of the same tasks, and says how far it came, in one step.
  virtual Status put(TenantId tenant, std::span<const search::Document> documents, const SearchFollowed& followed) = 0;
  /// Takes out at most `limit` documents that are older than the generation that it followed; how many those were.
  virtual Result<int> remove_older(TenantId tenant, int limit) = 0;
  /// Nothing was followed: SearchFollowed{}.
  virtual Result<SearchFollowed> followed(TenantId tenant) = 0;
  virtual Result<std::int64_t> count(TenantId tenant) = 0;
  /// The newest tasks (highest numbers) that the query finds, as search::matches() says. deadline_exceeded: it took
  /// longer than a person waits; then fewer conditions on more words have to be looked through.
  virtual Result<std::vector<SearchHit>> find(const SearchRequest& request, Deadline deadline) = 0;
  /// Somebody has met damage, or the index is not where it was: nothing that it answers is worth anything until
  /// start_over().
  virtual bool is_damaged() = 0;
  /// Forgets everything, also what is damaged: it is built from the beginning then.
  virtual Status start_over() = 0;
};

}  // namespace orgo
