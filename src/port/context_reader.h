#pragma once
#include <span>
#include <vector>

#include "base/result.h"
#include "core/processing/context.h"

namespace orgo {

/// Reads all that the store knows and that bears on the decisions about a batch of mails, at once: a mail needs up to
/// ten small reads that lean on each other, and each by itself costs a connection and a snapshot. Backends: memory,
/// SQL; contract: tests/contract/context_reader_contract_test.cpp. Threads: any.
class ContextReader {
 public:
  virtual ~ContextReader() = default;

  /// One answer for each query, in order; each sees everything that was committed before the call began, and nothing of
  /// another tenant. What is looked up:
  /// - ContextFacts::thread as ThreadFacts says it: mails under known_ids() and aliases under alias_ids(); then what
  ///   thread_needs() says (core/threading), and no more, since most mails need none of it; a task with all into which
  ///   it was merged;
  /// - a bounce's mail: aliases of `reported_ids`, the send that reported_send() names, and of that the entry of the
  ///   suppression list for its recipient (suppression_key()) and its task;
  /// - with `sender_history`: of ThreadQuery::sender, messages that were decided and have smaller numbers than
  ///   ThreadQuery::message, and tasks that are not done; each is counted to 1,000.
  /// What does not exist is left out; that is no error. Errors of each: unavailable, corrupt.
  virtual std::vector<Result<ContextFacts>> load(std::span<const ContextQuery> queries) = 0;
};

}  // namespace orgo
