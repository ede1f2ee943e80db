// embed_dialect OUT.cpp DATA.json...: writes the arguments of several releases as constant tables,
// so that nam56r parses nothing when it starts. An argument that is the same in several releases is
// stored once. Run by the build.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using nlohmann::json;

// A JSON string literal is a C++ one as long as it is ASCII without \u escapes.
std::string Literal(const std::string& text) { return json(text).dump(); }

std::string Texts(const json& list) {
  std::string out;
  for (const json& item : list) {
    out += Literal(item.is_string() ? item.get<std::string>() : item.dump()) + ", ";
  }
  return out;
}

std::string Nargs(const json& argument) {
  auto nargs = argument.find("nargs");
  if (nargs == argument.end() || nargs->is_null()) return "";
  return nargs->is_string() ? nargs->get<std::string>() : nargs->dump();
}

std::string Type(const json& argument) {
  auto type = argument.find("type");
  return type == argument.end() || type->is_null() ? "" : type->get<std::string>();
}

std::string ActionName(const std::string& action) {
  if (action == "store") return "kStore";
  if (action == "store_true") return "kStoreTrue";
  if (action == "store_false") return "kStoreFalse";
  if (action == "boolean_optional") return "kBooleanOptional";
  if (action == "help") return "kHelp";
  throw std::runtime_error("no action is called '" + action + "'");
}

// Every distinct argument of all releases, in the order of appearance.
class Rows {
 public:
  std::size_t Add(const json& argument) {
    auto [it, added] = index_.try_emplace(argument.dump(), index_.size());
    if (added) Write(argument);
    return it->second;
  }

  void Print(std::ostream& out) const {
    out << "constexpr std::string_view kTexts[] = {\n"
        << texts_ << "};\n\nconstexpr Argument kArguments[] = {\n"
        << rows_ << "};\n\n";
  }

 private:
  void Write(const json& argument) {
    const json choices = argument.value("choices", json::array());
    const json members = argument.value("members", json::array());
    const std::size_t flags_at = used_;
    const std::size_t choices_at = flags_at + argument.at("flags").size();
    const std::size_t members_at = choices_at + choices.size();
    used_ = members_at + members.size();
    texts_ += "    " + Texts(argument.at("flags")) + Texts(choices) + Texts(members) + "\n";
    rows_ += "    {" + Literal(argument.at("dest")) + ", {kTexts + " + std::to_string(flags_at) +
             ", " + std::to_string(argument.at("flags").size()) +
             "}, Action::" + ActionName(argument.at("action")) + ", " + Literal(Nargs(argument)) +
             ", " + Literal(Type(argument)) + ", {kTexts + " + std::to_string(choices_at) + ", " +
             std::to_string(choices.size()) + "}, " + Literal(argument.at("default").dump()) +
             ", {kTexts + " + std::to_string(members_at) + ", " + std::to_string(members.size()) +
             "}},\n";
  }

  std::map<std::string, std::size_t> index_;
  std::string texts_;
  std::string rows_;
  std::size_t used_ = 0;
};

std::string Row(std::size_t row) { return "kArguments[" + std::to_string(row) + "]"; }

// The tables of one release: its arguments, and two indices that are sorted by name.
void PrintRelease(std::ostream& out, const json& data, Rows& rows, const std::string& name) {
  std::string arguments;
  std::vector<std::pair<std::string, std::size_t>> flags;
  std::vector<std::pair<std::string, std::size_t>> dests;
  for (const json& argument : data.at("arguments")) {
    const std::size_t row = rows.Add(argument);
    arguments += "    " + Row(row) + ",\n";
    for (const json& flag : argument.at("flags")) flags.emplace_back(flag, row);
    dests.emplace_back(argument.at("dest"), row);
  }
  // Of several arguments with one destination, the first one is found.
  std::stable_sort(dests.begin(), dests.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  dests.erase(std::unique(dests.begin(), dests.end(),
                          [](const auto& a, const auto& b) { return a.first == b.first; }),
              dests.end());
  std::sort(flags.begin(), flags.end());
  auto print = [&](const char* what, const auto& index) {
    out << "constexpr Release::Named k" << name << what << "[] = {\n";
    for (const auto& [text, row] : index) {
      out << "    {" << Literal(text) << ", &" << Row(row) << "},\n";
    }
    out << "};\n\n";
  };
  out << "constexpr std::reference_wrapper<const Argument> k" << name << "Arguments[] = {\n"
      << arguments << "};\n\n";
  print("Flags", flags);
  print("Dests", dests);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: embed_dialect OUT.cpp DATA.json...\n";
    return 64;
  }
  const char* reading = argv[1];
  try {
    Rows rows;
    std::ostringstream tables;
    std::ostringstream list;
    for (int i = 2; i < argc; ++i) {
      reading = argv[i];
      std::ifstream in(reading);
      const json data = json::parse(in);
      const std::string dialect = data.at("dialect");
      const std::string minor = dialect.substr(dialect.rfind('.') + 1);
      const std::string name = "Megatron" + minor;
      PrintRelease(tables, data, rows, name);
      list << "    {" << Literal(dialect) << ", " << Literal(data.at("release")) << ", " << minor
           << ", k" << name << "Arguments, k" << name << "Flags, k" << name << "Dests},\n";
    }
    std::ofstream out(argv[1]);
    out << "#include <functional>\n\n#include \"src/dialect/release.h\"\n\n"
        << "namespace nam56r::dialect {\nnamespace {\n\n";
    rows.Print(out);
    out << tables.str() << "constexpr Release kReleases[] = {\n"
        << list.str() << "};\n\n}  // namespace\n\n"
        << "std::span<const Release> Releases() { return kReleases; }\n\n"
        << "}  // namespace nam56r::dialect\n";
    return out.flush() ? 0 : 65;
  } catch (const std::exception& error) {
    std::cerr << reading << ": " << error.what() << "\n";
    return 65;
  }
}
