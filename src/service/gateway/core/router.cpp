#include "service/gateway/core/router.h"

#include <algorithm>
#include <stdexcept>

#include "base/text.h"

namespace orgo::gateway {
namespace {

bool is_capture(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

tl::unexpected<Error> wrong(std::string_view method, std::string_view pattern, std::string_view why) {
  return failure(Errc::invalid_input,
                 "route " + std::string(method) + " " + std::string(pattern) + " " + std::string(why));
}

}  // namespace

std::string_view Captures::at(std::size_t index) const {
  if (index >= count_) throw std::out_of_range("the pattern has no such capture");
  return texts_.at(index);
}

std::uint32_t Router::Node::child(std::string_view word) const {
  const auto found = std::lower_bound(words.begin(), words.end(), word,
                                      [](const Child& one, std::string_view name) { return one.word < name; });
  return found != words.end() && found->word == word ? found->node : kNone;
}

std::uint32_t Router::Node::route(std::string_view method) const {
  for (const auto& known : methods)
    if (known.name == method) return known.route;
  return method == "HEAD" ? route("GET") : kNone;
}

std::uint32_t Router::make_child(std::uint32_t node, std::string_view segment) {
  const auto made = static_cast<std::uint32_t>(nodes_.size());
  if (is_capture(segment)) {
    if (nodes_[node].capture == kNone) {
      nodes_[node].capture = made;
      nodes_.emplace_back();
    }
    return nodes_[node].capture;
  }
  if (const auto known = nodes_[node].child(segment); known != kNone) return known;
  auto& words = nodes_[node].words;
  const auto place = std::lower_bound(words.begin(), words.end(), segment,
                                      [](const Child& one, std::string_view name) { return one.word < name; });
  words.insert(place, {segment, made});
  nodes_.emplace_back();
  return made;
}

Status Router::add(std::string_view method, std::string_view pattern, std::uint32_t route) {
  if (pattern.empty() || pattern.front() != '/') return wrong(method, pattern, "does not begin with '/'");
  std::uint32_t node = 0;
  std::size_t captures = 0;
  if (const auto inside = pattern.substr(1); !inside.empty()) {
    const auto segments = split(inside, '/');
    if (segments.size() > Url::kSegmentsMax) return wrong(method, pattern, "has more segments than a path may have");
    for (const auto segment : segments) {
      if (segment.empty()) return wrong(method, pattern, "has an empty segment");
      if (is_capture(segment) && ++captures > Captures::kMax) return wrong(method, pattern, "has too many {names}");
      node = make_child(node, segment);
    }
  }
  auto& methods = nodes_[node].methods;
  if (std::any_of(methods.begin(), methods.end(), [&](const Method& one) { return one.name == method; }))
    return wrong(method, pattern, "is the same address as another one");
  methods.push_back({method, route});
  return {};
}

Result<Router> Router::compile(std::span<const Pattern> patterns) {
  Router router;
  for (std::size_t i = 0; i < patterns.size(); ++i)
    ORGO_CHECK(router.add(patterns[i].method, patterns[i].pattern, static_cast<std::uint32_t>(i)));
  return router;
}

bool Router::find_below(std::uint32_t node, std::string_view method, std::span<const std::string_view> rest,
                        Match& match) const {
  const auto& here = nodes_[node];
  if (rest.empty()) {
    const auto route = here.route(method);
    if (route == kNone) return false;
    match.route = route;
    return true;
  }
  const auto word = here.child(rest[0]);
  if (word != kNone && find_below(word, method, rest.subspan(1), match)) return true;
  if (here.capture == kNone) return false;
  match.captured.push(rest[0]);
  if (find_below(here.capture, method, rest.subspan(1), match)) return true;
  match.captured.pop();
  return false;
}

std::optional<Router::Match> Router::find(std::string_view method, std::span<const std::string_view> segments) const {
  Match match;
  if (!find_below(0, method, segments, match)) return std::nullopt;
  return match;
}

void Router::collect(std::uint32_t node, std::span<const std::string_view> rest,
                     std::vector<std::string_view>& out) const {
  const auto& here = nodes_[node];
  if (rest.empty()) {
    for (const auto& method : here.methods) out.push_back(method.name);
    return;
  }
  if (const auto word = here.child(rest[0]); word != kNone) collect(word, rest.subspan(1), out);
  if (here.capture != kNone) collect(here.capture, rest.subspan(1), out);
}

std::vector<std::string_view> Router::methods(std::span<const std::string_view> segments) const {
  std::vector<std::string_view> out;
  collect(0, segments, out);
  if (std::find(out.begin(), out.end(), "GET") != out.end()) out.push_back("HEAD");
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace orgo::gateway
