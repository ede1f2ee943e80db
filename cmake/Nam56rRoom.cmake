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

# nam56r_room(NAME [DEPENDS target...] [TEST_DEPENDS target...])
function(nam56r_room name)
  cmake_parse_arguments(ROOM "" "" "DEPENDS;TEST_DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|fuzzer|main)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  add_library(nam56r_${name} STATIC ${sources})
  target_link_libraries(nam56r_${name} PUBLIC nam56r_options fmt::fmt nlohmann_json::nlohmann_json
                                              ${ROOM_DEPENDS})
  if(NAM56R_TESTS AND tests)
    nam56r_test(${name}_test SOURCES ${tests} DEPENDS nam56r_${name} ${ROOM_TEST_DEPENDS})
  endif()
endfunction()

# nam56r_test(NAME SOURCES file... [DEPENDS target...]): a GoogleTest program, each test known to CTest.
function(nam56r_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE nam56r_options GTest::gmock GTest::gtest_main ${TEST_DEPENDS})
  target_compile_definitions(${name} PRIVATE NAM56R_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endfunction()
