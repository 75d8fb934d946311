#include "service/gateway/core/router.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <set>

#include "base/text.h"

namespace orgo::gateway {
namespace {

using testing::ElementsAre;

Router compiled(const std::vector<Router::Pattern>& patterns) {
  return Router::compile(patterns).value();
}

std::string found(const Router& router, std::string_view method, std::vector<std::string_view> path) {
  const auto match = router.find(method, path);
  if (!match) return "none";
  std::string out = std::to_string(match->route);
  for (std::size_t i = 0; i < match->captured.size(); ++i) out += " " + std::string(match->captured.at(i));
  return out;
}

TEST(Router, AWordCountsMoreThanACapture) {
  const auto router = compiled({{"GET", "/modules/{name}"}, {"POST", "/modules/undo"}, {"POST", "/modules/{name}/on"}});
  EXPECT_EQ(found(router, "POST", {"modules", "undo"}), "1");
  EXPECT_EQ(found(router, "GET", {"modules", "undo"}), "0 undo") << "the more exact one does not know GET";
  EXPECT_EQ(found(router, "HEAD", {"modules", "undo"}), "0 undo");
  EXPECT_EQ(found(router, "POST", {"modules", "undo", "on"}), "2 undo") << "back to the capture, below a word";
  EXPECT_EQ(found(router, "PUT", {"modules", "undo"}), "none");
  EXPECT_THAT(router.methods(std::vector<std::string_view>{"modules", "undo"}), ElementsAre("GET", "HEAD", "POST"));
  EXPECT_THAT(router.methods(std::vector<std::string_view>{"modules"}), ElementsAre());
}

TEST(Router, TheRootAndCapturesInOrder) {
  const auto router = compiled({{"GET", "/"}, {"GET", "/{a}/x/{b}"}, {"HEAD", "/{a}/x/{b}"}});
  EXPECT_EQ(found(router, "GET", {}), "0");
  EXPECT_EQ(found(router, "GET", {"1", "x", "2"}), "1 1 2");
  EXPECT_EQ(found(router, "HEAD", {"1", "x", "2"}), "2 1 2") << "a route of its own";
  EXPECT_EQ(found(router, "GET", {"1", "y", "2"}), "none");
  EXPECT_THROW((void)Captures().at(0), std::out_of_range);
}

TEST(Router, RefusesListsThatCannotBeMeant) {
  const auto refused = [](std::vector<Router::Pattern> patterns) {
    const auto router = Router::compile(patterns);
    return router ? std::string("taken") : router.error().message;
  };
  EXPECT_THAT(refused({{"GET", "x"}}), testing::HasSubstr("begin"));
  EXPECT_THAT(refused({{"GET", "/a//b"}}), testing::HasSubstr("empty segment"));
  EXPECT_THAT(refused({{"GET", "/a/"}}), testing::HasSubstr("empty segment"));
  EXPECT_THAT(refused({{"GET", "/{a}"}, {"GET", "/{b}"}}), testing::HasSubstr("same address"));
  EXPECT_EQ(refused({{"GET", "/{a}/{b}/{c}/{d}"}}), "taken");
  EXPECT_THAT(refused({{"GET", "/{a}/{b}/{c}/{d}/{e}"}}), testing::HasSubstr("too many"));
  EXPECT_EQ(refused({{"GET", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16"}}), "taken");
  EXPECT_THAT(refused({{"GET", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17"}}), testing::HasSubstr("more segments"));
}

// The same rule without a tree: every pattern is split and tried, and of those that fit the most exact one counts.
struct Naive {
  std::vector<Router::Pattern> patterns;

  static std::optional<std::string> fit(std::string_view pattern, const std::vector<std::string_view>& path) {
    std::string exactness;  // "w" for a word, "z" for a capture: the smaller the more exact, from the left
    const auto pieces = pattern == "/" ? std::vector<std::string_view>{} : split(pattern.substr(1), '/');
    if (pieces.size() != path.size()) return std::nullopt;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const bool capture = pieces[i].front() == '{';
      if (!capture && pieces[i] != path[i]) return std::nullopt;
      exactness += capture ? 'z' : 'w';
    }
    return exactness;
  }
  std::string find(std::string_view method, const std::vector<std::string_view>& path) const {
    std::string best = "~";
    std::string out = "none";
    for (const bool as_get : {false, true}) {
      if (as_get && method != "HEAD") continue;
      for (std::size_t i = 0; i < patterns.size(); ++i) {
        const auto exactness = fit(patterns[i].pattern, path);
        // At the same address a route for HEAD itself comes before the one for GET.
        if (!exactness || patterns[i].method != (as_get ? "GET" : method) || *exactness >= best) continue;
        best = *exactness;
        out = std::to_string(i);
        const auto pieces = split(patterns[i].pattern.substr(1), '/');
        for (std::size_t k = 0; k < path.size(); ++k)
          if (pieces[k].front() == '{') out += " " + std::string(path[k]);
      }
    }
    return out;
  }
  std::vector<std::string> methods(const std::vector<std::string_view>& path) const {
    std::set<std::string> all;
    for (const auto& one : patterns) {
      if (!fit(one.pattern, path)) continue;
      all.emplace(one.method);
      if (one.method == "GET") all.emplace("HEAD");
    }
    return {all.begin(), all.end()};
  }
};

RC_GTEST_PROP(Router, FindsWhatTryingEveryPatternFinds, ()) {
  static const std::vector<std::string> kSegments{"a", "b", "ab", "{x}", "{y}"};
  static const std::vector<std::string> kMethods{"GET", "POST", "HEAD"};
  std::deque<std::string> texts;  // what the patterns look at
  std::set<std::string> shapes;
  Naive naive;
  const auto count = *rc::gen::inRange(1, 40);
  for (int i = 0; i < count; ++i) {
    std::string pattern;
    std::string shape = *rc::gen::elementOf(kMethods);
    const auto method = shape;
    const auto length = *rc::gen::inRange(0, 5);
    for (int k = 0; k < length; ++k) {
      const auto segment = *rc::gen::elementOf(kSegments);
      pattern += "/" + segment;
      shape += "/" + (segment.front() == '{' ? std::string("{}") : segment);
    }
    if (pattern.empty()) pattern = "/";
    if (!shapes.insert(shape).second) continue;
    const auto& kept_method = texts.emplace_back(method);
    naive.patterns.push_back({kept_method, texts.emplace_back(pattern)});
  }
  const auto router = Router::compile(naive.patterns);
  RC_ASSERT(router.has_value());
  static const std::vector<std::string_view> kWords{"a", "b", "ab", "abc", "{x}", "1"};
  for (int i = 0; i < 20; ++i) {
    std::vector<std::string_view> path;
    const auto length = *rc::gen::inRange(0, 6);
    for (int k = 0; k < length; ++k) path.push_back(*rc::gen::elementOf(kWords));
    for (const auto* method : {"GET", "POST", "HEAD", "PUT"})
      RC_ASSERT(found(*router, method, path) == naive.find(method, path));
    const auto methods = router->methods(path);
    RC_ASSERT(std::vector<std::string>(methods.begin(), methods.end()) == naive.methods(path));
  }
}

}  // namespace
}  // namespace orgo::gateway
