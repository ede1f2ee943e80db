#include "src/host/host.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/base/nearest_name.h"
#include "src/base/toml_document.h"

namespace nam56r::host {
namespace {

using Int = std::int64_t;
using String = std::string;
using Strings = std::vector<std::string>;
using Map = std::map<std::string, std::string>;

base::Schema<Host> MakeSchema() {
  return {
      {{.key = "machine.name",
        .meaning = "Name of the machine, shown in receipts.",
        .required = true},
       +[](Host& h) -> String& { return h.machine.name; }},
      {{.key = "machine.nodes", .meaning = "Nodes of the same kind.", .min = 1, .max = 65536},
       +[](Host& h) -> Int& { return h.machine.nodes; }},
      {{.key = "machine.gpus_per_node",
        .meaning = "GPUs of one node; 0 for none.",
        .min = 0,
        .max = 64},
       +[](Host& h) -> Int& { return h.machine.gpus_per_node; }},
      {{.key = "machine.gpu", .meaning = "Model of its GPUs, such as H200; empty for none."},
       +[](Host& h) -> String& { return h.machine.gpu; }},
      {{.key = "machine.gpu_memory_gib",
        .meaning = "Memory of a GPU that one process can allocate, in GiB.",
        .min = 0,
        .max = 4096},
       +[](Host& h) -> double& { return h.machine.gpu_memory_gib; }},
      {{.key = "machine.gpu_architecture",
        .meaning = "Compute capability that kernels are built for; empty for no GPU.",
        .choices = {"", "sm_80", "sm_86", "sm_89", "sm_90", "sm_100", "sm_103", "sm_120",
                    "sm_121"}},
       +[](Host& h) -> String& { return h.machine.gpu_architecture; }},
      {{.key = "machine.cores",
        .meaning = "CPU cores of one node; 0 for as many as are found.",
        .min = 0,
        .max = 65536},
       +[](Host& h) -> Int& { return h.machine.cores; }},
      {{.key = "machine.threads_per_rank",
        .meaning = "CPU threads of one rank.",
        .min = 1,
        .max = 65536},
       +[](Host& h) -> Int& { return h.machine.threads_per_rank; }},

      {{.key = "paths.python", .meaning = "Python interpreter of the Megatron backend."},
       +[](Host& h) -> String& { return h.paths.python; }},
      {{.key = "paths.megatron", .meaning = "Checkout of Megatron-LM."},
       +[](Host& h) -> String& { return h.paths.megatron; }},
      {{.key = "paths.worker",
        .meaning = "The nam56r-worker program; empty for the one beside nam56r."},
       +[](Host& h) -> String& { return h.paths.worker; }},
      {{.key = "paths.cache_root",
        .meaning = "Directory that compiled kernels are kept below; empty for the user's cache."},
       +[](Host& h) -> String& { return h.paths.cache_root; }},
      {{.key = "paths.runs", .meaning = "Directory of receipts; empty for ./runs."},
       +[](Host& h) -> String& { return h.paths.runs; }},
      {{.key = "paths.tokenizer_model", .meaning = "Directory or file of the tokenizer."},
       +[](Host& h) -> String& { return h.paths.tokenizer_model; }},
      {{.key = "paths.seams",
        .meaning = "Directories of the Python packages that provide seams, in order."},
       +[](Host& h) -> Strings& { return h.paths.seams; }},
      {{.key = "paths.libraries",
        .meaning = "Directories of shared libraries for LD_LIBRARY_PATH, in order."},
       +[](Host& h) -> Strings& { return h.paths.libraries; }},

      {{.key = "network.interface", .meaning = "Network interface that ranks talk over."},
       +[](Host& h) -> String& { return h.network.interface; }},
      {{.key = "network.master_addr", .meaning = "Address where ranks meet."},
       +[](Host& h) -> String& { return h.network.master_addr; }},
      {{.key = "network.master_port",
        .meaning = "Port where ranks meet; 0 for a free one.",
        .min = 0,
        .max = 65535},
       +[](Host& h) -> Int& { return h.network.master_port; }},

      {{.key = "slurm.partition", .meaning = "Partition that engine slurm submits to."},
       +[](Host& h) -> String& { return h.slurm.partition; }},
      {{.key = "slurm.account", .meaning = "Account that engine slurm charges."},
       +[](Host& h) -> String& { return h.slurm.account; }},
      {{.key = "slurm.qos", .meaning = "Quality of service of the job of engine slurm."},
       +[](Host& h) -> String& { return h.slurm.qos; }},
      {{.key = "slurm.time_limit",
        .meaning = "Time limit of the job, as sbatch takes it: 2-00:00:00."},
       +[](Host& h) -> String& { return h.slurm.time_limit; }},
      {{.key = "slurm.slurmd_grace_seconds",
        .meaning = "How long the slurmd of a node may be gone before the run is ended; more where "
                   "it is restarted under running jobs.",
        .min = 0,
        .max = 3600},
       +[](Host& h) -> double& { return h.slurm.slurmd_grace_seconds; }},

      {{.key = "kubernetes.kind",
        .meaning = "What engine kubernetes submits: a JobSet, or a Kubeflow TrainJob.",
        .choices = {"jobset", "trainjob"}},
       +[](Host& h) -> String& { return h.kubernetes.kind; }},
      {{.key = "kubernetes.namespace", .meaning = "Namespace of the cluster."},
       +[](Host& h) -> String& { return h.kubernetes.name_space; }},
      {{.key = "kubernetes.image",
        .meaning = "Container image; every path of [paths] and [datasets] is one within it."},
       +[](Host& h) -> String& { return h.kubernetes.image; }},
      {{.key = "kubernetes.gpu_resource", .meaning = "Name that the cluster gives its GPUs."},
       +[](Host& h) -> String& { return h.kubernetes.gpu_resource; }},
      {{.key = "kubernetes.shm_size", .meaning = "Size of /dev/shm, such as 64Gi."},
       +[](Host& h) -> String& { return h.kubernetes.shm_size; }},
      {{.key = "kubernetes.service_account",
        .meaning = "Service account of the pods; empty for the namespace's default."},
       +[](Host& h) -> String& { return h.kubernetes.service_account; }},
      {{.key = "kubernetes.runtime",
        .meaning = "ClusterTrainingRuntime that a TrainJob refers to."},
       +[](Host& h) -> String& { return h.kubernetes.runtime; }},
      {{.key = "kubernetes.claims",
        .meaning = "Mount path of each PersistentVolumeClaim, by the claim's name."},
       +[](Host& h) -> Map& { return h.kubernetes.claims; }},

      {{.key = "datasets",
        .meaning = "Path of each dataset, without the extensions .bin and .idx."},
       +[](Host& h) -> Map& { return h.datasets; }},
      {{.key = "checkpoints", .meaning = "Directory of each checkpoint."},
       +[](Host& h) -> Map& { return h.checkpoints; }},
      {{.key = "versions", .meaning = "Version of each library that the host has or must have."},
       +[](Host& h) -> Map& { return h.versions; }},
  };
}

base::Diagnostics CheckVersionNames(const base::Loaded<Host>& host) {
  base::Diagnostics errors;
  const std::vector<std::string>& known = KnownLibraries();
  for (const auto& [name, version] : host.value.versions) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    base::Diagnostic error;
    error.code = "SCHEMA0001";
    error.surface = base::Surface::kHost;
    error.message = fmt::format("unknown key 'versions.{}'", name);
    error.where = {{host.At("versions." + name), "no such library"}};
    error.fields = {"versions." + name};
    error.valid = known;
    error.fix = "remove it, or use one of the valid names";
    if (const auto nearest = base::NearestName(name, known)) {
      error.message += fmt::format("; did you mean 'versions.{}'?", *nearest);
      error.fix = fmt::format("write '{}'", *nearest);
    }
    errors.push_back(std::move(error));
  }
  return errors;
}

}  // namespace

const std::vector<std::string>& KnownLibraries() {
  static const std::vector<std::string> libraries = {"apex",
                                                     "causal_conv1d",
                                                     "cuda",
                                                     "cudnn",
                                                     "cut_cross_entropy",
                                                     "deepep",
                                                     "driver",
                                                     "einops",
                                                     "emerging_optimizers",
                                                     "fast_hadamard",
                                                     "flash_linear_attention",
                                                     "flash_attn",
                                                     "flash_mla",
                                                     "flashinfer",
                                                     "fused_weight_gradient_mlp_cuda",
                                                     "gloo",
                                                     "hybrid_ep",
                                                     "kernel",
                                                     "libtorch",
                                                     "liger_kernel",
                                                     "mamba_ssm",
                                                     "megatron",
                                                     "multistorageclient",
                                                     "nccl",
                                                     "nvidia_resiliency_ext",
                                                     "python",
                                                     "tilelang",
                                                     "torch",
                                                     "torch_memory_saver",
                                                     "transformer_engine",
                                                     "triton",
                                                     "tvm_ffi"};
  return libraries;
}

const base::Schema<Host>& Schema() {
  static const base::Schema<Host> schema = MakeSchema();
  return schema;
}

base::Expected<base::Loaded<Host>> FromToml(const base::TomlDocument& document) {
  auto loaded = base::Load<Host>(document, Schema(), base::Surface::kHost);
  if (!loaded) return loaded;
  base::Diagnostics errors = CheckVersionNames(*loaded);
  if (!errors.empty()) return errors;
  return loaded;
}

base::Expected<base::Loaded<Host>> Load(const std::filesystem::path& path) {
  auto document = base::ReadToml(path, base::Surface::kHost);
  if (!document) return document.errors();
  return FromToml(*document);
}

}  // namespace nam56r::host
