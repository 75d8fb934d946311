#include "adapter/data_folder/lineage_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "adapter/data_folder/write_file.h"

namespace orgo {
namespace {

constexpr std::size_t kMost = 4096;  // bytes; what we write has some 150

std::string path_in(const std::string& folder) {
  return folder + "/lineage.json";
}

}  // namespace

Result<LineageFile> read_lineage_file(const std::string& folder) {
  const auto path = path_in(folder);
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0 && errno == ENOENT) return LineageFile{};
  if (file < 0) return failure(Errc::unavailable, path + " can't be read: " + std::strerror(errno));
  std::array<char, kMost> bytes{};
  const auto size = ::read(file, bytes.data(), bytes.size());
  const int cause = errno;
  auto identity = file_identity(file);
  ::close(file);
  if (size < 0) return failure(Errc::unavailable, path + " can't be read: " + std::strerror(cause));
  return LineageFile{.record = parse_lineage_record({bytes.data(), static_cast<std::size_t>(size)}),
                     .identity = std::move(identity)};
}

Status write_lineage_file(const std::string& folder, const LineageMark& mark, std::int64_t epoch) {
  return write_file(path_in(folder), [&](const std::string& identity) {
    return to_text(LineageRecord{.mark = mark, .epoch = epoch, .identity = identity});
  });
}

}  // namespace orgo
