// Codes of launching through Slurm.
#include "src/contract/codes.h"

namespace nam56r::contract::internal {
namespace {

constexpr Code kCodes[] = {
    {"LAUNCH0301", "host", "launch", "A program of Slurm is missing or gives no answer.",
     "Nothing else can tell what became of a job.", "--engine slurm on a machine without sbatch",
     "--engine slurm on the cluster's login node"},
    {"LAUNCH0302", "host", "launch",
     "The path of nam56r does not fit the first line of a batch file.",
     "The kernel reads 255 bytes there and splits at spaces; a shell in between is not wanted.",
     "/home/me/my programs/nam56r", "/home/me/bin/nam56r"},
    {"LAUNCH0303", "host", "launch", "Slurm refuses what is asked of it.",
     "Its own words are shown; another partition or limit is not chosen in silence.",
     "partition = \"gpus\" where there is none", "partition = \"gpu\" below [slurm]"},
    {"LAUNCH0304", "host", "launch", "An answer of Slurm is not understood.",
     "A guess about a job's state could end a run, or leave one behind.",
     "a wrapper of sbatch that prints a greeting", "Slurm's own sbatch first on the PATH"},
    {"LAUNCH0305", "host", "launch", "The job ended before it began a run.",
     "There is no receipt that could say more.", "worker = \"/scratch/nam56r-worker\" of one node",
     "worker = \"/shared/nam56r-worker\" that every node sees"},
    {"LAUNCH0306", "host", "launch", "A node cannot reach the job's batch program.",
     "Without that connection a rank would outlive a run that is over.",
     "a firewall between compute nodes", "TCP open between the nodes of a job"},
    {"LAUNCH0307", "host", "launch", "A node cannot read a file of the run.",
     "Receipts of a job lie on a file system that all its nodes see.", "--runs /tmp/runs",
     "--runs /shared/runs"},
    {"LAUNCH0308", "host", "launch", "What Slurm sets for a job or a task is missing.",
     "slurm-batch and slurm-rank are started by Slurm, not by hand.", "nam56r slurm-rank FILE",
     "nam56r launch CONTRACT --engine slurm"},
    {"LAUNCH0309", "host", "launch", "The ranks cannot be dealt out evenly to the nodes.",
     "A node with fewer ranks would have another LOCAL_WORLD_SIZE.", "nodes = 2 for 3 ranks",
     "nodes = 2 for 4 ranks"},
    {"LAUNCH0310", "host", "launch", "Ranks of several nodes would talk over the interface lo.",
     "It ends at the machine.", "nodes = 2 and no interface",
     "interface = \"eth0\" below [network]"},
};

}  // namespace

std::span<const Code> SlurmCodes() { return kCodes; }

}  // namespace nam56r::contract::internal
