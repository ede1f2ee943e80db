#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

// Bytes of the private pool, as run b3-cg-oom has shown them: 63.5 GiB for 10 sequences of 4096 in
// 52 layers of 4096. Run f13-fp8cg-6 fits with 33 GiB on the same GPUs; 44 GiB (s12-mbs8) do not.
inline constexpr double kPoolBytes = 7.8;
inline constexpr double kMostPool = 40.0 * (1 << 30);

inline double PoolPerSequence(const Args& a) {
  const double parts = static_cast<double>(std::max<std::int64_t>(1, Tp(a) * Cp(a)));
  return kPoolBytes * a.Number("seq_length") / parts * a.Number("num_layers") *
         a.Number("hidden_size");
}

inline double PoolOfGraphs(const Args& a) {
  const bool all = Captures(a, "attn") && Captures(a, "mamba");
  if (!GraphsAre(a, "transformer_engine") || Pp(a) != 1 || !(all || CapturedModules(a) == 0) ||
      LayerPattern(a).empty()) {
    return 0;
  }
  return PoolPerSequence(a) * a.Number("micro_batch_size");
}

inline constexpr ArgumentRule kPoolOnOneStage = {
    .code = "POLICY1822",
    .title = "Graphs of every layer on one stage",
    .dests = {"cuda_graph_impl", "micro_batch_size", "seq_length", "pipeline_model_parallel_size"},
    .refuses = [](const Args& a, const Args&) { return PoolOfGraphs(a) > kMostPool; },
    .why =
        "keeps what graphs of Transformer Engine need in a private pool, which nothing else may "
        "use: at PP=1 all layers of the model are in one, measured at 8 bytes for every token, "
        "layer and hidden unit, and run out of 140 GiB",
    .fix = "choose none for {cuda_graph_impl}, or lower {micro_batch_size}",
    .source = "runs b3-cg-oom and s12-mbs8",
    .stage = Stage::kRun,
    .valid_of = [](const Args& a) -> std::vector<std::string> {
      const double most = kMostPool / std::max(1.0, PoolPerSequence(a));
      return {"none",
              "micro batches of at most " + std::to_string(static_cast<std::int64_t>(most))};
    },
    .fails =
        "--cuda-graph-impl transformer_engine --cuda-graph-modules attn mamba moe_router "
        "moe_preprocess --micro-batch-size 8",
    .passes =
        "--cuda-graph-impl transformer_engine --cuda-graph-modules attn mamba moe_router "
        "moe_preprocess --micro-batch-size 4",
};

}  // namespace nam56r::dialect::rules
