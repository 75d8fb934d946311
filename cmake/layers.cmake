# orgo_precompile(TARGET OWNER HEADER): TARGET takes the precompiled HEADER of OWNER, which makes it. The front end is most
# of a build, and the same library headers are most of the front end.
function(orgo_precompile target owner header)
  if(NOT ORGO_PRECOMPILE)
    return()
  endif()
  if(target STREQUAL owner)
    target_precompile_headers(${target} PRIVATE ${header})
  else()
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endif()
endfunction()

# orgo_unite(TARGET SOURCES): the files of a folder are compiled as one, at most eight: what they include and the
# templates that they share are then read and made once, which is most of a build from nothing. A name of an anonymous
# namespace is so one of its folder, but for files that have the same one as a neighbour: those are compiled alone.
# CMake leaves out files with options or definitions of their own, too.
set(compiled_alone
  adapter/mailbox/pop3_mailbox.cpp adapter/sql/parts/people.cpp app/cmd_calendar.cpp base/html_tokens.cpp base/options_reading.cpp
  core/bounce/status_reason.cpp core/delivery/restored_alarm.cpp core/module/manifest.cpp core/threading/thread_hints.cpp
  core/workplace/workplace_names.cpp protocol/mime/encoded_word.cpp
  protocol/mime/transfer_encoding.cpp service/delivery/restored_watch.cpp
  service/gateway/pages/people_page.cpp service/gateway/queue/restored_routes.cpp
  service/gateway/queue/restored_sends.cpp service/people/people_service.cpp)
list(TRANSFORM compiled_alone PREPEND ${CMAKE_SOURCE_DIR}/src/)
function(orgo_unite target sources)
  if(NOT ORGO_UNITY)
    return()
  endif()
  list(REMOVE_ITEM sources ${compiled_alone})
  set_source_files_properties(${compiled_alone} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  set(last "")
  set(number 0)
  list(SORT sources)
  foreach(source ${sources})
    get_filename_component(folder ${source} DIRECTORY)
    math(EXPR part "${number} / 8")
    if(NOT folder STREQUAL last)
      set(last ${folder})
      set(number 0)
      set(part 0)
    endif()
    math(EXPR number "${number} + 1")
    file(RELATIVE_PATH group ${CMAKE_SOURCE_DIR} ${folder})
    string(REPLACE "/" "_" group ${group})
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group}_${part})
  endforeach()
endfunction()

# orgo_plant(SOURCES): those with known bugs in them get them, the others are compiled as always (and come from the cache).
function(orgo_plant sources)
  if(NOT ORGO_PLANTED)
    return()
  endif()
  foreach(source ${sources})
    file(STRINGS ${source} found REGEX "ORGO_PLANT\\(" LIMIT_COUNT 1)
    if(found)
      set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS ORGO_PLANTED)
    endif()
  endforeach()
endfunction()

# orgo_layer(NAME LINKS ...): src/NAME/**/*.cpp without *_test.cpp becomes orgo_NAME; the *_test.cpp become NAME_tests.
function(orgo_layer name)
  cmake_parse_arguments(arg "" "" "LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|/app/main)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  if(sources)
    add_library(orgo_${name} STATIC ${sources})
    target_include_directories(orgo_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(orgo_${name} PUBLIC orgo_flags ${arg_LINKS})
    orgo_precompile(orgo_${name} orgo_base ${CMAKE_SOURCE_DIR}/cmake/pch.h)
    orgo_plant("${sources}")
    orgo_unite(orgo_${name} "${sources}")
  else()
    add_library(orgo_${name} INTERFACE)
    target_include_directories(orgo_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(orgo_${name} INTERFACE orgo_flags ${arg_LINKS})
  endif()
  set_property(GLOBAL PROPERTY orgo_${name}_tests "${tests}")
endfunction()

# orgo_test(NAME SOURCES ... LINKS ... LABELS ... [OWN_PCH]): one GoogleTest binary and one ctest entry. OWN_PCH: what it
# links brings definitions of its own, with which the precompiled header of the other tests is not valid. Tests are
# compiled without optimisation, what they test with it: to optimise each expectation took half of a build.
function(orgo_test name)
  cmake_parse_arguments(arg "OWN_PCH" "TIMEOUT" "SOURCES;LINKS;LABELS" ${ARGN})
  if(NOT arg_SOURCES)
    return()
  endif()
  string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 600)
  endif()
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES ORGO_IS_TEST ON)
  if(NOT "${CMAKE_CXX_FLAGS_${build_type}}" MATCHES "-O0")  # as in dev, whose objects stay those of the cache
    target_compile_options(${name} PRIVATE -O0)
  endif()
  # An expectation says itself where it stands; what it tests keeps its lines.
  target_compile_options(${name} PRIVATE $<$<NOT:$<CONFIG:Debug>>:-g0>)
  target_link_libraries(${name} PRIVATE ${arg_LINKS} orgo_flags orgo_source_dir GTest::gmock
    GTest::gtest_main)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${name} PRIVATE $<$<NOT:$<CONFIG:Debug>>:-Wno-stringop-overread>)  # false, as in flags.cmake
  endif()
  if(arg_OWN_PCH)
    orgo_precompile(${name} ${name} ${CMAKE_SOURCE_DIR}/cmake/pch_tests.h)
  else()
    orgo_precompile(${name} base_tests ${CMAKE_SOURCE_DIR}/cmake/pch_tests.h)
  endif()
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
endfunction()
