#pragma once
#include <string>
#include <vector>

#include "core/processing/draft.h"

namespace orgo {

/// The folder that the message lay in, as a tag; empty: it lay in none.
std::vector<std::string> label_of(const Draft& draft);

}  // namespace orgo
