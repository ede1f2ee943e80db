#include "src/launch/catalog/entry.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "src/base/canonical_json.h"
#include "src/base/digest.h"
#include "src/base/files.h"
#include "src/launch/catalog/comparable.h"

namespace nam56r::launch::catalog {
namespace {

using nlohmann::json;

constexpr std::uintmax_t kMaxHostBytes = 1u << 20;

json At(const json& object, std::initializer_list<const char*> path) {
  const json* at = &object;
  for (const char* key : path) {
    if (!at->is_object()) return nullptr;
    const auto it = at->find(key);
    if (it == at->end()) return nullptr;
    at = &*it;
  }
  return *at;
}

json Number(const json& value) { return value.is_number() ? value : json(); }
json Text(const json& value) { return value.is_string() ? value : json(); }
json NumberOrWord(const json& value) { return value.is_number() ? value : Text(value); }

json HostOf(const std::filesystem::path& directory) {
  auto text = base::ReadFile(directory / "host.json", base::Surface::kHost, kMaxHostBytes);
  if (!text) return json::object();
  json host = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  return host.is_object() ? host : json::object();
}

void AddContract(const Receipt& receipt, const json& host, Entry& entry) {
  auto contract = contract::Read(receipt.directory / "contract.json");
  if (!contract) return;
  const json& document = contract->document;
  entry["recipe_digest"] = base::Sha256(base::CanonicalJson(document.at("plan").at("recipe")));
  entry["policy_digest"] = base::Sha256(base::CanonicalJson(document.at("fixed_policy")));
  const Comparables comparables = ComparablesOf(*contract, host);
  entry["loss_key"] = KeyOf(comparables.loss);
  entry["speed_key"] = KeyOf(comparables.speed);
}

}  // namespace

const std::vector<Column>& Columns() {
  static const std::vector<Column> columns = {
      {"run", "directory of the receipt below the runs directory"},
      {"name", "of the contract"},
      {"digest", "of the contract"},
      {"recipe_digest", "of the recipe in it"},
      {"policy_digest", "of the policy in it"},
      {"dialect", "native, megatron@0.19, ..."},
      {"backend", "native or megatron"},
      {"engine", "what started the ranks"},
      {"world", "ranks"},
      {"state", "running, succeeded, failed, ..."},
      {"ending", "what ended it: done, rank-exit, hang, ..."},
      {"cause_class", "surface or class that failed"},
      {"cause_code", "of the signature that matched"},
      {"started", "UTC"},
      {"seconds", "from start to end"},
      {"steps", "optimizer steps done"},
      {"first_loss", "nats a token"},
      {"last_loss", "nats a token"},
      {"validation_loss", "nats a token"},
      {"tokens_per_second", "of all ranks"},
      {"host", "name of the bound host"},
      {"gpu", "of the bound host"},
      {"gpus", "that the ranks had; 0: none"},
      {"attempts", "starts of the ranks"},
      {"loss_key", "equal where runs are comparable in loss"},
      {"speed_key", "equal where runs are comparable in speed"},
      {"newer", "1: a later version wrote the receipt"},
      {"fingerprint", "of the files that this row was read from"},
  };
  return columns;
}

Entry EntryOf(const Receipt& receipt) {
  Entry entry = json::object();
  for (const Column& column : Columns()) entry[column.name] = nullptr;
  const json host = HostOf(receipt.directory);
  const json& outcome = receipt.outcome;
  entry["run"] = receipt.id;
  entry["name"] = receipt.name;
  entry["digest"] = receipt.digest;
  entry["dialect"] = receipt.dialect;
  entry["backend"] = receipt.backend;
  entry["engine"] = receipt.engine;
  entry["world"] = receipt.world_size;
  entry["state"] = ReceiptStateName(receipt.state);
  entry["ending"] = Text(At(outcome, {"ending"}));
  entry["cause_class"] = Text(At(outcome, {"cause", "class"}));
  entry["cause_code"] = Text(At(outcome, {"cause", "code"}));
  entry["started"] = receipt.started;
  entry["seconds"] = Number(At(outcome, {"seconds"}));
  entry["steps"] = Number(At(outcome, {"summary", "steps"}));
  for (const char* key : {"first_loss", "last_loss", "validation_loss", "tokens_per_second"}) {
    entry[key] = NumberOrWord(At(outcome, {"summary", key}));
  }
  entry["host"] = Text(At(host, {"machine", "name"}));
  const json gpu = Text(At(host, {"machine", "gpu"}));
  const bool has_gpu = gpu.is_string() && !gpu.get_ref<const std::string&>().empty();
  entry["gpu"] = has_gpu ? gpu : json();
  entry["gpus"] = has_gpu && receipt.backend != "native" ? receipt.world_size : 0;
  entry["attempts"] = receipt.attempts.is_array() ? receipt.attempts.size() : 0;
  entry["newer"] = receipt.newer ? 1 : 0;
  AddContract(receipt, host, entry);
  entry["fingerprint"] = FingerprintOf(receipt.directory);
  return entry;
}

std::string FingerprintOf(const std::filesystem::path& receipt_directory) {
  std::string fingerprint;
  for (const char* file : {"outcome.json", "receipt.json", "contract.json"}) {
    struct stat status {};
    if (::stat((receipt_directory / file).c_str(), &status) != 0) {
      if (std::string_view(file) == "outcome.json") return {};
      continue;
    }
    fingerprint += fmt::format("{}.{:09}/{}/{} ", status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                               status.st_size, status.st_ino);
  }
  return fingerprint;
}

}  // namespace nam56r::launch::catalog
