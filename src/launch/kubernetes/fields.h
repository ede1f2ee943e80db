#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

/// What Kubernetes would refuse in an object before it is sent there: fields that the published
/// definitions do not have, values of another type, beyond their bounds, or missing.
namespace nam56r::launch {

/// Problems of one object of kind ConfigMap, JobSet or TrainJob, each "path: what". A field that
/// manifests here never write is not known, either.
std::vector<std::string> CheckFields(const nlohmann::json& object);

/// RFC 1035: small letters, digits and hyphens, a letter first, at most 63.
bool IsDnsLabel(std::string_view text);

}  // namespace nam56r::launch
