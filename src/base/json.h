#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <string_view>

#include "base/result.h"

namespace orgo {

/// The library's values, under one name, so that only base/ names the vendor.
namespace json = boost::json;

/// Reads one JSON document of at most `depth_max` levels. invalid_input names the byte: "not JSON at byte 17: ...".
Result<json::value> parse_json(std::string_view text, std::size_t depth_max = 32);

}  // namespace orgo
