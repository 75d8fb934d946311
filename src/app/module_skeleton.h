#pragma once
#include <string>
#include <vector>

#include "base/diagnostic.h"

namespace orgo {

/// The files of a new module, with paths within its folder: small, with comments, and with cases that pass.
std::vector<SourceFile> module_skeleton(const std::string& name);

}  // namespace orgo
