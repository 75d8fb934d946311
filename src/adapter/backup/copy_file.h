#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace orgo {

struct CopiedFile {
  std::int64_t bytes = 0;
  std::string sha256;    ///< of what was written, in hex
  int mode = 0600;       ///< of the source
  std::string identity;  ///< by which the file system knows the source, with its size and when it last changed; empty:
                         ///< it can't tell
};

/// Told each piece, in order.
using PieceWatch = std::function<void(std::string_view piece)>;

/// Copies a regular file, as long as it is when it is opened, into a new one of rights `mode`, which is durable when it
/// returns (its name is when its folder is). Reads each byte once, in pieces, and leaves no copy in the machine's
/// cache. Follows no link. Errors: not_found; not_permitted: no regular file, or closed to
/// this user; conflict: the target is there;
/// resource_exhausted: no room; unavailable.
Result<CopiedFile> copy_file(const std::string& from, const std::string& to, int mode = 0600,
                             const PieceWatch& watch = {});
/// The same facts of a file as it stands, without a copy. Reads each byte once, and leaves none in the machine's cache.
Result<CopiedFile> hash_file(const std::string& path, const PieceWatch& watch = {});
/// identity, mode and bytes only; nothing is read.
Result<CopiedFile> look_at_file(const std::string& path);

/// Flushes the names in a folder. A file system that knows no such flush is fine. unavailable otherwise.
Status flush_folder(const std::string& folder);

}  // namespace orgo
