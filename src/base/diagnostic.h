#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace orgo {

/// A file that a person wrote, with the name to show in errors.
struct SourceFile {
  std::string path;
  std::string text;
};

/// Something wrong in a file that a person wrote: what, where, why, how to mend (see examples in docs/guide).
struct Diagnostic {
  std::string path;
  int line = 0;             ///< 1-based; 0: the file as a whole
  int column = 0;           ///< 1-based, in characters; 0: unknown
  int length = 1;           ///< how many characters to underline
  std::string message;      ///< "unknown action 'route_too'"
  std::string hint;         ///< stands behind the underline: "did you mean 'route_to'? (known: ...)"; may be empty
  bool is_warning = false;  ///< worth a look, but nothing is refused for it
};

/// `rules.yaml:7:7: error: unknown action 'route_too'`, the line of the source and the underline with the hint, if
/// known.
std::string to_string(const Diagnostic& diagnostic, std::string_view source_text);
/// All of them, in order, each ending in a newline.
std::string to_string(const std::vector<Diagnostic>& diagnostics, const std::vector<SourceFile>& sources);

}  // namespace orgo
