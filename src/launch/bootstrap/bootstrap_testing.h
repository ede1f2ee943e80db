#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "src/base/program.h"
#include "src/base/temporary_directory.h"
#include "src/contract/reader.h"
#include "src/launch/bind.h"
#include "src/launch/bootstrap_files.h"
#include "src/launch/event_line.h"
#include "src/launch/launch_testing.h"

/// For tests that execute the bootstrap: a folder with the shape of a Megatron checkout and another
/// with seam providers. Every function of theirs that matters prints its name.
namespace nam56r::launch::testing {

inline constexpr const char* kFakeModel = R"(
import importlib
class Module:
    def named_parameters(self):
        return [(k, v) for k, v in vars(self).items() if isinstance(v, Parameter)]
    def parameters(self):
        return [p for _, p in self.named_parameters()]
    def modules(self):
        yield self
        for value in vars(self).values():
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, Module):
                    yield from item.modules()
class Parameter:
    def __init__(self, dtype):
        self.dtype = dtype
class Layer(Module):
    def __init__(self, number):
        from megatron.core.ssm import mamba_mixer
        self.layer_number = number
        self.mixer = mamba_mixer.MambaMixer()
class Attention(Module):
    def __init__(self, number):
        self.layer_number = number
        self.self_attention = Module()
class Stack(Module):
    def __init__(self, layers):
        self.layers = layers
class Model(Module):
    def __init__(self):
        self.decoder = Stack([Layer(1), Attention(2), Layer(3)])
        self.mtp = Stack([Stack([Layer(1), Attention(2)])])
        self.embedding = Module()
class Wrapper(Module):
    def __init__(self, module):
        self.module = module
)";

// What a release calls where: src/launch/bootstrap_files.cpp has the facts.
inline constexpr const char* kFakeTraining = R"(
from megatron.core.model import Model, Wrapper
def setup_model_and_optimizer(*arguments, **named):
    print("call build", flush=True)
    return [Wrapper(Wrapper(Model()))], None, None
def train_step(number):
    print("call step", number, flush=True)
    return number
def pretrain(before=None):
    if before:
        before()
    setup_model_and_optimizer(None)
    for number in range(3):
        assert train_step(number) == number
)";

class FakeMegatron {
 public:
  explicit FakeMegatron(int minor) : minor_(minor) {
    Write("megatron/core/__init__.py", "");
    Write("megatron/core/package_info.py",
          "MAJOR = 0\nMINOR = " + std::to_string(minor) + "\nPATCH = 2\n");
    Write("megatron/core/model.py", kFakeModel);
    Write("megatron/core/ssm/__init__.py", "");
    Write("megatron/core/ssm/mamba_mixer.py",
          "from megatron.core.model import Module\nclass MambaMixer(Module):\n    pass\n");
    Write("megatron/core/transformer/__init__.py", "");
    Write("megatron/core/transformer/experimental_attention_variant/__init__.py", "");
    Write("megatron/core/transformer/experimental_attention_variant/dsa.py",
          "def unfused_dsa_fn():\n    return 'unfused'\n");
    Write("megatron/training/__init__.py", "from .training import pretrain\n");
    Write("megatron/training/training.py", kFakeTraining);
    const std::string validate =
        "def validate_args(args, defaults):\n    print('call validate', args, flush=True)\n";
    const bool by_entry = minor >= 18;
    Write("megatron/training/arguments.py",
          validate +
              (by_entry ? "def parse_and_validate_args():\n    validate_args('args', {})\n" : ""));
    Write("megatron/training/initialize.py",
          by_entry ? ""
                   : "from megatron.training.arguments import validate_args\n"
                     "def initialize_megatron():\n    validate_args('args', {})\n");
    Entry("");
    seams_.Write("nam56r_seams/__init__.py", "");
  }

  std::string entry() const { return (root() / "pretrain.py").string(); }
  const std::filesystem::path& root() const { return checkout_.path(); }
  const std::filesystem::path& seams() const { return seams_.folder.path(); }

  void Write(const std::string& name, const std::string& text) { checkout_.Write(name, text); }
  /// |last| are the script's last lines.
  void Entry(const std::string& last) {
    const std::string start =
        minor_ >= 18 ? "from megatron.training.arguments import parse_and_validate_args\n"
                       "parse_and_validate_args()\npretrain()\n"
                     : "from megatron.training.initialize import initialize_megatron\n"
                       "pretrain(initialize_megatron)\n";
    Write("pretrain.py",
          "import os, sys\nprint('call entry', sys.argv[1:], __name__, sys.argv[0] == __file__, "
          "sys.path[0] == os.path.dirname(__file__), flush=True)\n"
          "from megatron.training import pretrain\n" +
              start + last);
  }
  /// nam56r_seams.|name|
  void Provider(const std::string& name, const std::string& text) {
    seams_.Write("nam56r_seams/" + name + ".py", text);
  }
  void Beside(const std::string& name, const std::string& text) { seams_.Write(name, text); }

  contract::ReadContract Contract(const nlohmann::json& seams) const {
    contract::ReadContract contract;
    contract.dialect = "megatron@0." + std::to_string(minor_);
    contract.digest = "sha256:test";
    contract.document = {{"seams", seams}};
    return contract;
  }
  std::map<std::string, std::string> Environment() const {
    return {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
            {"PYTHONPATH", seams().string()},
            {"PYTHONDONTWRITEBYTECODE", "1"},
            {"RANK", "3"}};
  }

 private:
  struct Folder {
    base::TemporaryDirectory folder;
    void Write(const std::string& name, const std::string& text) {
      const std::filesystem::path file = folder.path() / name;
      std::filesystem::create_directories(file.parent_path());
      std::ofstream(file) << text;
    }
    const std::filesystem::path& path() const { return folder.path(); }
  };
  int minor_;
  Folder checkout_;
  Folder seams_;
};

/// One entry of a contract's list.
inline nlohmann::json SeamEntry(const std::string& id, const std::string& scope,
                                const std::string& path, const std::string& expect) {
  return {
      {"id", id},
      {"layers", nlohmann::json::array()},
      {"after", nlohmann::json::array()},
      {"settings", nlohmann::json::object()},
      {"recorded_only", false},
      {"probe", {{"checks", nlohmann::json::array()}}},
      {"proof", {{"scope", scope}, {"path", path}, {"expect", expect}, {"text", "a sentence"}}}};
}

/// The system's Python where there is one: what comes first on PATH may be a script.
inline std::string TestPython() {
  return std::filesystem::exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
}

struct BootstrapEnd {
  base::ProgramEnd program;
  std::vector<std::string> calls;  ///< "build", "step 0": what the checkout and providers printed
  std::vector<nlohmann::json> events;

  nlohmann::json Event(const std::string& kind) const {
    for (const nlohmann::json& event : events) {
      if (event["event"] == kind) return event;
    }
    return nullptr;
  }
};

inline BootstrapEnd RunBootstrap(const FakeMegatron& megatron,
                                 const contract::ReadContract& contract,
                                 const std::vector<Variable>& decided,
                                 std::map<std::string, std::string> environment,
                                 const std::vector<std::string>& words = {}) {
  const base::TemporaryDirectory receipt;
  for (const BoundFile& file : Must(BootstrapFiles(contract, decided))) {
    std::ofstream(receipt.path() / file.name) << file.bytes;
  }
  base::Program program;
  program.argv = {TestPython()};
  for (const Token& word : BootstrapWords(receipt.path())) program.argv.push_back(word.text);
  program.argv.push_back(megatron.entry());
  program.argv.insert(program.argv.end(), words.begin(), words.end());
  program.environment = std::move(environment);
  program.limit = std::chrono::seconds(60);
  BootstrapEnd end{base::RunProgram(program), {}, {}};
  std::istringstream lines(end.program.out);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("call ")) end.calls.push_back(line.substr(5));
    if (auto event = ParseEventLine(line)) end.events.push_back(*std::move(event));
  }
  return end;
}

}  // namespace nam56r::launch::testing
