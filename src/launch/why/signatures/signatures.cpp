#include <array>

#include "src/launch/why/signature.h"
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {

std::string_view ClassName(Class cls) {
  switch (cls) {
    case Class::kPlan:
      return "plan";
    case Class::kPolicy:
      return "policy";
    case Class::kSeam:
      return "seam";
    case Class::kHost:
      return "host";
    case Class::kStack:
      return "stack";
    case Class::kData:
      return "data";
    case Class::kCode:
      return "code";
    case Class::kUnknown:
      break;
  }
  return "unknown";
}

std::string_view RoleName(Role role) {
  switch (role) {
    case Role::kRoot:
      return "root";
    case Role::kSymptom:
      return "symptom";
    case Role::kCascade:
      break;
  }
  return "cascade";
}

std::span<const SignatureGroup> SignatureGroups() {
  static const std::array kGroups = {
      SignatureGroup{"nccl", "NCCL", NcclSignatures()},
      SignatureGroup{"torch_distributed", "PyTorch's process groups and stores",
                     TorchDistributedSignatures()},
      SignatureGroup{"torch_elastic", "torchrun", TorchElasticSignatures()},
      SignatureGroup{"cuda", "The CUDA runtime and driver", CudaSignatures()},
      SignatureGroup{"gpu_host", "GPUs and what drives them", GpuHostSignatures()},
      SignatureGroup{"network", "Networks below NCCL", NetworkSignatures()},
      SignatureGroup{"slurm", "Slurm", SlurmSignatures()},
      SignatureGroup{"kubernetes", "Kubernetes", KubernetesSignatures()},
      SignatureGroup{"os", "The operating system", OsSignatures()},
      SignatureGroup{"stack", "Versions and binary compatibility", StackSignatures()},
      SignatureGroup{"megatron", "Megatron-LM", MegatronSignatures()},
      SignatureGroup{"transformer_engine", "Transformer Engine", TransformerEngineSignatures()},
      SignatureGroup{"kernels", "Triton, Mamba, TileLang and attention kernels",
                     KernelSignatures()},
      SignatureGroup{"cuda_graphs", "CUDA graphs and compilation", CudaGraphSignatures()},
      SignatureGroup{"memory", "GPU memory", MemorySignatures()},
      SignatureGroup{"data", "Data sets and tokenizers", DataSignatures()},
      SignatureGroup{"python", "Python itself", PythonSignatures()},
      SignatureGroup{"numerics", "Losses and gradients that are no numbers", NumericsSignatures()},
      SignatureGroup{"native", "The native backend", NativeSignatures()},
      SignatureGroup{"seams", "Seams", SeamSignatures()},
      SignatureGroup{"layout", "Layouts that other launchers refuse", LayoutSignatures()},
      SignatureGroup{"ending", "How a run ended", EndingSignatures()},
      SignatureGroup{"signs", "Signs, where no root is found", SignSignatures()},
  };
  return kGroups;
}

const Signature* FindSignature(std::string_view code) {
  for (const SignatureGroup& group : SignatureGroups())
    for (const Signature& signature : group.signatures)
      if (signature.code == code) return &signature;
  return nullptr;
}

}  // namespace nam56r::launch::why
