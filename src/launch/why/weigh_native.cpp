#include "src/contract/codes.h"
#include "src/launch/why/candidate.h"

namespace nam56r::launch::why {
namespace {

Class ClassOfSurface(std::string_view surface) {
  if (surface == "plan") return Class::kPlan;
  if (surface == "policy") return Class::kPolicy;
  if (surface == "seam") return Class::kSeam;
  if (surface == "host") return Class::kHost;
  return Class::kUnknown;
}

}  // namespace

void WeighNative(Candidate& candidate) {
  if (candidate.signature->code != "WHY3901" || candidate.hits[0]->groups.empty()) return;
  const std::string& code = candidate.hits[0]->groups[0];
  const contract::Code* known = contract::FindCode(code);
  if (known == nullptr) {
    candidate.confidence = 0;  // somebody else's brackets
    return;
  }
  candidate.cls = code.starts_with("DATA") ? Class::kData : ClassOfSurface(known->surface);
  if (candidate.cls == Class::kUnknown) candidate.confidence = 0.3;
  candidate.rules = {code};
}

}  // namespace nam56r::launch::why
