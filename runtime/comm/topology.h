#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "src/base/expected.h"

namespace nam56r::runtime {

/// How many ways a world of ranks is cut. Data parallelism is what remains.
struct ParallelSizes {
  std::int64_t world = 1;
  std::int64_t tensor = 1;
  std::int64_t context = 1;
  std::int64_t pipeline = 1;
  std::int64_t expert = 1;
  std::int64_t expert_tensor = 1;
};

/// Where a rank stands along every axis.
struct Coordinates {
  std::int64_t tensor = 0;
  std::int64_t context = 0;
  std::int64_t data = 0;
  std::int64_t stage = 0;
  std::int64_t expert_tensor = 0;
  std::int64_t expert = 0;
  std::int64_t expert_data = 0;

  bool operator==(const Coordinates&) const = default;
};

/// Ranks that communicate with each other for one purpose.
enum class GroupKind {
  kTensor,
  kContext,
  kData,          ///< reduces dense gradients
  kPipeline,      ///< hands activations on, in stage order
  kExpertTensor,  ///< shards one expert
  kExpert,        ///< exchanges tokens
  kExpertData,    ///< reduces expert gradients
  kEmbedding,     ///< first and last stage of a pipeline; a middle stage is alone in its group
};
inline constexpr std::array kGroupKinds = {
    GroupKind::kTensor,       GroupKind::kContext, GroupKind::kData,       GroupKind::kPipeline,
    GroupKind::kExpertTensor, GroupKind::kExpert,  GroupKind::kExpertData, GroupKind::kEmbedding};

/// "data-parallel", "pipeline", ...
std::string_view NameOf(GroupKind kind);

/// Who stands where in a world of ranks. Pure arithmetic.
///
/// Ranks are numbered in Megatron-Core's default order "tp-cp-ep-dp-pp" (core/parallel_state.py,
/// class RankGenerator): tensor parallelism varies fastest, pipeline stages slowest. The expert
/// layers number the same ranks a second time, with their own tensor parallelism and without
/// context parallelism; both numberings agree on the stage.
class Topology {
 public:
  /// Error: COMM0001 a size below one, or sizes whose product does not divide the world.
  static base::Expected<Topology> Make(const ParallelSizes& sizes);

  std::int64_t world() const { return sizes_.world; }
  std::int64_t stages() const { return sizes_.pipeline; }
  std::int64_t data() const { return data_; }
  std::int64_t expert() const { return sizes_.expert; }
  std::int64_t expert_data() const { return expert_data_; }

  Coordinates At(std::int64_t rank) const;
  /// The group of |kind| that |rank| belongs to, in ascending order of the axis; holds |rank|.
  std::vector<std::int64_t> Members(GroupKind kind, std::int64_t rank) const;

 private:
  Topology(const ParallelSizes& sizes, std::int64_t data, std::int64_t expert_data)
      : sizes_(sizes), data_(data), expert_data_(expert_data) {}

  ParallelSizes sizes_;
  std::int64_t data_ = 1;
  std::int64_t expert_data_ = 1;
};

}  // namespace nam56r::runtime
