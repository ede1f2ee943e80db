#pragma once

#include <string>
#include <utility>

#include "src/base/diagnostic.h"

namespace nam56r::launch {

/// An error of surface host; |fix| is the shortest way out.
inline base::Diagnostic HostError(std::string code, std::string message, std::string fix = {}) {
  base::Diagnostic diagnostic;
  diagnostic.code = std::move(code);
  diagnostic.surface = base::Surface::kHost;
  diagnostic.message = std::move(message);
  diagnostic.fix = std::move(fix);
  return diagnostic;
}

}  // namespace nam56r::launch
