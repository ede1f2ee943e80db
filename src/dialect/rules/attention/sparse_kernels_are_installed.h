#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/packages.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSparseKernelsAreInstalled = {
    .code = "POLICY1367",
    .title = "Kernels of sparse attention that are not installed",
    .dests = {"dsa_kernel_backend", "experimental_attention_variant"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("experimental_attention_variant", "dsa") &&
                 ((a.Is("dsa_kernel_backend", "tilelang") && IsWithout(a, "tilelang")) ||
                  (a.Is("dsa_kernel_backend", "cudnn") &&
                   (IsWithout(a, "flash_mla") || IsWithout(a, "cudnn"))));
        },
    .why =
        "imports the kernels of sparse attention when it builds the configuration, and stops "
        "without tilelang, or flash_mla and cudnn",
    .fix = "install them on every host, or choose none for {dsa_kernel_backend}",
    .valid = "none",
    .source = "utils.py:_validate_dsa_kernel_backend_dependencies",
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --no-rope-fusion "
        "--dsa-indexer-n-heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256 "
        "--dsa-kernel-backend tilelang !pkg:tilelang",
    .passes =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --no-rope-fusion "
        "--dsa-indexer-n-heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256",
};

}  // namespace nam56r::dialect::rules
