#include "adapter/library_versions/library_versions.h"

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <unicode/uversion.h>
#include <zstd.h>
#include <boost/version.hpp>

namespace orgo {

std::vector<std::pair<std::string, std::string>> library_versions() {
  UVersionInfo icu;
  u_getVersion(icu);
  char icu_text[U_MAX_VERSION_STRING_LENGTH];
  u_versionToString(icu, icu_text);
  return {
      {"boost", std::to_string(BOOST_VERSION / 100'000) + "." + std::to_string(BOOST_VERSION / 100 % 1000)},
      {"curl", curl_version_info(CURLVERSION_NOW)->version},
      {"icu", icu_text},
      {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
      {"sqlite", sqlite3_libversion()},
      {"zstd", ZSTD_versionString()},
  };
}

}  // namespace orgo
