#pragma once

#include <filesystem>
#include <string>

#include "src/launch/probe/files.h"

namespace nam56r::launch::probe {

struct GitState {
  std::string commit;  ///< of HEAD; empty: |folder| is no checkout, or has no commit
  std::string branch;  ///< "main"; empty: detached
};

/// By reading .git (gitrepository-layout(5)); git is not run. Follows the file that a worktree or a
/// submodule has instead of a folder.
GitState ReadGitState(const Files& files, const std::filesystem::path& folder);

}  // namespace nam56r::launch::probe
