// embed_dialect DATA.json NAME OUT.cpp: writes one release's arguments as constant tables, so that
// nam56r parses nothing when it starts. Run by the build.
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
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

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: embed_dialect DATA.json NAME OUT.cpp\n";
    return 64;
  }
  try {
    std::ifstream in(argv[1]);
    const json data = json::parse(in);
    std::ofstream out(argv[3]);
    out << "#include \"src/dialect/release.h\"\n\nnamespace nam56r::dialect {\nnamespace {\n\n"
        << "constexpr std::string_view kTexts[] = {\n";
    std::string rows;
    std::size_t used = 0;
    for (const json& argument : data.at("arguments")) {
      const json choices = argument.value("choices", json::array());
      const std::size_t flags_at = used;
      const std::size_t choices_at = flags_at + argument.at("flags").size();
      used = choices_at + choices.size();
      out << "    " << Texts(argument.at("flags")) << Texts(choices) << "\n";
      const std::string action = argument.at("action");
      const std::string kind = action == "store"              ? "kStore"
                               : action == "store_true"       ? "kStoreTrue"
                               : action == "store_false"      ? "kStoreFalse"
                               : action == "boolean_optional" ? "kBooleanOptional"
                                                              : "kHelp";
      rows += "    {" + Literal(argument.at("dest")) + ", {kTexts + " + std::to_string(flags_at) +
              ", " + std::to_string(argument.at("flags").size()) + "}, Action::" + kind + ", " +
              Literal(Nargs(argument)) + ", " + Literal(Type(argument)) + ", {kTexts + " +
              std::to_string(choices_at) + ", " + std::to_string(choices.size()) + "}, " +
              Literal(argument.at("default").dump()) + "},\n";
    }
    out << "};\n\nconstexpr Argument kArguments[] = {\n"
        << rows << "};\n\n}  // namespace\n\nextern const Release " << argv[2]
        << ";\nconst Release " << argv[2] << "{" << Literal(data.at("dialect")) << ", "
        << Literal(data.at("release")) << ", kArguments};\n\n}  // namespace nam56r::dialect\n";
    return out.flush() ? 0 : 65;
  } catch (const std::exception& error) {
    std::cerr << argv[1] << ": " << error.what() << "\n";
    return 65;
  }
}
