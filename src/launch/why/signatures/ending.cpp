// How the launcher saw a run end: the line that inputs.cpp makes of outcome.json, "run ended: hang:
// ...". What ranks say themselves goes before.
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature kSignatures[] = {
    {
        .code = "WHY4301",
        .cls = Class::kHost,
        .title = "A process that was stopped by a signal",
        .cause = "A process of the run was stopped from outside and not continued: {1}.",
        .all = {R"(run ended: hang: (.*\(stopped by a (?:signal|debugger)\)))"},
        .confidence = 0.7,
        .next = "Find who sent SIGSTOP or attached a debugger: a person, a batch system that "
                "suspends jobs, a checkpointing tool. Then launch again.",
        .why = "The kernel says that the process does not run because it was stopped. The other "
               "ranks wait for it in their next exchange.",
        .matches = "run ended: hang: rank 2 gave no sign of life for 6 s (stopped by a signal), "
                   "last seen in step 11, step",
        .near_miss = "run ended: hang: rank 2 gave no sign of life for 6 s, last seen in step 11",
        .source = "docs/events.md of this project; Linux proc(5), state T",
    },
    {
        .code = "WHY4302",
        .cls = Class::kHost,
        .title = "A process that waits for a file system",
        .cause = "A process of the run waits for a disk or a network file system: {1}.",
        .all = {R"(run ended: hang: (.*\(waits for a disk[^)]*\)))"},
        .confidence = 0.7,
        .next = "Look at the mounts that hold the data, the caches and the checkpoints (dmesg, "
                "mount), and launch again when they answer.",
        .why = "The kernel says that the process sleeps and cannot be interrupted, which a healthy "
               "disk ends within moments.",
        .matches = "run ended: hang: rank 0 gave no sign of life for 300 s (waits for a disk or a "
                   "network file system), last seen in step 4, checkpoint",
        .near_miss = "run ended: hang: rank 0 got no further for 300 s: step 4, checkpoint",
        .source = "Linux proc(5), state D",
    },
    {
        .code = "WHY4303",
        .cls = Class::kHost,
        .title = "A node that went away",
        .cause = "A node of the run went away: {1}.",
        .all = {R"(run ended: node-lost: (.*))"},
        .confidence = 0.85,
        .next = "Ask the scheduler for the node's state (scontrol show node), drain it, and launch "
                "again on others.",
        .why = "Neither the node's daemon nor the scheduler answers for it any more.",
        .matches = "run ended: node-lost: node n2 does not answer (slurmd)",
        .near_miss = "run ended: rank-exit: rank 2 exited with 1",
        .source = "SchedMD/slurm 22.05 src/slurmctld/ping_nodes.c",
    },
    {
        .code = "WHY4304",
        .cls = Class::kHost,
        .title = "A rank that was killed from outside",
        .cause = "A rank was ended from outside: {1}.",
        .all =
            {R"(run ended: rank-signal: (rank \d+ was killed by SIG(?:KILL|TERM|XCPU|HUP)\b.*))"},
        .confidence = 0.45,
        .next = "Look for the kernel's out-of-memory killer (dmesg), the scheduler's limits, and "
                "people on the machine; the rank's own log ends without a word.",
        .why = "A process does not send itself these signals; the kernel does when memory runs "
               "out, a scheduler when a limit is reached, a person for any reason.",
        .matches = "run ended: rank-signal: rank 1 was killed by SIGKILL (Killed)",
        .near_miss = "run ended: rank-signal: rank 1 was killed by SIGSEGV (Segmentation fault)",
        .source = "Linux signal(7)",
    },
    {
        .code = "WHY4305",
        .cls = Class::kHost,
        .title = "A log or a receipt that takes no more",
        .cause = "What the run writes has no room: {1}.",
        .all = {R"(run ended: log-lost: (.*))"},
        .confidence = 0.85,
        .next = "Free space where the receipts lie, or name another directory with --runs.",
        .why = "A run that cannot be told of afterwards is stopped.",
        .matches =
            "run ended: log-lost: the log runs/x/logs/rank-0.log cannot be written: No space "
            "left on device",
        .near_miss = "run ended: rank-exit: rank 0 exited with 1",
        .source = "src/launch/supervisor.cpp of this project",
    },
};

}  // namespace

std::span<const Signature> EndingSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
