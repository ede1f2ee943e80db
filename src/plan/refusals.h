#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/base/diagnostic.h"
#include "src/base/schema.h"
#include "src/plan/plan.h"
#include "src/recipe/recipe.h"

namespace nam56r::plan {

/// Writes what is wrong with a recipe and its cuts, both sides with their lines.
class Refusals {
 public:
  Refusals(const base::Loaded<recipe::Recipe>& recipe, const Cuts& cuts, const CutsOrigin& origin)
      : recipe_(recipe), cuts_(cuts), origin_(origin) {}

  struct Refusal {
    std::string code;
    std::string message;
    std::vector<std::string> fields;  ///< each also gets its line and value in |where|
    std::vector<std::string> valid;
    std::string fix;
  };
  void Add(Refusal refusal);
  void Add(const base::Diagnostics& diagnostics);

  bool empty() const { return diagnostics_.empty(); }
  const base::Diagnostics& diagnostics() const { return diagnostics_; }

 private:
  base::SourceNote Note(const std::string& field) const;

  const base::Loaded<recipe::Recipe>& recipe_;
  const Cuts& cuts_;
  const CutsOrigin& origin_;
  base::Diagnostics diagnostics_;
};

// Fields of a policy that a Cuts carries.
inline constexpr const char* kPipelineField = "layout.pipeline_parallel";
inline constexpr const char* kVirtualPipelineField = "layout.virtual_pipeline_parallel";
inline constexpr const char* kMtpDepthField = "mtp.depth";
inline constexpr const char* kLayersPerChunkField = "layout.layers_per_chunk";

/// The divisors of |n| (at least 1) in rising order, as text; the first |most| of them.
std::vector<std::string> Divisors(std::int64_t n, std::size_t most = 64);
/// |first|, |first| + 1, ..., |last| as text; "first..last" when there are more than 64.
std::vector<std::string> Range(std::int64_t first, std::int64_t last);

}  // namespace nam56r::plan
