#include "src/plan/stages.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/plan/pattern.h"

namespace nam56r::plan {
namespace {

/// "PP=1 VPP=4", ... for every way to have |chunks| chunks.
std::vector<std::string> LayoutsOf(std::int64_t chunks) {
  std::vector<std::string> layouts;
  for (std::int64_t pp = 1; pp <= chunks; ++pp) {
    if (chunks % pp == 0) layouts.push_back(fmt::format("PP={} VPP={}", pp, chunks / pp));
  }
  return layouts;
}

void RefuseUneven(std::int64_t depth, std::int64_t chunks, const Cuts& cuts, Refusals& refusals) {
  Refusals::Refusal refusal;
  refusal.code = "PLAN0004";
  refusal.message = fmt::format(
      "{} layers do not divide into PP * VPP = {} * {} = {} chunks of one length; the chunk counts "
      "that divide {} are valid",
      depth, cuts.pipeline_parallel, cuts.virtual_pipeline_parallel, chunks, depth);
  refusal.fields = {"model.depth", kPipelineField, kVirtualPipelineField};
  refusal.valid = Divisors(depth);
  refusal.fix = fmt::format(
      "list the layers of each chunk in {}, or write the cuts with '|' in model.pattern",
      kLayersPerChunkField);
  if (depth % cuts.pipeline_parallel == 0) {
    refusal.fix += fmt::format("; or with PP={} set {} to one of {}", cuts.pipeline_parallel,
                               kVirtualPipelineField,
                               fmt::join(Divisors(depth / cuts.pipeline_parallel), ", "));
  }
  refusals.Add(std::move(refusal));
}

void RefusePieces(std::int64_t pieces, std::int64_t chunks, const Cuts& cuts, Refusals& refusals) {
  Refusals::Refusal refusal;
  refusal.code = "PLAN0004";
  refusal.message =
      fmt::format("model.pattern is cut into {} pieces, but PP * VPP = {} * {} = {} chunks", pieces,
                  cuts.pipeline_parallel, cuts.virtual_pipeline_parallel, chunks);
  refusal.fields = {"model.pattern", kPipelineField, kVirtualPipelineField};
  refusal.valid = LayoutsOf(pieces);
  refusal.fix = chunks == 1 ? "remove every '|' from model.pattern"
                            : fmt::format("write {} '|' in model.pattern", chunks - 1);
  refusal.fix += fmt::format(", or choose a layout with {} chunks", pieces);
  refusals.Add(std::move(refusal));
}

}  // namespace

void CheckCuts(std::optional<std::int64_t> depth, const std::vector<std::int64_t>& pieces,
               const Cuts& cuts, Refusals& refusals) {
  if (cuts.mtp_depth < 0 || cuts.mtp_depth > kMaxMtpDepth) {
    refusals.Add(
        {"PLAN0007",
         fmt::format("{} is {}; it must be in 0..{}", kMtpDepthField, cuts.mtp_depth, kMaxMtpDepth),
         {kMtpDepthField},
         {fmt::format("0..{}", kMaxMtpDepth)},
         fmt::format("set {} to the number of prediction blocks that execute, 0 for none",
                     kMtpDepthField)});
  }
  bool positive = true;
  for (const auto& [field, value] :
       {std::pair{kPipelineField, cuts.pipeline_parallel},
        std::pair{kVirtualPipelineField, cuts.virtual_pipeline_parallel}}) {
    if (value >= 1 && value <= kMaxDepth) continue;
    positive = false;
    refusals.Add({"PLAN0004",
                  fmt::format("{} is {}; it must be in 1..{}", field, value, kMaxDepth),
                  {field, "model.depth"},
                  {fmt::format("1..{}", kMaxDepth)},
                  fmt::format("set {} to at least 1", field)});
  }
  if (!positive) return;
  const std::int64_t chunks = cuts.pipeline_parallel * cuts.virtual_pipeline_parallel;
  const auto piece_count = static_cast<std::int64_t>(pieces.size());
  if (piece_count > 1) {
    if (piece_count != chunks) RefusePieces(piece_count, chunks, cuts, refusals);
  } else if (depth && *depth % chunks != 0) {
    RefuseUneven(*depth, chunks, cuts, refusals);
  }
}

std::vector<std::int64_t> PiecesUnder(const Cuts& cuts, std::optional<std::int64_t> depth,
                                      const std::vector<std::int64_t>& pattern_pieces,
                                      Refusals& refusals) {
  const std::vector<std::int64_t>& chosen = cuts.layers_per_chunk;
  if (chosen.empty()) return pattern_pieces;
  const auto [least, most] = std::minmax(cuts.pipeline_parallel, cuts.virtual_pipeline_parallel);
  if (least < 1 || most > kMaxDepth)
    return chosen;  // CheckCuts says so; their product may overflow
  const std::int64_t chunks = cuts.pipeline_parallel * cuts.virtual_pipeline_parallel;
  const auto refuse = [&](std::string message, std::vector<std::string> fields,
                          std::vector<std::string> valid, std::string fix) {
    refusals.Add(
        {"PLAN0004", std::move(message), std::move(fields), std::move(valid), std::move(fix)});
  };
  if (static_cast<std::int64_t>(chosen.size()) != chunks) {
    refuse(
        fmt::format("{} names {} chunks, but PP * VPP = {} * {} = {}", kLayersPerChunkField,
                    chosen.size(), cuts.pipeline_parallel, cuts.virtual_pipeline_parallel, chunks),
        {kLayersPerChunkField, kPipelineField, kVirtualPipelineField},
        {fmt::format("{} numbers", chunks)},
        fmt::format("list {} numbers, or none for chunks of one length", chunks));
  }
  std::int64_t sum = 0;
  bool positive = true;
  for (const std::int64_t layers : chosen) {
    positive = positive && layers >= 1 && layers <= kMaxDepth;
    if (positive) sum += layers;
  }
  if (!positive || (depth && sum != *depth)) {
    refuse(positive ? fmt::format("{} adds up to {} layers, but model.depth is {}",
                                  kLayersPerChunkField, sum, *depth)
                    : fmt::format("{} has a chunk without layers, or with too many",
                                  kLayersPerChunkField),
           {kLayersPerChunkField, "model.depth"},
           {depth ? fmt::format("positive numbers that add up to {}", *depth) : "positive numbers"},
           "change a chunk so that every layer is in one");
  }
  if (pattern_pieces.size() > 1 && pattern_pieces != chosen) {
    refuse(fmt::format("{} and the '|' of model.pattern cut the model in different places",
                       kLayersPerChunkField),
           {kLayersPerChunkField, "model.pattern"},
           {fmt::format("[{}]", fmt::join(pattern_pieces, ", "))},
           fmt::format("remove {}, or the '|'", kLayersPerChunkField));
  }
  return chosen;
}

std::vector<std::int64_t> ChunkOfSlots(std::int64_t depth, const std::vector<std::int64_t>& pieces,
                                       const Cuts& cuts) {
  std::vector<std::int64_t> lengths = pieces;
  if (pieces.size() == 1) {
    const std::int64_t chunks = cuts.pipeline_parallel * cuts.virtual_pipeline_parallel;
    lengths.assign(static_cast<std::size_t>(chunks), depth / chunks);
  }
  std::vector<std::int64_t> chunk_of;
  chunk_of.reserve(static_cast<std::size_t>(depth));
  for (std::size_t chunk = 0; chunk < lengths.size(); ++chunk) {
    chunk_of.insert(chunk_of.end(), static_cast<std::size_t>(lengths[chunk]),
                    static_cast<std::int64_t>(chunk));
  }
  return chunk_of;
}

std::vector<Stage> CollectStages(const Plan& plan) {
  const std::int64_t pp = plan.cuts.pipeline_parallel;
  std::vector<Stage> stages(static_cast<std::size_t>(pp));
  for (std::int64_t s = 0; s < pp; ++s) {
    Stage& stage = stages[static_cast<std::size_t>(s)];
    stage.stage = s;
    for (std::int64_t v = 0; v < plan.cuts.virtual_pipeline_parallel; ++v) {
      stage.chunks.push_back(v * pp + s);
    }
  }
  for (const Slot& slot : plan.slots) {
    Stage& stage = stages.at(static_cast<std::size_t>(slot.stage));
    stage.slots.push_back(slot.index);
    stage.parameters += slot.parameters;
  }
  for (const auto* modules : {&plan.before, &plan.after}) {
    for (const Module& module : *modules) {
      stages.at(static_cast<std::size_t>(module.stage)).parameters += module.parameters;
    }
  }
  return stages;
}

}  // namespace nam56r::plan
