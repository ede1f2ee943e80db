// What would be executed: the worker, Python and its packages, libraries, the Megatron checkout.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "src/dialect/host_packages.h"
#include "src/launch/probe/digest_store.h"
#include "src/launch/probe/git_state.h"
#include "src/launch/probe/python_path.h"
#include "src/launch/probe/shared_object.h"
#include "src/launch/probe/subject.h"

namespace nam56r::launch::probe::internal {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kMostModuleNotes = 8;

/// Libraries that decide what a run computes, or whether it starts: name in the report, and how the
/// file's name begins.
struct Library {
  std::string_view name;
  std::string_view file;
};
constexpr std::array kLibraries = {
    Library{"nccl", "libnccl.so"},
    Library{"cudnn", "libcudnn.so"},
    Library{"cublas", "libcublas.so"},
    Library{"cublaslt", "libcublasLt.so"},
    Library{"cudart", "libcudart.so"},
    Library{"nvrtc", "libnvrtc.so"},
    Library{"nvshmem", "libnvshmem_host.so"},
    Library{"cuda_driver", "libcuda.so"},
    Library{"nvml", "libnvidia-ml.so"},
    Library{"nccl_net", "libnccl-net.so"},
    Library{"ibverbs", "libibverbs.so"},
    Library{"torch", "libtorch.so"},
    Library{"torch_cpu", "libtorch_cpu.so"},
    Library{"torch_cuda", "libtorch_cuda.so"},
    Library{"torch_python", "libtorch_python.so"},
    Library{"c10", "libc10.so"},
    Library{"gloo", "libgloo.so"},
    Library{"mpi", "libmpi.so"},
    Library{"openblas", "libopenblas.so"},
    Library{"blas", "libblas.so"},
    Library{"mkl", "libmkl_core.so"},
    Library{"onednn", "libdnnl.so"},
    Library{"gomp", "libgomp"},
    Library{"stdcxx", "libstdc++.so"},
    Library{"libc", "libc.so"},
};

// Opened by name while a run starts; no file says that it needs them.
const std::vector<std::string>& OpenedByName() {
  static const std::vector<std::string> names = {"libcuda.so.1", "libnvidia-ml.so.1",
                                                 "libnccl-net.so", "libibverbs.so.1"};
  return names;
}

std::string Variable(const Subject& subject, const char* name) {
  const auto it = subject.environment.find(name);
  return it == subject.environment.end() ? std::string() : it->second;
}

bool IsNative(const Subject& subject) {
  return subject.dialect.empty() || subject.dialect == "native";
}

// "libcudnn.so.9.1.0" -> "9.1.0"; "libgloo.so.0.5.20220518", "libopenblas.so.0" -> "0".
std::string VersionInName(const std::string& name) {
  const std::size_t at = name.find(".so.");
  return at == std::string::npos ? std::string() : name.substr(at + 4);
}

// Of "import a, b": megatron's parts are one namespace, and its checkout has no dist-info.
std::string MegatronVersion(const Files& files, const fs::path& folder) {
  const auto text = files.Read(folder / "megatron/core/package_info.py");
  if (!text) return {};
  std::map<std::string, std::string> parts;
  for (const std::string& line : Split(*text, '\n')) {
    const std::size_t equals = line.find(" = ");
    if (equals == std::string::npos) continue;
    std::string value = Trimmed(line.substr(equals + 3));
    value.erase(
        std::remove_if(value.begin(), value.end(), [](char c) { return c == '\'' || c == '"'; }),
        value.end());
    parts.try_emplace(Trimmed(line.substr(0, equals)), value);
  }
  if (!parts.contains("MAJOR") || !parts.contains("MINOR")) return {};
  return fmt::format("{}.{}.{}{}", parts["MAJOR"], parts["MINOR"], parts["PATCH"],
                     parts["PRE_RELEASE"]);
}

PythonPath PathOf(const Subject& subject) {
  return ReadPythonPath(subject.files, subject.python, subject.environment, subject.megatron);
}

// "cuda: Optional[str] = '12.8'" of torch/version.py; "None" without CUDA.
std::string TorchCuda(const Files& files, const fs::path& torch) {
  for (const std::string& line :
       Split(files.Read(torch.parent_path() / "version.py").value_or(""), '\n')) {
    if (!line.starts_with("cuda")) continue;
    const auto parts = Split(line, '\'');
    if (parts.size() >= 3) return parts[1];
  }
  return {};
}

std::string StoreFile(const Subject& subject) {
  return subject.cache_root.empty() ? std::string() : subject.cache_root + "/probe/digests.json";
}

DigestStore Store(const Subject& subject) {
  return {subject.files, StoreFile(subject), std::chrono::steady_clock::now() + subject.limit / 2};
}

std::set<std::string> Modules() {
  std::set<std::string> names = {
      "torch",        "transformer_engine", "megatron",    "mamba_ssm", "triton",  "tilelang",
      "flash_attn",   "causal_conv1d",      "apex",        "flash_mla", "tvm_ffi", "numpy",
      "liger_kernel", "cut_cross_entropy",  "nam56r_seams"};
  for (const std::string_view name : dialect::kPackages) names.emplace(name);
  return names;
}

}  // namespace

ProbeItem ProbeWorker(const Subject& subject) {
  if (!IsNative(subject)) return Skipped("a " + subject.dialect + " contract starts no worker");
  if (!subject.files.IsFile(subject.worker)) {
    return Skipped(subject.worker.string() + " does not exist");
  }
  DigestStore store = Store(subject);
  ProbeItem item;
  item.facts["path"] = subject.worker.string();
  if (const auto digest = store.Of(subject.worker)) {
    item.facts["digest"] = *digest;
  } else {
    item.notes.push_back("its digest was not done in time, or it cannot be read");
  }
  store.Save();
  return item;
}

ProbeItem ProbePython(const Subject& subject) {
  if (subject.python.empty()) {
    return Skipped(IsNative(subject) ? "the native backend needs none"
                                     : "the host does not say paths.python");
  }
  const PythonPath path = PathOf(subject);
  if (!path.why.empty()) return Failed(path.why);
  DigestStore store = Store(subject);
  ProbeItem item;
  item.notes = path.notes;
  if (item.notes.size() > kMostModuleNotes) item.notes.resize(kMostModuleNotes);
  json folders = json::array();
  for (const fs::path& folder : path.folders) folders.push_back(folder.string());
  item.facts = {{"interpreter", path.interpreter.string()},
                {"program", path.program.string()},
                {"version", path.version},
                {"path", std::move(folders)},
                {"read_from", "files"},
                {"modules", json::object()}};
  for (const std::string& name : Modules()) {
    const auto module = FindModule(subject.files, path, name);
    if (!module) continue;
    json entry = {{"file", module->file.string()}, {"kind", module->kind}};
    std::string version = module->version;
    if (name == "megatron" && version.empty()) {
      version = MegatronVersion(subject.files, module->file.parent_path());
    }
    if (!version.empty()) entry["version"] = version;
    if (module->editable) entry["editable"] = true;
    if (!module->shadowed.empty()) {
      entry["shadowed"] = json::array();
      for (const fs::path& other : module->shadowed) entry["shadowed"].push_back(other.string());
    }
    // RECORD has the digest of every file that was installed.
    const fs::path proof = !module->record.empty() ? module->record : module->file;
    if (const auto digest = store.Of(proof)) entry["digest"] = *digest;
    if (name == "torch") {
      const std::string cuda = TorchCuda(subject.files, module->file);
      if (!cuda.empty()) item.facts["torch_cuda"] = cuda;
    }
    item.facts["modules"][name] = std::move(entry);
  }
  store.Save();
  return item;
}

ProbeItem ProbeLibraries(const Subject& subject) {
  std::vector<fs::path> roots;
  PythonPath python;
  if (IsNative(subject)) {
    if (!subject.files.IsFile(subject.worker)) {
      return Skipped("there is no worker whose libraries could be looked for");
    }
    roots.push_back(subject.worker);
  } else {
    if (subject.python.empty()) return Skipped("the host does not say paths.python");
    python = PathOf(subject);
    if (!python.why.empty()) return Failed(python.why);
    const auto torch = FindModule(subject.files, python, "torch");
    if (!torch) return Failed(subject.python.string() + " has no module torch");
    const fs::path folder = torch->file.parent_path() / "lib";
    for (const char* name : {"libtorch_python.so", "libtorch_cuda.so", "libtorch_cpu.so"}) {
      if (subject.files.IsFile(folder / name)) roots.push_back(folder / name);
    }
  }
  const auto found =
      ResolveLibraries(subject.files, roots, OpenedByName(), Variable(subject, "LD_LIBRARY_PATH"));
  ProbeItem item;
  // Nothing asks for the roots themselves.
  std::map<std::string, fs::path> all = found;
  for (const fs::path& root : roots) {
    all.try_emplace(root.filename().string(), subject.files.Real(root).value_or(root));
  }
  std::vector<std::pair<std::int64_t, std::pair<std::string, fs::path>>> digests;
  for (const auto& [asked, path] : all) {
    for (const Library& library : kLibraries) {
      if (!asked.starts_with(library.file)) continue;
      const std::string name(library.name);
      if (item.facts.contains(name)) break;
      if (path.empty()) {
        item.facts[name] = {{"missing", asked}};
        break;
      }
      json entry = {{"path", path.string()}};
      std::string version = VersionInName(path.filename());
      // Wheels keep one library a distribution: site-packages/nvidia/nccl/lib/libnccl.so.2.
      const fs::path package = path.parent_path().parent_path();
      if (package.parent_path().filename() == "nvidia") {
        const fs::path site = package.parent_path().parent_path();
        for (const char* cuda : {"cu13", "cu12", "cu11"}) {
          const std::string said =
              DistributionVersion(subject.files, python, site,
                                  fmt::format("nvidia_{}_{}", package.filename().string(), cuda));
          if (!said.empty()) version = said;
          if (!said.empty()) break;
        }
      }
      if (!version.empty()) entry["version"] = version;
      item.facts[name] = std::move(entry);
      std::error_code ignored;
      digests.push_back(
          {static_cast<std::int64_t>(fs::file_size(subject.files.Here(path), ignored)),
           {name, path}});
      break;
    }
    if (path.empty() && item.notes.size() < kMostModuleNotes) {
      item.notes.push_back(asked + " is found nowhere");
    }
  }
  // Small ones first, so that most are done when time is up.
  std::sort(digests.begin(), digests.end());
  DigestStore store = Store(subject);
  std::vector<std::string> undone;
  for (const auto& [size, named] : digests) {
    if (const auto digest = store.Of(named.second)) {
      item.facts[named.first]["digest"] = *digest;
    } else {
      undone.push_back(named.first);
    }
  }
  store.Save();
  if (!undone.empty()) {
    item.notes.push_back(
        fmt::format("no digest of {}: time was up; what was done is kept for the next probe",
                    fmt::join(undone, ", ")));
  }
  item.facts["count"] = found.size();
  return item;
}

ProbeItem ProbeMegatron(const Subject& subject) {
  if (subject.megatron.empty()) {
    return Skipped(IsNative(subject) ? "the native backend needs none"
                                     : "the host does not say paths.megatron");
  }
  if (!subject.files.IsFolder(subject.megatron)) {
    return Failed(subject.megatron.string() + " does not exist");
  }
  ProbeItem item;
  item.facts["path"] = subject.megatron.string();
  const std::string version = MegatronVersion(subject.files, subject.megatron);
  if (!version.empty()) item.facts["version"] = version;
  const GitState git = ReadGitState(subject.files, subject.megatron);
  if (!git.commit.empty()) item.facts["commit"] = git.commit;
  if (!git.branch.empty()) item.facts["branch"] = git.branch;
  if (git.commit.empty()) item.notes.push_back("no git checkout: nothing says which commit it is");
  return item;
}

ProbeItem ProbeMegatronChanges(const Subject& subject) {
  if (subject.megatron.empty()) return Skipped("there is no checkout to look at");
  if (ReadGitState(subject.files, subject.megatron).commit.empty()) {
    return Skipped(subject.megatron.string() + " is no git checkout");
  }
  base::Program git;
  // Optional locks would write into a checkout that may be somebody else's.
  git.argv = {"git",    "--no-optional-locks", "-C", subject.megatron.string(),
              "status", "--porcelain=v1",      "-z", "--untracked-files=no"};
  git.environment = {{"PATH", Variable(subject, "PATH")},
                     {"LANG", "C.UTF-8"},
                     {"GIT_CONFIG_NOSYSTEM", "1"},
                     {"HOME", Variable(subject, "HOME")}};
  git.limit = subject.limit * 8 / 10;
  const base::ProgramEnd end = subject.world->Programs().Run(git);
  if (!end.started) return Skipped("git is not here: " + end.why_not);
  if (!end.succeeded()) {
    return Failed(end.why_not.empty() ? "git status: " + Trimmed(end.err) : end.why_not);
  }
  ProbeItem item;
  std::set<std::string> files;
  for (const std::string& entry : Split(end.out, '\0')) {
    if (entry.size() > 3) files.insert(entry.substr(3));
  }
  json some = json::array();
  for (const std::string& file : files) {
    if (some.size() == kMostModuleNotes) break;
    some.push_back(file);
  }
  item.facts = {{"changed_files", files.size()}, {"some", std::move(some)}};
  return item;
}

}  // namespace nam56r::launch::probe::internal
