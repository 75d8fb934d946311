#pragma once
#include <string>
#include <string_view>

namespace orgo {

/// A name that is safe to show and to save under: UTF-8, the last component of a path, without control characters and
/// without marks that turn the direction of writing ("fdp.exe" shown as "exe.pdf"), at most 255 bytes with its
/// extension kept. Empty: nothing of it is a name.
std::string clean_filename(std::string_view name);
/// A name for an attachment without one, by its type: "image.png", "message.eml", "attachment.bin".
std::string filename_of_type(std::string_view content_type);
/// The last component of a Content-Location, if it is a file's name; else empty.
std::string name_by_location(std::string_view location);
/// "application/pdf" for "x.pdf"; "application/octet-stream" for what is not known.
std::string_view content_type_of_name(std::string_view filename);

}  // namespace orgo
