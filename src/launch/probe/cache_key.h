#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "src/base/expected.h"
#include "src/contract/reader.h"
#include "src/host/host.h"

namespace nam56r::launch::probe {

/// A file in a cache directory that says whose kernels lie there, so that a directory which was
/// copied, renamed or shared by mistake is noticed.
inline constexpr std::string_view kCacheKeyFile = ".nam56r-cache-key";

/// What that file says for a cache of this lifetime ("contract", "host"). Errors: those of
/// HostCacheName.
base::Expected<std::string> CacheKey(const contract::ReadContract& contract, const host::Host& host,
                                     const std::string& lifetime);

/// Makes the directory and its key file; one that says |key| already is left alone. Errors:
/// PROBE0017 it says another key, BASE0004.
base::Status WriteCacheKey(const std::filesystem::path& directory, const std::string& key);

/// PROBE0017.
base::Diagnostic OtherCacheKey(const std::string& directory, const std::string& wanted,
                               const std::string& found);

}  // namespace nam56r::launch::probe
