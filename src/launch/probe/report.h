#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nam56r::launch::probe {

inline constexpr std::string_view kProbeFormat = "nam56r.probe/1";

/// kSkipped: there was a reason not to look; kFailed: it was looked for and could not be read.
enum class ItemStatus { kOk, kFailed, kSkipped };
std::string_view ItemStatusName(ItemStatus status);  ///< "ok", "failed", "skipped"

/// What one look at the machine found. |facts| is an object; its keys, joined by dots behind the
/// item's name, are the names of drift: "library.nccl.version".
struct ProbeItem {
  std::string item;
  ItemStatus status = ItemStatus::kOk;
  std::string why;  ///< unless ok
  nlohmann::json facts = nlohmann::json::object();
  std::vector<std::string> notes = {};  ///< what of it could not be seen, and why
  double seconds = 0;
};

/// Every item of ItemNames(), in their order, whatever became of it.
struct ProbeReport {
  std::vector<ProbeItem> items;

  /// Null where there is no such item.
  const ProbeItem* Find(std::string_view item) const;
  /// The facts of an item that is ok, else an empty object.
  const nlohmann::json& Facts(std::string_view item) const;
};

/// {"format","items":[{"item","status","why","seconds","facts","notes"}]}.
nlohmann::json ToJson(const ProbeReport& report);
/// Nothing where |json| is no report of this format.
std::optional<ProbeReport> FromJson(const nlohmann::json& json);

/// The leaves of |facts| below |prefix|: "gpu.0.name" -> "NVIDIA H200". Elements of an array of
/// objects are numbered, other arrays are one leaf; null is no leaf.
std::map<std::string, nlohmann::json> Flatten(const std::string& prefix,
                                              const nlohmann::json& facts);

/// Members and elements of JSON that somebody else may have written: no type is taken for granted.
std::string TextAt(const nlohmann::json& object, std::string_view key);
std::int64_t NumberAt(const nlohmann::json& object, std::string_view key,
                      std::int64_t otherwise = 0);
const nlohmann::json& ObjectAt(const nlohmann::json& object, std::string_view key);

/// Libraries and packages by the names of a host file's [versions], each with the version that was
/// found: "nccl" -> "2.27.3". What was not found is not there.
std::map<std::string, std::string> FoundVersions(const ProbeReport& report);

}  // namespace nam56r::launch::probe
