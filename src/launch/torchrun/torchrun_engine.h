#pragma once

#include <vector>

#include "src/base/expected.h"
#include "src/launch/engine.h"

namespace nam56r::launch {

/// Runs one node of a Megatron run: a torch.distributed.run that starts the node's ranks, under the
/// same supervision as any process of engine `local`.
///
/// What a rank writes arrives by the agent (torchrun_lines.h), about a tenth of a second later, and
/// is kept in logs/rank-N.log; what the agent itself says in logs/agent/rank-N.log, N being the
/// first rank of the node. The files that torchrun writes for each worker are removed once their
/// text has arrived; error.json stays. If the agent was killed they stay as well, because some of
/// their last lines may be nowhere else.
class TorchrunEngine final : public Engine {
 public:
  /// |agents|: one command, with RankCommand::starts and the prefix template of BindMegatron.
  /// Errors: those of LocalEngine, LAUNCH0002 for the log of a rank.
  base::Expected<EngineResult> Run(const std::vector<RankCommand>& agents,
                                   const EngineOptions& options) override;
};

}  // namespace nam56r::launch
