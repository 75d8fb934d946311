#include "adapter/sql/postgres/postgres_url.h"

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <string_view>

#include "adapter/sql/postgres/pq.h"
#include "base/text.h"

namespace orgo::sql {
namespace {

struct End {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
  void operator()(char* text) const { PQfreemem(text); }
};
using Options = std::unique_ptr<PQconninfoOption, End>;

constexpr const char* kDefaultPort = "5432";

/// What the url says of it; empty: nothing.
std::string_view value_of(const Options& options, std::string_view keyword) {
  for (const auto* option = options.get(); option->keyword != nullptr; ++option)
    if (option->keyword == keyword && option->val != nullptr) return option->val;
  return {};
}

/// libpq marks what is not to be shown: password, sslpassword.
bool holds_secret(const Options& options) {
  for (const auto* option = options.get(); option->keyword != nullptr; ++option)
    if (std::string_view(option->dispchar).starts_with('*') && option->val != nullptr && *option->val != '\0')
      return true;
  return false;
}

/// The first name before a "=" that libpq doesn't know; empty: none.
std::string unknown_parameter(std::string_view url) {
  const Options known(PQconndefaults());
  const auto query = url.find('?');
  if (!known || query == std::string_view::npos) return {};
  for (const auto piece : split(url.substr(query + 1), '&')) {
    const auto equals = piece.find('=');
    const auto name = piece.substr(0, std::min(equals, piece.size()));
    const bool is_plain = name.size() <= 32 && std::ranges::all_of(name, [](char c) {
                            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
                          });
    if (equals == std::string_view::npos || !is_plain) return {};
    const auto* option = known.get();
    while (option->keyword != nullptr && option->keyword != name) ++option;
    if (option->keyword == nullptr && name != "ssl") return std::string(name);
  }
  return {};
}

/// What libpq takes now and refuses, or can't ever connect by, later. No value is repeated: it may be a slip of
/// another.
std::string what_can_not_be(const Options& options) {
  const auto hosts = split(value_of(options, "host"), ',').size();
  const auto port_text = value_of(options, "port");
  const auto ports = split(port_text, ',');
  for (const auto port : ports) {
    const bool is_number = port.size() <= 5 && std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
    if (!port.empty() &&
        (!is_number || std::atoi(std::string(port).c_str()) < 1 || std::atoi(std::string(port).c_str()) > 65'535))
      return "has a port that is none: a number from 1 to 65535";
  }
  if (!port_text.empty() && ports.size() > 1 && ports.size() != hosts)
    return "has " + std::to_string(ports.size()) + " ports for " + std::to_string(hosts) +
           " hosts: one for all, or one for each";
  const auto is_one_of = [](std::string_view value, std::initializer_list<std::string_view> all) {
    return value.empty() || std::ranges::find(all, value) != all.end();
  };
  if (!is_one_of(value_of(options, "sslmode"), {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}))
    return "has an sslmode that is none: disable, allow, prefer, require, verify-ca or verify-full";
  if (!is_one_of(value_of(options, "target_session_attrs"), {"any", "read-write", "primary"}))
    return "asks for a server that does not write (target_session_attrs): leave it out, Orgo finds the one that does";
  return {};
}

}  // namespace

std::string check_postgres_url(const std::string& url) {
  if (!url.starts_with("postgres://") && !url.starts_with("postgresql://"))
    return "is neither `sqlite` nor postgres://user@host/database";
  // What libpq says of it repeats it, and may be a password.
  const Options options(PQconninfoParse(url.c_str(), nullptr));
  if (!options) {
    const auto unknown = unknown_parameter(url);
    if (!unknown.empty()) return "is no url of PostgreSQL: there is no parameter '" + unknown + "'";
    return "is no url of PostgreSQL: write postgres://user@host:port/database?parameter=value; signs such as @ / % in "
           "a "
           "name or a value are %40 %2F %25";
  }
  if (holds_secret(options))
    return "holds a password, which all would see who read the configuration; write it to a file that only Orgo reads, "
           "and name that in database.password_file";
  return what_can_not_be(options);
}

bool stays_on_this_machine(const std::string& url) {
  const Options options(PQconninfoParse(url.c_str(), nullptr));
  if (!options) return false;
  for (const auto host : split(value_of(options, "host"), ','))
    if (!host.empty() && !host.starts_with('/') && host != "localhost" && host != "127.0.0.1" && host != "::1")
      return false;
  return true;
}

int count_hosts(const std::string& url) {
  const Options options(PQconninfoParse(url.c_str(), nullptr));
  return options ? static_cast<int>(split(value_of(options, "host"), ',').size()) : 1;
}

HostList hosts_with_last(const std::string& url, const std::string& last) {
  const Options options(PQconninfoParse(url.c_str(), nullptr));
  if (last.empty() || !options || !value_of(options, "hostaddr").empty()) return {};
  const auto hosts = split(value_of(options, "host"), ',');
  const auto ports = split(value_of(options, "port"), ',');
  if (hosts.size() < 2 || (ports.size() > 1 && ports.size() != hosts.size())) return {};
  HostList list;
  const auto add = [&list](std::string_view host, std::string_view port) {
    list.names.append(list.names.empty() ? "" : ",").append(host);
    list.ports.append(list.names.size() == host.size() ? "" : ",").append(port);
  };
  const auto port_of = [&ports](std::size_t i) {
    if (ports.empty()) return std::string_view();
    return ports.size() == 1 ? ports[0] : ports[i];
  };
  const auto is_last = [&](std::size_t i) {
    const auto port = port_of(i).empty() ? std::string_view(kDefaultPort) : port_of(i);
    return std::string(hosts[i]) + ":" + std::string(port) == last;
  };
  for (const bool turn : {false, true})
    for (std::size_t i = 0; i < hosts.size(); ++i)
      if (is_last(i) == turn) add(hosts[i], port_of(i));
  return list;
}

}  // namespace orgo::sql
