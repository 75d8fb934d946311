#pragma once
#include <string>

namespace orgo::sql {

/// Empty, or what is wrong with it and how to mend it. A password is refused: the url stands in configurations and in
/// error texts, where all may read it.
std::string check_postgres_url(const std::string& url);

/// All hosts that it names are this machine: loopback, or a socket. Of what it does not understand: no.
bool stays_on_this_machine(const std::string& url);

}  // namespace orgo::sql
