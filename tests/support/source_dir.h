#pragma once
#include <string>

namespace orgo {

/// Where the sources lie, for tests that read or rewrite files of the repository. A function in a file of its own and
/// no macro for all: the path is another one in each clone, and the compiler cache would know no test of a neighbour
/// again.
std::string source_dir();

}  // namespace orgo
