#include "src/launch/probe/python_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace nam56r::launch::probe {
namespace {

namespace fs = std::filesystem;

// "flash-attn", "Flash.Attn" -> "flash_attn" (PEP 503, with the underscore of file names).
std::string Normalised(std::string_view name) {
  std::string text;
  for (const char c : name) {
    text +=
        c == '-' || c == '.' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return text;
}

// Distributions that have a module of another name.
std::vector<std::string> DistributionsOf(const std::string& module) {
  static const std::map<std::string, std::vector<std::string>> other = {
      {"megatron", {"megatron_core"}},
      {"fla", {"flash_linear_attention"}},
      {"flashinfer", {"flashinfer_python"}},
      {"triton", {"triton", "pytorch_triton"}},
      {"tvm_ffi", {"apache_tvm_ffi"}},
      {"transformer_engine", {"transformer_engine", "transformer_engine_cu12"}},
  };
  const auto it = other.find(module);
  return it == other.end() ? std::vector<std::string>{module} : it->second;
}

/// "torch-2.9.0+cu128.dist-info": a folder beside the packages of a distribution (PEP 376).
struct Distribution {
  fs::path folder;
  std::string version;
};

const std::vector<std::string>& NamesIn(const PythonPath& path, const fs::path& folder) {
  static const std::vector<std::string> none;
  const auto it = path.names.find(folder.string());
  return it == path.names.end() ? none : it->second;
}

std::optional<Distribution> FindDistribution(const Files& files, const PythonPath& path,
                                             const fs::path& folder, const std::string& name) {
  for (const std::string& entry : NamesIn(path, folder)) {
    constexpr std::string_view kInfo = ".dist-info";
    constexpr std::string_view kEgg = ".egg-info";
    std::string_view stem = entry;
    if (stem.ends_with(kInfo)) {
      stem.remove_suffix(kInfo.size());
    } else if (stem.ends_with(kEgg)) {
      stem.remove_suffix(kEgg.size());
    } else {
      continue;
    }
    const std::size_t dash = stem.find('-');
    if (dash == std::string_view::npos || Normalised(stem.substr(0, dash)) != name) continue;
    Distribution found{folder / entry, std::string(stem.substr(dash + 1))};
    for (const char* file : {"METADATA", "PKG-INFO"}) {
      for (const std::string& line : Split(files.Read(found.folder / file).value_or(""), '\n')) {
        if (Trimmed(line).empty()) break;  // the description follows
        if (line.starts_with("Version:")) found.version = Trimmed(line.substr(8));
      }
    }
    return found;
  }
  return std::nullopt;
}

bool IsExtension(const std::string& name, const std::string& module) {
  return name.starts_with(module + ".") && name.ends_with(".so") &&
         (name == module + ".so" || name.find(".cpython-") != std::string::npos ||
          name.find(".abi3.") != std::string::npos);
}

void AddFolder(const Files& files, const fs::path& folder, std::set<std::string>& seen,
               PythonPath& path) {
  if (folder.empty() || !files.IsFolder(folder) || !seen.insert(folder.string()).second) return;
  path.folders.push_back(folder);
  path.names[folder.string()] = files.Names(folder);
}

// A folder of packages, and what its .pth files add behind it, in the order of their names.
void AddSite(const Files& files, const fs::path& site, std::set<std::string>& seen,
             PythonPath& path) {
  if (!files.IsFolder(site) || seen.contains(site.string())) return;
  AddFolder(files, site, seen, path);
  for (const std::string& name : NamesIn(path, site)) {
    if (!name.ends_with(".pth") || name.starts_with('.')) continue;
    for (const std::string& raw : Split(files.Read(site / name).value_or(""), '\n')) {
      const std::string line = Trimmed(raw);
      if (line.empty() || line.starts_with('#')) continue;
      if (line.starts_with("import ") || line.starts_with("import\t")) {
        // Every setuptools has this one, and it touches no package that is looked for.
        if (name == "distutils-precedence.pth") continue;
        path.notes.push_back(fmt::format("{}: a line of code, which may import from elsewhere",
                                         (site / name).string()));
        break;
      }
      AddFolder(files, (site / line).lexically_normal(), seen, path);
    }
  }
}

std::string Environment(const std::map<std::string, std::string>& environment, const char* name) {
  const auto it = environment.find(name);
  return it == environment.end() ? std::string() : it->second;
}

fs::path FindProgram(const Files& files, const fs::path& program, const std::string& path) {
  if (program.string().find('/') != std::string::npos) return program;
  for (const std::string& folder : Split(path, ':')) {
    if (!folder.empty() && files.IsFile(fs::path(folder) / program)) {
      return fs::path(folder) / program;
    }
  }
  return {};
}

// "key = value" of pyvenv.cfg.
std::string Setting(const std::string& text, const std::string& key) {
  for (const std::string& line : Split(text, '\n')) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos || Trimmed(line.substr(0, equals)) != key) continue;
    return Trimmed(line.substr(equals + 1));
  }
  return {};
}

// "3.12" of lib/python3.12 below |prefix|; the one of the program's own name where there are more.
std::string ShortVersion(const Files& files, const fs::path& prefix, const fs::path& program) {
  constexpr std::string_view kPython = "python";
  const std::string name = program.filename();
  if (name.starts_with(kPython) && name.find('.') != std::string::npos) {
    return name.substr(kPython.size());
  }
  for (const std::string& folder : files.Names(prefix / "lib")) {
    if (folder.starts_with("python3.")) return folder.substr(kPython.size());
  }
  return {};
}

std::string FullVersion(const Files& files, const fs::path& prefix, const std::string& shorter) {
  const auto text =
      files.Read(prefix / "include" / ("python" + shorter) / "patchlevel.h").value_or("");
  for (const std::string& line : Split(text, '\n')) {
    constexpr std::string_view kDefine = "#define PY_VERSION ";
    if (!line.starts_with(kDefine)) continue;
    const auto parts = Split(line, '"');
    if (parts.size() == 3) return parts[1];
  }
  return shorter;
}

}  // namespace

PythonPath ReadPythonPath(const Files& files, const fs::path& python,
                          const std::map<std::string, std::string>& environment,
                          const fs::path& script_folder) {
  PythonPath path;
  path.interpreter = FindProgram(files, python, Environment(environment, "PATH"));
  const auto real = path.interpreter.empty() ? std::nullopt : files.Real(path.interpreter);
  if (!real) {
    path.why = python.string() + " does not exist";
    return path;
  }
  path.program = *real;
  if (files.Read(*real, 2) == "#!") {
    path.why = real->string() + " is a script that looks for an interpreter: name that itself";
    return path;
  }
  // A virtual environment is known by the file beside its bin/; its interpreter is a link out of
  // it.
  const fs::path venv = path.interpreter.parent_path().parent_path();
  const auto config = files.Read(venv / "pyvenv.cfg");
  const fs::path base = real->parent_path().parent_path();
  const std::string shorter = ShortVersion(files, base, *real);
  if (shorter.empty()) {
    path.why =
        path.program.string() + " does not say its version, and no lib/python3.* is beside it";
    return path;
  }
  path.version = FullVersion(files, base, shorter);
  if (config) {
    for (const char* key : {"version", "version_info"}) {
      std::string said = Setting(*config, key);
      // "3.11.2.final.0" of virtualenv.
      if (const auto at = said.find(".final"); at != std::string::npos) said.resize(at);
      if (said.starts_with(shorter)) path.version = said;
    }
  }

  std::set<std::string> seen;
  AddFolder(files, script_folder, seen, path);
  for (const std::string& folder : Split(Environment(environment, "PYTHONPATH"), ':')) {
    AddFolder(files, folder, seen, path);
  }
  const std::string library = "lib/python" + shorter;
  const bool system = !config || Setting(*config, "include-system-site-packages") == "true";
  if (config) AddSite(files, venv / library / "site-packages", seen, path);
  if (system) {
    const std::string home = Environment(environment, "HOME");
    if (!home.empty() && Environment(environment, "PYTHONNOUSERSITE").empty()) {
      AddSite(files, fs::path(home) / ".local" / library / "site-packages", seen, path);
    }
    AddSite(files, base / library / "site-packages", seen, path);
    if (base == "/usr") {  // Debian's own folders
      AddSite(files, fs::path("/usr/local") / library / "dist-packages", seen, path);
      AddSite(files, "/usr/lib/python3/dist-packages", seen, path);
    }
  }
  return path;
}

std::optional<PythonModule> FindModule(const Files& files, const PythonPath& path,
                                       const std::string& module) {
  std::vector<std::pair<fs::path, std::string>> regular;
  std::vector<std::pair<fs::path, std::string>> spaces;
  for (const fs::path& folder : path.folders) {
    // The import system's own order: a package, an extension, a module; a plain folder last of all.
    if (files.IsFile(folder / module / "__init__.py")) {
      regular.emplace_back(folder / module / "__init__.py", "package");
      continue;
    }
    std::string extension;
    bool folder_there = false;
    for (const std::string& name : NamesIn(path, folder)) {
      if (IsExtension(name, module)) extension = name;
      folder_there = folder_there || name == module;
    }
    if (!extension.empty()) {
      regular.emplace_back(folder / extension, "extension");
    } else if (files.IsFile(folder / (module + ".py"))) {
      regular.emplace_back(folder / (module + ".py"), "module");
    } else if (folder_there && files.IsFolder(folder / module)) {
      spaces.emplace_back(folder / module, "namespace");
    }
  }
  const bool space = regular.empty();
  const auto& found = space ? spaces : regular;
  if (found.empty()) return std::nullopt;
  PythonModule answer;
  answer.file = found.front().first;
  answer.kind = found.front().second;
  for (std::size_t i = 1; i < found.size(); ++i) answer.shadowed.push_back(found[i].first);

  const fs::path own = answer.kind == "package" ? answer.file.parent_path().parent_path()
                                                : answer.file.parent_path();
  for (const std::string& name : DistributionsOf(module)) {
    if (const auto beside = FindDistribution(files, path, own, name)) {
      answer.version = beside->version;
      if (files.IsFile(beside->folder / "RECORD")) answer.record = beside->folder / "RECORD";
      return answer;
    }
    // An editable installation leaves its dist-info in site-packages and its files where they are.
    for (const fs::path& folder : path.folders) {
      const auto elsewhere = FindDistribution(files, path, folder, name);
      if (!elsewhere) continue;
      const std::string url = files.Read(elsewhere->folder / "direct_url.json").value_or("");
      if (url.find("\"editable\": true") == std::string::npos &&
          url.find("\"editable\":true") == std::string::npos) {
        continue;
      }
      answer.version = elsewhere->version;
      answer.editable = true;
      return answer;
    }
  }
  return answer;
}

std::string DistributionVersion(const Files& files, const PythonPath& path, const fs::path& folder,
                                const std::string& distribution) {
  const auto found = FindDistribution(files, path, folder, distribution);
  return found ? found->version : std::string();
}

}  // namespace nam56r::launch::probe
