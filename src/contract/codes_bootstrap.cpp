// Codes of the bootstrap of Megatron runs and of the seams' probe.
#include "src/contract/codes.h"

namespace nam56r::contract::internal {
namespace {

constexpr Code kCodes[] = {
    {"LAUNCH0401", "policy", "launch", "The bootstrap has no data for the contract's dialect.",
     "It wraps functions of known releases of Megatron.", "a native contract",
     "backend = \"megatron@0.19\""},
    {"LAUNCH0402", "seam", "launch", "A seam of the contract is unknown or of another shape.",
     "It could be neither applied nor proved.", "\"id\": \"index-cash\" in the seams of a contract",
     "\"id\": \"index-cache\", as nam56r contract writes it"},
    {"LAUNCH0403", "host", "launch", "The probe of the seams did not run, or gave no full answer.",
     "What the interpreter would import is not known.", "python = \"/no/python\"",
     "the path of the interpreter below [paths] of the host file"},
    {"SEAM0101", "seam", "launch", "A module that a seam needs is not there.",
     "The run would end at the seam, or train without it.",
     "no nam56r_seams/index_cache.py on PYTHONPATH",
     "a folder with it on PYTHONPATH, or the seam off seams.required"},
    {"SEAM0102", "seam", "launch", "What a seam replaces is not in its module.",
     "Another release, or a changed copy, is what would be imported.",
     "a Megatron whose dsa.py has no unfused_dsa_fn", "the release that the contract is for"},
    {"SEAM0103", "seam", "launch", "A package comes from elsewhere than the operator thinks.",
     "What was checked is not what would run.",
     "a megatron-core in front of paths.megatron on PYTHONPATH",
     "paths.megatron first, or the other one uninstalled"},
    {"SEAM0104", "seam", "launch", "Importing a module that a seam needs raises or crashes.",
     "Every rank would end the same way.",
     "a transformer_engine that was built for another PyTorch", "one that was built for this one"},
    {"SEAM0105", "seam", "launch", "Importing a module that a seam needs takes too long.",
     "Every rank would hang, or a stale lock of a compile cache waits for its owner.",
     "a lock of a killed process in TORCH_EXTENSIONS_DIR", "the lock removed"},
    {"SEAM0106", "seam", "launch", "Python starts with another environment, or has imported early.",
     "What reads the variables at import would not see the contract's values.",
     "a .pth file that imports torch, and NVTE_DEBUG below [bootstrap_environment]",
     "NVTE_DEBUG below [environment]"},
    {"SEAM0107", "seam", "launch", "The Megatron that would be imported is of another release.",
     "Flags, symbols and defaults are those of the contract's release.",
     "paths.megatron at core_v0.18.2 for a megatron@0.19 contract",
     "paths.megatron at core_v0.19.0"},
};

}  // namespace

std::span<const Code> BootstrapCodes() { return kCodes; }

}  // namespace nam56r::contract::internal
