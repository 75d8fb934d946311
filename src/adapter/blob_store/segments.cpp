#include "adapter/blob_store/segments.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "adapter/blob_store/packed_blob.h"
#include "adapter/blob_store/segment_format.h"
#include "adapter/data_folder/make_folder.h"
#include "base/hash.h"
#include "base/planted.h"
#include "base/text.h"

namespace orgo {
namespace {

using Header = SegmentHeader;

constexpr std::size_t kHeaderBytes = kSegmentHeaderBytes;
constexpr std::size_t kOpenFilesMax = 16;
constexpr std::size_t kKeptBufferBytes = 4 << 20;

tl::unexpected<Error> io_failure(std::string what, int code) {
  return failure(code == ENOSPC || code == EDQUOT || code == EFBIG ? Errc::resource_exhausted : Errc::unavailable,
                 std::move(what) + ": " + std::strerror(code));
}

Status write_all(int fd, std::string_view bytes, std::int64_t offset, const std::string& path) {
  while (!bytes.empty()) {
    const auto n = ::pwrite(fd, bytes.data(), bytes.size(), offset);
    if (n < 0) {
      if (errno == EINTR) continue;
      return io_failure("writing " + path, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
    offset += n;
  }
  return {};
}

Status sync_folder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return io_failure("opening " + folder, errno);
  const int code = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (code != 0) return io_failure("flushing " + folder, code);
  return {};
}

}  // namespace

struct SegmentStore::File {
  int fd = -1;
  explicit File(int descriptor) : fd(descriptor) {}
  ~File() { ::close(fd); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
};

std::string SegmentStore::names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    std::error_code ignored;
    if (const auto size = entry.file_size(ignored); entry.path().extension() == ".seg" && !ignored && size > 0)
      names.push_back(entry.path().filename().string() + " " + std::to_string(size));
  }
  if (names.empty()) return {};
  std::ranges::sort(names);
  return to_hex(sha256(join(names, "\n"))).substr(0, 16);
}

Result<std::unique_ptr<SegmentStore>> SegmentStore::open(const SegmentOptions& options) {
  ORGO_CHECK(make_folder(options.folder));
  std::error_code error;
  auto store = std::unique_ptr<SegmentStore>(new SegmentStore(options));
  for (const auto& entry : std::filesystem::directory_iterator(options.folder, error)) {
    const auto name = entry.path().stem().string();
    std::int64_t number = 0;
    if (entry.path().extension() == ".seg" &&
        std::from_chars(name.data(), name.data() + name.size(), number).ec == std::errc{})
      store->last_segment_ = std::max(store->last_segment_, number);
  }
  if (error) return failure(Errc::unavailable, "reading " + options.folder + ": " + error.message());
  return store;
}

SegmentStore::~SegmentStore() = default;

std::string SegmentStore::path(std::int64_t segment) const {
  return options_.folder + "/" + segment_name(segment);
}

Status SegmentStore::begin_segment() {
  const auto number = last_segment_ + 1;
  const int fd = ::open(path(number).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (fd < 0) return io_failure("making " + path(number), errno);
  auto file = std::make_shared<File>(fd);
  last_segment_ = number;
  // Else the flushed bytes could be there after a loss of power, but not the name of the file that holds them.
  if (!ORGO_PLANT(segment_folder_not_flushed)) ORGO_CHECK(sync_folder(options_.folder));
  current_ = std::move(file);
  end_ = 0;
  return {};
}

Result<std::vector<BlobRef>> SegmentStore::append(std::span<const std::string_view> blobs) {
  const std::lock_guard lock(append_mutex_);
  if (current_ == nullptr || end_ >= options_.segment_bytes) ORGO_CHECK(begin_segment());
  std::vector<BlobRef> refs;
  refs.reserve(blobs.size());
  buffer_.clear();
  for (const auto blob : blobs) {
    Header header;
    const auto packed = pack_blob(blob, options_.compress_from);
    const auto stored = packed.stored();
    if (packed.is_compressed) header.flags = Header::kCompressed;
    header.stored = stored.size();
    header.length = blob.size();
    header.data_crc = crc32c(stored);
    header.header_crc = crc_of(header);
    refs.push_back({std::to_string(last_segment_) + '-' +
                    std::to_string(end_ + static_cast<std::int64_t>(buffer_.size())) + '-' +
                    std::to_string(blob.size())});
    buffer_.append(reinterpret_cast<const char*>(&header), sizeof(header));
    buffer_.append(stored);
  }
  auto written = write_all(current_->fd, buffer_, end_, path(last_segment_));
  if (written && !ORGO_PLANT(bytes_not_flushed) && ::fdatasync(current_->fd) != 0) {
    written = io_failure("flushing " + path(last_segment_), errno);
  }
  const auto size = static_cast<std::int64_t>(buffer_.size());
  if (buffer_.capacity() > kKeptBufferBytes) std::string().swap(buffer_);
  if (!written) {
    // A full disk gives its space back; anything else makes the file suspect.
    if (written.error().code == Errc::resource_exhausted) {
      if (::ftruncate(current_->fd, end_) != 0) current_ = nullptr;
    } else if (!ORGO_PLANT(suspect_segment_goes_on)) {
      current_ = nullptr;
    }
    return tl::unexpected(std::move(written).error());
  }
  end_ += size;
  return refs;
}

Result<std::shared_ptr<SegmentStore::File>> SegmentStore::file(std::int64_t segment) {
  const std::lock_guard lock(files_mutex_);
  if (const auto known = files_.find(segment); known != files_.end()) return known->second;
  const int fd = ::open(path(segment).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return failure(errno == ENOENT ? Errc::corrupt : Errc::unavailable,
                   "opening " + path(segment) + ": " + std::strerror(errno));
  if (files_.size() >= kOpenFilesMax && !ORGO_PLANT(segments_stay_open)) files_.erase(files_.begin());
  auto file = std::make_shared<File>(fd);
  files_[segment] = file;
  return file;
}

Result<std::string> SegmentStore::read(const BlobRef& given) {
  const auto place = parse_segment_place(given.text);
  if (!place) return failure(Errc::corrupt, "'" + given.text + "' is no place of a blob");
  const auto& ref = *place;
  ORGO_TRY(from, file(ref.segment));
  const auto where = path(ref.segment) + " at " + std::to_string(ref.offset);
  const auto read_at = [&](char* out, std::size_t size, std::int64_t offset) -> Status {
    while (size > 0) {
      const auto n = ::pread(from->fd, out, size, offset);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return io_failure("reading " + where, errno);
      if (n == 0) return failure(Errc::corrupt, where + ": the file ends before the blob does");
      out += n;
      offset += n;
      size -= static_cast<std::size_t>(n);
    }
    return {};
  };
  // One read for the header and, since most mail is small and not compressed, mostly for the whole blob.
  Header header;
  std::string bytes(kHeaderBytes + static_cast<std::size_t>(ref.length), '\0');
  ORGO_CHECK(read_at(bytes.data(), kHeaderBytes, ref.offset));
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (!is_sound(header, ref.length)) return failure(Errc::corrupt, where + ": the header of the blob is damaged");
  bytes.resize(header.stored);
  ORGO_CHECK(read_at(bytes.data(), header.stored, ref.offset + static_cast<std::int64_t>(kHeaderBytes)));
  if (crc32c(bytes) != header.data_crc) return failure(Errc::corrupt, where + ": the checksum of the blob is wrong");
  if ((header.flags & Header::kCompressed) == 0) return bytes;
  auto plain = decompress_blob(bytes, header.length);
  if (!plain) return failure(Errc::corrupt, where + ": the blob can't be decompressed");
  return *std::move(plain);
}

bool SegmentStore::holds(const SegmentPlace& place) {
  auto from = file(place.segment);
  if (!from) return false;
  struct stat facts {};
  return ::fstat((*from)->fd, &facts) == 0 && facts.st_size >= place.offset + static_cast<std::int64_t>(kHeaderBytes);
}

/// Segments only grow: the last blob of one tells for all before it, and only when it is not there are the others
/// asked.
std::int64_t SegmentStore::count_held(std::span<const BlobRef> refs) {
  std::map<std::int64_t, std::vector<SegmentPlace>> segments;
  for (const auto& ref : refs)
    if (const auto place = parse_segment_place(ref.text)) segments[place->segment].push_back(*place);
  std::int64_t held = 0;
  for (const auto& [segment, places] : segments) {
    if (holds(*std::ranges::max_element(places, {}, &SegmentPlace::offset)))
      held += static_cast<std::int64_t>(places.size());
    else held += std::ranges::count_if(places, [this](const SegmentPlace& place) { return holds(place); });
  }
  return held;
}

}  // namespace orgo
