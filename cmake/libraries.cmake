# Everything comes from Debian; docs/adr/0002-libraries.md says why each is here.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n data)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED)
find_package(yaml-cpp REQUIRED)
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()
find_package(prometheus-cpp CONFIG REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq)
# Not by pkg-config: its flags for hiredis define what a precompiled header of ours does not.
find_library(HIREDIS NAMES hiredis REQUIRED)
find_library(RABBITMQ NAMES rabbitmq REQUIRED)
pkg_check_modules(ARGON2 REQUIRED IMPORTED_TARGET libargon2)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(GUMBO IMPORTED_TARGET gumbo)  # the oracle of HTML; for tests only
pkg_check_modules(ICAL IMPORTED_TARGET libical)  # the oracle of recurrence rules; for tests only
find_package(date REQUIRED)
find_library(CLD2 NAMES cld2 REQUIRED)

# base/ wraps the libraries that core/ and protocol/ may use through it (ICU, RE2, YAML, JSON, hashes, HTML, time zones,
# languages).
set(ORGO_BASE_LIBRARIES Threads::Threads OpenSSL::Crypto Boost::headers ICU::uc ICU::i18n
  yaml-cpp::yaml-cpp PkgConfig::RE2 PkgConfig::ARGON2 prometheus-cpp::core date::date-tz ${CLD2})
set(ORGO_ADAPTER_LIBRARIES OpenSSL::SSL SQLite::SQLite3 CURL::libcurl PkgConfig::ZSTD PkgConfig::PQ ${HIREDIS}
  ${RABBITMQ})
set(ORGO_APP_LIBRARIES "")
