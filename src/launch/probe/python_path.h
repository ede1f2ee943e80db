#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "src/launch/probe/files.h"

/// Which file Python would import, found by reading: the interpreter is not run.
namespace nam56r::launch::probe {

struct PythonPath {
  std::filesystem::path interpreter;  ///< as it was named, with its folder
  std::filesystem::path program;      ///< the file behind it
  std::string version;                ///< "3.12.3", or "3.12" where no file says more
  std::string why;                    ///< when there is none
  /// sys.path without the standard library, in order.
  std::vector<std::filesystem::path> folders;
  std::map<std::string, std::vector<std::string>> names;  ///< in each of them, sorted
  /// What may change the answer and cannot be read: lines of .pth files that are code.
  std::vector<std::string> notes;
};

/// |python| is a path, or a name on PATH of |environment|; |script_folder| stands first on the path
/// (empty: no script). As site.py does: PYTHONPATH, the user's packages, site-packages, and what
/// their .pth files add.
PythonPath ReadPythonPath(const Files& files, const std::filesystem::path& python,
                          const std::map<std::string, std::string>& environment,
                          const std::filesystem::path& script_folder);

struct PythonModule {
  std::filesystem::path file;  ///< that wins: __init__.py, a .py or a .so; a folder of a namespace
  std::string kind;            ///< "package", "module", "extension", "namespace"
  std::vector<std::filesystem::path> shadowed;  ///< what would be taken if it were not there
  std::string version;                          ///< of its distribution; empty: not said
  std::filesystem::path record;                 ///< RECORD of that, which has its files' digests
  bool editable = false;
};

/// Nothing where no folder of |path| has it.
std::optional<PythonModule> FindModule(const Files& files, const PythonPath& path,
                                       const std::string& module);

/// "2.27.3" of the distribution (by its normalised name, such as "nvidia_nccl_cu12") in |folder|.
std::string DistributionVersion(const Files& files, const PythonPath& path,
                                const std::filesystem::path& folder,
                                const std::string& distribution);

}  // namespace nam56r::launch::probe
