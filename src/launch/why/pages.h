#pragma once

#include <string>
#include <utility>
#include <vector>

#include "src/launch/why/signature.h"

namespace nam56r::launch::why {

/// docs/failures/<code>.md.
std::string FailurePage(const SignatureGroup& group, const Signature& signature);

/// Every file of docs/failures with its name, the README among them.
std::vector<std::pair<std::string, std::string>> FailurePages();

}  // namespace nam56r::launch::why
