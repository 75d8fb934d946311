#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/message/message.h"

namespace orgo {

/// A file out of a container.
struct UnpackedFile {
  std::string filename;      ///< safe to show and to save under; empty: it had none
  std::string content_type;  ///< "type/subtype" in lower case
  std::string content_id;    ///< without <>
  std::string_view packed;   ///< its bytes, when they stand in the container
  std::string made;          ///< when we wrote them: an invite, an attached message
  [[nodiscard]] std::string_view bytes() const { return made.empty() ? packed : std::string_view(made); }
};

/// What was in a winmail.dat.
struct UnpackedTnef {
  std::vector<UnpackedFile> files;
  std::string text, html;  ///< its body: for a mail that has no other
  std::vector<Defect> defects;
  bool whole = true;  ///< false: something in it could not be read; then the container is worth keeping beside
};

/// Is this part one that Outlook made for Outlook?
bool is_tnef(std::string_view content_type, std::string_view filename);

/// Unpacks the decoded bytes of such a part, at most `files_max` files; nullopt: it is none. `files` refer to `bytes`.
/// A meeting becomes an iCalendar file "invite.ics", an attached Outlook item a message (message/rfc822) that holds the
/// item as its own winmail.dat. Pure, linear time.
std::optional<UnpackedTnef> unpack_tnef(std::string_view bytes, std::size_t files_max);

}  // namespace orgo
