#pragma once

#include <span>

#include "src/launch/why/signature.h"

/// One function a file. Codes: WHYggnn, gg as noted here.
namespace nam56r::launch::why {

std::span<const Signature> NcclSignatures();               // 11
std::span<const Signature> TorchDistributedSignatures();   // 12
std::span<const Signature> TorchElasticSignatures();       // 13
std::span<const Signature> CudaSignatures();               // 14
std::span<const Signature> GpuHostSignatures();            // 15
std::span<const Signature> NetworkSignatures();            // 16
std::span<const Signature> SlurmSignatures();              // 17
std::span<const Signature> KubernetesSignatures();         // 18
std::span<const Signature> OsSignatures();                 // 19
std::span<const Signature> StackSignatures();              // 20
std::span<const Signature> MegatronSignatures();           // 31
std::span<const Signature> TransformerEngineSignatures();  // 32
std::span<const Signature> KernelSignatures();             // 33
std::span<const Signature> CudaGraphSignatures();          // 34
std::span<const Signature> MemorySignatures();             // 35
std::span<const Signature> DataSignatures();               // 36
std::span<const Signature> PythonSignatures();             // 37
std::span<const Signature> NumericsSignatures();           // 38
std::span<const Signature> NativeSignatures();             // 39
std::span<const Signature> SeamSignatures();               // 40
std::span<const Signature> SignSignatures();               // 42
std::span<const Signature> LayoutSignatures();             // 41
std::span<const Signature> EndingSignatures();             // 43

}  // namespace nam56r::launch::why
