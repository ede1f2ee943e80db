# nam56r_rules(TARGET): every header below rules/<group>/ beside the caller holds one rule, named after
# its file: rules/layout/ranks_divide_world.h has kRanksDivideWorld. One source a group is written that
# includes them, and one table of all: adding a file adds a rule.
function(nam56r_rules target)
  file(GLOB groups LIST_DIRECTORIES true RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/rules CONFIGURE_DEPENDS
       ${CMAKE_CURRENT_SOURCE_DIR}/rules/*)
  set(declared "")
  set(listed "")
  foreach(group ${groups})
    if(NOT IS_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/rules/${group})
      continue()
    endif()
    file(GLOB headers RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS
         ${CMAKE_CURRENT_SOURCE_DIR}/rules/${group}/*.h)
    set(includes "")
    set(entries "")
    foreach(header ${headers})
      get_filename_component(name ${header} NAME_WE)
      string(REPLACE "_" ";" words ${name})
      set(constant k)
      foreach(word ${words})
        string(SUBSTRING ${word} 0 1 first)
        string(TOUPPER ${first} first)
        string(SUBSTRING ${word} 1 -1 rest)
        string(APPEND constant ${first}${rest})
      endforeach()
      string(APPEND includes "#include \"${header}\"\n")
      string(APPEND entries "    {&${constant}, \"${group}\", \"${name}\"},\n")
    endforeach()
    set(table "rules_of_${group}")
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/rules/${group}.cpp @ONLY CONTENT
"// Written by cmake/Nam56rRules.cmake.
@includes@
namespace nam56r::dialect::rules {
extern const std::span<const RuleEntry> @table@;
namespace {
constexpr RuleEntry kEntries[] = {
@entries@};
}  // namespace
const std::span<const RuleEntry> @table@ = kEntries;
}  // namespace nam56r::dialect::rules
")
    target_sources(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/rules/${group}.cpp)
    string(APPEND declared "extern const std::span<const RuleEntry> ${table};\n")
    string(APPEND listed "  add(${table});\n")
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/rules/all_rules.cpp @ONLY CONTENT
"// Written by cmake/Nam56rRules.cmake.
#include \"src/dialect/argument_rules.h\"
namespace nam56r::dialect {
namespace rules {
@declared@}  // namespace rules
std::vector<RuleEntry> internal::ReadRules() {
  using namespace rules;
  std::vector<RuleEntry> all;
  const auto add = [&](std::span<const RuleEntry> some) { all.insert(all.end(), some.begin(), some.end()); };
@listed@  return all;
}
}  // namespace nam56r::dialect
")
  target_sources(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/rules/all_rules.cpp)
endfunction()
