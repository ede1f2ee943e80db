#pragma once

#include <memory>
#include <string>

#include "src/base/expected.h"
#include "src/launch/engine.h"

namespace nam56r::cli {

/// The engine of |name|, which launch::ChooseEngine() answered, on this machine. Error: LAUNCH0008,
/// not in this program.
base::Expected<std::unique_ptr<launch::Engine>> MakeEngine(const std::string& name);

}  // namespace nam56r::cli
