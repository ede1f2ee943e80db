#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "src/base/expected.h"

namespace nam56r::base {

/// "sha256:" and 64 lower-case hexadecimal digits.
std::string Sha256(std::string_view bytes);

/// The same of a file's bytes, read in pieces. Error: BASE0001.
Expected<std::string> Sha256OfFile(const std::filesystem::path& path, Surface surface);

}  // namespace nam56r::base
