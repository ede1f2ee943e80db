#pragma once

#include <cstdint>
#include <string>

namespace nam56r::launch {

/// "2026-08-01T12:00:00Z".
std::string UtcText(std::int64_t unix_seconds);
/// "20260801T120000Z", for names of files.
std::string UtcCompact(std::int64_t unix_seconds);
/// Seconds since 1970, now.
std::int64_t UnixNow();

}  // namespace nam56r::launch
