// Codes of a policy's variables, and of its fields against each other.
#include "src/contract/codes.h"

namespace nam56r::contract::internal {
namespace {

constexpr Code kCodes[] = {
    {"POLICY0101", "policy", "contract, launch",
     "A variable has two owners: a field, the launch, a seam, or both tables of variables.",
     "One owner: whichever was set last would win.", "TRITON_CACHE_DIR = \"x\" below [environment]",
     "triton = \"host\" below [caches]"},
    {"POLICY0102", "policy", "contract, launch",
     "Nothing reads a variable any more, or only a launch script did.",
     "It would have no effect, and look as if it had.", "MBS = \"4\" below [environment]",
     "micro_batch_size = 4 below [batch]"},
    {"POLICY0103", "policy", "contract, launch",
     "A variable is set by the bootstrap and read before the bootstrap runs.",
     "It would have no effect: its reader has looked already.",
     "NCCL_IB_SL = \"1\" below [bootstrap_environment]", "NCCL_IB_SL = \"1\" below [environment]"},
    {"POLICY0104", "policy", "contract, launch",
     "A variable's value is not one that its reader takes.",
     "Readers turn such values into defaults without a word.",
     "NCCL_IB_DISABLE = \"true\" below [environment]",
     "NCCL_IB_DISABLE = \"1\" below [environment]"},
    {"POLICY0105", "policy", "launch", "The host's GPUs have no use for a variable.",
     "It belongs to another machine's policy.",
     "CPPMEGA_ALLOW_TE_MXFP8_SM12 = \"1\" on a host of sm_90", "the same on a host of sm_121"},
    {"POLICY0106", "policy", "contract, launch",
     "Another variable or field forbids a variable's value, or leaves it without effect.",
     "The two say different things about one run.",
     "NCCL_IB_SL = \"1\" beside NCCL_IB_DISABLE = \"1\"", "NCCL_IB_SL = \"1\" alone"},
    {"POLICY0107", "policy", "contract, launch", "Two names of one variable have two values.",
     "Which one counts depends on the version.",
     "NCCL_AVOID_RECORD_STREAMS = \"1\" beside TORCH_NCCL_AVOID_RECORD_STREAMS = \"0\"",
     "TORCH_NCCL_AVOID_RECORD_STREAMS = \"1\" alone"},
    {"POLICY0108", "policy", "contract, launch",
     "A variable is vouched for, and set nowhere or known anyway.",
     "The list would no longer say what is unusual about the run.",
     "unlisted_environment = [\"MY_SWITCH\"] and no MY_SWITCH",
     "MY_SWITCH = \"1\" below [environment]"},
    {"POLICY0201", "policy", "contract, launch", "A value would have no effect.",
     "What reads it is switched off, and whoever wrote it believes otherwise.",
     "fp8_format = \"hybrid\" beside compute = \"bf16\"", "compute = \"fp8\""},
    {"POLICY0202", "policy", "contract, launch",
     "attention.index_cache_ranks are not ascending ranks of DSA layers from 0.",
     "A layer without indices of its own takes those of one before it.",
     "index_cache_ranks = [1, 4]", "index_cache_ranks = [0, 3, 6]"},
    {"POLICY0203", "policy", "contract, launch", "FP8 reaches no layer.",
     "The run would be BF16 under another name.", "fp8_families = []", "fp8_families = [\"E\"]"},
    {"POLICY0204", "policy", "contract, launch", "A list names one thing twice.",
     "One of the two was meant to be something else.", "modules = [\"mlp\", \"mlp\"]",
     "modules = [\"mlp\", \"moe_act\"]"},
    {"POLICY0205", "policy", "contract, launch", "A cache of lifetime host has no key.",
     "The next configuration would take these kernels for its own.",
     "triton = \"host\" and key = []", "key = [\"dialect\", \"libraries\"]"},
    {"POLICY0911", "policy", "check --argv, check --batch",
     "A command line, or one word of it, is larger than a system starts a program with.",
     "execve would refuse it.", "--data-path and 200 KiB in one word",
     "--data-args-path with the list in a file"},
    {"POLICY0912", "policy", "check --batch",
     "A line of a batch is no object with argv, world and env as they must be, or is too long.",
     "A guess at what it means could answer for another launch.",
     "{\"id\": 1, \"argv\": \"--bf16\"}", "{\"id\": 1, \"argv\": [\"--bf16\"], \"world\": 8}"},
};

}  // namespace

std::span<const Code> PolicyCodes() { return kCodes; }

}  // namespace nam56r::contract::internal
