#include "src/launch/bootstrap_files.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <optional>
#include <set>

#include "src/base/secrets.h"
#include "src/launch/host_error.h"
#include "src/seams/context.h"
#include "src/seams/seam.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;

/// A function that its caller looks up by module and name each time, so that it can be wrapped.
struct Hook {
  std::string_view module;
  std::string_view function;
};

/// Where a release does what. Facts of NVIDIA/Megatron-LM, tags core_v0.16.1, core_v0.17.1,
/// core_v0.18.2 and core_v0.19.0.
struct ReleaseHooks {
  int minor;
  Hook validate;  ///< (args, defaults): megatron/training/initialize.py, arguments.py
  Hook build;     ///< -> (model chunks, ...): megatron/training/training.py
  Hook step;      ///< one training step: megatron/training/training.py
};

// Up to 0.17 initialize_megatron() validates, by the name that it imported; from 0.18 on
// parse_and_validate_args() does, beside it. The model is a result of setup_model_and_optimizer()
// in all of them; 0.19 does not call get_model() for a hybrid model.
constexpr std::string_view kTraining = "megatron.training.training";
constexpr Hook kBuild = {kTraining, "setup_model_and_optimizer"};
constexpr Hook kStep = {kTraining, "train_step"};
constexpr Hook kInitialize = {"megatron.training.initialize", "validate_args"};
constexpr Hook kArguments = {"megatron.training.arguments", "validate_args"};
constexpr ReleaseHooks kReleases[] = {{16, kInitialize, kBuild, kStep},
                                      {17, kInitialize, kBuild, kStep},
                                      {18, kArguments, kBuild, kStep},
                                      {19, kArguments, kBuild, kStep}};

// Whatever reads variables when it is imported. None of them may be there when the bootstrap
// starts.
constexpr std::string_view kReadAtImport[] = {
    "torch", "triton", "transformer_engine", "megatron", "mamba_ssm", "tilelang", "flash_attn"};

// What must come from where the operator thinks it does, cheapest to find first.
constexpr std::string_view kPackages[] = {
    "nam56r_seams", "megatron.core", "megatron.training",  "mamba_ssm",
    "torch",        "triton",        "transformer_engine", "tilelang"};

base::Diagnostic SeamError(std::string code, const std::string& id, std::string message) {
  base::Diagnostic error = HostError(std::move(code), std::move(message),
                                     "compile the contract again with this version of nam56r");
  error.surface = base::Surface::kSeam;
  error.fields = {id};
  return error;
}

json ToJson(const Hook& hook) { return {{"module", hook.module}, {"function", hook.function}}; }

/// The number that |text| holds behind |prefix|; what follows it is for people.
std::optional<std::int64_t> NumberAfter(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 1) return std::nullopt;
  return number;
}

/// One seam of a contract's list as the bootstrap takes it.
base::Expected<json> SeamSettings(const json& seam, std::string_view dialect) {
  const std::string id = seam.is_object() ? seam.value("id", json()).dump() : "a seam";
  const auto misshapen = [&](std::string_view part) {
    return SeamError("LAUNCH0402", id,
                     fmt::format("the contract's entry of {} has no usable {}", id, part));
  };
  if (!seam.is_object() || !seam.contains("id") || !seam["id"].is_string()) return misshapen("id");
  const seams::Seam* known = seams::Find(seam["id"].get<std::string>());
  if (known == nullptr) {
    return SeamError("LAUNCH0402", id, fmt::format("this version knows no seam {}", id));
  }
  for (const char* list : {"layers", "after"}) {
    if (!seam.contains(list) || !seam[list].is_array()) return misshapen(list);
  }
  for (const auto& [object, member] :
       {std::pair("probe", "checks"), std::pair("proof", "scope"), std::pair("settings", "")}) {
    const bool there = seam.contains(object) && seam[object].is_object() &&
                       (*member == '\0' || seam[object].contains(member));
    if (!there) return misshapen(object);
  }

  json layers = json::array();
  std::int64_t mtp_depths = 0;
  for (const json& layer : seam["layers"]) {
    const std::string text = layer.is_string() ? layer.get<std::string>() : std::string();
    if (const auto number = NumberAfter(text, "layer ")) {
      layers.push_back(*number);
    } else if (const auto depths = NumberAfter(text, "MTP depths 1 to ")) {
      mtp_depths = *depths;
    } else {
      return misshapen("layers");
    }
  }
  json symbols = json::array();
  for (const seams::Symbol& symbol : seams::Replaced(*known, dialect)) {
    symbols.push_back({{"module", symbol.module}, {"attribute", symbol.attribute}});
  }
  json proof = seam["proof"];
  proof["in_first_step"] = known->proof.in_first_step;
  return json{{"id", seam["id"]},
              {"module", seams::ProviderModule(known->id)},
              {"after", seam["after"]},
              {"settings", seam["settings"]},
              {"layers", std::move(layers)},
              {"mtp_depths", mtp_depths},
              {"symbols", std::move(symbols)},
              {"checks", seam["probe"]["checks"]},
              {"proof", std::move(proof)},
              {"without", known->without}};
}

bool RecordedOnly(const json& seam) {
  if (!seam.is_object()) return false;
  const auto at = seam.find("recorded_only");
  return at != seam.end() && at->is_boolean() && at->get<bool>();
}

}  // namespace

base::Expected<json> BootstrapSettings(const contract::ReadContract& contract,
                                       const std::vector<Variable>& environment) {
  const int minor = seams::MegatronMinor(contract.dialect);
  const ReleaseHooks* hooks = nullptr;
  for (const ReleaseHooks& release : kReleases) {
    if (release.minor == minor) hooks = &release;
  }
  if (hooks == nullptr) {
    base::Diagnostic error =
        HostError("LAUNCH0401",
                  fmt::format("the bootstrap is for releases of Megatron; the contract is for {}",
                              contract.dialect),
                  "launch it without a bootstrap");
    error.surface = base::Surface::kPolicy;
    error.fields = {"run.backend"};
    return error;
  }

  json expected = json::object();
  for (const Variable& variable : environment) {
    if (variable.owner != base::Surface::kPolicy && variable.owner != base::Surface::kSeam) {
      continue;
    }
    const bool secret = base::NamesSecret(variable.name);
    expected[variable.name] = secret ? json() : json(variable.value);
  }
  json seams = json::array();
  base::Diagnostics errors;
  const auto listed = contract.document.find("seams");
  if (listed == contract.document.end() || !listed->is_array()) {
    return SeamError("LAUNCH0402", "seams", "the contract has no list of seams");
  }
  for (const json& seam : *listed) {
    if (RecordedOnly(seam)) continue;
    auto settings = SeamSettings(seam, contract.dialect);
    if (settings) {
      seams.push_back(*std::move(settings));
    } else {
      errors.insert(errors.end(), settings.errors().begin(), settings.errors().end());
    }
  }
  if (!errors.empty()) return errors;
  return json{
      {"format", "nam56r.bootstrap/1"},
      {"digest", contract.digest},
      {"dialect", contract.dialect},
      {"release", fmt::format("0.{}", minor)},
      {"marker", seams::kMarker},
      {"environment", std::move(expected)},
      {"bootstrap_environment", contract.policy.bootstrap_environment},
      {"read_at_import", kReadAtImport},
      {"packages", kPackages},
      {"hooks",
       {{"validate", ToJson(hooks->validate)},
        {"build", ToJson(hooks->build)},
        {"step", ToJson(hooks->step)}}},
      {"seams", std::move(seams)},
  };
}

base::Expected<std::vector<BoundFile>> BootstrapFiles(const contract::ReadContract& contract,
                                                      const std::vector<Variable>& environment) {
  auto settings = BootstrapSettings(contract, environment);
  if (!settings) return settings.errors();
  return std::vector<BoundFile>{
      {std::string(kBootstrapProgramFile), std::string(kBootstrapProgram)},
      {std::string(kBootstrapSettingsFile), settings->dump(1) + "\n"}};
}

std::vector<Token> BootstrapWords(const std::filesystem::path& receipt_directory) {
  std::vector<Token> words;
  for (const std::string_view file : {kBootstrapProgramFile, kBootstrapSettingsFile}) {
    words.push_back({(receipt_directory / file).string(), base::Surface::kHost, "launch"});
  }
  return words;
}

}  // namespace nam56r::launch
