#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "service/gateway/core/url.h"

namespace orgo::gateway {

/// What stood in place of the {names} of a pattern, in order; points into the Url.
class Captures {
 public:
  static constexpr std::size_t kMax = 4;
  /// Asking for one that the pattern does not have is our own mistake: throws std::out_of_range.
  [[nodiscard]] std::string_view at(std::size_t index) const;
  [[nodiscard]] std::size_t size() const { return count_; }
  void push(std::string_view text) { texts_.at(count_++) = text; }
  void pop() { --count_; }

 private:
  std::array<std::string_view, kMax> texts_{};
  std::size_t count_ = 0;
};

/// Finds the route of a request by its method and path. The patterns become a tree of segments once; a look-up then
/// walks down one path, takes no memory and costs the same however many routes there are.
///
/// Of several patterns that fit, the one with a word where the others have a {name} counts, from the left: with
/// "/modules/undo" and "/modules/{name}" a POST to /modules/undo is the first one's, and a GET, which the first one
/// does not know, the second one's. The order of the routes never matters. HEAD is answered by GET unless there is a
/// route for it. Threads: any, once it is made.
class Router {
 public:
  struct Pattern {
    std::string_view method;   ///< "GET"
    std::string_view pattern;  ///< "/api/v1/tasks/{id}"; must outlive the router
  };
  /// invalid_input, an own mistake: a pattern without "/" in front, with an empty segment, more than kMax captures or
  /// Url::kSegmentsMax segments; or two routes that no request could tell apart.
  static Result<Router> compile(std::span<const Pattern> patterns);

  struct Match {
    std::size_t route = 0;  ///< place in the list that was compiled
    Captures captured;
  };
  [[nodiscard]] std::optional<Match> find(std::string_view method, std::span<const std::string_view> segments) const;
  /// The methods that the path knows, for Allow (RFC 9110, section 10.2.1), sorted, HEAD beside GET; empty: the path is
  /// not known at all.
  [[nodiscard]] std::vector<std::string_view> methods(std::span<const std::string_view> segments) const;

 private:
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;
  struct Method {
    std::string_view name;
    std::uint32_t route = kNone;
  };
  struct Child {
    std::string_view word;
    std::uint32_t node = kNone;
  };
  struct Node {
    std::vector<Child> words;       ///< sorted
    std::uint32_t capture = kNone;  ///< child for any text
    std::vector<Method> methods;    ///< of routes that end here
    [[nodiscard]] std::uint32_t child(std::string_view word) const;
    [[nodiscard]] std::uint32_t route(std::string_view method) const;
  };

  Status add(std::string_view method, std::string_view pattern, std::uint32_t route);
  std::uint32_t make_child(std::uint32_t node, std::string_view segment);
  bool find_below(std::uint32_t node, std::string_view method, std::span<const std::string_view> rest,
                  Match& match) const;
  void collect(std::uint32_t node, std::span<const std::string_view> rest, std::vector<std::string_view>& out) const;

  std::vector<Node> nodes_{Node{}};  ///< the first is the root
};

}  // namespace orgo::gateway
