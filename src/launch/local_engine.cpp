#include <set>
#include <stdexcept>

#include "src/launch/engine.h"
#include "src/launch/supervisor.h"

namespace nam56r::launch {

base::Expected<EngineResult> LocalEngine::Run(const std::vector<RankCommand>& ranks,
                                              const EngineOptions& options) {
  std::set<std::int64_t> numbers;
  for (const RankCommand& rank : ranks) numbers.insert(rank.rank);
  if (ranks.empty() || numbers.size() != ranks.size()) {
    throw std::logic_error("a run needs ranks, each number once");
  }
  auto supervisor = Supervisor::Create(options, ranks);
  if (!supervisor) return supervisor.errors();
  auto started = (*supervisor)->Start(ranks);
  if (!started) return started.errors();
  return (*supervisor)->Watch();
}

}  // namespace nam56r::launch
