#pragma once
#include <string>

namespace orgo::sql {

/// Is this the cluster of servers (its system identifier) that this process has met by this url? The first one counts.
bool is_the_cluster_of(const std::string& url, const std::string& system);

/// Which host ("name:port") of a url this process lost last, so that no session of it asks that one first: a server
/// that stands still takes a connection and then says nothing, and each would wait for it again. Empty: none. Any
/// thread.
std::string lost_host(const std::string& url);
/// True once for each url.
bool is_first_look(const std::string& url);
void note_lost_host(const std::string& url, const std::string& host);

}  // namespace orgo::sql
