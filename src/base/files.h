#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "src/base/expected.h"

namespace nam56r::base {

/// Reads a whole regular file of at most |max_bytes|. Error: BASE0001.
Expected<std::string> ReadFile(const std::filesystem::path& path, Surface surface,
                               std::uintmax_t max_bytes = 64u << 20);

/// Replaces |path| by |bytes| in one step (temporary file beside it, fsync, rename), mode 0600 less
/// nothing: private unless |mode| says otherwise. Readers see the old bytes or the new ones.
/// Error: BASE0004.
Status WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes,
                           Surface surface, unsigned mode = 0600);

/// Makes |path| and its parents, the new ones with mode 0700. Error: BASE0004.
Status MakePrivateDirectories(const std::filesystem::path& path, Surface surface);

}  // namespace nam56r::base
