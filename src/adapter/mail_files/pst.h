#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace orgo {

/// Does it begin as an Outlook file (.pst, .ost) does?
bool is_pst(const std::filesystem::path& file);

struct PstLimits {
  Millis time{3'600'000};                   ///< of the clock on the wall
  std::uint64_t memory = 2ULL << 30U;       ///< address space
  std::uint64_t file_size = 256ULL << 20U;  ///< of one mail with its attachments
  std::size_t files = 2'000'000;
};

struct PstContents {
  std::size_t mails = 0;
  std::size_t others = 0;  ///< contacts, appointments, notes: they are unpacked, but are no mails
  bool reused = false;     ///< it lay there unpacked already, from an import that was interrupted
  bool password = false;   ///< Outlook asks for a password before it shows this file; its mails are not encrypted by it
};

/// Unpacks an Outlook file into `folder`: one .eml for each mail, in folders named as in Outlook. The work is done by
/// the program readpst (Debian: pst-utils), old C code on hostile input: a process of its own without network and
/// privileges, with limits on memory, processor, file size and time; all of its descendants are ended with it. `folder`
/// is made; a folder that an earlier call has filled from the same file (size and time of change) is taken as it is. A
/// half-filled one is filled anew: readpst gives the same names each time, which is what importing goes on by.
/// invalid_input: no Outlook file, or damaged, with what is wrong. unavailable: readpst is not installed, no room.
/// resource_exhausted: a limit was met.
Result<PstContents> unpack_pst(const std::filesystem::path& file, const std::filesystem::path& folder,
                               const PstLimits& limits, const std::function<void(std::size_t files)>& progress);

/// Says what is damaged about the head of an Outlook file, OK when it can be read. `size`: of the whole file.
Status check_pst_head(std::string_view head, std::uint64_t size);

}  // namespace orgo
