#include "runtime/comm/topology.h"

#include <fmt/format.h>

#include <stdexcept>

namespace nam56r::runtime {
namespace {

base::Diagnostic TopologyRefusal(std::string message, std::vector<std::string> fields, std::string fix) {
  base::Diagnostic diagnostic;
  diagnostic.code = "COMM0001";
  diagnostic.surface = base::Surface::kPolicy;
  diagnostic.message = std::move(message);
  diagnostic.fields = std::move(fields);
  diagnostic.fix = std::move(fix);
  return diagnostic;
}

/// |size| ranks, |stride| apart, starting at the one whose coordinate along that axis is 0.
std::vector<std::int64_t> Along(std::int64_t rank, std::int64_t coordinate, std::int64_t size,
                                std::int64_t stride) {
  std::vector<std::int64_t> members;
  for (std::int64_t i = 0; i < size; ++i) members.push_back(rank + (i - coordinate) * stride);
  return members;
}

}  // namespace

std::string_view NameOf(GroupKind kind) {
  switch (kind) {
    case GroupKind::kTensor:
      return "tensor-parallel";
    case GroupKind::kContext:
      return "context-parallel";
    case GroupKind::kData:
      return "data-parallel";
    case GroupKind::kPipeline:
      return "pipeline";
    case GroupKind::kExpertTensor:
      return "expert-tensor-parallel";
    case GroupKind::kExpert:
      return "expert-parallel";
    case GroupKind::kExpertData:
      return "expert-data-parallel";
    case GroupKind::kEmbedding:
      return "embedding";
  }
  throw std::logic_error("unknown group kind");
}

base::Expected<Topology> Topology::Make(const ParallelSizes& sizes) {
  base::Diagnostics errors;
  const std::pair<const char*, std::int64_t> all[] = {
      {"layout.world_size", sizes.world},
      {"layout.tensor_parallel", sizes.tensor},
      {"layout.context_parallel", sizes.context},
      {"layout.pipeline_parallel", sizes.pipeline},
      {"layout.expert_parallel", sizes.expert},
      {"layout.expert_tensor_parallel", sizes.expert_tensor}};
  // The bound keeps the products below from overflowing.
  constexpr std::int64_t kMost = 1 << 20;
  for (const auto& [field, size] : all) {
    if (size < 1 || size > kMost) {
      errors.push_back(TopologyRefusal(fmt::format("{} is {}, not between 1 and {}", field, size, kMost),
                               {field}, fmt::format("set {} to 1 or more", field)));
    }
  }
  if (!errors.empty()) return errors;

  const std::int64_t dense = sizes.tensor * sizes.context * sizes.pipeline;
  if (sizes.world % dense != 0) {
    errors.push_back(
        TopologyRefusal(fmt::format("{} ranks cannot be cut into TP {} x CP {} x PP {} = {} parts",
                            sizes.world, sizes.tensor, sizes.context, sizes.pipeline, dense),
                {"layout.world_size", "layout.tensor_parallel", "layout.context_parallel",
                 "layout.pipeline_parallel"},
                fmt::format("use a multiple of {} ranks", dense)));
  }
  const std::int64_t expert = sizes.expert_tensor * sizes.expert * sizes.pipeline;
  if (sizes.world % expert != 0) {
    errors.push_back(
        TopologyRefusal(fmt::format("{} ranks cannot be cut into ETP {} x EP {} x PP {} = {} parts",
                            sizes.world, sizes.expert_tensor, sizes.expert, sizes.pipeline, expert),
                {"layout.world_size", "layout.expert_tensor_parallel", "layout.expert_parallel",
                 "layout.pipeline_parallel"},
                fmt::format("use a multiple of {} ranks, or a smaller expert_parallel", expert)));
  }
  if (!errors.empty()) return errors;
  return Topology(sizes, sizes.world / dense, sizes.world / expert);
}

Coordinates Topology::At(std::int64_t rank) const {
  if (rank < 0 || rank >= sizes_.world) {
    throw std::logic_error(fmt::format("rank {} in a world of {}", rank, sizes_.world));
  }
  Coordinates at;
  at.tensor = rank % sizes_.tensor;
  at.context = rank / sizes_.tensor % sizes_.context;
  at.data = rank / (sizes_.tensor * sizes_.context) % data_;
  at.stage = rank / (sizes_.world / sizes_.pipeline);
  at.expert_tensor = rank % sizes_.expert_tensor;
  at.expert = rank / sizes_.expert_tensor % sizes_.expert;
  at.expert_data = rank / (sizes_.expert_tensor * sizes_.expert) % expert_data_;
  return at;
}

std::vector<std::int64_t> Topology::Members(GroupKind kind, std::int64_t rank) const {
  const Coordinates at = At(rank);
  const std::int64_t per_stage = sizes_.world / sizes_.pipeline;
  switch (kind) {
    case GroupKind::kTensor:
      return Along(rank, at.tensor, sizes_.tensor, 1);
    case GroupKind::kContext:
      return Along(rank, at.context, sizes_.context, sizes_.tensor);
    case GroupKind::kData:
      return Along(rank, at.data, data_, sizes_.tensor * sizes_.context);
    case GroupKind::kPipeline:
      return Along(rank, at.stage, sizes_.pipeline, per_stage);
    case GroupKind::kExpertTensor:
      return Along(rank, at.expert_tensor, sizes_.expert_tensor, 1);
    case GroupKind::kExpert:
      return Along(rank, at.expert, sizes_.expert, sizes_.expert_tensor);
    case GroupKind::kExpertData:
      return Along(rank, at.expert_data, expert_data_, sizes_.expert_tensor * sizes_.expert);
    case GroupKind::kEmbedding: {
      const bool ends = at.stage == 0 || at.stage == sizes_.pipeline - 1;
      if (!ends || sizes_.pipeline == 1) return {rank};
      const std::int64_t first = rank - at.stage * per_stage;
      return {first, first + (sizes_.pipeline - 1) * per_stage};
    }
  }
  throw std::logic_error("unknown group kind");
}

}  // namespace nam56r::runtime
