#include "src/contract/codes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "src/contract/rule_page.h"

namespace nam56r::contract {
namespace {

namespace fs = std::filesystem;

// Every quoted code in the program's sources; tests, this list, rules and signatures of failures
// aside.
std::set<std::string> CodesInSources() {
  std::set<std::string> codes;
  const std::regex code("\"([A-Z]{3,}[0-9]{4})\"");
  for (const char* folder : {"/src", "/runtime"}) {
    for (const auto& entry :
         fs::recursive_directory_iterator(NAM56R_SOURCE_DIR + std::string(folder))) {
      const std::string name = entry.path().filename().string();
      const bool source = name.ends_with(".cpp") || name.ends_with(".h");
      if (!source || name.ends_with("_test.cpp") || name.ends_with("_fuzzer.cpp") ||
          name.starts_with("codes") ||
          entry.path().string().find("/launch/why/signatures/") != std::string::npos ||
          entry.path().string().find("/dialect/rules/") != std::string::npos) {
        continue;
      }
      std::ifstream in(entry.path());
      std::stringstream text;
      text << in.rdbuf();
      const std::string content = text.str();
      for (std::sregex_iterator it(content.begin(), content.end(), code), end; it != end; ++it) {
        codes.insert((*it)[1]);
      }
    }
  }
  return codes;
}

TEST(Codes, AreExactlyThoseThatTheSourcesRaise) {
  std::set<std::string> listed;
  for (const Code& code : Codes()) {
    EXPECT_TRUE(listed.insert(std::string(code.code)).second) << code.code << " twice";
  }
  EXPECT_GT(listed.size(), 60u);
  // What nothing but a list names (waivers.cpp has one) counts as a rule's where it is one.
  std::set<std::string> raised = CodesInSources();
  for (const dialect::RuleEntry& entry : dialect::ArgumentRules()) {
    const std::string code(entry.rule->code);
    EXPECT_FALSE(listed.contains(code)) << code << " is a rule's";
    raised.erase(code);
  }
  EXPECT_EQ(raised, listed) << "see src/contract/codes_*.cpp";
}

TEST(Codes, SayEverythingAndAreFound) {
  const std::set<std::string_view> surfaces = {"plan", "policy", "seam", "host", "any"};
  for (const Code& code : Codes()) {
    EXPECT_TRUE(surfaces.contains(code.surface)) << code.code;
    for (std::string_view text :
         {code.raised_by, code.meaning, code.why, code.wrong, code.mended}) {
      EXPECT_FALSE(text.empty()) << code.code;
    }
    EXPECT_TRUE(code.meaning.ends_with('.') && code.why.ends_with('.')) << code.code;
    EXPECT_NE(code.wrong, code.mended) << code.code;
    EXPECT_EQ(FindCode(code.code), &code);
  }
  EXPECT_EQ(FindCode("LAYOUT9999"), nullptr);
  EXPECT_EQ(FindCode(""), nullptr);
}

// When this fails: build the target reference_pages and run it on docs.
TEST(Codes, EachHasItsPage) {
  const fs::path folder = NAM56R_SOURCE_DIR + std::string("/docs/rules");
  std::set<std::string> there;
  for (const auto& entry : fs::directory_iterator(folder)) {
    there.insert(entry.path().filename().string());
  }
  std::set<std::string> wanted;
  for (const auto& [name, page] : RulePages()) {
    wanted.insert(name);
    std::ifstream in(folder / name);
    std::stringstream text;
    text << in.rdbuf();
    EXPECT_EQ(text.str(), page) << name;
  }
  EXPECT_EQ(there, wanted);
}

}  // namespace
}  // namespace nam56r::contract
