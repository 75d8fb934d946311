#pragma once
#include <string>

namespace orgo::sql {

/// Empty, or what is wrong with it and how to mend it. A password is refused: the url stands in configurations and in
/// error texts, where all may read it.
std::string check_postgres_url(const std::string& url);

/// All hosts that it names are this machine: loopback, or a socket. Of what it does not understand: no.
bool stays_on_this_machine(const std::string& url);

/// 1 or more.
int count_hosts(const std::string& url);

/// Hosts and their ports, as libpq takes them, in the order in which they are to be tried.
struct HostList {
  std::string names;  ///< "a,b"; empty: as they stand in the url
  std::string ports;
};
/// Those of a url with several, with `last` ("host:port") behind the others: a server that was lost, or does not
/// answer, is not the first to be asked again.
HostList hosts_with_last(const std::string& url, const std::string& last);

}  // namespace orgo::sql
