#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "src/base/schema.h"

/// Where a run executes: machine facts and every machine-local path. Bound at launch; no value of
/// it enters a contract or its digest.
namespace nam56r::host {

struct Machine {
  std::string name;
  std::int64_t nodes = 1;
  std::int64_t gpus_per_node = 0;
  std::string gpu;                    ///< "H200", "GB10"; empty: none
  double gpu_memory_gib = 0;          ///< usable by one process
  std::string gpu_architecture;       ///< "sm_90"
  std::int64_t cores = 0;             ///< 0: as found
  std::int64_t threads_per_rank = 1;  ///< OMP_NUM_THREADS of a native rank
};

struct Paths {
  std::string python;      ///< interpreter for the Megatron backend
  std::string megatron;    ///< checkout
  std::string worker;      ///< nam56r-worker; empty: beside nam56r
  std::string cache_root;  ///< empty: $XDG_CACHE_HOME/nam56r, then ~/.cache/nam56r
  std::string runs;        ///< receipts; empty: ./runs
  std::string tokenizer_model;
  std::vector<std::string> seams;      ///< directories of Python packages that seams come from
  std::vector<std::string> libraries;  ///< LD_LIBRARY_PATH, in this order; empty: not set
};

struct Network {
  std::string interface = "lo";  ///< for Gloo
  std::string master_addr = "127.0.0.1";
  std::int64_t master_port = 0;  ///< 0: a free one
};

/// What engine slurm asks for. Empty: Slurm's default.
struct Slurm {
  std::string partition;
  std::string account;
  std::string qos;
  std::string time_limit;           ///< "2-00:00:00", as sbatch takes it
  double slurmd_grace_seconds = 1;  ///< how long a node's slurmd may be gone to be restarted
};

/// How engine `kubernetes` describes a run to a cluster.
struct Kubernetes {
  std::string kind = "jobset";  ///< "jobset", "trainjob"
  std::string name_space = "default";
  std::string image;
  std::string gpu_resource = "nvidia.com/gpu";
  std::string shm_size = "64Gi";              ///< of /dev/shm
  std::string service_account;                ///< empty: the namespace's default
  std::string runtime = "torch-distributed";  ///< ClusterTrainingRuntime of a TrainJob
  std::map<std::string, std::string> claims;  ///< PersistentVolumeClaim to mount path
};

struct Host {
  Machine machine;
  Paths paths;
  Network network;
  Slurm slurm;
  Kubernetes kubernetes;
  std::map<std::string, std::string> datasets;     ///< dataset name to path prefix of .bin and .idx
  std::map<std::string, std::string> checkpoints;  ///< checkpoint name to directory
  std::map<std::string, std::string> versions;     ///< library to version, as probed or as required
};

const base::Schema<Host>& Schema();

/// Libraries whose version a host may state: "cuda", "megatron", ...
const std::vector<std::string>& KnownLibraries();

/// Errors: those of base::ReadToml and base::Load with surface host; SCHEMA0001 also for a library
/// in [versions] that is not among KnownLibraries().
base::Expected<base::Loaded<Host>> Load(const std::filesystem::path& path);
/// The same of a document that is already parsed.
base::Expected<base::Loaded<Host>> FromToml(const base::TomlDocument& document);

}  // namespace nam56r::host
