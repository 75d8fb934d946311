#include "app/feeds/feeds_options.h"

#include "app/options/checks.h"

namespace orgo {

using namespace std::chrono_literals;

void declare(OptionSet& options, FeedsConfig& feeds) {
  options
      .section("feeds",
               "Holidays and shifts that the rules name by URL (docs/calendars.md). The last good version is kept in "
               "the data folder.")
      .duration(
          {"feeds.refresh",
           "How often a feed is looked at, a tenth sooner or later; unchanged ones cost nothing (ETag).", "6 hours"},
          feeds.refresh, 1s, 8760h)
      .duration({"feeds.timeout", "How long one look may take.", "30 seconds"}, feeds.timeout, 1s, 10min)
      .bytes({"feeds.size", "Largest feed.", "4 MB"}, feeds.size, option::kKilobyte, 10 * option::kMegabyte)
      .list({"feeds.allow_networks",
             "Networks outside the public internet from which feeds may come, also without TLS; without any, feeds "
             "come by https from the public internet only.",
             "[10.1.0.0/16, 127.0.0.1]"},
            feeds.allow_networks, option::check_network)
      .text({"feeds.ca_file",
             "PEM file of the authorities that may sign a feed server's certificate; empty: those of the system.",
             "/etc/ssl/our-ca.pem"},
            feeds.ca_file);
}

}  // namespace orgo
