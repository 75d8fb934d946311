#include "adapter/feed/feed_folder.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "adapter/data_folder/make_folder.h"
#include "adapter/data_folder/write_file.h"
#include "base/hash.h"

namespace orgo {
namespace {

constexpr std::size_t kStateBytesMax = 16U << 10U;

/// 128 bits of the URL's hash: enough that no other URL finds this file, and no URL is ever part of a path.
std::string stem(const std::string& folder, const std::string& url) {
  return folder + "/" + to_hex(sha256(url)).substr(0, 32);
}

}  // namespace

std::string FeedFolder::path_of(const std::string& url) const {
  return stem(folder_, url) + ".ics";
}

Result<std::optional<FeedState>> FeedFolder::read(const std::string& url) {
  const auto path = stem(folder_, url) + ".json";
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return failure(Errc::unavailable, path + " can't be read: " + std::strerror(errno));
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto state =
      text.size() > kStateBytesMax ? Result<FeedState>(failure(Errc::invalid_input, "")) : parse_feed_state(text);
  if (!state || state->url != url) return std::nullopt;
  // A version that somebody removed is one that has to be fetched, whatever the state says.
  if (state->has_version() && !std::ifstream(path_of(url), std::ios::binary)) return std::nullopt;
  return std::move(*state);
}

Status FeedFolder::save(const FeedState& state) {
  ORGO_CHECK(make_folder(folder_));
  return write_file(stem(folder_, state.url) + ".json", to_text(state));
}

Status FeedFolder::save(const FeedState& state, const std::string& text) {
  ORGO_CHECK(make_folder(folder_));
  ORGO_CHECK(write_file(path_of(state.url), text));
  return save(state);
}

}  // namespace orgo
