#pragma once
#include <string>

namespace orgo {

/// A file that goes with an answer.
struct AnswerFile {
  std::string filename;      ///< as clean_filename() gives it; empty: made up by the type
  std::string content_type;  ///< "type/subtype"; empty or malformed: by the name
  std::string bytes;
};

}  // namespace orgo
