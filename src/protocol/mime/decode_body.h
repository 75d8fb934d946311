#pragma once
#include <cstddef>
#include <string>

#include "protocol/mime/entity.h"

namespace orgo::mime {

/// The body of a part without its transfer encoding, at most `bytes_max` of it; no more is decoded than that needs.
std::string decode_body(const Entity& entity, LineEnds line_ends = LineEnds::keep,
                        std::size_t bytes_max = static_cast<std::size_t>(-1));

}  // namespace orgo::mime
