#include "src/plan/refusals.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/plan/pattern.h"

namespace nam56r::plan {
namespace {

constexpr std::int64_t kMostListed = 64;

}  // namespace

base::SourceNote Refusals::Note(const std::string& field) const {
  if (field == kPipelineField) {
    return {origin_.pipeline_parallel, fmt::format("{} = {}", field, cuts_.pipeline_parallel)};
  }
  if (field == kVirtualPipelineField) {
    return {origin_.virtual_pipeline_parallel,
            fmt::format("{} = {}", field, cuts_.virtual_pipeline_parallel)};
  }
  if (field == kMtpDepthField) {
    return {origin_.mtp_depth, fmt::format("{} = {}", field, cuts_.mtp_depth)};
  }
  if (field == kLayersPerChunkField) {
    return {origin_.layers_per_chunk,
            fmt::format("{} = [{}]", field, fmt::join(cuts_.layers_per_chunk, ", "))};
  }
  base::SourceNote note{recipe_.At(field), field};
  for (const auto& entry : recipe::Schema()) {
    if (entry.spec.key != field) continue;
    const base::FieldValue value = base::internal::GetField(entry, recipe_.value);
    const auto* text = std::get_if<std::string>(&value);
    note.label = fmt::format("{} = {}", field, text ? Quoted(*text) : base::ToString(value));
    if (note.at.line == 0) note.label += " (default)";
  }
  return note;
}

void Refusals::Add(Refusal refusal) {
  base::Diagnostic d;
  d.code = std::move(refusal.code);
  d.surface = base::Surface::kPlan;
  d.message = std::move(refusal.message);
  for (const std::string& field : refusal.fields) d.where.push_back(Note(field));
  d.fields = std::move(refusal.fields);
  d.valid = std::move(refusal.valid);
  d.fix = std::move(refusal.fix);
  diagnostics_.push_back(std::move(d));
}

void Refusals::Add(const base::Diagnostics& diagnostics) {
  diagnostics_.insert(diagnostics_.end(), diagnostics.begin(), diagnostics.end());
}

std::vector<std::string> Divisors(std::int64_t n, std::size_t most) {
  std::vector<std::int64_t> small;
  std::vector<std::int64_t> large;
  for (std::int64_t d = 1; d <= n / d; ++d) {
    if (n % d != 0) continue;
    small.push_back(d);
    if (d != n / d) large.push_back(n / d);
  }
  small.insert(small.end(), large.rbegin(), large.rend());
  if (small.size() > most) small.resize(most);
  std::vector<std::string> text;
  for (std::int64_t d : small) text.push_back(std::to_string(d));
  return text;
}

std::vector<std::string> Range(std::int64_t first, std::int64_t last) {
  if (last < first) return {};
  if (last - first >= kMostListed) return {fmt::format("{}..{}", first, last)};
  std::vector<std::string> text;
  for (std::int64_t i = first; i <= last; ++i) text.push_back(std::to_string(i));
  return text;
}

}  // namespace nam56r::plan
