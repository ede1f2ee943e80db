#include "src/launch/probe/git_state.h"

namespace nam56r::launch::probe {

GitState ReadGitState(const Files& files, const std::filesystem::path& folder) {
  std::filesystem::path git = folder / ".git";
  constexpr std::string_view kElsewhere = "gitdir: ";
  if (!files.IsFolder(git)) {
    const std::string line = files.Line(git).value_or("");
    if (!line.starts_with(kElsewhere)) return {};
    git = (folder / line.substr(kElsewhere.size())).lexically_normal();
  }
  GitState state;
  const std::string head = files.Line(git / "HEAD").value_or("");
  constexpr std::string_view kRef = "ref: ";
  if (!head.starts_with(kRef)) {
    state.commit = head;
    return state;
  }
  const std::string ref = head.substr(kRef.size());
  constexpr std::string_view kHeads = "refs/heads/";
  state.branch = ref.starts_with(kHeads) ? ref.substr(kHeads.size()) : ref;
  // Branches of a worktree lie with the repository that it is of.
  std::filesystem::path common = git;
  if (const auto line = files.Line(git / "commondir")) common = (git / *line).lexically_normal();
  if (const auto loose = files.Line(common / ref)) {
    state.commit = *loose;
    return state;
  }
  constexpr std::size_t kMaxPacked = std::size_t{32} << 20;
  for (const std::string& line :
       Split(files.Read(common / "packed-refs", kMaxPacked).value_or(""), '\n')) {
    const std::size_t blank = line.find(' ');
    if (blank != std::string::npos && Trimmed(line.substr(blank + 1)) == ref) {
      state.commit = line.substr(0, blank);
    }
  }
  return state;
}

}  // namespace nam56r::launch::probe
