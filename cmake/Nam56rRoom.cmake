# One room of the source tree: a static library `nam56r_<name>` from every .cpp beside the room's
# CMakeLists.txt, and a test program `<name>_test` from every *_test.cpp there.

find_program(NAM56R_CCACHE ccache)
if(NAM56R_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${NAM56R_CCACHE})
endif()

add_library(nam56r_options INTERFACE)
target_compile_options(nam56r_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                                                -Wold-style-cast -Wunused -Woverloaded-virtual)
if(NAM56R_WARNINGS_AS_ERRORS)
  target_compile_options(nam56r_options INTERFACE -Werror)
endif()
if(NAM56R_SANITIZE)
  add_compile_options(-fsanitize=${NAM56R_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${NAM56R_SANITIZE})
endif()
target_include_directories(nam56r_options INTERFACE ${CMAKE_SOURCE_DIR})

# Half of a small source's compile time is JSON, fmt and the containers: all rooms share them parsed.
file(WRITE ${CMAKE_BINARY_DIR}/room_pch.cpp "// Owns the precompiled header of the rooms.\n")
add_library(nam56r_room_pch OBJECT ${CMAKE_BINARY_DIR}/room_pch.cpp)
target_link_libraries(nam56r_room_pch PRIVATE nam56r_options fmt::fmt nlohmann_json::nlohmann_json)
target_precompile_headers(nam56r_room_pch PRIVATE <fmt/format.h> <fmt/ranges.h>
                          ${CMAKE_SOURCE_DIR}/src/base/json_extern.h <algorithm> <filesystem>
                          <functional> <map> <optional> <set> <span> <string> <variant> <vector>)

# nam56r_room(NAME [EXCLUDE file...] [DEPENDS target...] [TEST_DEPENDS target...]); EXCLUDE names
# sources that another target of the room builds.
function(nam56r_room name)
  cmake_parse_arguments(ROOM "" "" "EXCLUDE;DEPENDS;TEST_DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(TRANSFORM ROOM_EXCLUDE PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  if(ROOM_EXCLUDE)
    list(REMOVE_ITEM sources ${ROOM_EXCLUDE})
  endif()
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|fuzzer|main)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  add_library(nam56r_${name} STATIC ${sources})
  target_link_libraries(nam56r_${name} PUBLIC nam56r_options fmt::fmt nlohmann_json::nlohmann_json
                                              ${ROOM_DEPENDS})
  target_precompile_headers(nam56r_${name} REUSE_FROM nam56r_room_pch)
  if(NAM56R_TESTS AND tests)
    nam56r_test(${name}_test SOURCES ${tests} DEPENDS nam56r_${name} ${ROOM_TEST_DEPENDS})
  endif()
endfunction()

# GoogleMock, JSON and fmt cost a test more time to parse than the test itself: once is enough. Tests
# are compiled without optimisation, which halves the time again; what they test is not. They are
# instrumented like the rooms: of an inline function that both have, the linker keeps the test's.
if(NAM56R_TESTS)
  file(WRITE ${CMAKE_BINARY_DIR}/test_pch.cpp "// Owns the precompiled header of the tests.\n")
  add_library(nam56r_test_pch OBJECT ${CMAKE_BINARY_DIR}/test_pch.cpp)
  target_link_libraries(nam56r_test_pch PRIVATE nam56r_options GTest::gmock fmt::fmt nlohmann_json::nlohmann_json)
  target_compile_options(nam56r_test_pch PRIVATE -O0)
  target_compile_definitions(nam56r_test_pch PRIVATE NAM56R_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_precompile_headers(nam56r_test_pch PRIVATE <gmock/gmock.h> <gtest/gtest.h>
                            ${CMAKE_SOURCE_DIR}/src/base/json_extern.h
                            <fmt/format.h> <fmt/ranges.h> <algorithm> <filesystem> <fstream> <functional>
                            <map> <regex> <string> <vector>)
endif()

# nam56r_test(NAME SOURCES file... [DEPENDS target...] [PCH target]): a GoogleTest program, each test
# known to CTest. PCH names another owner of a precompiled header; the test is then compiled as that is.
function(nam56r_test name)
  cmake_parse_arguments(TEST "" "PCH" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE nam56r_options fmt::fmt nlohmann_json::nlohmann_json
                                        GTest::gmock GTest::gtest_main ${TEST_DEPENDS})
  target_compile_definitions(${name} PRIVATE NAM56R_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  if(TEST_PCH)
    target_precompile_headers(${name} REUSE_FROM ${TEST_PCH})
  else()
    target_compile_options(${name} PRIVATE -O0)
    target_precompile_headers(${name} REUSE_FROM nam56r_test_pch)
    target_link_libraries(${name} PRIVATE nam56r_base)  # has the one copy of what json_extern.h declares
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 120 PROPERTIES TIMEOUT 300)
endfunction()

# nam56r_fuzzer(NAME SOURCE file DEPENDS target...): with NAM56R_FUZZERS a libFuzzer program; with
# tests a replay of the same entry point over tests/corpus/NAME and over mutations of it, so that
# every test run, sanitizers included, exercises it.
if(NAM56R_FUZZERS)
  add_custom_target(nam56r_fuzzers)
endif()
function(nam56r_fuzzer name)
  cmake_parse_arguments(FUZZ "" "SOURCE" "DEPENDS" ${ARGN})
  if(NAM56R_FUZZERS)
    add_executable(${name}_fuzzer ${FUZZ_SOURCE})
    target_link_libraries(${name}_fuzzer PRIVATE nam56r_options ${FUZZ_DEPENDS})
    target_compile_options(${name}_fuzzer PRIVATE -fsanitize=fuzzer)
    target_link_options(${name}_fuzzer PRIVATE -fsanitize=fuzzer)
    add_dependencies(nam56r_fuzzers ${name}_fuzzer)
  endif()
  if(NAM56R_TESTS)
    add_executable(${name}_fuzz_replay ${FUZZ_SOURCE} ${CMAKE_SOURCE_DIR}/tests/fuzz_replay.cpp)
    target_link_libraries(${name}_fuzz_replay PRIVATE nam56r_options ${FUZZ_DEPENDS})
    add_test(NAME FuzzReplay.${name}
             COMMAND ${name}_fuzz_replay ${CMAKE_SOURCE_DIR}/tests/corpus/${name})
    set_tests_properties(FuzzReplay.${name} PROPERTIES TIMEOUT 120)
  endif()
endfunction()
