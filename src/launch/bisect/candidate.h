#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "src/base/expected.h"
#include "src/contract/contract.h"
#include "src/contract/reader.h"
#include "src/launch/bisect/search.h"

namespace nam56r::launch::bisect {

/// One decision that the two contracts take otherwise.
struct Difference {
  std::string name;     ///< "policy.layout.tensor_parallel", "policy.environment.NCCL_IB_SL"
  std::string field;    ///< of the schema, or "dialect"
  std::string surface;  ///< "plan", "policy", "seam", "dialect"
  nlohmann::json good;  ///< null: not there
  nlohmann::json bad;
};

/// A contract between the two.
struct Candidate {
  std::string bytes;
  std::string digest;
};

/// Contracts that take some decisions from one contract and the others from another.
class Candidates {
 public:
  /// |steps|: training is cut to so many where both contracts train for as many; 0: it is not.
  /// |today|: as CompileOptions has it.
  Candidates(const contract::ReadContract& good, const contract::ReadContract& bad,
             std::int64_t steps, std::string today);

  /// By surface, in the schema's order, so that what belongs together is neighbours.
  const std::vector<Difference>& differences() const { return differences_; }
  /// The surface of each, as FindCulprits takes it.
  std::vector<std::size_t> Surfaces() const;
  /// Steps that a candidate trains for, unless that is among the differences.
  std::int64_t steps() const { return steps_; }

  /// The good contract with |changes|. Errors: why that compiles to nothing, or what the backend's
  /// own checks refuse of it.
  base::Expected<Candidate> Make(const ChangeSet& changes) const;

 private:
  base::Loaded<recipe::Recipe> good_recipe_;
  base::Loaded<policy::Policy> good_policy_;
  base::Loaded<recipe::Recipe> bad_recipe_;
  base::Loaded<policy::Policy> bad_policy_;
  std::string good_dialect_;
  std::string bad_dialect_;
  std::vector<Difference> differences_;
  std::int64_t steps_ = 0;
  std::string today_;
};

}  // namespace nam56r::launch::bisect
