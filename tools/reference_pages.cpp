// reference_pages DOCS: writes what data decides into the book: DOCS/environment.md, in
// DOCS/policies.md everything below the line "## Fields", and a page below DOCS/rules for every
// code and one below DOCS/failures for every signature. Run it after changing a field, a variable,
// a rule or a code; tests say when it was forgotten.
#include "src/policy/reference_pages.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "src/contract/rule_page.h"
#include "src/launch/why/pages.h"

namespace {

namespace fs = std::filesystem;

bool Write(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (!out) std::cerr << file.string() << " cannot be written\n";
  return static_cast<bool>(out);
}

// The pages, and nothing else with a page's name: a code that is gone has none.
bool WritePages(const fs::path& folder,
                const std::vector<std::pair<std::string, std::string>>& pages) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  bool good = !failed;
  std::set<std::string> names;
  for (const auto& [name, page] : pages) {
    names.insert(name);
    good = Write(folder / name, page) && good;
  }
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() == ".md" && !names.contains(name)) fs::remove(entry.path());
  }
  return good && !failed;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: reference_pages DOCS\n";
    return 64;
  }
  const std::string docs = argv[1];
  std::ifstream in(docs + "/policies.md");
  std::string policies{std::istreambuf_iterator<char>(in), {}};
  const std::string mark = "## Fields\n";
  const std::size_t at = policies.find(mark);
  if (at == std::string::npos) {
    std::cerr << docs << "/policies.md has no line '## Fields'\n";
    return 65;
  }
  policies = policies.substr(0, at + mark.size()) + nam56r::policy::FieldTables();
  const bool written = Write(docs + "/policies.md", policies) &&
                       Write(docs + "/environment.md", nam56r::policy::EnvironmentPage()) &&
                       WritePages(docs + "/rules", nam56r::contract::RulePages()) &&
                       WritePages(docs + "/failures", nam56r::launch::why::FailurePages());
  return written ? 0 : 74;
}
