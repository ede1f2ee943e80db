#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/comm/communicator.h"
#include "runtime/train/adamw.h"
#include "runtime/train/flat_parameters.h"
#include "src/base/expected.h"

/// Checkpoints of the native backend: DIRECTORY/step-000120/rank-3.pt, one file a rank, and
/// DIRECTORY/latest.json, which names the newest that every rank has written. Read by the same
/// model in the same layout alone.
namespace nam56r::runtime {

inline constexpr std::string_view kCheckpointFormat = "nam56r.native-checkpoint/1";

/// What a checkpoint keeps of a rank; all outlive their use.
struct TrainingState {
  FlatParameters& parameters;
  AdamW& optimizer;
  std::vector<std::pair<std::string, torch::Tensor>> buffers;  ///< selection biases of the experts
  std::int64_t step = 0;                                       ///< steps done
};

/// DIRECTORY/latest.json.
struct LatestCheckpoint {
  std::int64_t step = 0;
  std::string run;   ///< whose it is: a receipt's name
  std::string held;  ///< digest of what one rank after another holds: parameters, shapes, order
};

/// Errors (surface host): TRAIN0006 there is none, or it cannot be read.
base::Expected<LatestCheckpoint> ReadLatest(const std::filesystem::path& directory);

/// What |state| of every rank holds; a checkpoint of another model or layout has another.
/// Collective.
std::string Held(const TrainingState& state, Communicator& communicator);

/// Every rank writes its file, then rank 0 says that they are there: a checkpoint that was not
/// finished is never the latest. Collective. Throws std::runtime_error when it cannot be written,
/// on every rank.
std::filesystem::path WriteCheckpoint(const std::filesystem::path& directory,
                                      const std::string& run, const TrainingState& state,
                                      Communicator& communicator);

/// Fills |state| from the latest checkpoint. Collective. Errors: those of ReadLatest, TRAIN0007
/// (policy) it is of another model or layout.
base::Status ReadCheckpoint(const std::filesystem::path& directory, TrainingState& state,
                            Communicator& communicator);

}  // namespace nam56r::runtime
