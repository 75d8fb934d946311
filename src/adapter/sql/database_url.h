#pragma once
#include <string>
#include <string_view>

namespace orgo {

/// Empty, or what is wrong with the name of a database: an engine that there is not, a password that all would see.
std::string check_database_url(std::string_view url);
/// It is not in the data folder.
bool is_on_a_server(std::string_view url);

}  // namespace orgo
