# Warnings, hardening (OpenSSF guide, R52) and sanitizers, once for every target.
add_library(orgo_flags INTERFACE)
target_compile_options(orgo_flags INTERFACE -Wall -Wextra -Wpedantic -Wnon-virtual-dtor -Werror=return-type
  -Werror=unused-result -Wno-missing-field-initializers -fstack-protector-strong -fno-omit-frame-pointer)
# Of files that are compiled as one (orgo_unite()), these two warn of names that are neighbours' only there; alone, as in
# dev, each file is warned of.
set(united $<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>)
target_compile_options(orgo_flags INTERFACE $<IF:${united},-Wno-subobject-linkage,-Wshadow>)
# GCC 12 warns of its own std::string when it optimises (GCC's bugs 105329, 105651, mended in 13): such warnings are about
# no line of ours, and would bury one that is.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(orgo_flags INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:-Wno-array-bounds;-Wno-restrict;-Wno-stringop-overflow>)
  # The same, where a text of a fixed length is copied.
  set_source_files_properties(src/core/calendar/calendar_rows.cpp PROPERTIES COMPILE_OPTIONS -Wno-stringop-overread)
endif()
# GCC looks through all that it keeps each time it has taken 128 MB, which is a tenth of the time of a unit of ours and
# frees little; past 512 MB it does.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  target_compile_options(orgo_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:--param=ggc-min-heapsize=524288>)
endif()
target_compile_definitions(orgo_flags INTERFACE _GLIBCXX_ASSERTIONS
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_JSON_NO_LIB)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(ORGO_FUZZ)
  target_compile_options(orgo_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined)
  target_link_options(orgo_flags INTERFACE -fsanitize=address,undefined)
endif()
if(ORGO_SANITIZE)
  target_compile_options(orgo_flags INTERFACE -fsanitize=${ORGO_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(orgo_flags INTERFACE -fsanitize=${ORGO_SANITIZE})
  if(ORGO_SANITIZE MATCHES thread)
    target_compile_options(orgo_flags INTERFACE -Wno-tsan)
  endif()
else()
  # It needs an optimiser, which tests do without (orgo_test()).
  set(optimised $<NOT:$<OR:$<CONFIG:Debug>,$<BOOL:$<TARGET_PROPERTY:ORGO_IS_TEST>>>>)
  target_compile_options(orgo_flags INTERFACE $<${optimised}:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>
    -fstack-clash-protection -fcf-protection)
endif()
target_link_options(orgo_flags INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
find_program(MOLD mold)
if(MOLD AND NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
  target_link_options(orgo_flags INTERFACE -fuse-ld=mold)
endif()
find_program(CCACHE ccache)
if(CCACHE)
  # Without these two ccache takes no file that uses a precompiled header (ccache's manual, "Precompiled headers").
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  if(ORGO_PRECOMPILE AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    target_compile_options(orgo_flags INTERFACE -fpch-preprocess)
  endif()
endif()
