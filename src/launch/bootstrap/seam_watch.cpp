#include "src/launch/bootstrap/seam_watch.h"

#include <memory>
#include <optional>
#include <utility>

#include "src/base/files.h"
#include "src/launch/bootstrap/seam_probe.h"
#include "src/launch/bootstrap/seam_proofs.h"
#include "src/launch/bootstrap_files.h"
#include "src/seams/context.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;

bool IsMegatron(const contract::ReadContract& contract) {
  return seams::MegatronMinor(contract.dialect) > 0;
}

/// What the hooks of one run share.
struct Watch {
  std::vector<RequiredSeam> required;
  std::int64_t world_size = 1;
  std::optional<SeamProofs> proofs;  // of the current attempt; none: not a Megatron run
  json attempts = json::array();

  void Begin() { proofs.emplace(required, world_size); }
};

void Start(Watch& watch, const contract::ReadContract& contract, const BoundRun& run) {
  watch = {};
  if (!IsMegatron(contract)) return;
  for (const BoundFile& file : run.files) {
    if (file.name != kBootstrapSettingsFile) continue;
    watch.required = RequiredSeams(json::parse(file.bytes));
    watch.world_size = contract.policy.layout.world_size;
    watch.Begin();
  }
}

}  // namespace

void WithSeams(RunOptions& options, base::ProgramRunner& runner) {
  const auto watch = std::make_shared<Watch>();

  options.prove = [&runner, inner = std::move(options.prove)](
                      const contract::ReadContract& contract,
                      const BoundRun& run) -> base::Expected<json> {
    json answer = {{"seam_probe", {{"skipped", "native contracts have no seams"}}}};
    if (IsMegatron(contract)) {
      auto request = SeamProbeOf(run);
      if (!request) return request.errors();
      SeamProbeReport report = ProbeSeams(*request, runner);
      if (!report.Passed()) return report.findings;
      json warnings = json::array();
      for (const base::Diagnostic& finding : report.findings) {
        warnings.push_back({{"code", finding.code}, {"message", finding.message}});
      }
      report.document["warnings"] = std::move(warnings);
      answer["seam_probe"] = std::move(report.document);
    }
    if (!inner) return answer;
    auto other = inner(contract, run);
    if (!other) return other.errors();
    if (other->is_object()) answer.update(*other);
    return answer;
  };

  options.on_start = [watch, inner = std::move(options.on_start)](
                         const contract::ReadContract& contract, const BoundRun& run) {
    Start(*watch, contract, run);
    if (inner) inner(contract, run);
  };

  options.on_event = [watch, inner = std::move(options.on_event)](const RankEvent& event,
                                                                  double seconds) {
    if (watch->proofs) (void)watch->proofs->Feed(event);  // stop_wanted asks for it
    if (inner) inner(event, seconds);
  };

  options.stop_wanted = [watch,
                         inner = std::move(options.stop_wanted)]() -> std::optional<StopRequest> {
    if (watch->proofs && watch->proofs->stopped()) {
      const bool seam = watch->proofs->surface_class() == "seam";
      return StopRequest{
          seam ? Ending::kSeamUnproved : Ending::kRankExit, *watch->proofs->stopped(), {}};
    }
    return inner ? inner() : std::nullopt;
  };

  options.attribute = [watch, inner = std::move(options.attribute)](
                          const std::filesystem::path& receipt, const EngineResult& result) {
    if (watch->proofs && watch->proofs->stopped()) {
      Cause cause;
      cause.surface_class = watch->proofs->surface_class();
      cause.cause = *watch->proofs->stopped();
      cause.confidence = 1;
      cause.answer = watch->proofs->ToJson();
      return cause;
    }
    return inner ? inner(receipt, result) : Cause{};
  };

  options.on_attempt = [watch, inner = std::move(options.on_attempt)](const Attempt& attempt) {
    if (watch->proofs) {
      json proofs = watch->proofs->ToJson();
      proofs["attempt"] = attempt.number;
      watch->attempts.push_back(std::move(proofs));
      watch->Begin();
    }
    if (inner) inner(attempt);
  };

  options.record = [watch,
                    inner = std::move(options.record)](const std::filesystem::path& receipt) {
    if (!watch->attempts.empty()) {
      // A full disk at the very end: the events that it is made of are in the receipt already.
      (void)base::WriteFileAtomically(receipt / "seam_proofs.json", watch->attempts.dump(1) + "\n",
                                      base::Surface::kHost);
    }
    if (inner) inner(receipt);
  };
}

}  // namespace nam56r::launch
