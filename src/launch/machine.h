#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "src/base/expected.h"

/// What binding asks of the machine it runs on.
namespace nam56r::launch {

/// Cores that this process may use.
std::int64_t CoresHere();

/// Memory of this machine or, where that is less, of the control group; 0: not known.
std::int64_t MemoryBytesHere();

/// A TCP port of |address| that nobody listens on at this moment. Error: LAUNCH0012.
base::Expected<std::int64_t> FreePort(const std::string& address);

/// The program of this process.
std::filesystem::path ThisExecutable();

}  // namespace nam56r::launch
