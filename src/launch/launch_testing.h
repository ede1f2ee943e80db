#pragma once

#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include "src/contract/contract.h"
#include "src/contract/reader.h"
#include "src/host/host.h"
#include "src/launch/process_testing.h"
#include "src/policy/policy.h"
#include "src/recipe/recipe.h"

/// For tests that need a whole contract and a machine to bind it to.
namespace nam56r::launch::testing {

template <class T>
T Must(base::Expected<T> expected) {
  if (expected) return *std::move(expected);
  std::string text;
  for (const base::Diagnostic& error : expected.errors()) {
    text += error.code + ": " + error.message + "\n";
  }
  throw std::runtime_error(text);
}

/// The bytes of a contract from the shipped inputs.
inline std::string ContractBytes(const std::string& recipe, const std::string& policy) {
  const std::string root = std::string(NAM56R_SOURCE_DIR) + "/";
  const auto loaded_recipe = Must(recipe::Load(root + "recipes/" + recipe));
  const auto loaded_policy = Must(policy::Load(root + "policies/" + policy));
  const auto contract = Must(contract::Compile(loaded_recipe, loaded_policy, {}));
  return contract::ToJson(contract).dump(2) + "\n";
}

/// A machine with a worker and the dataset of the laptop policy.
class FakeMachine {
 public:
  FakeMachine() {
    std::filesystem::create_directories(path() / "cache/nam56r/datasets");
    for (const char* file : {"cache/nam56r/datasets/cxx-headers.bin",
                             "cache/nam56r/datasets/cxx-headers.idx", "nam56r-worker"}) {
      std::ofstream(path() / file) << "#!/bin/sh\n";
    }
    std::filesystem::permissions(path() / "nam56r-worker", std::filesystem::perms::owner_all);
  }

  const std::filesystem::path& path() const { return directory_.path(); }
  std::map<std::string, std::string> environment() const {
    return {{"HOME", "/nowhere"}, {"XDG_CACHE_HOME", (path() / "cache").string()}};
  }
  /// |toml| follows the two lines of a [machine] that has its name.
  base::Loaded<host::Host> Host(const std::string& toml) const {
    const std::filesystem::path file = path() / "host.toml";
    std::ofstream(file) << "[machine]\nname = \"test\"\n" << toml;
    return Must(host::Load(file));
  }

 private:
  TemporaryDirectory directory_;
};

}  // namespace nam56r::launch::testing
